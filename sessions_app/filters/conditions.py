"""What a chosen status, format and campus mean for a query of sessions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from catalog.models import Format
from sessions_app.forms import FilterForm
from sessions_app.models import Meeting, Session

ONLINE = Q(format__in=[Format.ONLINE, Format.HYBRID])
IN_PERSON = Q(format__in=[Format.IN_PERSON, Format.HYBRID])
BY_FORMAT = {Format.ONLINE: ONLINE, Format.IN_PERSON: IN_PERSON, Format.HYBRID: Q(format=Format.HYBRID)}
CONFIRMED = Q(status=Session.Status.CONFIRMED)
RUNNING = Q(status__in=Session.RUNNING)


def needs_people(now: datetime) -> Q:
    return Q(status=Session.Status.OPEN, seats_taken__lt=F("minimum"), confirm_by__gt=now)


def of_choice(chosen: Mapping[str, Any], now: datetime) -> Q:
    """Return the condition of the chosen status and format."""
    choice = Q()
    if chosen.get("status") == FilterForm.Status.NEEDS_PEOPLE:
        choice &= needs_people(now)
    elif chosen.get("status") == FilterForm.Status.CONFIRMED:
        choice &= CONFIRMED
    if "format" in chosen:
        choice &= BY_FORMAT[chosen["format"]]
    return choice


def of_campus(chosen: Mapping[str, Any]) -> Q:
    """Return the condition that a meeting is held on the chosen campus."""
    if "campus" not in chosen:
        return Q()
    return Q(pk__in=Meeting.objects.filter(venue__campus=chosen["campus"]).order_by().values("session"))
