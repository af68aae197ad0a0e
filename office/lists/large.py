"""Lists of rows that grow without end: counted only so far, filtered by a period, searched by people first."""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from accounts.models import Person
from foundation import database_clock
from office.home.finding import each_word, of_a_session
from office.lookups import ChosenFilter
from sessions_app.models import Session

# Nobody turns more pages than these; somebody who wants an older row searches or filters for it.
MOST_COUNTED = 10_000
# Of so many people or sessions their rows are looked up; of more, each row is asked whether it is of one of them.
MOST_NAMED = 500


class CountsSoFar(Paginator):
    """Pages of a list whose rows are counted up to ten thousand; `is_cut` tells that there are more."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_COUNTED)

    @property
    def is_cut(self) -> bool:
        return self._counted > MOST_COUNTED

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        counted: int = rows.order_by()[: MOST_COUNTED + 1].count()
        return counted


class PeriodFilter(ChosenFilter):
    """The rows of the last day, week, month or year, by the time that the list names as its `period`."""

    title = "time"
    parameter_name = "period"
    DAYS: ClassVar[dict[str, tuple[int, str]]] = {
        "day": (1, "Last 24 hours"),
        "week": (7, "Last 7 days"),
        "month": (30, "Last 30 days"),
        "year": (365, "Last 365 days"),
    }

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self.column = model_admin.period
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(name, words) for name, (_, words) in self.DAYS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in self.DAYS:
            return queryset
        since = database_clock.now() - timedelta(days=self.DAYS[self.value() or ""][0])
        return queryset.filter(**{f"{self.column}__gte": since})


class LargeList(admin.ModelAdmin):
    """A list of the admin whose table grows without end. Its order is that of its keys, which has an index.

    `period` is its column for PeriodFilter. `search_people` and `search_sessions` are its columns for whose a row is
    and of which session: a search finds those first, and then their rows. `search_beside` says what else a word may be
    found by. Without any of them Django searches `search_fields`.
    """

    paginator = CountsSoFar
    list_per_page = 50
    show_full_result_count = False
    period: ClassVar[str] = ""
    search_people: ClassVar[str] = ""
    search_sessions: ClassVar[str] = ""

    def search_beside(self, word: str) -> Q:
        """Return what else `word` may say of a row: nothing."""
        return Q()

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        if not self.search_people:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(each_word(search_term, self._meets)), False

    def _meets(self, word: str) -> Q:
        found = Q(**{f"{self.search_people}__in": _keys(people_named(word))}) | self.search_beside(word)
        if self.search_sessions:
            found |= Q(**{f"{self.search_sessions}__in": _keys(Session.objects.filter(of_a_session(word)))})
        return found


def people_named(word: str) -> QuerySet[Person]:
    """Return the people with `word` in their name or address."""
    return Person.objects.filter(Q(name__icontains=word) | Q(email__icontains=word))


def _keys(rows: QuerySet[Any]) -> Any:
    """Return the keys of `rows`; of too many to name, the query that finds them."""
    keys = rows.order_by().values_list("pk", flat=True)
    first = list(keys[: MOST_NAMED + 1])
    return first if len(first) <= MOST_NAMED else keys
