"""What the database says a session's wall clock shows is what the page shows, in every zone and at its changes."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import F

from devtools.bench.data import make_meeting, make_session
from devtools.testing.page import read
from foundation.dates import local
from sessions_app.filters import wall_clock
from sessions_app.models import Meeting, Session

pytestmark = pytest.mark.django_db
ZONES = [
    "America/Chicago",
    "America/New_York",
    "Asia/Kathmandu",  # 5:45 ahead
    "Australia/Lord_Howe",  # its change is half an hour
    "Pacific/Kiritimati",  # 14 hours ahead
    "Africa/Casablanca",  # changes around Ramadan
    "UTC",
    "Mars/Olympus",  # a row may outlive its zone: it is shown on the portal's clock
]
# Right before and after a change in Chicago, in New York and on Lord Howe Island.
CHANGES = [datetime(2027, 3, 14, 8), datetime(2027, 11, 7, 7), datetime(2027, 3, 14, 7), datetime(2027, 4, 3, 15)]


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    """The process has not met a zone yet."""
    monkeypatch.setattr(wall_clock, "_known", {})


@pytest.fixture
def write(workshop):
    """write([(instant, zone), ...]) writes a listed session for each, with one meeting."""

    def make(starts: list[tuple[datetime, str]], now: datetime) -> None:
        sessions = []
        for at, zone in starts:
            session = make_session(workshop, len(sessions), now)
            session.starts_at, session.ends_at, session.time_zone = at, at + timedelta(minutes=90), zone
            session.confirm_by = session.registration_closes_at = at
            sessions.append(session)
        Session.objects.bulk_create(sessions)
        meetings = [make_meeting(session, None) for session in sessions]
        Meeting.objects.bulk_create(meetings)

    return make


def shown(at: datetime, zone: str) -> tuple[str, str, date]:
    """Return the weekday, the part of the day and the day that people read."""
    there = local(at, zone)
    minute = there.hour * 60 + there.minute
    part = next(
        name
        for name, first in (("evening", 1020), ("afternoon", 780), ("noon", 690), ("morning", 0))
        if minute >= first
    )
    return f"{there:%a}".lower(), part, there.date()


@pytest.mark.parametrize("seed", range(3))
def test_the_database_reads_the_clock_that_the_page_shows(write, now, seed):
    chance = random.Random(seed)
    around = [
        each.replace(tzinfo=UTC) + timedelta(minutes=chance.choice([-61, -31, -30, -1, 0, 1, 30, 61]))
        for each in CHANGES
    ]
    somewhen = [now + timedelta(minutes=chance.randrange(1, 3 * 365 * 1440)) for _ in range(60)]
    write(
        [(at, zone) for at in [*around, *somewhen[:5]] for zone in ZONES]
        + [(at, chance.choice(ZONES)) for at in somewhen],
        now,
    )
    wall_clock.learn(now)
    number = wall_clock.day_number("starts_at", "time_zone")
    for which in (Session, Meeting):
        for at, zone, half_hour, day in which.objects.values_list(
            "starts_at", "time_zone", wall_clock.half_hour(), number
        ):
            assert (*wall_clock.WEEK[half_hour], wall_clock.EPOCH + timedelta(days=day)) == shown(at, zone), (at, zone)


def test_a_zone_met_for_the_first_time_is_counted_at_once(write, now, client):
    at = datetime(now.year + 1, 1, 11, 20, tzinfo=UTC)
    write([(at, "Europe/Paris"), (at, "Asia/Kathmandu"), (at.replace(year=now.year + 9), "America/Chicago")], now)
    first, again = (read(client.get("/", {"when": "evening"})) for _ in range(2))
    assert first.part("#when-evening").text == "Evening 1"
    assert len(first.parts("li.q-row")) == len(again.parts("li.q-row")) == 1


def test_what_is_not_known_has_no_day(write, now):
    write([(now + timedelta(days=30), "Asia/Tokyo")], now)
    wall_clock.know(now)
    assert list(Session.objects.values_list(wall_clock.half_hour(), flat=True)) == [None]
    wall_clock.learn(now)
    assert list(Session.objects.filter(time_zone=F("time_zone")).values_list(wall_clock.half_hour(), flat=True)) != [
        None
    ]


def test_parts_of_the_day_begin_where_people_say():
    at = {
        name: wall_clock.part_of(hour * 2 + half)
        for name, (hour, half) in {
            "11": (11, 0),
            "11:30": (11, 1),
            "12:30": (12, 1),
            "1": (13, 0),
            "4:30": (16, 1),
            "5": (17, 0),
        }.items()
    }
    assert at == {
        "11": "morning",
        "11:30": "noon",
        "12:30": "noon",
        "1": "afternoon",
        "4:30": "afternoon",
        "5": "evening",
    }
