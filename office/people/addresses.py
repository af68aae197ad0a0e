"""New addresses in the admin: what waits for whom, a way to stop it, and one to agree.

The office reads and stops. Only the Accommodations group agrees: it vouches that the new address is the same person's.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from accounts.models import AddressChange, Person
from office.base import OwnPage, ReadOnlyAdmin, acting


@admin.register(AddressChange)
class AddressChangeAdmin(ReadOnlyAdmin):
    list_display = ["person", "old_address", "new_address", "asked_by", "asked_at", "state"]
    list_filter = ["state"]
    list_select_related = ["person", "asked_by"]
    search_fields = ["person__name", "old_address", "new_address"]
    fields = [
        "person",
        "old_address",
        "new_address",
        "asked_by",
        "asked_at",
        "confirmed_new_at",
        "confirmed_old_at",
        "agreed_by",
        "agreed_at",
        "takes_hold_at",
        "state",
        "ended_at",
    ]
    readonly_fields = ["takes_hold_at"]

    # ---- who may ----

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Open it to the office, and to the people who may agree."""
        return super().has_view_permission(request, obj) or _arranges_access(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def may_stop(self, request: HttpRequest, change: AddressChange) -> bool:
        """Tell whether the reader of a page may stop a change: those who may change the person, and the group."""
        people = self.admin_site.get_model_admin(Person)
        return people.has_change_permission(request, change.person) or _arranges_access(request)

    # ---- pages ----

    def own_pages(self) -> list[OwnPage]:
        return [
            ("<int:pk>/agree/", require_POST(self.agree_view), "agree"),
            ("<int:pk>/stop/", require_POST(self.stop_view), "stop"),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        change = self.get_object(request, object_id)
        said: dict[str, Any] = {}
        if change and change.is_waiting:
            problem = change.why_not_agree(acting(request))
            said = {
                "may_stop": self.may_stop(request, change),
                "may_agree": not problem and not change.agreed_at,
                "why_not_agree": problem if _arranges_access(request) else "",
            }
        return super().change_view(request, object_id, form_url, extra_context=(extra_context or {}) | said)

    def agree_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Agree to a change as a second person of the Accommodations group."""
        if not _arranges_access(request):
            raise PermissionDenied
        change = get_object_or_404(AddressChange.objects.select_related("person"), pk=pk)
        try:
            change.agree(acting(request))
            held = change.state == AddressChange.State.HELD
            took_hold = f"{change.new_address} is in force."
            messages.success(request, took_hold if held else "Agreed. It takes hold once the new address has said yes.")
        except AddressChange.Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("admin:accounts_addresschange_change", pk)

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Stop a change: the old address stays."""
        change = get_object_or_404(AddressChange.objects.select_related("person"), pk=pk)
        if not self.may_stop(request, change):
            raise PermissionDenied
        try:
            change.stop(by=acting(request))
            messages.success(request, f"Stopped: {change.old_address} stays.")
        except AddressChange.Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("admin:accounts_addresschange_change", pk)

    @admin.display(description="takes hold at", empty_value="72 hours after the new address has said yes")
    def takes_hold_at(self, change: AddressChange) -> str | None:
        at = change.takes_hold_at
        return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else None


def _arranges_access(request: HttpRequest) -> bool:
    return isinstance(request.user, Person) and request.user.arranges_access
