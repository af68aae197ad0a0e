"""The home page: what is coming up, filtered, and links to the workshops."""

from collections import Counter
from datetime import datetime
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView
from django_htmx.middleware import HtmxDetails

from catalog.audiences import open_to
from catalog.listing import Group, Heading, Line, index
from catalog.search import Document, findable, rank
from foundation import database_clock
from foundation.dates import zone_words
from foundation.prepared import prepared
from sessions_app.display.gathering import gathering
from sessions_app.display.months import PAGE_SIZE, Counts, count_by_month, months, rail
from sessions_app.display.rows import date_words, listed
from sessions_app.filters.bar import bar, in_order
from sessions_app.filters.conditions import needs_people, of_campus, of_choice
from sessions_app.filters.counting import OF_WORKSHOPS, Counted, Dates, count
from sessions_app.filters.found import FIRST, MOST, rows, without_dates
from sessions_app.forms import FilterForm, in_address
from sessions_app.models import Session

if TYPE_CHECKING:
    from sessions_app.display.rows import ListedSession

NEAR, NEARLY_THERE = 3, 3
# Of each program, or of none: title, slug and dates in words of each of its workshops.
Index = tuple[tuple[Heading | None, tuple[tuple[str, str, str], ...]], ...]


class HtmxRequest(HttpRequest):
    """A request as django_htmx hands it on."""

    htmx: HtmxDetails


