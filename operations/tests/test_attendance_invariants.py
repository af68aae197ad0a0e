"""check_invariants of attendance: each breach, made behind the back of the verbs, is found and named."""

from datetime import timedelta

import pytest

from operations.attendance_invariants import PROMISES
from operations.invariants import breaches
from outcomes.evaluations import life
from outcomes.models import Attendance, Certificate, Evaluation, EvaluationPot
from registrations.models import Registration
from sessions_app.models import Meeting, Session

pytestmark = pytest.mark.django_db


def found(now) -> list[str]:
    return [line for promise in PROMISES for line in promise(now)]


def said() -> Attendance:
    return Attendance.objects.order_by("pk")[0]


@pytest.fixture
def held_of_invariants(hold):
    """A session of two meetings that was held, with four of six people here and its lists closed."""
    return hold(6, meetings=2, here=4, closed=True)


def test_a_sound_session_breaks_nothing(held_of_invariants, office, now):
    Attendance.objects.walk_in(held_of_invariants.meetings.first(), by=office, name="Somebody")
    assert list(breaches(now)) == []


def test_attendance_of_another_sessions_registration_is_found(held_of_invariants, hold, now):
    other = hold(1, days_ago=30).registrations.get()
    Attendance.objects.filter(pk=said().pk).update(registration=other)
    assert f"G19 attendance {said().pk}: registration {other.pk} is of another session or person." in found(now)


def test_attendance_of_another_person_is_found(held_of_invariants, people, now):
    Attendance.objects.filter(pk=said().pk).update(person=people(1)[0])
    assert any(line.startswith(f"G19 attendance {said().pk}: registration") for line in found(now))


@pytest.mark.parametrize("what", ["draft", "cancelled session", "cancelled meeting"])
def test_attendance_of_what_was_not_held_is_found(held_of_invariants, now, what):
    one, before = said(), held_of_invariants.starts_at - timedelta(days=1)
    if what == "draft":
        Session.objects.filter(pk=held_of_invariants.pk).update(status="draft")
    elif what == "cancelled session":
        Session.objects.filter(pk=held_of_invariants.pk).update(
            status="cancelled", cancelled_at=before, cancel_reason="Snow."
        )
    else:
        Meeting.every.filter(pk=one.meeting_id).update(cancelled_at=before)
    assert f"G19 attendance {one.pk}: meeting {one.meeting_id} is not held." in found(now)


def test_a_wrong_number_of_people_on_the_session_is_found(held_of_invariants, now):
    Session.objects.filter(pk=held_of_invariants.pk).update(attended=5)
    assert found(now) == [f"G19 session {held_of_invariants.code}: 5 are noted as there, and attendance says so of 4."]


def test_a_certificate_of_somebody_who_was_not_there_is_found(held_of_invariants, now):
    certificate = Certificate.objects.valid().order_by("pk")[0]
    Attendance.objects.filter(person=certificate.person, meeting=held_of_invariants.meetings.first()).update(
        state="absent"
    )
    assert f"G19 certificate {certificate.pk}: its person was at 1 of 2 meetings." in found(now)


def test_people_who_left_a_waitlist_may_have_been_there(held_of_invariants, now):
    Registration.objects.filter(pk=said().registration_id).update(status="waitlist_closed", seated_at=None)
    assert not any("registration" in line for line in found(now))


def test_the_number_of_queries_does_not_depend_on_the_sessions(
    held_of_invariants, hold, now, django_assert_num_queries
):
    hold(3, here=2, closed=True, days_ago=30)
    with django_assert_num_queries(13):
        assert found(now) == []


def test_somebody_who_was_there_and_has_no_certificate_is_found(held_of_invariants, now):
    lost = Certificate.objects.order_by("pk")[0]
    Certificate.objects.filter(pk=lost.pk).delete()
    line = (
        f"G19 session {held_of_invariants.pk}: person {lost.person_id} was at all 2 meetings, and has no certificate."
    )
    assert found(now) == [line]


def test_a_session_of_which_nothing_was_issued_breaks_nothing(held_of_invariants, now):
    Certificate.objects.all().delete()
    assert found(now) == []


def test_more_answers_than_people_who_answered_are_found(open_evaluation, now):
    assert found(now) == []
    open_evaluation.answer(open_evaluation.session.registrations.first().person, [1, [1, 3], "", None], now=now)
    assert found(now) == []
    Evaluation.objects.update(answered_count=2)
    assert found(now) == [f"G13 evaluation {open_evaluation.pk}: 2 answers are counted, and 1 people have answered."]


def test_sheets_of_a_closed_evaluation_are_found(open_evaluation, now):
    life.close(open_evaluation, now=now)
    assert found(now) == []
    EvaluationPot.objects.create(evaluation=open_evaluation)
    line = f"G13 evaluation {open_evaluation.pk}: it is closed, and its sheets are still there."
    assert found(now) == [line]


def test_an_open_evaluation_without_a_pot_is_found(open_evaluation, now):
    EvaluationPot.objects.all().delete()
    line = f"G13 evaluation {open_evaluation.pk}: it is open, and there is nowhere to put its sheets."
    assert found(now) == [line]


def test_more_complete_answers_than_answers_are_found(open_evaluation, now):
    life.close(open_evaluation, now=now)
    Evaluation.objects.update(complete_count=1)
    assert found(now) == [f"G13 evaluation {open_evaluation.pk}: 1 complete answers are counted, of 0."]
