"""A year stepped hour by hour, over both clock changes, a leap day and midnights: each notice exactly once."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from devtools.testing.in_time import HOUR, TIMED, first_hour, live
from foundation.wall_clock import days_before, instant
from notifications.kinds.afterwards import morning_after
from registrations.models import Interest, Registration
from sessions_app.models import Decision, MeetingPlan, Session

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

START, END = datetime(2027, 12, 20, tzinfo=UTC), datetime(2029, 1, 4, tzinfo=UTC)
NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
# The day, the time, the zone, and how many of a minimum of two come.
SESSIONS = [
    (date(2028, 2, 29), time(12), NEW_YORK, 2),
    (date(2028, 3, 1), time(9), NEW_YORK, 1),  # a day after the leap day
    (date(2028, 3, 12), time(12), NEW_YORK, 2),  # the clock goes forward that morning
    (date(2028, 3, 13), time(2, 30), NEW_YORK, 2),  # a day ahead is a time that does not exist
    (date(2028, 10, 29), time(12), BERLIN, 2),  # the clock goes back there that morning
    (date(2028, 10, 30), time(8), BERLIN, 1),
    (date(2028, 11, 5), time(12), NEW_YORK, 2),  # the clock goes back that morning
    (date(2028, 11, 6), time(1, 30), NEW_YORK, 2),  # a day ahead is a time that comes twice
    (date(2028, 12, 31), time(23, 30), NEW_YORK, 1),
    (date(2029, 1, 1), time(0), NEW_YORK, 2),
]
# Around a session, where something may be due, every hour; between them every 23rd: all hours of the day in turn.
NEAR, BETWEEN = timedelta(days=9), 23


@pytest.fixture
def year(workshop, office, people, settings) -> list[Session]:
    """The sessions of a year with their people; one person waits to be told of dates."""
    settings.TIME_ZONE = NEW_YORK
    workshop.pre_work = "Read the introduction."
    workshop.save()
    everybody, interested = people(2), people(1)[0]
    Interest.objects.express(interested, workshop, now=START)
    made = []
    for day, at, zone, count in SESSIONS:
        starts_at = instant(day, at, zone)
        plans = [MeetingPlan(starts_at, starts_at + 2 * HOUR, zone)]
        session = Session.objects.schedule(workshop, plans, by=office, now=START, minimum=2)
        session.publish(by=office, now=START)
        for person in everybody[:count]:
            Registration.objects.register(person, session, now=START)
        made.append(session)
    return made


def steps(year) -> Iterator[datetime]:
    """Yield the instants to stop at."""
    for hour in range(int((END - START) / HOUR)):
        now = START + hour * HOUR
        if hour % BETWEEN == 0 or any(-NEAR < now - session.starts_at < timedelta(days=2) for session in year):
            yield now


def test_each_reminder_digest_and_decision_comes_exactly_once(year, settings):
    at_seven = Counter()

    def look(now):
        local = now.astimezone(ZoneInfo(NEW_YORK))
        if local.hour == 7 and Session.objects.awaiting_decision(now).exists():
            at_seven[local.date()] += 1

    counts, when = live(steps(year), look)

    enough = [session for session, (*_, count) in zip(year, SESSIONS, strict=True) if count == 2]
    short = [(session, count) for session, (*_, count) in zip(year, SESSIONS, strict=True) if count < 2]
    for session in year:
        session.refresh_from_db()
    assert {session.status for session in enough} == {"completed"}
    assert {session.status for session, _ in short} == {"cancelled"}
    assert Counter(Decision.objects.values_list("session", flat=True)) == Counter(session.pk for session in year)

    expected = sorted(
        first_hour(days_before(session.starts_at, days, session.time_zone)) for session in enough for days in (7, 1)
    )
    for person in (1, 2):
        assert when["reminder", f"person{person}@example.edu"] == expected
    assert counts["reminder"] == 2 * 2 * len(enough)
    two_days = sorted(first_hour(days_before(session.starts_at, 2, session.time_zone)) for session in enough)
    assert when["pre_work", "person1@example.edu"] == two_days
    assert counts["pre_work"] == 2 * len(enough)

    # Nobody ever closes a list, so that people are asked the next morning.
    mornings = sorted(first_hour(morning_after(session)) for session in enough)
    assert when["afterwards", "person1@example.edu"] == mornings
    assert counts["afterwards"] == 2 * len(enough)

    # Nobody ever set a link to join.
    a_day = sorted(first_hour(session.starts_at - timedelta(hours=24)) for session in enough)
    assert when["no_link", settings.OFFICE_EMAIL] == a_day

    assert counts["at_risk"] == sum(count for _, count in short)
    assert when["room_left", "person3@example.edu"] == when["at_risk", "person1@example.edu"]
    assert when["at_risk", "person1@example.edu"] == [first_hour(s.confirm_by - timedelta(days=3)) for s, _ in short]
    assert counts["room_left"] == len(short)

    digests = when["digest", settings.OFFICE_EMAIL]
    assert Counter(at.astimezone(ZoneInfo(NEW_YORK)).date() for at in digests) == at_seven
    assert {at.astimezone(ZoneInfo(NEW_YORK)).hour for at in digests} == {7}
    assert set(at_seven.values()) == {1}
    assert set(counts) == set(TIMED)
