"""What the school's sign-in calls units, in the admin: the office says which unit is meant."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from accounts.models import SchoolRecord, UnitName
from office.base import OfficeAdmin, acting
from office.lists.choosing import ChoosesAmongMany
from office.lookups import ChosenFilter


class UnitNameForm(forms.ModelForm):
    """One choice, whose later press counts: there is nothing to lose that somebody has typed."""

    is_stale = False


class MeantFilter(ChosenFilter):
    """Names by whether the office has said which unit is meant."""

    title = "unit"
    parameter_name = "meant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Not known yet"), ("yes", "Known")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[UnitName]) -> QuerySet[UnitName]:
        return queryset.filter(unit__isnull=self.value() == "no") if self.value() in ("no", "yes") else queryset


@admin.register(UnitName)
class UnitNameAdmin(ChoosesAmongMany, OfficeAdmin):
    form = UnitNameForm
    among_many = ("unit",)
    list_display = ["words", "unit", "people_there"]
    list_filter = [MeantFilter]
    list_select_related = ["unit"]
    fields = ["words", "unit", "people_there"]
    readonly_fields = ["words", "people_there"]
    search_fields = ["words"]
    office_may = ("view", "change")

    def get_queryset(self, request: HttpRequest) -> QuerySet[UnitName]:
        said = SchoolRecord.objects.filter(unit_words=OuterRef("words")).order_by().values("unit_words")
        many = Subquery(said.annotate(many=Count("pk")).values("many"))
        return super().get_queryset(request).annotate(said_of=Coalesce(many, 0))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: words come from the school's sign-in."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: UnitName | None = None) -> bool:
        """Return False: the next sign-in would bring them back, with nothing said about them."""
        return False

    def save_model(self, request: HttpRequest, obj: UnitName, form: Any, change: bool) -> None:
        """Let the words mean the chosen unit, for the people who came with them too."""
        obj.stand_for(form.cleaned_data["unit"], by=acting(request))

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Say nothing more: the verb has put it on record."""
        return ""

    @admin.display(description="people of whom the school says it", ordering="said_of")
    def people_there(self, name: UnitName) -> int:
        many: int = name.said_of  # type: ignore[attr-defined] # of get_queryset
        return many
