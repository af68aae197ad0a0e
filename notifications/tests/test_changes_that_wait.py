"""Edits within two minutes are one mail, and one that waits is told from what the person knows when it goes."""

from datetime import datetime, timedelta

import pytest

from devtools.testing.calendar_readers import calendar_of
from devtools.testing.changing import MINUTES, deliver, first, owed, shift, text_of
from foundation.dates import long_day
from notifications.models import Notice
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import Place

pytestmark = pytest.mark.django_db


def test_several_edits_within_two_minutes_are_one_mail(confirmed, room, office, smtp_sink, now):
    registration, meeting = first(confirmed), confirmed.meetings.get()
    noon = meeting.starts_at
    deliver(now)
    before = len(smtp_sink.received)
    shift(confirmed, office, now, days=1)
    confirmed.relocate({meeting: Place(room, "")}, by=office, now=now + MINUTES)
    shift(confirmed, office, now + MINUTES, days=1)
    deliver(now + MINUTES)
    assert len(smtp_sink.received) == before
    deliver(now + 2 * MINUTES)
    assert len(smtp_sink.received) == before + 2
    event = calendar_of(smtp_sink.to(registration.person.email)[-1])
    assert event["SEQUENCE"] == 2
    assert event.decoded("DTSTART") == noon + timedelta(days=2)


def test_an_edit_taken_back_within_two_minutes_is_no_mail(confirmed, office, smtp_sink, now):
    deliver(now)
    before = len(smtp_sink.received)
    shift(confirmed, office, now, days=1)
    shift(confirmed, office, now + MINUTES, days=-1)
    deliver(now + 3 * MINUTES)
    assert len(smtp_sink.received) == before
    assert owed(first(confirmed))[1:] == [("confirmed", "REQUEST", 1, "sent"), ("changed", "REQUEST", 2, "superseded")]
    assert list(breaches(now + 3 * MINUTES)) == []


def test_the_number_of_an_edit_taken_back_is_not_given_again(confirmed, office, smtp_sink, now):
    deliver(now)
    shift(confirmed, office, now, days=1)
    shift(confirmed, office, now, days=-1)
    deliver(now + 3 * MINUTES)
    shift(confirmed, office, now + 4 * MINUTES, days=3)
    deliver(now + 7 * MINUTES)
    assert calendar_of(smtp_sink.to(first(confirmed).person.email)[-1])["SEQUENCE"] == 3
    assert list(breaches(now + 7 * MINUTES)) == []


def test_an_invitation_that_has_not_left_goes_out_with_the_new_values(confirmed, office, smtp_sink, now):
    shift(confirmed, office, now, days=1)
    deliver(now)
    (mail,) = smtp_sink.to(first(confirmed).person.email)
    event = calendar_of(mail)
    assert (event["SEQUENCE"], event.decoded("DTSTART")) == (1, confirmed.meetings.get().starts_at)
    assert mail.message["Subject"].startswith("Confirmed")
    deliver(now + 5 * MINUTES)
    assert len(smtp_sink.received) == 2


def test_a_change_that_overtakes_the_confirmation_says_that_it_is_confirmed(confirmed, office, smtp_sink, now):
    """The first attempt was put off by the mail server, so the person has heard nothing."""
    registration = first(confirmed)
    smtp_sink.deferred.add(registration.person.email)
    deliver(now)
    smtp_sink.deferred.clear()
    shift(confirmed, office, now, days=1)
    deliver(now + 3 * MINUTES)
    (mail,) = smtp_sink.to(registration.person.email)
    assert mail.message["Subject"].startswith("Confirmed: Bystander Interventions")
    assert calendar_of(mail)["SEQUENCE"] == 2
    assert calendar_of(mail).decoded("DTSTART") == confirmed.meetings.get().starts_at
    assert owed(registration)[1:] == [("confirmed", "REQUEST", 1, "superseded"), ("confirmed", "REQUEST", 2, "sent")]
    deliver(now + timedelta(days=1))
    assert list(breaches(now + timedelta(days=1))) == []


def test_a_change_taken_back_does_not_swallow_the_confirmation(confirmed, office, smtp_sink, now):
    registration = first(confirmed)
    smtp_sink.deferred.add(registration.person.email)
    deliver(now)
    smtp_sink.deferred.clear()
    shift(confirmed, office, now, days=1)
    shift(confirmed, office, now, days=-1)
    deliver(now + 3 * MINUTES)
    (mail,) = smtp_sink.to(registration.person.email)
    assert mail.message["Subject"].startswith("Confirmed: Bystander Interventions")


