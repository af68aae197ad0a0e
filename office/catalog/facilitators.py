"""The people and organizations behind the sessions, in the admin: facilitators, the team, partners."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from catalog.models import Facilitator, Partner, TeamMember
from office.base import NamedAdmin, OfficeAdmin, acting
from office.calendars.page import HasCalendar
from sessions_app.models import Meeting


@admin.register(Facilitator)
class FacilitatorAdmin(HasCalendar, NamedAdmin):
    list_display = ["name", "credentials", "pronouns", "title", "unit", "mail_goes_to", "calendar_link"]
    list_select_related = ["person"]
    fields = ["name", "credentials", "pronouns", "title", "unit", "biography", "person", "email"]
    autocomplete_fields = ["person"]
    other_verbs = ("person", "email")
    search_fields = ["name", "title", "unit"]
    office_may = ("view", "add", "change", "delete")
    instead = "Let somebody else lead those first."

    def meetings_of(self, obj: Facilitator) -> QuerySet[Meeting]:
        return Meeting.objects.filter(session__facilitators=obj)

    @admin.display(description="mail goes to")
    def mail_goes_to(self, facilitator: Facilitator) -> str:
        return facilitator.address or "nobody"

    def save_model(self, request: HttpRequest, obj: Facilitator, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and {"person", "email"}.intersection(form.changed_data):
            chosen = form.cleaned_data
            Facilitator.objects.get(pk=obj.pk).reach(acting(request), chosen["person"], chosen["email"])

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
