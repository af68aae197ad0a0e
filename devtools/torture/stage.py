"""What a run starts from: two thousand people who are signed in, and sessions with somebody in them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from accounts.browser_sessions.model import BrowserSession, name_of
from accounts.models import Campus, Person
from catalog.models import Workshop
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Session, Venue

PEOPLE = 2000
ZONE = "America/Chicago"


def fill() -> None:
    """Create the people and the office in an empty database."""
    Person.objects.rule()
    Person.objects.create_user("office@example.edu", name="Office Person", role=Person.Role.STAFF, is_staff=True)
    Person.objects.bulk_create(
        (
            Person(email=f"person{number}@example.edu", name=f"Person {number}", role=Person.Role.STAFF, password="!")
            for number in range(PEOPLE)
        ),
        batch_size=500,
    )


def people(count: int) -> list[Person]:
    """Return the first `count` of the people."""
    return list(Person.objects.filter(email__startswith="person").order_by("pk")[:count])


def office() -> Person:
    return Person.objects.get(email="office@example.edu")


def make_workshop() -> Workshop:
    """Publish another workshop: a second date of one in which a person has a seat asks before it registers."""
    number = Workshop.objects.count() + 1
    return Workshop.objects.create(title=f"Practice {number}", slug=f"practice-{number}", status="published")


def make_session(
    crowd: Iterable[Person] = (), workshop: Workshop | None = None, venue: Venue | None = None, **sizes: Any
) -> Session:
    """Publish a session in two weeks or later, at a time of its own, and register `crowd` in order.

    `sizes` are its fields. Without `workshop` it has one of its own.
    """
    now = timezone.now()
    starts_at = now.replace(second=0, microsecond=0) + timedelta(days=14, hours=2 * Session.objects.count())
    ends_at, link = starts_at + timedelta(minutes=90), "https://meet.example.edu/quorum"
    plan = MeetingPlan(starts_at, ends_at, ZONE, venue=venue, join_link=link)
    session = Session.objects.schedule(workshop or make_workshop(), [plan], office(), now=now, **sizes)
    session.publish(office(), now=now)
    for person in crowd:
        Registration.objects.register(person, session, now=now)
    return session


def make_hybrid(in_room: int, online: int) -> Session:
    """Publish a session as `make_session` does, with so many seats in a room and so many online."""
    campus, _ = Campus.objects.get_or_create(name="Downtown")
    room, _ = Venue.objects.get_or_create(campus=campus, building="Learning Commons", room="210")
    sizes: dict[str, Any] = {"capacity": in_room + online, "room_capacity": in_room, "online_capacity": online}
    return make_session((), None, room, format="hybrid", **sizes)


def cookies(crowd: list[Person], until: datetime | None = None) -> dict[int, str]:
    """Sign everybody in. Returns the Cookie header of each person by primary key, with a CSRF token in it."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    rows, headers = [], {}
    for person in crowd:
        known = {
            SESSION_KEY: str(person.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: person.get_session_auth_hash(),
        }
        key = uuid4().hex
        rows.append(
            BrowserSession(
                name=name_of(key),
                sealed=store.encode(known),
                person=person,
                ends_at=until or timezone.now() + timedelta(days=1),
                last_used_at=timezone.now(),
            )
        )
        names = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
        headers[person.pk] = f"{names[0]}={key}; {names[1]}={CSRF}"
    BrowserSession.objects.bulk_create(rows, batch_size=500)
    return headers


CSRF = "q" * 32
