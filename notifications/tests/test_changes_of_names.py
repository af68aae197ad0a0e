"""A new title, facilitator, room or campus reaches every calendar, whatever it is called."""

from email.message import EmailMessage

import pytest
from django.db import connection
from django.utils import timezone

from catalog.models import Facilitator
from devtools.testing.calendar_readers import calendar_of
from devtools.testing.changing import MINUTES, deliver, first, text_of
from devtools.testing.mail_reader import read_mail
from notifications.models import Notice
from operations.invariants import breaches
from sessions_app.models import Place, Venue

pytestmark = pytest.mark.django_db


def test_a_new_title_reaches_every_calendar(confirmed, office, smtp_sink, now):
    deliver(now)
    confirmed.workshop.rename(office, title="Speaking Up")
    assert list(Notice.objects.filter(kind="changed").values_list("method", flat=True)) == ["REQUEST"] * 2
    deliver(timezone.now() + 3 * MINUTES)
    mail = smtp_sink.to(first(confirmed).person.email)[-1]
    assert (str(calendar_of(mail)["SUMMARY"]), calendar_of(mail)["SEQUENCE"]) == ("Speaking Up", 2)
    assert "Title, before: Bystander Interventions\nTitle, now:    Speaking Up" in text_of(mail)


def test_another_facilitator_reaches_every_calendar(confirmed, office, smtp_sink, now):
    deliver(now)
    ada = Facilitator.objects.create(name="Ada Okafor")
    confirmed.appoint([ada], by=office, now=now)
    deliver(now + 3 * MINUTES)
    mail = smtp_sink.to(first(confirmed).person.email)[-1]
    assert str(calendar_of(mail)["DESCRIPTION"]).startswith("With Ada Okafor\n")
    assert "With, before: nobody named yet\nWith, now:    Ada Okafor" in text_of(mail)
    ada.rename(office, credentials="MD")
    deliver(timezone.now() + 3 * MINUTES)
    assert calendar_of(smtp_sink.to(first(confirmed).person.email)[-1])["SEQUENCE"] == 3


def test_a_room_and_a_campus_with_another_name_reach_every_calendar(confirmed, room, office, smtp_sink, now):
    meeting = confirmed.meetings.get()
    confirmed.relocate({meeting: Place(room, "")}, by=office, now=now)
    deliver(now)
    room.rename(office, room="310")
    room.campus.rename(office, name="South")
    deliver(timezone.now() + 3 * MINUTES)
    event = calendar_of(smtp_sink.to(first(confirmed).person.email)[-1])
    assert (str(event["LOCATION"]), event["SEQUENCE"]) == ("Learning Commons 310, South", 2)


@pytest.mark.parametrize(
    "name", ["A\r\nB", "A\u2028B", "A\x00B", "\u202eA", "<b>A</b>;,\\", "=?utf-8?q?A?=", "ß" * 160]
)
def test_hostile_names_stay_in_their_place(confirmed, room, office, smtp_sink, now, name):
    """NUL cannot be stored by PostgreSQL; the others can, whatever a form says."""
    if "\x00" in name and connection.vendor == "postgresql":
        name = "A\x01B"
    deliver(now)
    meeting, registration = confirmed.meetings.get(), first(confirmed)
    Venue.objects.filter(pk=room.pk).update(room=name[:80])
    room.refresh_from_db()
    confirmed.workshop.rename(office, title=name)
    confirmed.relocate({meeting: Place(room, "")}, by=office, now=now)
    deliver(timezone.now() + 3 * MINUTES)
    mail = smtp_sink.to(registration.person.email)[-1]
    event = calendar_of(mail)
    assert (event.method, event["SEQUENCE"]) == ("REQUEST", 2)
    assert [str(event["ATTENDEE"])] == [f"mailto:{registration.person.email}"]
    assert "<b>" not in name or "A" not in [part.text for part in read_mail(mail).page.parts("b")]
    assert isinstance(mail.message, EmailMessage) and mail.message.get_all("Subject") == [mail.message["Subject"]]
    assert list(breaches(timezone.now())) == []
