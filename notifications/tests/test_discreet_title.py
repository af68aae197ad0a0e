"""Somebody who chose a neutral title shows it to people who see their calendar, or their screen."""

from uuid import uuid4

import icalendar
import pytest
import vobject

from devtools.testing.mail_reader import read_mail
from notifications.calendars.invitations import DISCREET_TITLE
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from registrations.models import Registration

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
        assert shown(mail).startswith(f"{DISCREET_TITLE} | Your registration: {link} | Online")
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


def test_a_choice_holds_for_what_is_written_from_then_on(make_session, person, now):
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
