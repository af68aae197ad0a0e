"""Somebody who chose a neutral title shows it to people who see their calendar, or their screen."""

from uuid import uuid4

import icalendar
import pytest
import vobject
from django.test import Client
from django.utils import timezone

from catalog.models import Facilitator
from devtools.testing.calendar_readers import calendar_of
from devtools.testing.cast import ZONE
from devtools.testing.changing import MINUTES, deliver, text_of
from devtools.testing.mail_reader import read_mail
from foundation.dates import long_day
from notifications.models import CalendarThread, Notice
from notifications.outbox.compose import write_mail
from notifications.outbox.deliver import drain
from operations.invariants import breaches
from registrations.display.titles import DISCREET_TITLE
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
TITLE, SUMMARY = "Bystander Interventions", "What to say, and when, if you see it happen."


@pytest.fixture
def discreet(person):
    person.discreet_titles = True
    person.save()
    return person


def sent(registration, kind: str) -> dict:
    """Return the mail of one kind as it goes out; an invitation counts as handed to the mail server."""
    registration.threads.announced().update(requested_at=registration.registered_at)
    return write_mail(registration.notices.get(kind=kind))


def shown(mail: dict) -> str:
    """Return the calendar part, which both readers agree on, as what they show of it."""
    (event,) = icalendar.Calendar.from_ical(mail["calendar"]).walk("VEVENT")
    (other,) = vobject.readOne(mail["calendar"].decode()).vevent_list
    assert (event["summary"], event["description"]) == (other.summary.value, other.description.value)
    return f"{event['summary']} | {event['description']} | {event['location']}"


def test_the_invitation_and_the_cancellation_say_training_session(make_session, discreet, now):
    session = make_session(minimum=1)
    registration = Registration.objects.register(discreet, session, now=now)
    session.settle(now=now)
    invitation = sent(registration, "confirmed")
    registration.withdraw(by=discreet, now=now)
    for mail in (invitation, sent(registration, "withdrawn")):
        link = f"http://127.0.0.1:8000{registration.get_absolute_url()}"
        join = f"Join: {registration.session.meetings.get().join_link}"
        assert shown(mail).startswith(f"{DISCREET_TITLE} | Your registration: {link}\n{join} | Online")
        for hidden in (TITLE, SUMMARY, "bystander"):
            assert hidden not in mail["calendar"].decode()


def test_the_real_title_stands_inside_the_mail_and_not_in_its_subject(make_session, discreet, now):
    session = make_session(minimum=1)
    registration = Registration.objects.register(discreet, session, now=now)
    session.settle(now=now)
    for kind, start in (("registered", "You’re registered"), ("confirmed", "Confirmed")):
        mail = sent(registration, kind)
        assert mail["subject"].startswith(f"{start}: {DISCREET_TITLE}, ")
        assert TITLE not in mail["subject"]
        assert TITLE in mail["text"]
        assert TITLE in read_mail(mail).page.text


def choose(person, neutral: bool) -> None:
    """Choose on the page of the profile, as people do."""
    browser = Client()
    browser.force_login(person)
    said = {"name": person.name, "role": "faculty"} | ({"discreet_titles": "on"} if neutral else {})
    assert browser.post("/accounts/profile/", said).status_code == 302
    person.refresh_from_db()


def last_event(smtp_sink, person):
    return calendar_of(smtp_sink.to(person.email)[-1])


def test_choosing_a_neutral_title_hides_the_one_that_stands_there(registration, office, smtp_sink, now):
    person, session = registration.person, registration.session
    session.appoint([Facilitator.objects.create(name="Ada Okafor")], by=office, now=now)
    deliver(now + 3 * MINUTES)
    registration.threads.update(partstat="ACCEPTED")
    before = last_event(smtp_sink, person)
    assert (str(before["SUMMARY"]), "Ada Okafor" in before["DESCRIPTION"]) == (TITLE, True)
    choose(person, True)
    deliver(timezone.now() + 3 * MINUTES)
    received = smtp_sink.to(person.email)[-1]
    event = calendar_of(received)
    assert (event.method, event["UID"], event["SEQUENCE"]) == ("REQUEST", before["UID"], before["SEQUENCE"] + 1)
    assert (str(event["SUMMARY"]), "Ada Okafor" in event["DESCRIPTION"]) == (DISCREET_TITLE, False)
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert received.message["Subject"].startswith(f"Your choice of title: {DISCREET_TITLE}, ")
    text = text_of(received)
    assert "Your calendar is to name this session as you chose in your profile." in " ".join(text.split())
    assert f"In your calendar, before: the title of the session\nIn your calendar, now:    {DISCREET_TITLE}" in text
    assert f"When, as before: {long_day(session.starts_at, ZONE)}" in text
    assert list(breaches(timezone.now())) == []


