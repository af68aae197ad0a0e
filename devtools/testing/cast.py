"""The small cast of the tests: a few people, one workshop, a room, sessions, and browsers of theirs."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

ZONE = "America/Chicago"


@pytest.fixture
def now(request) -> datetime:
    """This instant, the same one through the test; or the instant that a mark `now` gives."""
    given = request.node.get_closest_marker("now")
    return given.args[0] if given else timezone.now()


@pytest.fixture
def set_clock(monkeypatch) -> Callable:
    """set_clock(by) sets this machine's clock off by so much; the database's stays right."""
    right = timezone.now
    return lambda by: monkeypatch.setattr(timezone, "now", lambda: right() + by)


@pytest.fixture
def fresh_cache(db):
    """Throttles and answers that another test has left in the cache are gone."""
    cache.clear()


@pytest.fixture(autouse=True)
def no_page_texts(monkeypatch) -> None:
    """No page reads page texts before one is saved, so that queries are the same whenever they are counted."""
    from catalog.models import page_text

    monkeypatch.setattr(page_text, "_memory", (float("inf"), {}))


@pytest.fixture(autouse=True)
def forgotten_campuses(monkeypatch) -> None:
    """No page remembers from another test whether there are several campuses."""
    from accounts.models import campus

    monkeypatch.setattr(campus, "_answer", (False, 0.0))


# ---- people ----


@pytest.fixture
def people(db) -> Callable:
    """people(3) creates three staff members with complete profiles: person1@example.edu and so on, never one twice."""
    from accounts.models import Person

    made = []

    def make(count: int, **fields) -> list[Person]:
        new = []
        for _ in range(count):
            number = len(made) + 1
            own = {"email": f"person{number}@example.edu", "name": f"Person {number}", "role": Person.Role.STAFF}
            new.append(Person.objects.create_user(**own | fields))
            made.append(number)
        return new

    return make


@pytest.fixture
def person(people):
    """One staff member with a complete profile."""
    return people(1)[0]


@pytest.fixture
def office(db):
    """Somebody of the office, with every permission."""
    from accounts.models import Person

    fields = {"name": "Office Person", "role": Person.Role.STAFF, "is_staff": True, "is_superuser": True}
    return Person.objects.create_user("office@example.edu", **fields)


@pytest.fixture
def me(client, person) -> Client:
    """The client, signed in as `person`."""
    client.force_login(person)
    return client


@pytest.fixture
def clerk(client, office) -> Client:
    """The client, signed in as `office`."""
    client.force_login(office)
    return client


# ---- sessions ----


@pytest.fixture
def workshop(db):
    """A published workshop of 90 minutes online: minimum 6, capacity 24."""
    from catalog.models import Workshop

    return Workshop.objects.create(
        title="Bystander Interventions",
        slug="bystander-interventions",
        summary="What to say, and when, if you see it happen.",
        description="Practice in **small groups**.",
        status=Workshop.Status.PUBLISHED,
    )


@pytest.fixture
def make_session(workshop, office, now) -> Callable:
    """make_session(days=14, published=True, minimum=6, ...) schedules the workshop and publishes it.

    It starts `days` from now at noon in Chicago. Other arguments are those of Session.objects.schedule.
    """
    from foundation.wall_clock import instant
    from sessions_app.models import MeetingPlan, Session

    def make(days: int = 14, published: bool = True, **overrides) -> Session:
        subject = overrides.pop("workshop", workshop)
        day = timezone.localdate(now) + timedelta(days=days)
        starts_at = instant(day, datetime.min.time().replace(hour=12), ZONE)
        ends_at = starts_at + timedelta(minutes=subject.minutes)
        plan = MeetingPlan(starts_at, ends_at, ZONE, join_link="https://meet.example.edu/quorum")
        meetings = overrides.pop("meetings", [plan])
        session = Session.objects.schedule(subject, meetings=meetings, by=office, now=now, **overrides)
        if published:
            session.publish(by=office, now=now)
        return session

    return make


@pytest.fixture
def make_hybrid(make_session, room) -> Callable:
    """make_hybrid(in_room=2, online=2, minimum=1, ...) makes a session online and in person, in the Learning Commons.

    Other arguments are those of make_session.
    """
    from dataclasses import replace

    def make(in_room: int = 2, online: int = 2, minimum: int = 1, days: int = 14, **overrides):
        (plan,) = weekly(1, days)
        sizes = {"room_capacity": in_room, "online_capacity": online, "capacity": in_room + online}
        overrides = {"meetings": [replace(plan, venue=room)], "minimum": minimum} | sizes | overrides
        return make_session(format="hybrid", **overrides)

    return make


@pytest.fixture
def session(make_session):
    """An open session in two weeks."""
    return make_session()


@pytest.fixture
def divided(workshop, office):
    """The workshop, in two parts of 90 minutes: “Identity and Power” and “Strategies”."""
    from catalog.models import Part, PartPlan

    Part.objects.divide(workshop, [PartPlan("Identity and Power"), PartPlan("Strategies")], by=office)
    return workshop


@pytest.fixture
def in_two_parts(divided, make_session):
    """An open session of the workshop in two parts, a week apart, in two weeks; minimum 1."""
    return make_session(meetings=weekly(2), minimum=1)


def weekly(count: int, days: int = 14) -> list:
    """Plan `count` meetings of 90 minutes a week apart, at noon in Chicago; the first `days` from now."""
    from foundation.wall_clock import instant
    from sessions_app.models import MeetingPlan

    plans = []
    for week in range(count):
        day = timezone.localdate() + timedelta(days=days + 7 * week)
        starts_at = instant(day, datetime.min.time().replace(hour=12), ZONE)
        ends_at = starts_at + timedelta(minutes=90)
        plans.append(MeetingPlan(starts_at, ends_at, ZONE, join_link="https://meet.example.edu/quorum"))
    return plans


@pytest.fixture
def room(db):
    """A room nobody meets in so far."""
    from accounts.models import Campus
    from sessions_app.models import Venue

    campus = Campus.objects.create(name="Downtown", time_zone=ZONE)
    return Venue.objects.create(campus=campus, building="Learning Commons", room="210")


def workday(days: int) -> date:
    """Return the day so many days from today, or the first one after it that is neither a weekend nor a holiday."""
    from sessions_app.concerns import holiday_on

    day = timezone.localdate() + timedelta(days=days)
    while day.weekday() > 4 or holiday_on(day):
        day += timedelta(days=1)
    return day


@pytest.fixture
def wednesday():
    """A Wednesday some weeks ahead, no holiday, and never near a change of the clock’s hour at noon."""
    from sessions_app.concerns import holiday_on

    today = timezone.localdate()
    day = today + timedelta(days=21 + (2 - today.weekday()) % 7)
    return day + timedelta(days=7) if holiday_on(day) else day
