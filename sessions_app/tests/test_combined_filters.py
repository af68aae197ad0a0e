"""Filters that combine: each count is what the list then shows, one press takes one thing away, nothing is lost."""

import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts.models import Campus
from catalog.models import Format, Topic, Workshop
from devtools.bench.data import make_meeting, make_session
from devtools.testing.page import Page, read
from foundation.dates import local
from sessions_app.models import Meeting, Session, Venue

pytestmark = pytest.mark.django_db
ZONES = ["America/Chicago", "America/New_York", "Asia/Kathmandu"]
SEVERAL = ("when", "weekday")


@pytest.fixture
def combined(client) -> Callable[..., Page]:
    """list_page("?when=noon") returns the list that htmx asks for."""

    def get(query: str = "", status: int = 200) -> Page:
        response = client.get(f"{reverse('home')}{query}", headers={"HX-Request": "true"})
        assert response.status_code == status
        return read(response)

    return get


@pytest.fixture
def season_to_combine(db, now) -> list[Session]:
    """Forty sessions of four workshops on two campuses, at any time of the week, in three zones and every state."""
    chance = random.Random(14)
    topics = [Topic.objects.create(name=name, slug=name.lower()) for name in ("Bias", "Allyship")]
    venues = [Venue.objects.create(campus=Campus.objects.create(name=name), building=name) for name in ("West", "East")]
    workshops = [
        Workshop.objects.create(
            title=f"Workshop {number}", slug=f"w-{number}", status=Workshop.Status.PUBLISHED, for_students=number > 1
        )
        for number in range(4)
    ]
    for number, workshop in enumerate(workshops):
        workshop.topics.set(topics[: number % 3])
    sessions = []
    # From a Monday on, and by the clock of each zone: the same filters fit on every day that this runs.
    monday = now.date() - timedelta(days=now.weekday())
    for number in range(40):
        session = make_session(workshops[number % 4], number, now)
        day, zone = monday + timedelta(days=chance.randrange(10, 90)), chance.choice(ZONES)
        at = time(chance.choice([0, 7, 9, 11, 12, 12, 14, 16, 18, 23]), chance.choice([0, 15, 30, 45]))
        session.starts_at = datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
        session.ends_at = session.starts_at + timedelta(minutes=90)
        session.confirm_by = session.registration_closes_at = session.starts_at
        session.time_zone = zone
        sessions.append(session)
    sessions = Session.objects.bulk_create(sessions)
    Meeting.objects.bulk_create(make_meeting(session, chance.choice(venues)) for session in sessions)
    return sessions


def shown(page: Page) -> int:
    """How many sessions the list has."""
    return len(page.parts("li.q-row"))


def choices(page: Page) -> dict[str, tuple[str, int, bool]]:
    """Return every choice of the bar by its id: where it leads, its count, and whether it is chosen."""
    found = {}
    for link in page.parts(".q-chips a"):
        count = re.fullmatch(r".+ (\d+)", link.text)
        if count:
            chosen = link.attribute("aria-current") == "true"
            found[link.attribute("id")] = link.attribute("href").removeprefix("/"), int(count[1]), chosen
    return found


STATES = [
    "",
    "?status=needs-people&format=online",
    "?status=confirmed&weekday=tue+thu",
    "?when=noon+evening&format=in_person",
    "?topic=bias&when=afternoon",
    "?audience=student&weekday=mon+wed+fri&when=morning+noon",
]


@pytest.mark.parametrize("state", STATES)
def test_each_count_is_what_the_press_then_shows(combined, season_to_combine, state):
    before = choices(combined(state))
    assert {"when-noon", "weekday-tue", "topic-bias", "campus-1", "chip-online"} <= {
        re.sub(r"campus-\d+", "campus-1", each) for each in before
    }
    for name, (query, count, chosen) in before.items():
        page = combined(query)
        group = name.partition("-")[0]
        if chosen and group != "chip":
            assert not choices(page)[name][2], f"{name} is taken away by a second press"
        elif group in SEVERAL:
            # The chosen ones of such a group widen each other: each keeps its count, and together they are the list.
            after = choices(page)
            assert after[name][1:] == (count, True)
            assert shown(page) == sum(
                number for each, (_, number, on) in after.items() if on and each.startswith(group)
            )
        elif not chosen:
            assert shown(page) == count, f"{name} of {state}"


