"""Before a session is confirmed only file and feed show it: their SEQUENCE grows, and the first mail is above it."""

from datetime import timedelta

import pytest
from django.test import Client

from catalog.models import Facilitator
from devtools.testing.calendar_readers import calendar_of, read_alike
from devtools.testing.changing import deliver, plan, shift
from notifications.models import CalendarThread
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]


@pytest.fixture
def looks(client, person, feed, make_session, now):
    """looks() returns what file and feed, which say the same, show of the person's first meeting."""
    client.force_login(person)
    registration = Registration.objects.register(person, make_session(minimum=1), now=now)

    def look():
        file = read_alike(client.get(f"{registration.get_absolute_url()}invitation.ics").content)[0]
        fed = read_alike(Client().get(feed).content)[0]
        assert file._replace(organizers=()) == fed
        return fed

    look.registration = registration
    return look


def titles(client, chosen: bool) -> None:
    said = {"name": "Ada Lovelace", "role": "faculty"} | ({"discreet_titles": "on"} if chosen else {})
    assert client.post("/accounts/profile/", said).status_code == 302


def test_every_change_raises_file_and_feed_and_the_first_mail_is_above(
    looks, client, workshop, room, office, smtp_sink, now
):
    session = looks.registration.session
    meeting, ada = session.meetings.get(), Facilitator.objects.create(name="Ada Okafor")
    seen = [looks()]
    for change in (
        lambda: session.appoint([ada], by=office, now=now),
        lambda: ada.rename(office, credentials="MD"),
        lambda: workshop.rename(office, title="Speaking Up"),
        lambda: session.relocate({meeting: Place(room, "")}, by=office, now=now),
        lambda: room.rename(office, room="310"),
        lambda: room.campus.rename(office, name="South"),
        lambda: shift(session, office, now, days=1),
        lambda: session.add_meeting(plan(session.ends_at.date() + timedelta(days=7)), by=office, now=now),
        lambda: titles(client, True),
        lambda: titles(client, False),
    ):
        change()
        seen.append(looks())
        assert seen[-1]._replace(sequence=0) != seen[-2]._replace(sequence=0)
        assert seen[-1].sequence > seen[-2].sequence
    session.settle(now=now)
    deliver(now)
    event = next(one for one in map(calendar_of, smtp_sink.received) if one and one["UID"] == seen[0].uid)
    assert (event.method, event["SEQUENCE"]) == ("REQUEST", seen[-1].sequence + 1)
    after = looks()
    assert (after.status, after.sequence) == ("CONFIRMED", event["SEQUENCE"])
    assert list(breaches(now)) == []


def test_without_any_change_the_first_mail_is_above_the_tentative_entry(looks, smtp_sink, now):
    before = looks()
    looks.registration.session.settle(now=now)
    deliver(now)
    assert (before.sequence, calendar_of(smtp_sink.received[-1])["SEQUENCE"]) == (0, 1)


def test_what_is_no_change_raises_nothing(looks, office, now):
    session = looks.registration.session
    meeting = session.meetings.get()
    session.reschedule({meeting: meeting.times}, by=office, now=now)
    session.relocate({meeting: meeting.place}, by=office, now=now)
    assert looks().sequence == 0


def test_a_seat_in_a_confirmed_session_begins_at_zero(looks, people, smtp_sink, now):
    session = looks.registration.session
    session.settle(now=now)
    deliver(now)
    later = Registration.objects.register(people(2)[1], session, now=now)
    deliver(now)
    event = calendar_of(smtp_sink.to(later.person.email)[-1])
    assert (event["UID"], event["SEQUENCE"]) == (later.threads.get().uid, 0)


def test_an_entry_that_old_code_made_is_counted_from_zero(looks, office, now):
    """Until the upgrade is over, old processes write threads that do not know of the number."""
    CalendarThread.objects.update(tentative_sequence=None)
    assert looks().sequence == 0
    shift(looks.registration.session, office, now, days=1)
    assert looks().sequence == 1
