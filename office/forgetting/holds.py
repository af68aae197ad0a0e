"""Legal holds in the admin: placed with a reason, lifted, and never deleted. Managers alone do so."""

from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import Person
from foundation import database_clock
from foundation.values.addresses import AddressFormField
from foundation.wall_clock import instant
from office.base import OfficeAdmin, OfficeForm, OwnPage, acting
from office.lookups import ChosenFilter
from operations.models import LegalHold

LATEST = date(2100, 12, 31)


class HoldForm(OfficeForm):
    """A new hold. `address` names the person; empty it holds everything."""

    address = AddressFormField(
        label="E-mail address of the person",
        required=False,
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
        help_text="Empty: nothing about anybody is forgotten or erased while this hold stands.",
    )

    last_day = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: until somebody lifts it.",
    )

    class Meta:
        model = LegalHold
        fields = ["reason"]

    def clean_address(self) -> str:
        address: str = self.cleaned_data.get("address") or ""
        if not address:
            self.instance.person = None
            return ""
        people = Person.objects.filter(email=address, erased_at=None)
        person = people.exclude(email=Person.objects.RULE_ADDRESS).first()
        if person is None:
            raise forms.ValidationError("Nobody has this address. Somebody who was erased has nothing left to hold.")
        self.instance.person = person
        return address

    def clean_last_day(self) -> date | None:
        """Let it stand until the end of that day, on the portal's clock."""
        last_day: date | None = self.cleaned_data["last_day"]
        if last_day is None:
            return None
        if not last_day <= LATEST:
            raise forms.ValidationError(
                f"Choose a day before {LATEST.year}, or none: then it stands until it is lifted."
            )
        self.instance.until = instant(last_day + timedelta(days=1), time(), settings.TIME_ZONE)
        if self.instance.until <= database_clock.now():
            raise forms.ValidationError("Choose a day to come, or none: then it stands until it is lifted.")
        return last_day


class StandingFilter(ChosenFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("standing", "Stands now")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.standing(database_clock.now()) if self.value() == "standing" else queryset


@admin.register(LegalHold)
class LegalHoldAdmin(OfficeAdmin):
    """Placed and lifted by its verbs. Of the groups only the Manager has it (office/groups/may.py)."""

    form = HoldForm
    office_may = ()
    overtaken = (*OfficeAdmin.overtaken, LegalHold.Refused)
    list_display = ["__str__", "reason", "set_by", "since", "until", "stands", "lifted_by"]
    list_filter = [StandingFilter]
    list_select_related = ["person", "set_by", "lifted_by"]
    fields = ["address", "reason", "last_day"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ["person", "reason", "set_by", "since", "until", "lifted_at", "lifted_by"]
        return shown if obj is not None else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def own_pages(self) -> list[OwnPage]:
        return [("<int:pk>/lift/", require_POST(self.lift_view), "lift")]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        hold = self.get_object(request, object_id)
        may_lift = hold is not None and hold.stands(database_clock.now()) and self.has_add_permission(request)
        return super().change_view(request, object_id, form_url, (extra_context or {}) | {"may_lift": may_lift})

    def save_model(self, request: HttpRequest, obj: LegalHold, form: Any, change: bool) -> None:
        """Place it by its verb; the row that the form made is not saved."""
        placed = LegalHold.objects.place(obj.person, obj.reason, by=acting(request), until=obj.until)
        obj.pk = placed.pk
        vars(obj).update({name: value for name, value in vars(placed).items() if name != "_state"})

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Leave it to the verb, which has put it on record."""

    def lift_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lift a hold: what it kept is forgotten in its time."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        get_object_or_404(LegalHold, pk=pk).lift(by=acting(request))
        messages.success(request, "Lifted. What it kept is forgotten in its time, the next night at the earliest.")
        return redirect("admin:operations_legalhold_change", pk)

    @admin.display(description="stands", boolean=True)
    def stands(self, hold: LegalHold) -> bool:
        return hold.stands(database_clock.now())
