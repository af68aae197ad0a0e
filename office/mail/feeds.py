"""Private calendars in the admin: that somebody has one, beside the person, and a way to revoke it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import Person
from notifications.models import CalendarFeed
from office.base import OwnPage, ReadOnlyAdmin, acting


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    """Who has a private calendar and since when. Its address is stored nowhere, so nobody can read it here."""

    office_may = ("view", "delete")
    list_display = fields = ("person", "made_at")
    list_select_related = ["person"]
    search_fields = ["person__name", "person__email"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Keep it off the index: it is read beside the person."""
        return False

    def own_pages(self) -> list[OwnPage]:
        return [("<int:pk>/revoke/", require_POST(self.revoke_view), "revoke")]

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Revoke the private calendar of the person `pk`, and go back to the person. A second press changes nothing."""
        if not request.user.has_perms(["notifications.delete_calendarfeed", "accounts.view_person"]):
            raise PermissionDenied
        person = get_object_or_404(Person, pk=pk)
        CalendarFeed.objects.revoke(person, by=acting(request))
        messages.success(request, f"Revoked: no address shows the sessions of {person} any longer.")
        return redirect("admin:accounts_person_change", person.pk)
