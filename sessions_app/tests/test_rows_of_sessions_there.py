"""A row that changes a session made before, and a row of a session that is over: said first, and done by the verbs."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Campus, Person
from catalog.models import Facilitator
from devtools.testing.cast import ZONE
from notifications.kinds import afterwards
from notifications.models import Notice
from notifications.outbox.deliver import drain
from operations.invariants import breaches
from outcomes.evaluations.life import open_due
from outcomes.models import Attendance, AttendanceSheet, AttendanceTally, Certificate, Evaluation
from registrations.models import Call, Interest, Registration
from sessions_app.models import ScheduleImport, Session, Venue
from sessions_app.schedule_import.foreseeing import foresee
from sessions_app.schedule_import.importing import WrongRows, import_schedule, venue_zones
from sessions_app.schedule_import.reading import read_schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(office):
    """table(*rows, more=columns): a schedule of Bystander Interventions. `take` takes it in, `see` shows it."""

    class Table:
        def bytes(self, rows, more=""):
            heading = ",".join(["workshop,date,start,end", *([more] if more else [])])
            return "\n".join([heading, *(f"Bystander Interventions,{row}" for row in rows)]).encode()

        def take(self, *rows, more="", **options):
            return import_schedule(self.bytes(rows, more), office, ZONE, **options)

        def see(self, *rows, more=""):
            return foresee(*read_schedule(self.bytes(rows, more), ZONE, venue_zones()), timezone.now()).rows

        def refused(self, *rows, more=""):
            with pytest.raises(WrongRows) as refusal:
                self.take(*rows, more=more)
            return [str(row) for row in refusal.value.rows]

    return Table()


@pytest.fixture
def row_of():
    """row_of(session, minutes later, ...) is the row of a session as it stands, or moved."""

    def cells(session, later=0, **more):
        zone = ZoneInfo(session.time_zone)
        starts, ends = ((at + timedelta(minutes=later)).astimezone(zone) for at in (session.starts_at, session.ends_at))
        return ",".join([f"{starts:%Y-%m-%d},{starts:%H:%M},{ends:%H:%M}", *map(str, more.values())])

    return cells


@pytest.fixture
def with_two(make_session, people):
    session = make_session()
    for person in people(2):
        Registration.objects.register(person, session)
    drain()
    session.refresh_from_db()
    return session


# ---- changes ----


def test_a_row_as_it_is_changes_nothing(table, row_of, with_two):
    imported = table.take(row_of(with_two))
    assert (imported.known_already, imported.changed, imported.made_by_it) == (1, [], None)


def test_a_row_with_the_code_moves_its_session(table, row_of, with_two):
    row = row_of(with_two, 60, code=with_two.code)
    (seen,) = table.see(row, more="code")
    assert seen.changes == [f"The time changes: it was {with_two.meetings.get()}."]
    assert seen.told == ["Two people are told: registered or on the waitlist."] and not seen.is_fresh
    before, news = with_two.starts_at, Notice.objects.filter(kind="changed")
    imported = table.take(row, more="code")
    with_two.refresh_from_db()
    assert imported.changed == [with_two] and with_two.starts_at == before + timedelta(hours=1)
    assert news.count() == 2 and Session.objects.count() == 1
    assert table.take(row, more="code").changed == [] and news.count() == 2  # twice is once


def test_people_who_were_asked_to_come_are_named_and_told(table, row_of, make_session, people, office):
    session = make_session()
    (call,) = Call.objects.call(session, [(people(1)[0], "unit")], office)
    drain()
    (seen,) = table.see(row_of(session, 60, code=session.code), more="code")
    assert seen.told == ["People who were proposed or asked to come, and have not answered, are told too."]
    table.take(row_of(session, 60, code=session.code), more="code")
    assert Notice.objects.get(kind="call_moved").person == call.person
    call.stop()
    (seen,) = table.see(row_of(session, 120, code=session.code), more="code")
    assert seen.told == []


def test_a_row_at_its_start_changes_place_seats_and_facilitators(table, row_of, with_two, now):
    campus = Campus.objects.create(name="North", time_zone=ZONE)
    Venue.objects.create(campus=campus, building="Annex", room="1")
    Facilitator.objects.create(name="Ada Okafor")
    row = row_of(with_two, venue="Annex 1", capacity=30, minimum=7, facilitators="ada okafor")
    columns = "venue,capacity,minimum,facilitators"
    (seen,) = table.see(row, more=columns)
    assert [sentence.partition(":")[0] for sentence in seen.changes] == [
        "The place changes",
        f"The capacity changes from {with_two.capacity} to 30.",
        f"The minimum changes from {with_two.minimum} to 7.",
        "It is led by Ada Okafor, before by nobody.",
    ]
    table.take(row, more=columns)
    with_two.refresh_from_db()
    assert str(with_two.meetings.get().venue) == "Annex 1" and (with_two.capacity, with_two.minimum) == (30, 7)
    assert [one.name for one in with_two.facilitators.all()] == ["Ada Okafor"]


def test_a_draft_is_changed_and_its_dates_follow(table, row_of, make_session):
    draft = make_session(published=False)
    table.take(row_of(draft, 24 * 60, code=draft.code, capacity=9), more="code,capacity")
    before = draft.starts_at
    draft.refresh_from_db()
    assert draft.starts_at == draft.registration_closes_at == before + timedelta(days=1)
    assert draft.meetings.get().starts_at == draft.starts_at and draft.capacity == 9
    assert timedelta(days=2) < draft.starts_at - draft.confirm_by < timedelta(days=6)


@pytest.mark.parametrize(
    ("more", "cells", "sentence"),
    [
        ("code", {"code": "zzzzzzzz"}, "No session has the code “zzzzzzzz”. Leave the cell empty for a new session."),
        ("code", {"code": "no"}, "“no” is not the code of a session: eight letters and digits, from its address."),
        ("capacity", {"capacity": 1}, "The minimum cannot be larger than the capacity."),
        ("minimum", {"minimum": 2}, "2 have registered, so a minimum of 2 would confirm it, below the 6 that people"),
        ("format", {"format": "in person"}, "Choose a venue: this session is in person."),
        ("format", {"format": "hybrid"}, "How many seats it has in the room and how many online cannot be told from"),
        ("facilitators", {"who": "Nobody"}, "No facilitator is called “Nobody”. Look at the facilitators, or leave"),
        ("venue", {"venue": "Nowhere"}, "No venue is called “Nowhere”. Add it in the admin first, or leave the cell"),
        ("attended", {"attended": 4}, "It has not been held yet: leave “attended” and “attendees” empty."),
    ],
)
def test_a_change_that_cannot_be_is_named_and_nothing_is_written(table, row_of, with_two, more, cells, sentence):
    fresh = row_of(with_two, 24 * 60, empty="")
    (said,) = table.refused(fresh, row_of(with_two, **cells), more=more)
    assert said.startswith(f"Row 3: {sentence}") and Session.objects.count() == 1
    (_, seen) = table.see(fresh, row_of(with_two, **cells), more=more)
    assert seen.problem and seen.problem in said


def test_a_format_changes_with_everybody_in_it(table, row_of, with_two, now):
    """Online to a room and back: as the page of the session does it, in one mail to each."""
    campus = Campus.objects.create(name="North", time_zone=ZONE)
    annex = Venue.objects.create(campus=campus, building="Annex", room="1", capacity=30)
    row = row_of(with_two, format="in person", venue="Annex 1")
    (seen,) = table.see(row, more="format,venue")
    assert seen.changes[1] == "It is held in person, before online. Everybody stays in it." and len(seen.changes) == 2
    assert seen.told == ["Two people are told: registered or on the waitlist."]
    table.take(row, more="format,venue")
    with_two.refresh_from_db()
    place = with_two.meetings.get().place
    assert (with_two.format, place.venue, place.join_link) == ("in_person", annex, "") and with_two.seats_taken == 2
    assert Notice.objects.filter(kind="changed").count() == 2
    assert table.take(row, more="format,venue").changed == []
    table.take(row_of(with_two, format="online", link="https://example.edu/j"), more="format,join_link")
    with_two.refresh_from_db()
    place = with_two.meetings.get().place
    assert (with_two.format, place.venue, place.join_link) == ("online", None, "https://example.edu/j")
    assert with_two.seats_taken == Registration.objects.registered().count() == 2
    assert list(breaches(timezone.now())) == []


def test_a_room_makes_room_for_both(table, row_of, with_two):
    """The seats of each mode are told from the venue; without its size the page of the session asks."""
    campus = Campus.objects.create(name="North", time_zone=ZONE)
    Venue.objects.create(campus=campus, building="Annex", room="1", capacity=20)
    cells = {"format": "hybrid", "venue": "Annex 1", "capacity": 30, "minimum": 7}
    table.take(row_of(with_two, **cells), more="format,venue,capacity,minimum")
    with_two.refresh_from_db()
    seats = (with_two.capacity, with_two.room_capacity, with_two.online_capacity, with_two.minimum)
    assert seats == (30, 20, 10, 7) and with_two.online_taken == 2
    assert list(breaches(timezone.now())) == []


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"format": "online", "venue": "Annex 1"}, "is a room, and the session is to be held online. Choose no venue."),
        ({"format": "in person", "venue": "Annex 1", "capacity": 1}, "The minimum cannot be larger than the capacity."),
        ({"format": "in person", "venue": "Annex 1", "minimum": 2}, "below the 6 that people were told."),
    ],
)
def test_a_format_that_cannot_be_is_refused_before_anything_is_written(table, row_of, with_two, cells, sentence):
    campus = Campus.objects.create(name="North", time_zone=ZONE)
    Venue.objects.create(campus=campus, building="Annex", room="1", capacity=20)
    if cells["format"] == "online":
        table.take(row_of(with_two, format="in person", venue="Annex 1"), more="format,venue")
    before = Notice.objects.count()
    (seen,) = table.see(row_of(with_two, **cells), more=",".join(cells))
    assert sentence in seen.problem
    assert table.refused(row_of(with_two, **cells), more=",".join(cells)) == [f"Row 2: {seen.problem}"]
    assert Notice.objects.count() == before


def test_a_cancelled_session_is_not_changed(table, row_of, with_two, office):
    with_two.cancel("No room.", by=office)
    said = table.refused(row_of(with_two, 60, code=with_two.code), more="code")
    assert said == ["Row 2: This session is cancelled; it cannot change."]


def test_two_rows_of_one_session_are_refused(table, row_of, with_two):
    rows = [row_of(with_two, later, code=with_two.code) for later in (0, 60)]
    assert table.refused(*rows, more="code") == [f"Row 3: This is the same session as row 2: “{with_two.code}”."]


def test_what_was_undone_can_be_put_up_again(table, office, workshop):
    row = f"{timezone.localdate() + timedelta(days=90)},12:30,14:00"
    table.take(row, publish=True).made_by_it.undo(by=office)
    again = table.take(row, publish=True)
    assert [session.status for session in again.sessions] == ["open"] and Session.objects.count() == 2


# ---- what was held ----


@pytest.fixture
def past_day() -> str:
    return f"{timezone.localdate() - timedelta(days=2)},12:30,14:00"


def test_what_is_over_goes_on_record_as_held_and_nobody_is_told(table, past_day, workshop, people, now):
    known, interested = people(2)
    Interest.objects.express(interested, workshop)
    row = f"{past_day},{known.email}; Carla Díaz; Ben Rivera <ben@example.edu>; {known.email}"
    (seen,) = table.see(row, more="attendees")
    assert seen.held == "It was held before: it goes on record as that, with 4 who were there. Nobody is told."
    imported = table.take(row, more="attendees", publish=True)
    (session,) = imported.held
    session.refresh_from_db()
    assert (imported.sessions, imported.published, session.status) == ([], [], Session.Status.COMPLETED)
    there = {(one.person, one.name, one.address) for one in Attendance.objects.here().of_session(session)}
    assert there == {(known, "", ""), (None, "Carla Díaz", ""), (None, "Ben Rivera", "ben@example.edu")}
    assert session.attended == 3 and AttendanceSheet.objects.get().is_closed
    # Whatever looks for sessions that were held, later on.
    Session.objects.filter(pk=session.pk).update(ends_at=now - timedelta(hours=20))
    open_due(now)
    afterwards.owe(now + timedelta(days=1))
    assert not Notice.objects.exists() and not Evaluation.objects.exists() and not Certificate.objects.exists()


def test_how_many_were_there_is_kept_without_names(table, past_day, workshop, now):
    (session,) = table.take(f"{past_day},17", more="attended").held
    session.refresh_from_db()
    assert session.attended == AttendanceTally.objects.get().here == 17
    assert table.take(f"{past_day},17", more="attended").known_already == 1
    assert list(breaches(timezone.now())) == []


def test_history_is_undone_with_its_attendance(table, past_day, workshop, office, people):
    (person,) = people(1)
    made = table.take(f"{past_day},{person.email}", more="attendees").made_by_it
    assert made.undo(by=office) == 1
    assert not Session.objects.exists() and not Attendance.objects.exists()


def test_history_with_attendance_of_a_later_time_is_not_undone(table, past_day, workshop, office):
    imported = table.take(f"{past_day},Carla Díaz", more="attendees")
    Attendance.objects.walk_in(imported.held[0].meetings.get(), by=office, name="Somebody Else")
    with pytest.raises(ScheduleImport.PeopleCame, match="Attendance was written down since"):
        imported.made_by_it.undo(by=office)
    assert Attendance.objects.count() == 2 and not ScheduleImport.objects.get().is_undone


def test_what_goes_on_at_this_moment_is_refused(table, workshop):
    begun = timezone.localtime() - timedelta(minutes=5)
    row = f"{begun:%Y-%m-%d,%H:%M},{begun + timedelta(hours=1):%H:%M}"
    assert "It is going on now. Put it up once it is over" in table.refused(row)[0]


# ---- many ----


def test_a_season_takes_as_many_queries_as_one_date(table, workshop, people):
    """Published, with people who asked for a date, and changed afterwards: bulk inserts, whatever the number."""
    for person in people(3):
        Interest.objects.express(person, workshop)
    first, counts = timezone.localdate() + timedelta(days=100), []
    for start, many in ((0, 1), (5, 1), (10, 20)):
        days = [first + timedelta(days=start + number) for number in range(many)]
        with CaptureQueriesContext(connection) as queries:
            table.take(*(f"{day},12:30,14:00" for day in days), publish=True)
        counts.append(len(queries))
    assert counts[1] == counts[2]
    assert Session.objects.filter(status="open").count() == 22
    assert Notice.objects.filter(kind="dated").count() == 3  # one mail to each person, with every date
    assert all(len(notice.facts["also"]) == 21 for notice in Notice.objects.filter(kind="dated"))


def test_people_of_another_campus_are_told_of_no_date_that_is_not_for_them(workshop, people, make_session, office):
    north, south = (Campus.objects.create(name=name) for name in ("North", "South"))
    for person, campus in zip(people(2), (north, south), strict=True):
        Person.objects.filter(pk=person.pk).update(campus=campus)
        Interest.objects.express(person, workshop)
    sessions = [make_session(published=False, days=10 + at, for_campus=at % 2 and south or None) for at in range(4)]
    opened, refused = Session.objects.filter(pk__in=[one.pk for one in sessions]).publish_each(by=office)
    told = {notice.to: 1 + len(notice.facts.get("also", [])) for notice in Notice.objects.filter(kind="dated")}
    assert (len(opened), refused, sorted(told.values())) == (4, [], [2, 4])
