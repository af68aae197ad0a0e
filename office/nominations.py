"""What stands beside registrations: who proposed whom, who waits for a date, who took a workshop elsewhere."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from office.base import OfficeAdmin, OfficeForm, ReadOnlyAdmin
from office.lists.choosing import ChoosesAmongMany
from office.lists.large import LargeList, PeriodFilter
from office.people.by_address import ByAddress
from registrations.models import Interest, Nomination, PriorAttendance


class PriorAttendanceForm(ByAddress, OfficeForm):
    """Mark somebody, by address, as having taken a workshop elsewhere."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        person, workshop = getattr(self, "person", None), cleaned.get("workshop")
        if person:
            self.instance.person = person
        if person and workshop and workshop.prior_attendances.filter(person=person).exists():
            self.add_error("email", "This person is already marked as having taken this workshop.")
        return cleaned


@admin.register(PriorAttendance)
class PriorAttendanceAdmin(ChoosesAmongMany, OfficeAdmin):
    """What people took elsewhere: it counts where a workshop comes after another. Added or deleted, never changed."""

    form = PriorAttendanceForm
    office_may = ("view", "add", "delete")
    among_many = ("workshop",)
    list_display = ["person", "workshop", "note", "added_at"]
    list_select_related = ["person", "workshop"]
    list_filter = ["workshop"]
    search_fields = ["person__name", "person__email", "workshop__title", "note"]

    def get_fields(self, request: HttpRequest, obj: PriorAttendance | None = None) -> Any:
        return ["person", "workshop", "note", "added_at"] if obj else ["email", "workshop", "note"]

    def has_change_permission(self, request: HttpRequest, obj: PriorAttendance | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PriorAttendance, form: Any, change: bool) -> None:
        obj.put_down()

    def delete_model(self, request: HttpRequest, obj: PriorAttendance) -> None:
        obj.take_back()


@admin.register(Nomination)
class NominationAdmin(LargeList, ReadOnlyAdmin):
    """Who was proposed by whom. The office nominates from a session's roster."""

    list_display = ["email", "session", "by", "status", "nominated_at"]
    list_filter = [PeriodFilter, "status"]
    list_select_related = ["session__workshop", "by"]
    search_fields = ["email", "by__name", "by__email", "session__workshop__title", "session__code"]
    period = "nominated_at"
    ordering = ["-pk"]
    fields = ["email", "session", "by", "status", "nominated_at", "told_at", "answered_at", "registration"]


@admin.register(Interest)
class InterestAdmin(LargeList, ReadOnlyAdmin):
    """Who waits for a date of which workshop."""

    list_display = ["workshop", "person", "since", "stopped_at"]
    list_filter = [PeriodFilter, "workshop", ("stopped_at", admin.EmptyFieldListFilter)]
    list_select_related = ["workshop", "person"]
    search_fields = ["workshop__title", "person__name", "person__email"]
    period = "since"
    ordering = ["-pk"]
    fields = ["person", "workshop", "since", "stopped_at"]
