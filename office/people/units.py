"""Units in the admin: what each is part of, how many people it has, and who represents it."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Champion, Person, Unit
from accounts.models.units import lock_units
from foundation.text import number_words
from office.base import OfficeAdmin, OfficeForm, OwnPage
from office.lists.choosing import ChoosesAmongMany
from office.lookups import ChosenFilter
from office.people.champions import champions_page
from office.people.leaving_units import leaving_page


class UnitForm(OfficeForm):
    """A unit. What it is part of is no part of it."""

    def clean_parent(self) -> Unit | None:
        parent: Unit | None = self.cleaned_data["parent"]
        lock_units()
        if circle := self.instance.circle_under(parent):
            self.add_error("parent", circle)
        return parent


class RepresentedFilter(ChosenFilter):
    """Units by whether somebody represents them now."""

    title = "champion"
    parameter_name = "champion"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Has a champion"), ("no", "Has none")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Unit]) -> QuerySet[Unit]:
        represented = Champion.objects.standing().order_by().values("unit")
        if self.value() == "yes":
            return queryset.filter(pk__in=represented)
        return queryset.exclude(pk__in=represented) if self.value() == "no" else queryset


def counted(rows: QuerySet[Any]) -> Coalesce:
    """Return how many of `rows` belong to the unit of the outer query."""
    number = Func(F("pk"), function="COUNT", output_field=IntegerField())
    own = rows.filter(unit=OuterRef("pk")).order_by().annotate(number_of_rows=number).values("number_of_rows")
    return Coalesce(Subquery(own), 0)


@admin.register(Unit)
class UnitAdmin(ChoosesAmongMany, OfficeAdmin):
    form = UnitForm
    among_many = ("parent",)
    list_display = ["name", "parent", "head_count", "people_here", "represented_by"]
    list_filter = [RepresentedFilter]
    list_select_related = ["parent"]
    fields = ["name", "parent", "head_count", "people_here", "parts"]
    readonly_fields = ["people_here", "parts"]
    search_fields = ["name"]
    office_may = ("view", "add", "change", "delete")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Unit]:
        people, champions = Person.objects.filter(is_active=True), Champion.objects.standing()
        return super().get_queryset(request).annotate(accounts=counted(people), represented=counted(champions))

    def get_fields(self, request: HttpRequest, obj: Unit | None = None) -> Any:
        return self.fields if obj else ["name", "parent", "head_count"]

    def own_pages(self) -> list[OwnPage]:
        return [
            ("<int:pk>/champions/", partial(champions_page, self), "champions"),
            ("<int:pk>/leaving/", partial(leaving_page, self), "leaving"),
            *super().own_pages(),
        ]

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the page that says what goes with a unit, and offers another one in its place."""
        unit = self.get_object(request, unquote(object_id))
        if not self.has_delete_permission(request, unit):
            raise PermissionDenied
        if unit is None:
            raise Http404
        return redirect("admin:accounts_unit_leaving", unit.pk)

    @admin.display(description="people with an account", ordering="accounts")
    def people_here(self, unit: Unit) -> int:
        people: int = unit.accounts  # type: ignore[attr-defined] # of get_queryset
        return people

    @admin.display(description="champions", ordering="represented")
    def represented_by(self, unit: Unit) -> str:
        many: int = unit.represented  # type: ignore[attr-defined] # of get_queryset
        return number_words(many).capitalize() if many else "–"

    @admin.display(description="has as its parts")
    def parts(self, unit: Unit) -> str:
        return ", ".join(unit.children.values_list("name", flat=True)) or "No other unit is part of it."