def test_taking_the_choice_back_shows_the_title_again(registration, smtp_sink):
    person = registration.person
    choose(person, True)
    deliver(timezone.now() + 3 * MINUTES)
    choose(person, False)
    deliver(timezone.now() + 6 * MINUTES)
    assert str(last_event(smtp_sink, person)["SUMMARY"]) == TITLE
    assert list(breaches(timezone.now())) == []


def test_a_choice_taken_back_within_two_minutes_is_no_mail(registration, smtp_sink):
    before = len(smtp_sink.received)
    choose(registration.person, True)
    choose(registration.person, False)
    deliver(timezone.now() + 3 * MINUTES)
    assert registration.notices.filter(kind="changed").exists()
    assert len(smtp_sink.received) == before


def test_saving_the_profile_without_a_choice_is_no_mail(registration):
    choose(registration.person, False)
    assert not registration.notices.filter(kind="changed").exists()


def test_what_a_neutral_title_hides_may_change_unsaid(registration, office, smtp_sink):
    choose(registration.person, True)
    deliver(timezone.now() + 3 * MINUTES)
    before = len(smtp_sink.received)
    registration.session.workshop.rename(office, title="Speaking Up")
    deliver(timezone.now() + 6 * MINUTES)
    assert len(smtp_sink.received) == before
    assert list(breaches(timezone.now())) == []


def test_an_invitation_that_waits_goes_out_neutral_and_alone(invited, smtp_sink):
    choose(invited.person, True)
    deliver(timezone.now() + 3 * MINUTES)
    (event,) = filter(None, map(calendar_of, smtp_sink.to(invited.person.email)))
    assert str(event["SUMMARY"]) == DISCREET_TITLE


def test_a_waiting_seat_and_a_past_session_are_sent_nothing(make_session, people, smtp_sink, now):
    session, (first, waiting) = make_session(minimum=1, capacity=1), people(2)
    for person in (first, waiting):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    deliver(now)
    choose(waiting, True)
    ago = session.ends_at - timezone.now() + 3 * MINUTES
    times = ("starts_at", "ends_at", "confirm_by", "registration_closes_at")
    Session.objects.update(**{name: getattr(session, name) - ago for name in times})
    choose(first, True)
    assert not Notice.objects.filter(kind="changed").exists()


def test_a_mail_that_is_written_is_sent_as_it_is(make_session, person, now):
    session = make_session(minimum=1)
    registration = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    registration.notices.filter(kind="confirmed").update(state=Notice.State.SENDING, token=uuid4())
    before = sent(registration, "confirmed")
    person.discreet_titles = True
    person.save()
    assert sent(registration, "confirmed") == before
    registration.withdraw(by=person, now=now)
    assert shown(before).startswith(f"{TITLE} | ")
    assert shown(sent(registration, "withdrawn")).startswith(f"{DISCREET_TITLE} | ")


def test_one_persons_choice_changes_nothing_for_another(make_session, discreet, people, now):
    session = make_session(minimum=2)
    other = people(1)[0]
    registrations = [Registration.objects.register(person, session, now=now) for person in (discreet, other)]
    session.settle(now=now)
    titles = [shown(sent(registration, "confirmed")).split(" | ")[0] for registration in registrations]
    assert titles == [DISCREET_TITLE, TITLE]


def test_people_who_are_invited_together_each_have_the_title_they_chose(make_session, discreet, people, smtp_sink, now):
    session, other = make_session(minimum=2), people(1)[0]
    for person in (other, discreet):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    drain()
    for person, title in ((other, TITLE), (discreet, DISCREET_TITLE)):
        assert str(last_event(smtp_sink, person)["SUMMARY"]) == title
    assert sorted(thread.shown["neutral"] for thread in CalendarThread.objects.all()) == [False, True]
    assert list(breaches(now)) == []
