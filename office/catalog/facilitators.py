"""The people and organizations behind the sessions, in the admin: facilitators, the team, partners."""

from django.contrib import admin
from django.http import HttpRequest

from catalog.models import Facilitator, Partner, TeamMember
from office.base import NamedAdmin, OfficeAdmin


@admin.register(Facilitator)
class FacilitatorAdmin(NamedAdmin):
    list_display = ["name", "credentials", "pronouns", "title", "unit"]
    fields = ["name", "credentials", "pronouns", "title", "unit", "biography"]
    search_fields = ["name", "title", "unit"]
    office_may = ("view", "add", "change", "delete")

    def view_on_site(self, obj: Facilitator) -> str:
        return obj.get_absolute_url()

    def has_delete_permission(self, request: HttpRequest, obj: Facilitator | None = None) -> bool:
        """Refuse while they lead a session to come: its people have them in their calendars."""
        leads = obj is not None and obj.sessions.running().exists()
        return not leads and super().has_delete_permission(request, obj)


@admin.register(TeamMember)
class TeamMemberAdmin(OfficeAdmin):
    list_display = ["name", "role", "email", "position"]
    fields = ["name", "credentials", "pronouns", "role", "email", "about", "position", "facilitator"]
    search_fields = ["name", "role"]
    office_may = ("view", "add", "change", "delete")


@admin.register(Partner)
class PartnerAdmin(OfficeAdmin):
    list_display = ["name", "link"]
    fields = ["name", "slug", "link", "gives"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    office_may = ("view", "add", "change", "delete")
