"""Who looked at which roster, in the admin: for those who answer for the office, and not for everybody in it."""

from collections.abc import Sequence
from typing import ClassVar

from django.contrib import admin

from office.base import ReadOnlyAdmin
from office.lists.large import LargeList, PeriodFilter
from registrations.models import RosterReading


@admin.register(RosterReading)
class RosterReadingAdmin(LargeList, ReadOnlyAdmin):
    office_may: ClassVar[Sequence[str]] = ()
    list_display = ["first_at", "by", "session"]
    list_select_related = ["by", "session__workshop"]
    list_filter = [PeriodFilter]
    search_fields = ["by__name", "by__email", "session__workshop__title", "session__code"]
    period, search_people, search_sessions = "first_at", "by", "session"
    fields = ["session", "by", "first_at"]
