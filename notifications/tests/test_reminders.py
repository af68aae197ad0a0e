"""Reminders: at their moment on the wall clock, once, to those who have a seat, and never for what is over or off."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from accounts.models import Campus
from devtools.testing.cast import ZONE
from devtools.testing.in_time import queries, send, sweep_and_send
from foundation.wall_clock import days_before, instant
from notifications.kinds import reminders
from notifications.models import KINDS, Notice
from notifications.outbox.compose import write_mail
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Session, Venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_confirmed(make_session, people, now):
    """confirmed(2, days=14) gives a confirmed session and the registrations of two people."""

    def make(count=1, at=now, **overrides):
        session = make_session(**{"minimum": 1} | overrides)
        registrations = [Registration.objects.register(person, session, now=at) for person in people(count)]
        session.settle(now=at)
        return session, registrations

    return make


def reminded(now) -> list[str]:
    return [to for kind, to in sweep_and_send(now) if kind == "reminder"]


def ahead(session, days) -> datetime:
    return days_before(session.starts_at, days, session.time_zone)


def test_people_are_reminded_a_week_and_a_day_ahead(make_confirmed):
    session, (one, other) = make_confirmed(2)
    everybody = [one.person.email, other.person.email]
    for days in (7, 1):
        assert reminded(ahead(session, days) - timedelta(seconds=1)) == []
        assert reminded(ahead(session, days)) == everybody
        assert reminded(ahead(session, days) + timedelta(hours=5)) == []
    assert reminded(session.starts_at) == []


def test_the_office_sets_when_per_workshop(make_confirmed, workshop):
    workshop.reminder_days = "3"
    workshop.save()
    session, _ = make_confirmed()
    assert [days for days in range(10, -1, -1) if reminded(ahead(session, days))] == [3]


def test_blank_means_none(make_confirmed, workshop):
    workshop.reminder_days = ""
    workshop.save()
    session, _ = make_confirmed()
    assert [days for days in range(10, -1, -1) if reminded(ahead(session, days))] == []


def test_a_late_sweep_sends_the_last_one_only(make_confirmed):
    session, _ = make_confirmed()
    assert len(reminded(session.starts_at - timedelta(hours=1))) == 1
    assert Notice.objects.filter(kind="reminder").count() == 1


def test_nobody_is_reminded_after_the_start(make_confirmed):
    session, _ = make_confirmed()
    reminders.owe(session.starts_at - timedelta(minutes=1))
    assert send(session.starts_at) == []
    assert Notice.objects.get(kind="reminder").state == "expired"


def test_who_registered_after_the_moment_has_just_been_invited(make_confirmed, people):
    session, _ = make_confirmed()
    moment = ahead(session, 1)
    on_time, late = people(2)
    Registration.objects.register(on_time, session, now=moment)
    Registration.objects.register(late, session, now=moment + timedelta(minutes=1))
    assert late.email not in reminded(moment + timedelta(minutes=2))
    assert on_time.notices.filter(kind="reminder").exists()


def test_a_session_confirmed_after_the_moment_has_just_been_told(make_session, person, now):
    session = make_session(minimum=1)
    Registration.objects.register(person, session, now=now)
    session.settle(now=ahead(session, 7) + timedelta(hours=1))
    assert reminded(ahead(session, 7) + timedelta(hours=2)) == []
    assert len(reminded(ahead(session, 1))) == 1


def test_a_change_told_after_the_moment_is_not_said_again(make_confirmed):
    session, (registration,) = make_confirmed()
    moment = ahead(session, 7)
    registration.notices.filter(method="REQUEST").update(created_at=moment + timedelta(hours=1), state="sent")
    reminders.owe(moment + timedelta(hours=2))
    assert not Notice.objects.filter(kind="reminder").exists()
    assert len(reminded(ahead(session, 1))) == 1


def test_the_waitlisted_and_those_who_left_are_not_reminded(make_confirmed, people, now):
    session, (seated,) = make_confirmed(capacity=1)
    waiting = Registration.objects.register(people(1)[0], session, now=now)
    assert reminded(ahead(session, 7)) == [seated.person.email]
    waiting.withdraw(by=waiting.person, now=now)
    seated.withdraw(by=seated.person, now=now)
    assert reminded(ahead(session, 1)) == []


def test_an_open_session_reminds_nobody(make_session, person, now):
    session = make_session()
    Registration.objects.register(person, session, now=now)
    assert reminded(ahead(session, 7)) == []


@pytest.mark.parametrize("what", ["cancelled", "withdrawn", "moved", "switched off"])
def test_a_reminder_that_waited_is_dropped_when_it_is_no_longer_true(make_confirmed, office, now, what):
    session, (registration,) = make_confirmed()
    moment = ahead(session, 1)
    reminders.owe(moment)
    if what == "cancelled":
        session.cancel("Snow.", by=office, now=now)
    elif what == "withdrawn":
        registration.withdraw(by=registration.person, now=now)
    elif what == "moved":
        session.meetings.update(starts_at=session.starts_at + timedelta(minutes=30))
    else:
        type(registration.person).objects.filter(pk=registration.person_id).update(is_active=False)
    assert [kind for kind, _ in send(moment) if kind == "reminder"] == []
    assert Notice.objects.get(kind="reminder").state == "expired"


def test_a_meeting_that_moves_later_is_reminded_of_again(make_confirmed):
    session, (registration,) = make_confirmed()
    assert len(reminded(ahead(session, 1))) == 1
    session.meetings.update(
        starts_at=session.starts_at + timedelta(days=7), ends_at=session.ends_at + timedelta(days=7)
    )
    Session.objects.filter(pk=session.pk).update(
        starts_at=session.starts_at + timedelta(days=7), ends_at=session.ends_at + timedelta(days=7)
    )
    session.refresh_from_db()
    assert len(reminded(ahead(session, 1))) == 1


def test_each_meeting_is_reminded_of_with_its_part(make_confirmed, workshop, smtp_sink, now):
    first = instant((now + timedelta(days=20)).date(), time(12), ZONE)
    plans = [
        MeetingPlan(first + timedelta(days=days), first + timedelta(days=days, hours=2), ZONE, join_link=link)
        for days, link in ((0, "https://meet.example.edu/a"), (3, "https://meet.example.edu/b"))
    ]
    session, (registration,) = make_confirmed(meetings=plans)
    workshop.reminder_days = "1"
    workshop.save()
    mails = []
    for plan in plans:
        assert len(reminded(days_before(plan.starts_at, 1, ZONE))) == 1
        mails.append(write_mail(Notice.objects.filter(kind="reminder").latest("pk")))
    assert [mail["subject"].endswith(f"(part {n} of 2)") for n, mail in enumerate(mails, 1)] == [True, True]
    assert [mail["method"] for mail in mails] == ["", ""]
    assert "https://meet.example.edu/a" in mails[0]["text"] and "https://meet.example.edu/b" not in mails[0]["text"]
    assert "https://meet.example.edu/b" in mails[1]["text"] and "Part 2 of 2" in mails[1]["text"]


def test_the_mail_says_when_where_and_in_which_zone(make_confirmed):
    session, (registration,) = make_confirmed(days=1)
    venue = Venue.objects.create(
        campus=Campus.objects.create(name="Downtown"),
        building="Learning Commons",
        room="210",
        directions="By the east stairs.",
    )
    session.meetings.update(venue=venue)
    meeting = session.meetings.get()
    facts = {"meeting": meeting.pk, "starts_at": meeting.starts_at.isoformat()}
    mail = write_mail(Notice.objects.owe(KINDS["reminder"], registration, facts))
    assert mail["subject"] == f"Tomorrow: {session.workshop.title}, Noon"
    text = mail["text"]
    assert "This session starts tomorrow at noon, and you have a seat." in text
    assert "Noon–1:30 PM, Central time" in text
    assert "Learning Commons 210, Downtown" in text and "By the east stairs." in text
    assert f"/registrations/{registration.uuid}/withdrawal/" in text
    assert mail["calendar"] == b""


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2028, 3, 12), datetime(2028, 3, 11, 18, tzinfo=UTC)),  # noon, the day before the clock goes forward
        (date(2028, 11, 5), datetime(2028, 11, 4, 17, tzinfo=UTC)),  # and before it goes back
        (date(2028, 3, 1), datetime(2028, 2, 29, 18, tzinfo=UTC)),
    ],
)
def test_a_day_ahead_is_the_same_time_on_the_wall_clock(day, moment):
    assert days_before(instant(day, time(12), ZONE), 1, ZONE) == moment


def test_a_time_that_the_clock_skips_becomes_an_hour_later():
    start = instant(date(2028, 3, 13), time(2, 30), ZONE)
    assert days_before(start, 1, ZONE) == datetime(2028, 3, 12, 8, 30, tzinfo=UTC)


def test_the_number_of_queries_is_the_same_for_any_number_of_people(make_confirmed):
    taken = []
    for days, count in ((14, 3), (50, 30)):
        session, _ = make_confirmed(count, days=days, capacity=40)
        taken.append(queries(reminders.owe, ahead(session, 7)))
        assert Notice.objects.filter(kind="reminder", registration__session=session).count() == count
    few, many = taken
    assert few == many
    assert many[1] < 10
