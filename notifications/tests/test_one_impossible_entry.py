"""A meeting that no calendar can show harms nothing but itself (G21): its entry is left out, and the log says which."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client

from devtools.testing.calendar_readers import nested, read_alike, strict_lines
from devtools.testing.cost import costs_at_most
from notifications.calendars import feeds
from notifications.models import CalendarThread
from registrations.models import Registration
from sessions_app.models import Meeting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]

# What no zone can move: a form refuses it, and so does the database.
BEYOND = {
    "starts_at": datetime(9999, 12, 31, 22, tzinfo=UTC),
    "ends_at": datetime(9999, 12, 31, 23, tzinfo=UTC),
    "time_zone": "Pacific/Kiritimati",
}


@pytest.fixture
def any_year(db):
    """The database takes a meeting of any year, as it did before it was told which."""
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if is_postgresql:
            cursor.execute("ALTER TABLE sessions_app_meeting DROP CONSTRAINT meeting_in_this_century")
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
    yield
    if not is_postgresql:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.fixture
def meetings_of_two(make_session, person, now):
    """The meetings of two sessions with the same people."""
    sessions = [make_session(days=days, minimum=1) for days in (14, 21)]
    for session in sessions:
        Registration.objects.register(person, session, now=now)
        session.settle(now=now)
    return [session.meetings.get() for session in sessions]


@pytest.fixture
def impossible(any_year, meetings_of_two):
    """The same; the first got, past every form, what no calendar can show."""
    first, second = meetings_of_two
    Meeting.objects.filter(pk=first.pk).update(**BEYOND)
    return first, second


@pytest.mark.parametrize("zone", ["localtime", "Factory", "Mars/Olympus", "../../etc/passwd", ""])
@pytest.mark.parametrize("path", ["/sessions.ics", "private"])
def test_a_meeting_whose_zone_is_gone_keeps_its_instants(meetings_of_two, feed, path, zone):
    Meeting.objects.filter(pk=meetings_of_two[0].pk).update(time_zone=zone)
    response = Client().get(feed if path == "private" else path)
    assert [event.starts_at for event in read_alike(response.content)] == [one.starts_at for one in meetings_of_two]


@pytest.mark.parametrize("path", ["/sessions.ics", "/workshops/bystander-interventions/sessions.ics", "private"])
def test_the_others_stand_in_every_feed(impossible, feed, path, caplog):
    first, second = impossible
    response = Client().get(feed if path == "private" else path)
    assert response.status_code == 200
    (event,) = read_alike(response.content)
    assert (event.starts_at, event.ends_at) == (second.starts_at, second.ends_at)
    row = CalendarThread.objects.get(meeting=first) if path == "private" else first
    (line,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert line.getMessage() == f"{type(row).__name__} {row.pk} is left out of a calendar: ValueError"


def test_a_file_without_anything_to_show_is_not_found(impossible, client, person):
    first, second = impossible
    client.force_login(person)
    for meeting, status in ((first, 404), (second, 200)):
        own = Registration.objects.get(session=meeting.session).get_absolute_url()
        assert Client().get(f"/sessions/{meeting.session.code}/session.ics").status_code == status
        assert client.get(f"{own}invitation.ics").status_code == status


def test_of_several_meetings_the_others_stand_in_the_file(any_year, make_session, office, now):
    session = make_session()
    Meeting.objects.create(session=session, **BEYOND)
    (event,) = read_alike(Client().get(f"/sessions/{session.code}/session.ics").content)
    assert event.summary.endswith("(part 1 of 2)")


@pytest.mark.parametrize("year", [1950, 8000])
def test_a_year_typed_wrong_costs_the_others_neither_time_nor_zone(any_year, make_session, year):
    """Nobody knows what a zone will do for six thousand years: that entry is in UTC, and the others are not."""
    wrong, right = [make_session(days=days).meetings.get() for days in (14, 21)]
    starts_at = datetime(year, 5, 14, 17, tzinfo=UTC)
    Meeting.objects.filter(pk=wrong.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    assert costs_at_most(2, lambda: Client().get("/sessions.ics"))
    content = Client().get("/sessions.ics").content
    assert {event.starts_at for event in read_alike(content)} == {starts_at, right.starts_at}
    lines = [
        (parameters, value[:4])
        for path, name, parameters, value in nested(strict_lines(content))
        if name == "DTSTART" and "VEVENT" in path
    ]
    assert sorted(lines, key=str) == sorted(
        [({}, str(year)), ({"TZID": right.time_zone}, str(right.starts_at.year))], key=str
    )


def test_a_database_that_goes_away_leaves_no_entry_out(make_session):
    """The feed is not served: a calendar would strike what it does not list."""
    make_session()

    def away(execute, sql, params, many, context):
        raise OperationalError("the connection is lost")

    def lost(meeting):
        with connection.execute_wrapper(away):
            return Meeting.objects.get(pk=meeting.pk)

    with pytest.raises(OperationalError):
        feeds.each_alone(Meeting.objects.all(), lost)
