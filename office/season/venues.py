from django.contrib import admin

from office.base import NamedAdmin
from sessions_app.models import Venue


@admin.register(Venue)
class VenueAdmin(NamedAdmin):
    list_display = ["__str__", "campus", "capacity"]
    list_filter = ["campus"]
    list_select_related = ["campus"]
    search_fields = ["building", "room"]
    fields = ["campus", "building", "room", "capacity", "directions", "access", "accommodation_lead_days"]
    office_may = ("view", "add", "change", "delete")
