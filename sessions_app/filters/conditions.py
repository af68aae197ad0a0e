"""What a chosen status, format, time, day and campus mean for a query of sessions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.db.models.lookups import Exact, In

from catalog.models import Format
from sessions_app.filters.wall_clock import DAYS, PARTS, WEEK, around, day_number, half_hour, number_of
from sessions_app.forms import FilterForm
from sessions_app.models import Meeting, Session

ONLINE = Q(format__in=[Format.ONLINE, Format.HYBRID])
IN_PERSON = Q(format__in=[Format.IN_PERSON, Format.HYBRID])
BY_FORMAT = {Format.ONLINE: ONLINE, Format.IN_PERSON: IN_PERSON, Format.HYBRID: Q(format=Format.HYBRID)}
CONFIRMED = Q(status=Session.Status.CONFIRMED)
RUNNING = Q(status__in=Session.RUNNING)


def needs_people(now: datetime) -> Q:
    return Q(status=Session.Status.OPEN, seats_taken__lt=F("minimum"), confirm_by__gt=now)


def of_status(status: str | None, now: datetime) -> Q:
    if status == FilterForm.Status.NEEDS_PEOPLE:
        return needs_people(now)
    return CONFIRMED if status == FilterForm.Status.CONFIRMED else Q()


def of_format(format: str | None) -> Q:
    return BY_FORMAT[Format(format)] if format else Q()


def of_time(chosen: Mapping[str, Any]) -> Q:
    """Return the condition that the session starts at the chosen times of the day and on the chosen weekdays."""
    if not chosen.keys() & {"when", "weekday"}:
        return Q()
    days, parts = chosen.get("weekday", DAYS), chosen.get("when", PARTS)
    return Q(In(half_hour(), [place for place, (day, part) in enumerate(WEEK) if day in days and part in parts]))


def of_day(chosen: Mapping[str, Any]) -> Q:
    """Return the condition that a meeting is held on the chosen day of its own calendar."""
    if "day" not in chosen:
        return Q()
    day = chosen["day"]
    meetings = Meeting.objects.filter(
        Exact(day_number("starts_at", "time_zone"), number_of(day)), starts_at__range=around(day, day)
    )
    return Q(pk__in=meetings.order_by().values("session"))


def of_choice(chosen: Mapping[str, Any], now: datetime) -> Q:
    """Return the condition of the chosen status, format, times, weekdays and day."""
    of_kind = of_status(chosen.get("status"), now) & of_format(chosen.get("format"))
    return of_kind & of_time(chosen) & of_day(chosen)


def of_campus(chosen: Mapping[str, Any]) -> Q:
    """Return the condition that a meeting is held on the chosen campus."""
    if "campus" not in chosen:
        return Q()
    return Q(pk__in=Meeting.objects.filter(venue__campus=chosen["campus"]).order_by().values("session"))
