"""People without an invitation are told of a change, or of the end, in plain mail, and only once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from devtools.testing.calendar_readers import calendar_of
from devtools.testing.cast import ZONE
from devtools.testing.changing import MINUTES, deliver, owed, plan, shift, subjects_to, text_of
from foundation.dates import long_day
from notifications.kinds import at_risk
from notifications.kinds.interests import LINGER
from notifications.models import Notice
from notifications.outbox.claim import claim
from registrations.models import Interest, Nomination, Registration
from sessions_app.models import Place

pytestmark = pytest.mark.django_db


def test_the_registered_of_an_open_session_get_one_plain_mail(make_session, people, room, office, smtp_sink, now):
    session = make_session()
    registration = Registration.objects.register(people(1)[0], session, now=now)
    deliver(now)
    shift(session, office, now, days=1)
    session.relocate({session.meetings.get(): Place(room, "")}, by=office, now=now + MINUTES)
    deliver(now + 3 * MINUTES)
    _, mail = smtp_sink.received
    assert calendar_of(mail) is None
    assert mail.message["Subject"].startswith("New time and place: Bystander Interventions")
    body = text_of(mail)
    assert "When, before:" in body and "Where, now:    Learning Commons 210, Downtown" in body
    assert "meet.example.edu" not in body
    session.refresh_from_db()
    assert f"we write to you by {long_day(session.confirm_by, ZONE)}, either way" in body
    assert owed(registration) == [("registered", "", None, "sent"), ("changed", "", None, "sent")]


def test_a_change_taken_back_is_no_plain_mail_either(make_session, people, office, smtp_sink, now):
    session = make_session()
    Registration.objects.register(people(1)[0], session, now=now)
    deliver(now)
    shift(session, office, now, days=1)
    shift(session, office, now, days=-1)
    deliver(now + 3 * MINUTES)
    assert len(smtp_sink.received) == 1


def test_a_plain_change_never_swallows_the_registration(make_session, people, office, smtp_sink, now):
    session = make_session()
    registration = Registration.objects.register(people(1)[0], session, now=now)
    smtp_sink.busy = 1
    deliver(now)
    shift(session, office, now, days=1)
    deliver(now + 3 * MINUTES)
    (mail,) = smtp_sink.received
    assert mail.message["Subject"].startswith("You’re registered")
    assert owed(registration) == [("registered", "", None, "superseded"), ("registered", "", None, "sent")]


def test_a_plain_change_is_told_beside_the_confirmation(make_session, people, office, smtp_sink, now):
    session = make_session(minimum=1)
    Registration.objects.register(people(1)[0], session, now=now)
    deliver(now)
    shift(session, office, now, days=1)
    session.settle(now=now)
    deliver(now + 3 * MINUTES)
    assert [one.message["Subject"].split(":")[0] for one in smtp_sink.received] == [
        "You’re registered",
        "Confirmed",
        "New time",
    ]


def test_the_waitlisted_and_the_nominated_are_told_where_and_when_only(confirmed, people, room, office, smtp_sink, now):
    waiting = Registration.objects.register(people(1)[0], confirmed, now=now)
    Nomination.objects.nominate(["colleague@example.edu"], confirmed, by=office, now=now)
    deliver(now)
    confirmed.workshop.rename(office, title="Speaking Up")
    shift(confirmed, office, now, days=1)
    deliver(timezone.now() + 3 * MINUTES)
    for address in (waiting.person.email, "colleague@example.edu"):
        _, mail = smtp_sink.to(address)
        assert calendar_of(mail) is None
        assert mail.message["Subject"].startswith("New time: Speaking Up")
        assert "When, before:" in text_of(mail) and "Title, before" not in text_of(mail)


def test_a_nomination_that_was_put_off_goes_out_with_the_new_time(make_session, office, smtp_sink, now):
    session = make_session()
    Nomination.objects.nominate(["colleague@example.edu"], session, by=office, now=now)
    smtp_sink.busy = 1
    deliver(now)
    shift(session, office, now, days=1)
    deliver(now + timedelta(days=1))
    (mail,) = smtp_sink.to("colleague@example.edu")
    assert mail.message["Subject"].startswith("A colleague thought of you")
    assert long_day(session.meetings.get().starts_at, ZONE) in text_of(mail)


@pytest.mark.parametrize("tries", [0, 1])
def test_an_offer_that_waits_moves_along_with_its_session(
    make_session, workshop, people, office, smtp_sink, now, tries
):
    interested, colleague = people(2)
    Interest.objects.express(interested, workshop, now=now)
    session = make_session()
    Nomination.objects.nominate([colleague.email], session, by=office, now=now)
    smtp_sink.busy = 2 * tries
    for _ in range(tries):
        deliver(now)
    closed_at = session.registration_closes_at
    shift(session, office, now, days=7)
    deliver(closed_at + timedelta(days=1))
    assert subjects_to(smtp_sink, interested) == ["A new date"]
    assert [words[:24] for words in subjects_to(smtp_sink, colleague)] == ["A colleague thought of y"]


def test_a_nomination_changed_and_then_cancelled_unsent_is_no_mail(make_session, office, smtp_sink, now):
    session = make_session()
    Nomination.objects.nominate(["colleague@example.edu"], session, by=office, now=now)
    smtp_sink.busy = 1
    deliver(now)
    shift(session, office, now, days=1)
    session.cancel("Snow.", by=office, now=now)
    deliver(now + timedelta(days=1))
    assert smtp_sink.to("colleague@example.edu") == []


def test_an_answered_nomination_is_told_nothing_more(make_session, office, smtp_sink, people, now):
    session = make_session()
    (nomination,) = Nomination.objects.nominate(["colleague@example.edu"], session, by=office, now=now)
    deliver(now)
    shift(session, office, now, days=1)
    nomination.decline(people(1, email="colleague@example.edu")[0], now=now)
    deliver(now + 3 * MINUTES)
    assert len(smtp_sink.to("colleague@example.edu")) == 1


def test_of_an_open_session_a_meeting_more_or_less_is_told_plainly(make_session, people, office, smtp_sink, now):
    session = make_session()
    Registration.objects.register(people(1)[0], session, now=now)
    deliver(now)
    session.add_meeting(plan(session.ends_at.date() + timedelta(days=7)), by=office, now=now)
    deliver(now + 3 * MINUTES)
    body = text_of(smtp_sink.received[-1])
    assert "Part 2 of 2\nWhen, before: not held\nWhen, now:    " in body


def test_people_told_of_a_date_are_told_of_its_cancellation(make_session, workshop, people, office, smtp_sink, now):
    told, late, placed = people(3)
    for person in (told, placed):
        Interest.objects.express(person, workshop, now=now)
    session = make_session()
    now += LINGER + MINUTES  # published a moment after `now`
    deliver(now)
    Interest.objects.express(late, workshop, now=now)
    Registration.objects.register(placed, session, now=now)
    deliver(now)
    session.cancel("Snow.", by=office, now=now)
    deliver(now)
    assert subjects_to(smtp_sink, told) == ["A new date", "Cancelled"]
    assert subjects_to(smtp_sink, late) == []
    assert subjects_to(smtp_sink, placed) == ["A new date", "You’re registered", "Cancelled"]
    assert "Snow." in text_of(smtp_sink.to(told.email)[-1])


def test_people_told_of_free_seats_are_told_of_the_cancellation(make_session, workshop, people, office, smtp_sink, now):
    session = make_session()
    told, late = people(2)
    Interest.objects.express(told, workshop, now=now)
    moment = session.confirm_by - timedelta(days=1)
    at_risk.owe(moment)
    deliver(moment)
    Interest.objects.express(late, workshop, now=now)
    at_risk.owe(moment)
    session.cancel("Snow.", by=office, now=moment)
    deliver(moment)
    assert [words[:5] for words in subjects_to(smtp_sink, told)] == ["Six p", "Cance"]
    assert subjects_to(smtp_sink, late) == []


def test_nominees_who_may_have_read_it_are_told_of_the_cancellation(make_session, office, smtp_sink, now):
    """The mail server took the first mail without saying so."""
    session = make_session()
    Nomination.objects.nominate(["colleague@example.edu"], session, by=office, now=now)
    smtp_sink.drops = 1
    deliver(now)
    session.cancel("Snow.", by=office, now=now)
    deliver(now + timedelta(hours=1))
    subjects = [one.message["Subject"].split(":")[0] for one in smtp_sink.to("colleague@example.edu")]
    assert [words[:24] for words in subjects] == ["A colleague thought of y", "Cancelled"]


def test_an_announcement_of_a_cancelled_date_is_not_sent(make_session, workshop, people, office, now):
    Interest.objects.express(people(1)[0], workshop, now=now)
    make_session().cancel("Snow.", by=office, now=now)
    assert claim(timezone.now()) is None
    assert not Notice.objects.filter(kind="undated").exists()
