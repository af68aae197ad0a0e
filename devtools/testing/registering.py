"""Register people, let the start come near, and the addresses of the pages where people register."""

from datetime import datetime, timedelta

from django.test import Client

from catalog.models import Workshop
from devtools.testing.page import Page, read
from foundation.dates import short_day
from registrations.models import Registration
from sessions_app.models import Session

NEWCOMER = "new@example.edu"
# What somebody new types into the registration form.
TYPED = {"name": "Ada Lovelace", "email": NEWCOMER, "role": "faculty"}
# Colleagues who are nominated.
ADA, BO = "ada@example.edu", "bo@example.edu"
HOUR = timedelta(hours=1)


def register_page(session: Session) -> str:
    return f"/sessions/{session.code}/registration/"


def interest_page(workshop: Workshop) -> str:
    return f"/workshops/{workshop.slug}/interest/"


def nominate_page(session: Session) -> str:
    return f"/sessions/{session.code}/nominations/"


def next_page(client: Client, path: str = "/my/") -> Page:
    """Return the page that follows: what was left for the person to read is on it."""
    return read(client.get(path))


def join(session: Session, people) -> None:
    """Register these people, in this order."""
    for person in people:
        Registration.objects.register(person, session)


def day_of(session: Session) -> str:
    """Return the day of the session as pages write it."""
    return short_day(session.starts_at, session.time_zone, session.starts_at.year)


def bring_near(session: Session, starts_at: datetime, now: datetime) -> None:
    """Let time pass: move the session to `starts_at`, decided an hour before now."""
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=90)}
    Session.objects.filter(pk=session.pk).update(
        **times, registration_closes_at=starts_at, confirm_by=min(starts_at, now - HOUR)
    )
    session.meetings.update(**times)
    session.refresh_from_db()


def let_end(session: Session, ended_at: datetime) -> None:
    """Let the session have ended at that time."""
    Session.objects.filter(pk=session.pk).update(
        starts_at=ended_at - timedelta(hours=2), ends_at=ended_at, confirm_by=ended_at - timedelta(days=3)
    )
    session.refresh_from_db()


def kinds_of(registration: Registration) -> list[str]:
    """Return the kinds of the notices about a registration, oldest first."""
    return list(registration.notices.order_by("pk").values_list("kind", flat=True))
