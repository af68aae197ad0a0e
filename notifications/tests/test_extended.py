"""Registered people are told, once, by when their session is decided after it was given more time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from devtools.testing.cast import ZONE
from devtools.testing.changing import MINUTES, deliver, subjects_to, text_of
from foundation.dates import long_day
from registrations.models import Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def undecided_pair(make_session, people, now, smtp_sink):
    """Two people registered for an open session; both have read so."""
    session = make_session()
    registrations = [Registration.objects.register(person, session, now=now) for person in people(2)]
    deliver(now + MINUTES)
    return session, registrations


def test_the_registered_are_told_the_new_date_after_two_minutes(undecided_pair, office, smtp_sink):
    session, (mine, _) = undecided_pair
    session.extend(session.confirm_by + timedelta(days=1), by=office)
    deliver(timezone.now() + MINUTES)
    assert len(smtp_sink.received) == 2
    deliver(timezone.now() + 3 * MINUTES)
    assert len(smtp_sink.received) == 4
    mail = smtp_sink.to(mine.person.email)[-1]
    day = long_day(session.confirm_by, ZONE)
    assert mail.message["Subject"].startswith(f"Decided by {day}: Bystander Interventions")
    text = text_of(mail)
    assert f"It is now decided by {day} whether this session takes place" in text
    assert "2 of 6 people have registered so far. You keep your place." in text
    assert "Decided by, before:" in text and "Decided by, now:" in text


def test_a_date_moved_twice_is_one_mail_and_moved_back_is_none(undecided_pair, office, smtp_sink):
    session, (mine, _) = undecided_pair
    was = session.confirm_by
    session.extend(was + timedelta(days=1), by=office)
    session.extend(was + timedelta(hours=30), by=office)
    deliver(timezone.now() + 3 * MINUTES)
    assert len(smtp_sink.received) == 4
    session.extend(was + timedelta(days=1), by=office)
    session.extend(was + timedelta(hours=30), by=office)
    deliver(timezone.now() + 6 * MINUTES)
    assert len(smtp_sink.received) == 4
    assert list(mine.notices.order_by("pk").values_list("kind", "state")) == [
        ("registered", "sent"),
        ("extended", "sent"),
        ("extended", "expired"),
    ]


def test_a_date_is_not_told_once_it_is_decided(undecided_pair, office, smtp_sink):
    session, (mine, _) = undecided_pair
    session.extend(session.confirm_by + timedelta(days=1), by=office)
    session.run_anyway("A small circle.", by=office)
    deliver(timezone.now() + 3 * MINUTES)
    assert [subject.split(":")[0] for subject in subjects_to(smtp_sink, mine.person)] == [
        "You’re registered",
        "Confirmed",
    ]


def test_a_person_whose_first_mail_waits_reads_the_new_date_there(make_session, person, office, smtp_sink, now):
    session = make_session()
    mine = Registration.objects.register(person, session, now=now)
    session.extend(session.confirm_by + timedelta(days=1), by=office)
    deliver(timezone.now() + 3 * MINUTES)
    (mail,) = smtp_sink.to(mine.person.email)
    assert long_day(session.confirm_by, ZONE) in text_of(mail)


def test_people_who_left_or_wait_are_not_told(make_session, people, office, smtp_sink, now):
    session, crowd = make_session(minimum=2, capacity=2), people(3)
    joined = [Registration.objects.register(person, session, now=now) for person in crowd]
    deliver(now + MINUTES)
    joined[0].withdraw(by=crowd[0], now=now)
    joined[2].refresh_from_db()
    joined[2].withdraw(by=crowd[2], now=now)
    deliver(timezone.now() + MINUTES)
    before = len(smtp_sink.received)
    session.refresh_from_db()
    session.extend(session.confirm_by + timedelta(days=1), by=office)
    deliver(timezone.now() + 3 * MINUTES)
    assert [mail.recipients for mail in smtp_sink.received[before:]] == [[crowd[1].email]]
