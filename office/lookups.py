"""What may be asked of a page of the admin in its address: what its list shows, and nothing else (G12, G15).

Django's admin filters by every column of the model, shown or not: by `?text__startswith=` a list that hides a text
gives it away letter by letter. Here a list is filtered by what its `list_filter` and its `date_hierarchy` offer.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest

# Longer than any name or title, and shorter than what a database refuses to put into one statement.
LONGEST_SEARCH = 500
PARTS_OF_A_DAY = {
    "year": re.compile(r"(19|20|21)[0-9]{2}"),
    "month": re.compile(r"0?[1-9]|1[0-2]"),
    "day": re.compile(r"0?[1-9]|[12][0-9]|3[01]"),
}
NOT_READ = "That filter could not be read, so this is the whole list."


class ChosenFilter(admin.SimpleListFilter):
    """A filter of a list by one of its choices. What is none of them cannot be read."""

    def has_output(self) -> bool:
        return super().has_output() or self.parameter_name in self.used_parameters

    def value(self) -> str | None:
        value = super().value()
        if value is not None and value not in [str(name) for name, _ in self.lookup_choices]:
            raise IncorrectLookupParameters
        return value


class ShownOnly(admin.ModelAdmin):
    """A page of the admin whose address asks for nothing but what the page shows."""

    # ---- the list ----

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the lookups that the filters of this list offer, none else."""
        return lookup in self.offered(request)

    def offered(self, request: HttpRequest) -> set[str]:
        """Return the names that the filters of this list write into its address."""
        names = {name for each in self.get_list_filter(request) for name in self._names_of(each)}
        return names | set(self._names_of_days())

    def _names_of(self, offer: Any) -> Iterator[str]:
        if isinstance(offer, type):
            yield offer.parameter_name  # type: ignore[attr-defined] # a SimpleListFilter: Django's own check says so
            return
        path, kind = offer if isinstance(offer, (tuple, list)) else (offer, None)
        if kind is admin.EmptyFieldListFilter:
            yield f"{path}__isempty"
            return
        # A relation is filtered by the key it points to.
        key = getattr(get_fields_from_path(self.model, path)[-1], "target_field", None)
        yield f"{path}__{key.name}__exact" if key else f"{path}__exact"
        yield f"{path}__isnull"

    def _names_of_days(self) -> list[str]:
        return [f"{self.date_hierarchy}__{part}" for part in PARTS_OF_A_DAY] if self.date_hierarchy else []

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the list. What nobody can have typed or pressed is 400."""
        for name, values in request.GET.lists():
            if any("\0" in said for said in (name, *values)):
                raise BadRequest("An address of a list cannot hold a NUL character.")
        if len(request.GET.get(SEARCH_VAR, "")) > LONGEST_SEARCH:
            raise BadRequest("A search is one line.")
        for name in self._names_of_days():
            pattern = PARTS_OF_A_DAY[name.rpartition("__")[2]]
            if not all(pattern.fullmatch(value) for value in request.GET.getlist(name)):
                raise BadRequest("A list is filtered by a year, a month or a day.")
        self._refuse_rows_that_are_none(request)
        if ERROR_FLAG in request.GET:
            # Without it, or Django takes the next filter that cannot be read for a broken database.
            messages.warning(request, NOT_READ)
            query = request.GET.copy()
            del query[ERROR_FLAG]
            request.GET = query  # type: ignore[assignment] # a copy serves as well
        return super().changelist_view(request, extra_context)

    def _refuse_rows_that_are_none(self, request: HttpRequest) -> None:
        key = self.opts.pk
        assert key is not None
        for chosen in request.POST.getlist(helpers.ACTION_CHECKBOX_NAME):
            try:
                key.run_validators(key.to_python(chosen))
            except ValidationError:
                raise BadRequest("What was chosen is no row of this list.") from None

    # ---- one row ----

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row, None where there is none. The admin writes NUL as _00 in an address; no key holds one."""
        return None if "\0" in object_id else super().get_object(request, object_id, from_field)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return nothing: the address of a form does not fill it in."""
        return {}
