"""The page of a calendar under a noun whose meetings it shows: a room or a facilitator."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html

from foundation import database_clock
from foundation.dates import local
from foundation.values.months import Month, read_month
from office.base import OfficeAdmin, OwnPage
from office.calendars.month import weeks
from sessions_app.models import Meeting

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


class HasCalendar(OfficeAdmin):
    """A noun with a calendar, for people who may see it and sessions."""

    def meetings_of(self, obj: Any) -> QuerySet[Meeting]:
        """Return the meetings that the calendar of `obj` shows."""
        raise NotImplementedError

    def own_pages(self) -> list[OwnPage]:
        return [("<int:pk>/calendar/", self.calendar_view, "calendar"), *super().own_pages()]

    @admin.display(description="calendar")
    def calendar_link(self, obj: Any) -> str:
        noun = f"{self.opts.app_label}_{self.opts.model_name}"
        words = format_html('Calendar<span class="visually-hidden"> of {}</span>', obj)
        return format_html('<a href="{}">{}</a>', reverse(f"admin:{noun}_calendar", args=[obj.pk]), words)

    def calendar_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the month in `m` (2027-01), this one without. What is no month is 400, with this one below it."""
        if not (self.has_view_permission(request) and request.user.has_perm("sessions_app.view_session")):
            raise PermissionDenied
        obj = get_object_or_404(self.get_queryset(request), pk=pk)
        now = database_clock.now()
        this_month = month = Month.of(local(now, settings.TIME_ZONE).date())
        status, problem = HTTPStatus.OK, ""
        if "m" in request.GET:
            try:
                month = read_month(request.GET["m"])
            except ValidationError as error:
                status, problem = HTTPStatus.BAD_REQUEST, error.messages[0]
        return self.page(
            request,
            "calendars/calendar",
            f"Calendar of {obj}",
            status,
            subtitle=month.name(),
            original=obj,
            month=month,
            this_month=this_month,
            earlier=month.later(-1),
            later=month.later(1),
            weeks=weeks(self.meetings_of(obj), month, now),
            days=DAYS,
            problem=problem,
        )
