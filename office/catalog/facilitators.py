"""The people and organizations behind the sessions, in the admin: facilitators, the team, partners."""

from django.contrib import admin
from django.db.models import Model, QuerySet

from catalog.models import Facilitator, Partner, TeamMember
from office.base import NamedAdmin, OfficeAdmin
from office.calendars.page import HasCalendar
from sessions_app.models import Meeting


@admin.register(Facilitator)
class FacilitatorAdmin(HasCalendar, NamedAdmin):
    list_display = ["name", "credentials", "pronouns", "title", "unit", "calendar_link"]
    fields = ["name", "credentials", "pronouns", "title", "unit", "biography"]
    search_fields = ["name", "title", "unit"]
    office_may = ("view", "add", "change", "delete")
    instead = "Let somebody else lead those first."

    def meetings_of(self, obj: Facilitator) -> QuerySet[Meeting]:
        return Meeting.objects.filter(session__facilitators=obj)

    def view_on_site(self, obj: Facilitator) -> str:
        return obj.get_absolute_url()

    def who_needs(self, obj: Facilitator) -> list[Model]:
        """Return also the sessions to come that they lead: people have them in their calendars."""
        return [*super().who_needs(obj), *obj.sessions.running().select_related("workshop")]


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