@method_decorator(login_not_required, name="dispatch")
class HomeView(TemplateView):
    """Upcoming sessions with search and filters, and the workshops. htmx asks for the list alone."""

    request: HtmxRequest
    template_name = "sessions_app/home.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.filter = FilterForm(request.GET) if request.GET else None
        self.chosen: dict[str, Any] = {}
        if self.filter is not None:
            self.filter.is_valid()
            self.chosen = {name: value for name, value in self.filter.cleaned_data.items() if value}
        response = super().get(request, *args, **kwargs)
        if self.filter is not None and not self.filter.is_valid():
            response.status_code = HTTPStatus.BAD_REQUEST
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get_template_names(self) -> list[str]:
        return ["sessions_app/_sessions.html" if self.only_list else self.template_name]

    @property
    def only_list(self) -> bool:
        """True where htmx asks for the list, and not for a whole page it has shown before."""
        return bool(self.request.htmx) and not self.request.htmx.history_restore_request

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = database_clock.now()
        found = self.search()
        counted = count(self.chosen, None if found is None else {pk for one in found for pk in workshop_of(one)}, now)
        counts, dates = counted.numbers, counted.dates
        # Counted with the chips, in their query.
        number, pages = self.chosen.get("page", 1), max(1, ceil(counts["shown"] / PAGE_SIZE))
        if number > pages:
            raise Http404(f"There are {pages} pages.")
        sessions = self.on_page(number, counted, now)
        by_month, query = self.count_by_month(counted, now), self.query()
        is_narrowed = bool(self.chosen) or (self.filter is not None and bool(self.filter.errors))
        context = super().get_context_data(
            **kwargs,
            nav="sessions",
            now=now,
            only_list=self.only_list,
            is_narrowed=is_narrowed,
            filter=self.filter,
            chosen=self.chosen,
            typed=self.request.GET.get("q", "")[:1000].replace("\0", ""),
            query=query,
            # Status and format say themselves what is chosen; the rest has links that take it away.
            narrowed=bool(self.chosen.keys() - {"status", "format", "page"}),
            bar=bar(self.filter, self.chosen, counts, counted.groups),
            counts=counts,
            **self.undated(found, counted, now),
            zone=zone_words(settings.TIME_ZONE, now),
            sessions=sessions,
            months=months(sessions, now, by_month),
            # Of a list without a result, the months of the whole one.
            rail=rail(by_month, now, reverse("home"), query.dict() if sessions else {}, number if sessions else 0),
            near=[] if is_narrowed else nearly_there(now),
            number=number,
            pages=pages,
            # The first page has no number in its address.
            earlier=number - 1 if number > 2 else None,
            later=number + 1,
        )
        if not self.only_list:
            groups = index()
            lines = {line for group in groups for line in group.workshops}
            context["index"] = workshop_index(groups, dates, now)
            context["open_to"] = open_to({line.audience for line in lines})
            context["gathering"] = gathering(counted.minimums or dict(Counter(line.minimum for line in lines)))
        return context

    def search(self) -> list[Document] | None:
        """Return what was searched for and found, best first; None where nobody searches."""
        return rank(self.chosen["q"], findable(self.request.user)) if "q" in self.chosen else None

    def on_page(self, number: int, counted: Counted, now: datetime) -> "list[ListedSession]":
        """Return the sessions of one page of those that everything chosen leaves, soonest first. One query."""
        if number == 1 and not self.chosen:
            return first_page(now)
        first = (number - 1) * PAGE_SIZE
        return list(self.narrowed(listed().upcoming(now), counted, now)[first : first + PAGE_SIZE])

    def narrowed(self, sessions: QuerySet, counted: Counted, now: datetime) -> QuerySet:
        """Return those of `sessions` that everything chosen leaves."""
        sessions = sessions.filter(of_campus(self.chosen), of_choice(self.chosen, now))
        if self.chosen.keys() & {"q", *OF_WORKSHOPS}:
            sessions = sessions.filter(workshop__in=counted.matching)
        return sessions

    def count_by_month(self, counted: Counted, now: datetime) -> Counts:
        """Count the sessions that are shown, by month; where there is none, all there are, to lead on. One query."""
        if not (self.chosen.keys() - {"page"} and counted.numbers["shown"]):
            return count_by_month(now)
        return count_by_month(now, self.narrowed(Session.objects.listed().upcoming(now), counted, now))

    def undated(self, found: list[Document] | None, counted: Counted, now: datetime) -> dict[str, Any]:
        """Return the rows of what was found, and without a search those of the workshops that fit and have no date."""
        narrowed = bool(self.chosen.keys() & set(OF_WORKSHOPS))
        if found is None:
            return {"undated": without_dates(counted.fitting, counted.dates, now) if narrowed else []}
        fitting = [one for one in found if not narrowed or counted.fitting.intersection(one.workshops)]
        its = rows(fitting[:MOST], counted.dates, now)
        return {"found": its[:FIRST], "found_too": its[FIRST:], "found_count": len(fitting)}

    def query(self) -> QueryDict:
        """Return the chosen filters as an address has them, for {% querystring %} and the form; never the page."""
        query = QueryDict(mutable=True)
        query.update(in_order({name: in_address(value) for name, value in self.chosen.items()}))
        return query


@prepared
def first_page(now: datetime) -> "QuerySet[Session, ListedSession]":
    """Return the sessions with which the whole list begins. One query."""
    return listed().upcoming(now)[:PAGE_SIZE]


@prepared
def nearly_there(now: datetime) -> "QuerySet[Session, ListedSession]":
    """Return the few sessions that are short by the fewest people, earliest decision first. One query."""
    short = listed().upcoming(now).filter(needs_people(now), registration_closes_at__gt=now)
    near = short.filter(seats_taken__gte=F("minimum") - NEAR, seats_taken__gt=0).order_by("confirm_by", "pk")
    return near[:NEARLY_THERE]


def workshop_of(document: Document) -> tuple[int, ...]:
    """Return the key of the workshop that `document` is; none for a program, a person or something to read."""
    return document.workshops if document.key[0] == "workshop" else ()


def workshop_index(groups: list[Group[Line]], dates: Dates, now: datetime) -> Index:
    """Return the workshops of each group: title, slug, and `dates` in words; "" for none."""
    return tuple(
        (
            group.heading,
            tuple((each.title, each.slug, words_of(dates.get(each.pk), now)) for each in group.workshops),
        )
        for group in groups
    )


def words_of(dates: tuple[int, datetime | None] | None, now: datetime) -> str:
    return date_words(*dates, now) if dates and dates[0] else ""
