"""One of several meetings moves, is cancelled or is added, and the others stay as they are."""

from datetime import timedelta

import pytest

from devtools.testing.calendar_readers import calendar_of
from devtools.testing.changing import MINUTES, deliver, first, owed, plan, shifted, text_of
from notifications.models import Notice
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_meetings(make_session, people, now) -> Session:
    """A confirmed session of two meetings a week apart, with one person."""
    day = (now + timedelta(days=20)).date()
    plans = [plan(day + timedelta(days=7 * week)) for week in (0, 1)]
    session = make_session(minimum=1, meetings=plans)
    Registration.objects.register(people(1)[0], session, now=now)
    session.settle(now=now)
    return session


def test_one_meeting_of_two_that_moves_is_one_update(two_meetings, office, smtp_sink, now):
    deliver(now)
    two = two_meetings.meetings.last()
    two_meetings.reschedule({two: shifted(two, hours=1)}, by=office, now=now)
    deliver(now + 3 * MINUTES)
    assert owed(first(two_meetings))[3:] == [("changed", "REQUEST", 2, "sent")]
    event = calendar_of(smtp_sink.received[-1])
    assert str(event["SUMMARY"]) == "Bystander Interventions (part 2 of 2)"


def test_one_meeting_cancelled_leaves_the_other(two_meetings, office, smtp_sink, now):
    deliver(now)
    one, two = two_meetings.meetings.all()
    uid = two.threads.get().uid
    two_meetings.cancel_meeting(two, "The room is flooded.", by=office, now=now)
    deliver(now)
    mail = smtp_sink.received[-1]
    event = calendar_of(mail)
    assert (event.method, event["SEQUENCE"], str(event["UID"])) == ("CANCEL", 2, uid)
    assert mail.message["Subject"].startswith("One meeting cancelled: Bystander Interventions")
    body = text_of(mail)
    assert "The room is flooded." in body and "The rest stands." in body
    assert "Part 1 of 2" in body
    assert [one.threads.get().sequence, len(smtp_sink.received)] == [1, 3]
    two_meetings.refresh_from_db()
    assert (two_meetings.ends_at, two_meetings.status) == (one.ends_at, "confirmed")
    assert list(breaches(now)) == []
    two_meetings.cancel_meeting(two, "Again.", by=office, now=now)
    assert Notice.objects.filter(kind="dropped").count() == 1


def test_a_held_meeting_stays_in_calendars_after_a_cancellation(two_meetings, office, smtp_sink, now):
    deliver(now)
    one, two = two_meetings.meetings.all()
    two_meetings.cancel("The trainer is ill.", by=office, now=one.ends_at)
    deliver(now)
    event = calendar_of(smtp_sink.received[-1])
    assert (event.method, str(event["UID"])) == ("CANCEL", two.threads.get().uid)
    assert owed(first(two_meetings))[3:] == [("cancelled", "CANCEL", 2, "sent")]
    assert list(breaches(now)) == []


def test_a_meeting_under_way_is_taken_off_when_the_session_is_cancelled(two_meetings, office, smtp_sink, now):
    deliver(now)
    two_meetings.cancel("Fire.", by=office, now=two_meetings.meetings.first().ends_at - MINUTES)
    assert [kind for kind, *_ in owed(first(two_meetings))[3:]] == ["cancelled", "cancelled"]


def test_somebody_never_invited_is_told_once_of_the_cancellation(two_meetings, office, smtp_sink, now):
    two_meetings.cancel("The trainer is ill.", by=office, now=two_meetings.meetings.first().ends_at)
    deliver(now)
    (mail,) = [one for one in smtp_sink.received if "cancelled" in one.message["Subject"].lower()]
    assert calendar_of(mail) is None and "The trainer is ill." in text_of(mail)


def test_a_session_cancelled_after_one_of_its_meetings_cancels_each_once(two_meetings, office, smtp_sink, now):
    deliver(now)
    two_meetings.cancel_meeting(two_meetings.meetings.first(), "Ill.", by=office, now=now)
    two_meetings.cancel("Snow.", by=office, now=now)
    deliver(now)
    events = [calendar_of(one) for one in smtp_sink.received[2:]]
    assert sorted((event.method, event["SEQUENCE"]) for event in events) == [("CANCEL", 2)] * 2
    assert len({str(event["UID"]) for event in events}) == 2
    assert list(breaches(now)) == []


def test_a_meeting_cancelled_before_anybody_was_invited_is_plain_mail(two_meetings, office, smtp_sink, now):
    two_meetings.cancel_meeting(two_meetings.meetings.last(), "Ill.", by=office, now=now)
    deliver(now)
    assert [calendar_of(one) and calendar_of(one).method for one in smtp_sink.received] == ["REQUEST", None]


def test_a_meeting_added_after_the_confirmation_invites(two_meetings, office, smtp_sink, now):
    deliver(now)
    day = two_meetings.ends_at.date() + timedelta(days=7)
    two_meetings.add_meeting(plan(day), by=office, now=now)
    deliver(now + 3 * MINUTES)
    new = [calendar_of(one) for one in smtp_sink.received[2:]]
    assert sorted((str(event["SUMMARY"])[-13:], event["SEQUENCE"]) for event in new) == [
        ("(part 1 of 3)", 2),
        ("(part 2 of 3)", 2),
        ("(part 3 of 3)", 0),
    ]
    assert list(breaches(now + 3 * MINUTES)) == []


def test_a_meeting_added_and_cancelled_within_two_minutes_is_no_mail(two_meetings, office, smtp_sink, now):
    deliver(now)
    meeting = two_meetings.add_meeting(plan(two_meetings.ends_at.date() + timedelta(days=7)), by=office, now=now)
    two_meetings.cancel_meeting(meeting, "A mistake.", by=office, now=now)
    deliver(now + 3 * MINUTES)
    assert [one.message["Subject"][:7] for one in smtp_sink.received[2:]] == ["Changed"] * 2
