"""The filters of the list of sessions."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from foundation import database_clock
from office.lookups import ChosenFilter
from outcomes.attended import lacking_attendance
from sessions_app.models import Session
from sessions_app.models.linking import missing_link


class UpcomingFilter(ChosenFilter):
    title = "time"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("upcoming", "Upcoming"), ("past", "Past")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        now = database_clock.now()
        if self.value() == "upcoming":
            return queryset.filter(ends_at__gt=now)
        if self.value() == "past":
            return queryset.filter(ends_at__lte=now)
        return queryset


class LinkFilter(ChosenFilter):
    title = "link to join"
    parameter_name = "link"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("missing", "Missing, and people are to join online")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        return missing_link(queryset, database_clock.now()) if self.value() else queryset


class AttendanceFilter(ChosenFilter):
    title = "attendance"
    parameter_name = "attendance"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("missing", "Held in the last 30 days, and not complete")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        return lacking_attendance(queryset, database_clock.now()) if self.value() else queryset
