"""Requests for a session: what somebody types into the form, and requests that wait."""

from datetime import datetime, timedelta

from accounts.models import Person
from catalog.models import Workshop
from devtools.testing.cast import ZONE
from foundation.dates import local
from sessions_app.models import SessionRequest, Wanted

FORM = "/requests/new/"
HOPES = "We had a hard month, and want to talk about it."


def window(now: datetime, days: int = 40, hours: int = 3) -> tuple[datetime, datetime]:
    """Return a time of so many hours from noon in Chicago on, so many days from now."""
    noon = local(now, ZONE).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return noon, noon + timedelta(hours=hours)


def wanted(now: datetime, **other) -> Wanted:
    """Return what a team of eight asks for; `other` are fields of Wanted that differ."""
    usual = {"people": 8, "windows": [window(now), window(now, 42)], "time_zone": ZONE, "hopes": HOPES}
    return Wanted(**usual | other)


def ask(by: Person, workshop: Workshop, now: datetime, **other) -> SessionRequest:
    """Ask for a session of `workshop`, as the form does."""
    return SessionRequest.objects.ask(by, wanted(now, workshop=workshop, **other), now=now)


def typed(now: datetime, workshop: Workshop | None = None, **other: str) -> dict[str, str]:
    """Return what a browser sends of the form filled in for eight people, one window; `other` are further fields."""
    day = f"{local(window(now)[0], ZONE):%Y-%m-%d}"
    usual = {"workshop": workshop.slug if workshop else "", "people": "8", "where": "either", "takes_part": "on"}
    return usual | {"day1": day, "starts1": "12:00", "ends1": "15:00", "hopes": HOPES} | other


def shifted(now: datetime, days: int) -> str:
    """Return the day so many days from now, as a browser sends it."""
    return f"{local(now, ZONE) + timedelta(days=days):%Y-%m-%d}"
