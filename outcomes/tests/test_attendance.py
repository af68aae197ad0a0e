"""Attendance: one word per meeting and person, and who may say which."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry

from outcomes.attended import is_taken, presence_of, sheet_of
from outcomes.models import Attendance, AttendanceDispute
from registrations.models import Registration

HERE, ABSENT, UNSURE = Attendance.State.HERE, Attendance.State.ABSENT, Attendance.State.UNSURE


@pytest.fixture
def held(hold):
    """A session of two meetings that four people registered for."""
    return hold(4, meetings=2)


@pytest.fixture
def all_four(held):
    return list(Registration.objects.filter(session=held).order_by("position"))


def test_the_same_said_again_is_one_row(held, all_four, office):
    meeting = held.meetings.first()
    said = [Attendance.objects.mark(meeting, all_four[0], HERE, "roster", office) for _ in range(2)]
    assert said[0] == said[1] == Attendance.objects.get()


def test_no_machine_says_that_somebody_was_absent(held, all_four, office):
    with pytest.raises(Attendance.SaidByAMachine):
        Attendance.objects.mark(held.meetings.first(), all_four[0], ABSENT, "report", office)
    assert not Attendance.objects.exists()


def test_a_report_does_not_change_what_a_person_said(held, all_four, office):
    meeting = held.meetings.first()
    Attendance.objects.mark(meeting, all_four[0], ABSENT, "roster", office)
    Attendance.objects.mark(meeting, all_four[0], HERE, "report", office, minutes=90)
    assert Attendance.objects.get().is_absent


def test_the_registration_of_another_session_is_refused(held, all_four, hold, office):
    with pytest.raises(Attendance.NotOfThisSession):
        Attendance.objects.mark(hold(1).meetings.first(), all_four[0], HERE, "roster", office)


def test_presence_is_told_for_each_meeting(held, all_four, office, django_assert_num_queries):
    first, second = held.meetings.all()
    for meeting in (first, second):
        Attendance.objects.mark(meeting, all_four[0], HERE, "roster", office)
    Attendance.objects.mark(first, all_four[1], HERE, "roster", office)
    Attendance.objects.mark(second, all_four[1], ABSENT, "roster", office)
    for meeting in (first, second):
        Attendance.objects.mark(meeting, all_four[2], ABSENT, "roster", office)
    with django_assert_num_queries(2):
        found = presence_of(all_four)
    presence = [found[one.pk] for one in all_four]
    assert [one.was_there for one in presence] == [True, True, False, False]
    assert [one.was_there_throughout for one in presence] == [True, False, False, False]
    assert [one.was_absent for one in presence] == [False, False, True, False]
    assert [one.time.total_seconds() / 60 for one in presence] == [180, 90, 0, 0]


def test_attendance_is_taken_once_every_list_is_closed(held, office):
    first, second = held.meetings.all()
    sheet_of(first).close(by=office)
    assert not is_taken(held)
    sheet_of(second).close(by=office)
    assert is_taken(held)


# ---- people without a seat ----


def test_somebody_with_an_account_walks_in_by_address(held, office, people):
    guest = people(1)[0]
    meeting = held.meetings.first()
    said = Attendance.objects.walk_in(meeting, office, name="Gerda", address=f" {guest.email.upper()} ")
    assert (said.person, said.registration, said.name, said.address) == (guest, None, "", "")
    assert said.is_here and said.source == Attendance.Source.CHECK_IN


def test_somebody_known_by_name_walks_in_once(held, office):
    meeting = held.meetings.first()
    said = [Attendance.objects.walk_in(meeting, office, name=name) for name in ("Ann Bo", " ann  bo ")]
    assert said[0] == said[1] == Attendance.objects.get()
    assert said[0].name == "Ann Bo"


def test_two_people_of_one_name_are_told_apart_by_address(held, office):
    meeting = held.meetings.first()
    for address in ("one@example.org", "two@example.org", ""):
        Attendance.objects.walk_in(meeting, office, name="Ann Bo", address=address)
    assert Attendance.objects.here().count() == 3


def test_a_person_with_a_seat_is_no_walk_in(held, all_four, office):
    meeting, person = held.meetings.first(), all_four[0].person
    said = Attendance.objects.walk_in(meeting, office, address=person.email)
    assert said.registration == all_four[0]


@pytest.mark.parametrize("who", [{}, {"name": " \u200b "}, {"address": "nobody@example.org"}])
def test_a_walk_in_needs_a_name_or_an_account(held, office, who):
    with pytest.raises(Attendance.NobodyNamed):
        Attendance.objects.walk_in(held.meetings.first(), office, **who)
    assert not Attendance.objects.exists()


def test_what_was_ticked_by_mistake_is_taken_back(held, all_four, office):
    meeting = held.meetings.first()
    said = Attendance.objects.mark(meeting, all_four[0], HERE, "check_in", office)
    said.take_back(by=office)
    said.take_back(by=office)
    assert presence_of(all_four[:1])[all_four[0].pk].unknown >= {meeting.pk}
    assert (
        "taken back: here" in LogEntry.objects.get(object_id=held.pk, change_message__contains="taken").change_message
    )


# ---- lists, corrections, disputes ----


def test_closing_a_list_says_absent_of_those_who_are_named(held, all_four, office):
    meeting = held.meetings.first()
    Attendance.objects.mark(meeting, all_four[0], HERE, "check_in", office)
    Attendance.objects.mark(meeting, all_four[1], UNSURE, "report", office)
    sheet_of(meeting).close(by=office, absent=all_four[:3])
    states = dict(Attendance.objects.values_list("person", "state"))
    assert [states.get(one.person_id) for one in all_four] == [HERE, ABSENT, ABSENT, None]


def test_a_list_that_is_closed_again_stays_as_it_was_closed(held, all_four, office, people, now):
    meeting, other = held.meetings.first(), people(1)[0]
    sheet_of(meeting).close(by=office, now=now)
    sheet_of(meeting).close(by=other, now=now + timedelta(hours=1), absent=all_four)
    sheet = sheet_of(meeting)
    assert (sheet.closed_by, sheet.closed_at) == (office, now)
    assert not Attendance.objects.exists()
    assert LogEntry.objects.filter(change_message__contains="Attendance is complete").count() == 1


def test_how_many_attended_is_known_once_every_list_is_closed(held, all_four, office):
    first, second = held.meetings.all()
    Attendance.objects.mark(first, all_four[0], HERE, "roster", office)
    for meeting in (first, second):
        Attendance.objects.mark(meeting, all_four[1], HERE, "roster", office)
        Attendance.objects.walk_in(meeting, office, name="Ann Bo")
    sheet_of(first).close(by=office)
    held.refresh_from_db()
    assert held.attended is None
    sheet_of(second).close(by=office, absent=all_four)
    held.refresh_from_db()
    assert held.attended == 3
    said = Attendance.objects.get(meeting=second, person=all_four[2].person_id)
    said.correct(HERE, by=office)
    held.refresh_from_db()
    assert held.attended == 4


def test_a_correction_after_thirty_days_needs_a_reason(hold, office):
    session = hold(1, days_ago=31)
    said = Attendance.objects.mark(session.meetings.get(), session.registrations.get(), ABSENT, "roster", office)
    with pytest.raises(Attendance.ReasonMissing):
        said.correct(HERE, by=office, reason="  ")
    said.correct(HERE, by=office, reason="The sign-in sheet turned up.")
    said.refresh_from_db()
    assert said.is_here and said.source == Attendance.Source.CORRECTION
    on_record = LogEntry.objects.filter(object_id=said.pk).values_list("change_message", flat=True)
    assert "Attendance corrected: The sign-in sheet turned up." in on_record


def test_a_correction_within_thirty_days_needs_none(hold, office):
    session = hold(1, days_ago=29)
    said = Attendance.objects.mark(session.meetings.get(), session.registrations.get(), ABSENT, "roster", office)
    said.correct(HERE, by=office)
    assert Attendance.objects.get().is_here


def test_until_the_end_nobody_disputes_what_is_not_known(held, all_four):
    with pytest.raises(AttendanceDispute.NothingKnown):
        AttendanceDispute.objects.make(all_four[0], "I was there.", now=held.ends_at - timedelta(seconds=1))
    assert AttendanceDispute.objects.make(all_four[0], "I was there.", now=held.ends_at).words == "I was there."


def test_a_dispute_waits_once_and_keeps_its_words(held, all_four, office):
    Attendance.objects.mark(held.meetings.first(), all_four[0], ABSENT, "roster", office)
    for words in ("I was there.", "", "I was there.", "Row three."):
        AttendanceDispute.objects.make(all_four[0], words)
    assert AttendanceDispute.objects.get().words == "I was there.\n\nRow three."


def test_the_office_decides_a_dispute_once_and_on_record(held, all_four, office):
    meetings = list(held.meetings.all())
    for meeting in meetings:
        Attendance.objects.mark(meeting, all_four[0], ABSENT, "roster", office)
    dispute = AttendanceDispute.objects.make(all_four[0], "I was there.")
    dispute.decide(by=office, states={meetings[0].pk: HERE}, answer="We found you on the sheet.")
    dispute.decide(by=office, states={meetings[1].pk: HERE})
    assert dispute.is_corrected and dispute.answer == "We found you on the sheet."
    assert list(Attendance.objects.order_by("meeting").values_list("state", flat=True)) == [HERE, ABSENT]
    again = AttendanceDispute.objects.make(all_four[0], "The second one too.")
    again.decide(by=office, states={})
    assert again.outcome == AttendanceDispute.Outcome.STANDS