@pytest.mark.parametrize("state", STATES)
def test_a_list_has_what_was_asked_for_and_all_of_it(combined, season_to_combine, state):
    asked = {name: value[0].split() for name, value in parse_qs(state.removeprefix("?")).items()}
    fits = 0
    for session in Session.objects.prefetch_related("workshop__topics"):
        at = local(session.starts_at, session.time_zone)
        minute = at.hour * 60 + at.minute
        part = "morning" if minute < 690 else "noon" if minute < 780 else "afternoon" if minute < 1020 else "evening"
        short = session.status == "open" and session.seats_taken < session.minimum
        fits += (
            asked.get("when", [part]).count(part) == 1
            and asked.get("weekday", [f"{at:%a}".lower()]).count(f"{at:%a}".lower()) == 1
            and asked.get("format", [session.format])[0]
            in (session.format, *(["online", "in_person"] if session.format == Format.HYBRID else []))
            and {"needs-people": short, "confirmed": session.is_confirmed, "": True}[asked.get("status", [""])[0]]
            and ("topic" not in asked or session.workshop.topics.filter(slug="bias").exists())
            and ("audience" not in asked or session.workshop.for_students)
        )
    assert shown(combined(state)) == fits > 0


def test_status_and_format_combine(combined, season_to_combine):
    page = combined("?status=confirmed")
    assert page.part("#chip-online").attribute("href") == "/?status=confirmed&format=online#sessions"
    page = combined("?status=confirmed&format=online")
    chosen = [part.attribute("id") for part in page.parts("a[id^=chip-][aria-current]")]
    assert chosen == ["chip-confirmed", "chip-online"]
    assert page.part("#chip-online").attribute("href") == "/?status=confirmed#sessions"
    assert page.part("#chip-all").attribute("href") == "/"


def test_one_press_takes_away_one_weekday_or_everything(combined, season_to_combine):
    page = combined("?weekday=thu+tue&when=noon&view=")
    assert {part.attribute("id"): part.attribute("href") for part in page.parts(".q-chosen a")} == {
        "without-when-noon": "/?weekday=tue+thu#sessions",
        "without-weekday-tue": "/?when=noon&weekday=thu#sessions",
        "without-weekday-thu": "/?when=noon&weekday=tue#sessions",
        "clear": "/",
    }


def test_a_field_may_name_several_weekdays_or_stand_twice(combined, season_to_combine):
    assert shown(combined("?weekday=tue&weekday=thu")) == shown(combined("?weekday=tue+thu+tue"))


def test_a_time_of_which_nothing_is_ahead_is_no_choice(combined, make_session, workshop):
    make_session()
    assert combined().parts("[id^=when-], [id^=weekday-]") == []
    assert [part.text for part in combined("?when=evening").parts("[id^=when-]")] == ["Noon 1", "Evening 0"]


def test_a_day_shows_every_session_that_meets_on_it(combined, make_session):
    from devtools.testing.cast import weekly

    plans = weekly(2, days=20)
    made = make_session(meetings=plans)
    make_session(days=21)
    for plan in plans:
        page = combined(f"?day={local(plan.starts_at, plan.time_zone):%Y-%m-%d}")
        assert shown(page) == 1 and made.get_absolute_url() in page.addresses
        assert page.part("#without-day").attribute("href") == "/"
    assert shown(combined("?day=2030-01-01")) == 0


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("when=never", "There is no such time of the day. Choose morning, noon, afternoon or evening."),
        ("when=noon+never", "There is no such time of the day."),
        ("weekday=9", "There is no such day of the week. Choose mon, tue, wed, thu, fri, sat or sun."),
        ("weekday=%00", "There is no such day of the week."),
        ("day=2024-13-01", "There is no such day. Write it like 2027-01-14."),
        ("day=0001-01-01", "Choose a date from the year 2000 on."),
        ("day=9999-12-31", "Choose a date before the year 2101."),
        ("day=%00", "There is no such day."),
        ("day=2027-01-01&day=2027-01-02", "Choose one day at a time."),
        ("view=year", "There is no such view. Sessions are shown as a list or by month."),
        ("m=2024-13", "There is no such month. Write it like 2027-01."),
    ],
)
def test_an_impossible_time_is_named_and_the_rest_stays(combined, season_to_combine, query, sentence):
    page = combined(f"?{query}&topic=bias&q=workshop", status=400)
    assert sentence in page.text
    assert page.field("Search workshops, programs, people and resources").value == "workshop"
    assert shown(page) == shown(combined("?topic=bias&q=workshop")) > 0


def test_thirty_filters_at_once_are_answered(combined, season_to_combine):
    many = "&".join(f"{name}=nothing{number}" for number in range(4) for name in ("topic", "when", "weekday", "format"))
    page = combined(f"?{many}&day=x&view=x&m=x&status=x&page=x&campus=x&action=x&program=x&audience=x&q=%00", 400)
    assert len(page.parts("[role=alert]:not([hidden]) p")) == 14
    all_at_once = "?q=workshop&status=confirmed&format=online&when=morning+noon+afternoon+evening&weekday=mon+tue+wed"
    assert shown(combined(f"{all_at_once}&audience=staff&topic=bias&topic=bias")) >= 0


def test_what_is_not_found_says_when_it_was_looked_for(client, make_session):
    make_session()
    text = read(client.get("/?weekday=sun+sat&when=evening")).text
    assert "No sessions in the evening on Saturdays or on Sundays at the moment." in text
