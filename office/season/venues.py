from django.contrib import admin
from django.db.models import QuerySet

from office.base import NamedAdmin
from office.calendars.page import HasCalendar
from sessions_app.models import Meeting, Venue


@admin.register(Venue)
class VenueAdmin(HasCalendar, NamedAdmin):
    list_display = ["__str__", "campus", "capacity", "calendar_link"]
    list_filter = ["campus"]
    list_select_related = ["campus"]
    search_fields = ["building", "room"]
    fields = ["campus", "building", "room", "capacity", "directions", "access", "accommodation_lead_days"]
    office_may = ("view", "add", "change", "delete")

    def meetings_of(self, obj: Venue) -> QuerySet[Meeting]:
        return Meeting.objects.filter(venue=obj)
