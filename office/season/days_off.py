from django.contrib import admin

from office.base import OfficeAdmin
from sessions_app.models import Blackout


@admin.register(Blackout)
class BlackoutAdmin(OfficeAdmin):
    list_display = ["words", "first_day", "last_day"]
    search_fields = ["words"]
    fields = ["words", "first_day", "last_day"]
    office_may = ("view", "add", "change", "delete")
