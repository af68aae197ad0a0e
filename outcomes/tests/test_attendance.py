"""Attendance: one word per meeting and person, and who may say which."""

import pytest

from outcomes.attended import is_taken, presence_of, sheet_of
from outcomes.models import Attendance
from registrations.models import Registration

HERE, ABSENT, UNSURE = Attendance.State.HERE, Attendance.State.ABSENT, Attendance.State.UNSURE


@pytest.fixture
def held(hold):
    """A session of two meetings that four people registered for."""
    return hold(4, meetings=2)


@pytest.fixture
def registered(held):
    return list(Registration.objects.filter(session=held).order_by("position"))


def test_the_same_said_again_is_one_row(held, registered, office):
    meeting = held.meetings.first()
    said = [Attendance.objects.mark(meeting, registered[0], HERE, "roster", office) for _ in range(2)]
    assert said[0] == said[1] == Attendance.objects.get()


def test_no_machine_says_that_somebody_was_absent(held, registered, office):
    with pytest.raises(Attendance.SaidByAMachine):
        Attendance.objects.mark(held.meetings.first(), registered[0], ABSENT, "report", office)
    assert not Attendance.objects.exists()


def test_a_report_does_not_change_what_a_person_said(held, registered, office):
    meeting = held.meetings.first()
    Attendance.objects.mark(meeting, registered[0], ABSENT, "roster", office)
    Attendance.objects.mark(meeting, registered[0], HERE, "report", office, minutes=90)
    assert Attendance.objects.get().is_absent


def test_the_registration_of_another_session_is_refused(held, registered, hold, office):
    with pytest.raises(Attendance.NotOfThisSession):
        Attendance.objects.mark(hold(1).meetings.first(), registered[0], HERE, "roster", office)


def test_presence_is_told_for_each_meeting(held, registered, office, django_assert_num_queries):
    first, second = held.meetings.all()
    for meeting in (first, second):
        Attendance.objects.mark(meeting, registered[0], HERE, "roster", office)
    Attendance.objects.mark(first, registered[1], HERE, "roster", office)
    Attendance.objects.mark(second, registered[1], ABSENT, "roster", office)
    for meeting in (first, second):
        Attendance.objects.mark(meeting, registered[2], ABSENT, "roster", office)
    with django_assert_num_queries(2):
        found = presence_of(registered)
    presence = [found[one.pk] for one in registered]
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