def test_a_change_put_off_is_told_from_what_the_person_knows(confirmed, office, smtp_sink, now):
    registration, meeting = first(confirmed), confirmed.meetings.get()
    deliver(now)
    shift(confirmed, office, now, days=1)
    smtp_sink.deferred.add(registration.person.email)
    deliver(now + 3 * MINUTES)
    smtp_sink.deferred.clear()
    shift(confirmed, office, now + 3 * MINUTES, days=1)
    deliver(now + 6 * MINUTES)
    mail = smtp_sink.to(registration.person.email)[-1]
    assert calendar_of(mail)["SEQUENCE"] == 3
    was = Notice.objects.filter(registration=registration, kind="changed").latest("pk").facts["known"]
    assert datetime.fromisoformat(was["starts_at"]) == meeting.starts_at


def test_a_retried_invitation_goes_out_with_the_new_values(confirmed, office, smtp_sink, now):
    registration = first(confirmed)
    smtp_sink.refused.add(registration.person.email)
    deliver(now)
    smtp_sink.refused.clear()
    registration.notices.get(kind="confirmed").retry()
    shift(confirmed, office, now, days=1)
    deliver(now)
    deliver(now + 3 * MINUTES)
    (mail,) = smtp_sink.to(registration.person.email)
    assert mail.message["Subject"].startswith("Confirmed: Bystander Interventions")
    event = calendar_of(mail)
    assert (event["SEQUENCE"], event.decoded("DTSTART")) == (2, confirmed.meetings.get().starts_at)
    assert list(breaches(now + 3 * MINUTES)) == []


def test_retried_plain_mail_goes_out_with_the_new_values(make_session, person, office, smtp_sink, now):
    session = make_session()
    was = long_day(session.starts_at, session.time_zone)
    smtp_sink.refused.add(person.email)
    registration = Registration.objects.register(person, session, now=now)
    deliver(now)
    smtp_sink.refused.clear()
    registration.notices.get().retry()
    shift(session, office, now, days=1)
    deliver(now)
    deliver(now + 3 * MINUTES)
    assert owed(registration) == [("registered", "", None, "superseded"), ("registered", "", None, "sent")]
    (mail,) = smtp_sink.to(person.email)
    assert was not in text_of(mail)


def test_a_change_put_off_and_then_taken_back_is_set_right(confirmed, office, smtp_sink, now):
    """The mail server may have taken the first update without saying so."""
    registration = first(confirmed)
    deliver(now)
    shift(confirmed, office, now, days=1)
    smtp_sink.drops = 1
    deliver(now + 3 * MINUTES)
    shift(confirmed, office, now + 3 * MINUTES, days=-1)
    deliver(now + 6 * MINUTES)
    for one in confirmed.registrations.all():
        event = calendar_of(smtp_sink.to(one.person.email)[-1])
        assert event.decoded("DTSTART") == confirmed.meetings.get().starts_at
    assert list(breaches(now + 6 * MINUTES)) == []
    assert registration.threads.get().sequence == 3


def test_leaving_supersedes_a_change_that_waits(confirmed, office, smtp_sink, now):
    registration = first(confirmed)
    deliver(now)
    shift(confirmed, office, now, days=1)
    registration.withdraw(registration.person, now=now)
    deliver(now + 3 * MINUTES)
    assert owed(registration)[1:] == [
        ("confirmed", "REQUEST", 1, "sent"),
        ("changed", "REQUEST", 2, "superseded"),
        ("withdrawn", "CANCEL", 3, "sent"),
    ]
    assert calendar_of(smtp_sink.to(registration.person.email)[-1]).method == "CANCEL"


def test_cancelling_supersedes_a_change_that_waits(confirmed, office, smtp_sink, now):
    deliver(now)
    shift(confirmed, office, now, days=1)
    confirmed.cancel("Snow.", by=office, now=now)
    deliver(now + 3 * MINUTES)
    last = calendar_of(smtp_sink.to(first(confirmed).person.email)[-1])
    assert (last.method, last["SEQUENCE"]) == ("CANCEL", 3)
    assert not Notice.objects.filter(kind="changed", state="sent").exists()


def test_registering_again_after_a_change_starts_with_the_new_values(confirmed, office, smtp_sink, now):
    registration = first(confirmed)
    deliver(now)
    registration.withdraw(registration.person, now=now)
    shift(confirmed, office, now, days=1)
    again = Registration.objects.register(registration.person, confirmed, now=now)
    deliver(now + 3 * MINUTES)
    assert owed(again) == [("confirmed", "REQUEST", 0, "sent")]
    event = calendar_of(smtp_sink.to(registration.person.email)[-1])
    assert event.decoded("DTSTART") == confirmed.meetings.get().starts_at
