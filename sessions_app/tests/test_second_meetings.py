"""A row with second and further meetings: read, shown in words, put up, changed by a corrected file, and undone."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Campus
from catalog.models import Part
from devtools.testing.cast import ZONE
from foundation.files.rows import as_text, read_rows
from notifications.models import Notice
from notifications.outbox.deliver import drain
from operations.invariants import breaches
from outcomes.models import Attendance, AttendanceSheet
from registrations.models import Registration
from sessions_app.models import Meeting, Session, Venue
from sessions_app.schedule_import.foreseeing import foresee
from sessions_app.schedule_import.importing import WrongRows, import_schedule, venue_zones
from sessions_app.schedule_import.reading import read_schedule

pytestmark = pytest.mark.django_db
COLUMNS = "workshop,date,start,end,date 2,start 2,end 2"
THREE = COLUMNS + ",date 3,start 3,end 3"


class SeveralMeetings:
    """A schedule of Bystander Interventions with several meetings a row: `take` takes it in, `see` shows it."""

    def __init__(self, by):
        self.by = by

    def bytes(self, rows, columns):
        return "\n".join([columns, *(f"Bystander Interventions,{row}" for row in rows)]).encode()

    def take(self, *rows, columns=COLUMNS, **options):
        return import_schedule(self.bytes(rows, columns), self.by, ZONE, **options)

    def see(self, *rows, columns=COLUMNS):
        return foresee(*read_schedule(self.bytes(rows, columns), ZONE, venue_zones()), timezone.now()).rows

    def refused(self, *rows, columns=COLUMNS):
        with pytest.raises(WrongRows) as refusal:
            self.take(*rows, columns=columns)
        (row,) = refusal.value.rows
        assert not Session.objects.exists() or Session.objects.get().meetings.count() == 2
        return str(row)


@pytest.fixture
def several(office, workshop):
    return SeveralMeetings(office)


@pytest.fixture
def in_days():
    """in_days(90, 12) is the day in 90 days, from 12:00 on for 90 minutes, as cells of a row."""

    def cells(days, hour=12):
        day = timezone.localdate() + timedelta(days=days)
        return f"{day},{hour}:00,{hour + 1}:30"

    return cells


@pytest.fixture
def with_two_meetings(several, in_days, people):
    """A published session that meets in 90 days and in 97, with two people in it, who have their mail."""
    several.take(f"{in_days(90)},{in_days(97)}", publish=True)
    session = Session.objects.get()
    for person in people(2):
        Registration.objects.register(person, session)
    drain()
    return session


def days_of(session) -> list[int]:
    """Return in how many days each meeting that is held is."""
    today = timezone.localdate()
    return [(timezone.localtime(one.starts_at, ZoneInfo(ZONE)).date() - today).days for one in session.meetings.all()]


# ---- put up ----


def test_a_row_with_a_second_meeting_is_one_session_with_two(several, in_days):
    row = f"{in_days(90)},{in_days(97, 15)}"
    (seen,) = several.see(row)
    day = timezone.localdate() + timedelta(days=97)
    assert seen.further == [f"{day:%a, %b} {day.day}, {day.year}, 3:00–4:30 PM, 90 minutes"]
    (session,) = several.take(row, publish=True).published
    assert days_of(session) == [90, 97] and session.ends_at == session.meetings.last().ends_at
    assert several.take(row).known_already == 1 and Session.objects.count() == 1  # twice adds nothing


def test_an_empty_second_meeting_is_none(several, in_days):
    (session,) = several.take(f"{in_days(90)},,,").sessions
    assert days_of(session) == [90]


def test_a_session_has_twenty_meetings_at_most(several, in_days):
    numbers = range(2, 21)
    columns = ["workshop,date,start,end", *(f"date {number},start{number},end_{number}" for number in numbers)]
    row = ",".join(in_days(90 + number) for number in range(20))
    (session,) = several.take(row, columns=",".join(columns)).sessions
    assert session.meetings.count() == 20
    _, wrong = read_schedule(several.bytes([row], ",".join([*columns, "date 21"])), ZONE)
    assert [str(one) for one in wrong] == ["Row 1: “date_21” is no column: further meetings are numbered from 2 to 20."]


def test_a_second_meeting_is_where_it_says_and_on_the_clock_of_that_place(several, in_days):
    campus = Campus.objects.create(name="West", time_zone="America/Los_Angeles")
    here, there = (Venue.objects.create(campus=campus, building="Hall", room=room) for room in "12")
    columns = f"{COLUMNS},venue,venue 2,join link 2,time zone 2"
    row = f"{in_days(90)},{in_days(97)},Hall 1"
    several.take(f"{row},Hall 2,https://example.edu/2,", f"{in_days(91)},{in_days(98)},Hall 1,,,UTC", columns=columns)
    first, second = Session.objects.order_by("starts_at")
    assert [one.venue for one in first.meetings.all()] == [here, there]
    assert [one.join_link for one in first.meetings.all()] == ["", "https://example.edu/2"]
    assert [one.venue for one in second.meetings.all()] == [here, here]  # the row says no other
    zones = [one.time_zone for one in [*first.meetings.all(), *second.meetings.all()]]
    assert zones == ["America/Los_Angeles"] * 3 + ["UTC"]
    (seen, _) = several.see(f"{row},Hall 2,,", f"{in_days(120)},{in_days(121)},Hall 1,,,", columns=columns)
    assert seen.place == "Hall 1" and seen.further[0].endswith("90 minutes, Hall 2")


def test_meetings_of_a_row_hold_the_parts_of_the_workshop(several, in_days, workshop):
    for position, title in enumerate(("Seeing", "Acting"), 1):
        Part.objects.create(workshop=workshop, position=position, title=title, minutes=90)
    (session,) = several.take(f"{in_days(90)},{in_days(97)}", publish=True).published
    assert [str(one.part) for one in session.meetings.all()] == ["Seeing", "Acting"]


def test_days_of_all_columns_are_read_in_one_order(several):
    year = timezone.localdate().year + 2
    several.take(f"5/6/{year},12:00,13:30,5/14/{year},12:00,13:30")
    assert [(one.starts_at.month, one.starts_at.day) for one in Meeting.objects.all()] == [(5, 6), (5, 14)]


def test_a_workbook_holds_as_many_columns_as_a_row_can_have(several):
    numbers = range(2, 21)
    further = [f"{name} {at}" for at in numbers for name in ("date", "start", "end")]
    heading = ["workshop", "date", "start", "end", *further]
    book, day = openpyxl.Workbook(), datetime(timezone.localdate().year + 1, 3, 1)
    book.active.append(heading)
    cells = [cell for at in range(20) for cell in (day + timedelta(days=at), "9:00", "10:00")]
    book.active.append(["Bystander Interventions", *cells])
    book.active.append(["Bystander Interventions", day, "11:00", "12:00"])  # its other cells are not there at all
    packed = BytesIO()
    book.save(packed)
    text = as_text(read_rows(packed.getvalue()))
    plans, wrong = read_schedule(text.encode(), ZONE)
    assert [len(plan.further) for plan in plans] == [19, 0] and wrong == []


# ---- what is wrong with it ----


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("D90,D83", "Meeting 2 is before meeting 1. Write them in the order of time."),
        ("D90,D90", "Meeting 2 overlaps meeting 1. Change one of their times."),
        ("D90,D97,D97", "Meeting 3 overlaps meeting 2. Change one of their times."),
        ("D90,d97,12:00,", "Meeting 2 is half filled in: “end_2” is empty. Fill in date, start and end, or leave"),
        ("D90,,12:00,13:00", "Meeting 2 is half filled in: “date_2” is empty. Fill in date, start and end, or leave"),
        ("D90,d97,,", "Meeting 2 is half filled in: “start_2” and “end_2” are empty. Fill in date, start and"),
        ("D90,,,,D97", "Meeting 3 is filled in, and meeting 2 is not. Number them without a gap."),
        ("D90,2099-06-31,12:00,13:00", "Meeting 2: There is no day 2099-06-31."),
        ("D90,d97,25:00,13:00", "Meeting 2: “25:00” is not a time for “start_2”. Write it like 13:30."),
        ("D90,d97,13:00,13:00", "Meeting 2: It ends at 13:00, which is not after its start at 13:00."),
        ("D90,d97,13:00,12:00", "Meeting 2: It would end at 12:00 on the next day and last 23 hours."),
        ("D90,=NOW(),13:00,12:00", "Meeting 2: “=NOW()” is not a date. Write it like 2024-05-14."),
    ],
)
def test_what_is_wrong_with_a_second_meeting_is_said_with_its_row(several, in_days, row, sentence):
    cells = re.sub("D([0-9]+)", lambda at: in_days(int(at[1])), row)
    cells = re.sub("d([0-9]+)", lambda at: in_days(int(at[1])).partition(",")[0], cells)
    cells += "," * (THREE.count(",") - 1 - cells.count(","))
    assert several.refused(cells, columns=THREE).startswith(f"Row 2: {sentence}")
    (seen,) = several.see(cells, columns=THREE)
    assert seen.problem.startswith(sentence)


def test_a_venue_that_nobody_has_is_said_with_its_meeting(several, in_days):
    said = several.refused(f"{in_days(90)},{in_days(97)},Nowhere", columns=f"{COLUMNS},venue 2")
    assert said.startswith("Row 2: Meeting 2: No venue is called “Nowhere”.")


@pytest.mark.parametrize(
    ("more", "sentences"),
    [
        ("date 2,start 2", ["The column “end_2” is missing."]),
        ("date 3,start 3,end 3", ["There is no column for meeting 2, and one for a later meeting. Number them in"]),
        ("date 1,start 1,end 1", [f"“{name}_1” is no column: further" for name in ("date", "start", "end")]),
        ("date 2,start 2,end 2,date2", ["The column “date_2” stands there twice."]),
        ("venue 2", [f"The column “{name}_2” is missing." for name in ("date", "start", "end")]),
    ],
)
def test_a_wrong_heading_of_a_second_meeting_is_said(more, sentences):
    plans, wrong = read_schedule(f"workshop,date,start,end,{more}\nA,2024-02-03,9:00,10:00\n".encode(), ZONE)
    assert plans == [] and len(wrong) == len(sentences)
    assert all(row.sentence.startswith(sentence) for row, sentence in zip(wrong, sentences, strict=True))


# ---- changed by a corrected file ----


def test_a_corrected_row_moves_a_second_meeting(several, in_days, with_two_meetings):
    row = f"{in_days(90)},{in_days(98, 15)}"
    (seen,) = several.see(row)
    second = with_two_meetings.meetings.last()
    assert seen.changes == [f"A meeting moves to {seen.further[0].rpartition(',')[0]}: it was {second}."]
    assert seen.told == ["Two people are told: registered or on the waitlist."]
    news = Notice.objects.filter(kind="changed")
    several.take(row)
    with_two_meetings.refresh_from_db()
    assert days_of(with_two_meetings) == [90, 98] and with_two_meetings.meetings.last().pk == second.pk
    assert with_two_meetings.ends_at == with_two_meetings.meetings.last().ends_at
    assert news.count() == 2 and several.take(row).changed == [] and news.count() == 2


def test_a_corrected_row_adds_a_third_meeting_in_its_place_in_time(several, in_days, with_two_meetings):
    row = f"{in_days(90)},{in_days(93)},{in_days(97)}"
    (seen,) = several.see(row, columns=THREE)
    assert [sentence.partition(":")[0] for sentence in seen.changes] == ["A meeting is added"]
    several.take(row, columns=THREE)
    assert days_of(with_two_meetings) == [90, 93, 97]
    assert Notice.objects.filter(kind="changed").count() == 2


def test_a_corrected_row_without_a_second_meeting_cancels_it_and_says_so(several, in_days, with_two_meetings):
    second = with_two_meetings.meetings.last()
    (seen,) = several.see(f"{in_days(90)},,,")
    assert seen.changes == [f"The meeting on {second} is held no more."] and seen.further == []
    assert seen.told == ["Two people are told: registered or on the waitlist."]
    several.take(f"{in_days(90)},,,")
    second.refresh_from_db()
    assert days_of(with_two_meetings) == [90] and second.is_cancelled
    assert second.cancel_reason == "The schedule has changed."
    assert Notice.objects.filter(kind="changed").count() == 2
    assert list(breaches(timezone.now())) == []


def test_a_file_without_those_columns_leaves_second_meetings_alone(several, in_days, with_two_meetings):
    assert several.take(in_days(90), columns="workshop,date,start,end").known_already == 1
    several.take(f"{in_days(91)},{with_two_meetings.code}", columns="workshop,date,start,end,code")
    assert days_of(with_two_meetings) == [91, 97]
    said = several.refused(f"{in_days(97)},{with_two_meetings.code}", columns="workshop,date,start,end,code")
    assert said == "Row 2: Two meetings would overlap. Change one of their times."


def test_all_meetings_of_a_session_move_at_once(several, in_days, with_two_meetings):
    """The second takes the time of the first: together they never overlap, one by one they would."""
    row = f"{in_days(97)},{in_days(104)},{with_two_meetings.code}"
    keys = list(with_two_meetings.meetings.values_list("pk", flat=True))
    several.take(row, columns=f"{COLUMNS},code")
    assert days_of(with_two_meetings) == [97, 104]
    assert list(with_two_meetings.meetings.values_list("pk", flat=True)) == keys


def test_a_meeting_that_is_taken_out_leaves_the_others_as_they_are(several, in_days, workshop):
    several.take(f"{in_days(90)},{in_days(97)},{in_days(104)}", columns=THREE, publish=True)
    session = Session.objects.get()
    third = session.meetings.last()
    several.take(f"{in_days(90)},{in_days(104)},,,", columns=THREE)
    assert days_of(session) == [90, 104] and session.meetings.last().pk == third.pk


def test_a_second_meeting_goes_where_the_row_says(several, in_days, with_two_meetings):
    campus = Campus.objects.create(name="North", time_zone=ZONE)
    venue = Venue.objects.create(campus=campus, building="Annex", room="1")
    row, columns = f"{in_days(90)},{in_days(97)},Annex 1", f"{COLUMNS},venue 2"
    (seen,) = several.see(row, columns=columns)
    second = with_two_meetings.meetings.last()
    assert seen.changes == [f"The place of the meeting on {second} changes to Annex 1: it was online."]
    several.take(row, columns=columns)
    assert [one.venue for one in with_two_meetings.meetings.all()] == [None, venue]


def test_a_draft_gains_and_loses_meetings_and_its_parts_follow(several, in_days, workshop):
    for position, title in enumerate(("Seeing", "Acting"), 1):
        Part.objects.create(workshop=workshop, position=position, title=title, minutes=90)
    (draft,) = several.take(f"{in_days(90)},,,").sessions
    several.take(f"{in_days(90)},{in_days(97)}")
    assert [str(one.part) for one in draft.meetings.all()] == ["Seeing", "Acting"]
    draft.refresh_from_db()
    assert draft.ends_at == draft.meetings.last().ends_at
    several.take(f"{in_days(90)},,,")
    draft.refresh_from_db()
    assert Meeting.every.count() == 1 and draft.ends_at == draft.meetings.get().ends_at


def test_an_added_meeting_holds_the_part_that_none_holds(several, in_days, with_two_meetings, office, workshop):
    parts = [
        Part.objects.create(workshop=workshop, position=at, title=title, minutes=90)
        for at, title in enumerate(("Seeing", "Acting", "Lasting"), 1)
    ]
    held = dict(zip(with_two_meetings.meetings.all(), (parts[0], parts[2]), strict=True))
    with_two_meetings.assign_parts(held, by=office)
    several.take(f"{in_days(90)},{in_days(93)},{in_days(97)}", columns=THREE)
    assert [str(one.part) for one in with_two_meetings.meetings.all()] == ["Seeing", "Acting", "Lasting"]


# ---- history and undoing ----


def test_what_was_held_on_two_days_is_on_record_with_who_was_at_both(several, in_days, workshop):
    row = f"{in_days(-9)},{in_days(-2)},Carla Díaz; Ben Rivera"
    (seen,) = several.see(row, columns=f"{COLUMNS},attendees")
    assert seen.held.startswith("It was held before") and len(seen.further) == 1
    (session,) = several.take(row, columns=f"{COLUMNS},attendees").held
    session.refresh_from_db()
    assert (session.status, session.attended) == ("completed", 2) and days_of(session) == [-9, -2]
    assert [one.attendances.count() for one in session.meetings.all()] == [2, 2]
    assert AttendanceSheet.objects.filter(closed_at__isnull=False).count() == 2
    assert list(breaches(timezone.now())) == []
    session.imported.undo(by=several.by)
    assert not Session.objects.exists() and not Attendance.objects.exists() and not Meeting.every.exists()


def test_what_has_begun_and_goes_on_next_week_is_refused(several, in_days):
    said = several.refused(f"{in_days(-2)},{in_days(5)}")
    assert said == "Row 2: It is going on now. Put it up once it is over, as one that was held."


def test_undoing_takes_every_meeting_of_a_row(several, in_days):
    drafts = several.take(f"{in_days(90)},{in_days(97)}").made_by_it
    published = several.take(f"{in_days(91)},{in_days(98)}", publish=True).made_by_it
    assert drafts.undo(by=several.by) == published.undo(by=several.by) == 1
    assert [one.status for one in Session.objects.all()] == ["cancelled"] and Meeting.every.count() == 2


# ---- many ----


def test_second_meetings_take_as_many_queries_as_there_are_rows_or_not(several, in_days):
    columns, counts = f"{COLUMNS},capacity", []
    for first, many in ((90, 1), (93, 2), (100, 20)):
        rows = [f"{in_days(first + at)},{in_days(first + at, 15)},20" for at in range(many)]
        with CaptureQueriesContext(connection) as queries:
            several.see(*rows, columns=columns)
        with CaptureQueriesContext(connection) as written:
            several.take(*rows, columns=columns, publish=True)
        # The same rows once more, moved: looking at them takes as many queries as looking at new ones.
        with CaptureQueriesContext(connection) as again:
            several.see(*(row.replace("16:30", "17:00") for row in rows), columns=columns)
        counts.append((len(queries), len(written), len(again)))
    assert counts[1] == counts[2]
    assert Meeting.objects.count() == 46
