"""Mail, files and feeds say where a person takes part in a session online and in person: in the room or by the link."""

import icalendar
import pytest
from django.test import Client
from django.utils import timezone

from devtools.testing.calendar_readers import calendar_of
from devtools.testing.changing import MINUTES, deliver, subjects_to, text_of
from notifications.calendars.snapshots import note_snapshots
from notifications.kinds import reminders
from notifications.models import CalendarFeed, Notice
from notifications.outbox.compose import write_mail
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import Mode, Place, Venue

pytestmark = pytest.mark.django_db
ROOM, ONLINE = Mode.ROOM, Mode.ONLINE
LINK, WAY, PLACE = (
    "https://meet.example.edu/quorum",
    "Second floor, past the elevators.",
    "Learning Commons 210, Downtown",
)


@pytest.fixture
def hybrid(make_hybrid, room):
    room.directions = WAY
    room.save()
    return make_hybrid(in_room=2, online=2, minimum=2)


@pytest.fixture
def both_ways(hybrid, people, now, smtp_sink):
    """The registrations of one person in the room and one online; the session is confirmed, both are invited."""
    registrations = [
        Registration.objects.register(person, hybrid, now=now, mode=mode)
        for person, mode in zip(people(2), (ROOM, ONLINE), strict=True)
    ]
    hybrid.settle(now=now)
    deliver(now + MINUTES)
    return registrations


def last(smtp_sink, registration):
    return smtp_sink.to(registration.person.email)[-1]


def test_each_invitation_leads_to_where_its_person_takes_part(both_ways, smtp_sink):
    in_room, online = (last(smtp_sink, one) for one in both_ways)
    assert str(calendar_of(in_room)["LOCATION"]) == PLACE
    assert str(calendar_of(online)["LOCATION"]) == f"Online / {LINK}"
    assert WAY in text_of(in_room) and LINK not in in_room.message.as_string()
    assert LINK in text_of(online) and WAY not in text_of(online) and "Learning Commons" not in text_of(online)
    assert list(breaches(timezone.now())) == []


def test_invitations_written_together_each_show_their_own_place(hybrid, people, now):
    for person, mode in zip(people(2), (ROOM, ONLINE), strict=True):
        Registration.objects.register(person, hybrid, now=now, mode=mode)
    hybrid.settle(now=now)
    notices = list(Notice.objects.filter(method="REQUEST").order_by("pk"))
    note_snapshots(notices, now)
    assert [notice.facts["says"]["place"] for notice in notices] == [PLACE, "Online"]


def test_switching_updates_the_calendar_with_the_next_sequence(both_ways, smtp_sink):
    mine = both_ways[0]
    before = calendar_of(last(smtp_sink, mine))
    mine.switch(ONLINE, by=mine.person)
    deliver(timezone.now() + 3 * MINUTES)
    event = calendar_of(last(smtp_sink, mine))
    assert (event.method, event["UID"], event["SEQUENCE"]) == ("REQUEST", before["UID"], before["SEQUENCE"] + 1)
    assert str(event["LOCATION"]) == f"Online / {LINK}"
    text = text_of(last(smtp_sink, mine))
    assert f"Where, before: {PLACE}" in text and "Where, now:    Online" in text
    assert "You take part online from now on." in text and "place of this session" not in text
    assert last(smtp_sink, mine).message["Subject"].startswith("You take part online: ")
    assert list(breaches(timezone.now())) == []


def test_switching_back_within_two_minutes_is_no_mail(both_ways, smtp_sink):
    mine, before = both_ways[0], len(smtp_sink.received)
    mine.switch(ONLINE, by=mine.person)
    mine.switch(ROOM, by=mine.person)
    deliver(timezone.now() + 3 * MINUTES)
    assert len(smtp_sink.received) == before
    assert list(breaches(timezone.now())) == []


def test_twenty_presses_are_one_mail(both_ways, smtp_sink):
    mine, before = both_ways[0], len(smtp_sink.received)
    for mode in (ONLINE, ROOM) * 10 + (ONLINE,):
        mine.switch(mode, by=mine.person)
    deliver(timezone.now() + 3 * MINUTES)
    assert len(smtp_sink.received) == before + 1


def test_before_the_confirmation_a_plain_mail_says_where(hybrid, person, now, smtp_sink):
    mine = Registration.objects.register(person, hybrid, now=now, mode=ROOM)
    deliver(now + MINUTES)
    mine.switch(ONLINE, by=person)
    deliver(timezone.now() + 3 * MINUTES)
    text = text_of(last(smtp_sink, mine))
    assert PLACE in text and "You take part online from now on." in text
    assert LINK not in text
    mine.switch(ROOM, by=person)
    mine.switch(ONLINE, by=person)
    before = len(smtp_sink.received)
    deliver(timezone.now() + 6 * MINUTES)
    assert len(smtp_sink.received) == before


def test_a_person_who_asked_to_switch_is_written_to_when_they_do(make_hybrid, people, now, smtp_sink):
    session, (one, two) = make_hybrid(in_room=1, online=1, minimum=2), people(2)
    seated = Registration.objects.register(one, session, now=now, mode=ROOM)
    mine = Registration.objects.register(two, session, now=now, mode=ONLINE)
    session.settle(now=now)
    deliver(now + MINUTES)
    mine.ask_to_switch(ROOM, by=two, now=now)
    seated.withdraw(by=one, now=now)
    deliver(timezone.now() + 3 * MINUTES)
    assert str(calendar_of(last(smtp_sink, mine))["LOCATION"]) == PLACE
    assert "You take part in the room from now on." in text_of(last(smtp_sink, mine))
    assert list(breaches(timezone.now())) == []


def test_a_seat_taken_by_switching_is_said_as_such(make_hybrid, people, now, smtp_sink):
    session, (one, two) = make_hybrid(in_room=1, online=1), people(2)
    Registration.objects.register(one, session, now=now, mode=ROOM)
    mine = Registration.objects.register(two, session, now=now, mode=ROOM)
    mine.switch(ONLINE, by=two, now=now)
    deliver(now + MINUTES)
    assert "You took a seat that was free, and it is yours." in " ".join(text_of(last(smtp_sink, mine)).split())
    assert len(subjects_to(smtp_sink, two)) == 1


def test_the_reminder_names_the_room_or_the_link(both_ways, hybrid):
    for mine in both_ways:
        facts = {"meeting": hybrid.meetings.get().pk}
        mail = write_mail(Notice.objects.owe(reminders.REMINDER, mine, facts))
        assert (LINK in mail["text"], WAY in mail["text"]) == ((False, True) if mine.mode == ROOM else (True, False))


def test_the_feed_and_the_file_say_it_too(both_ways, now):
    for mine, place in zip(both_ways, (PLACE, f"Online / {LINK}"), strict=True):
        token = CalendarFeed.objects.renew(mine.person, now)
        (event,) = icalendar.Calendar.from_ical(Client().get(f"/calendar/{token}.ics").content).walk("VEVENT")
        assert str(event["LOCATION"]) == place


def test_a_feed_says_when_its_person_switched(hybrid, person, now):
    mine = Registration.objects.register(person, hybrid, now=now, mode=ROOM)
    token = CalendarFeed.objects.renew(person, now)

    def event():
        return icalendar.Calendar.from_ical(Client().get(f"/calendar/{token}.ics").content).walk("VEVENT")[0]

    before = event()
    mine.switch(ONLINE, by=person, now=now + MINUTES)
    after = event()
    assert after["SEQUENCE"] > before["SEQUENCE"] and after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert str(after["LOCATION"]) == "Online"


def test_people_who_never_said_have_both_until_they_say(hybrid, people, now, smtp_sink):
    for person in people(2):
        mine = Registration.objects.register(person, hybrid, now=now, mode=ROOM)
    # As of a session that was published before sessions asked.
    Registration.objects.update(mode="")
    hybrid.settle(now=now)
    deliver(now + MINUTES)
    assert str(calendar_of(last(smtp_sink, mine))["LOCATION"]) == f"{PLACE}, and online / {LINK}"
    mine.refresh_from_db()
    mine.switch(ROOM, by=mine.person)
    deliver(timezone.now() + 3 * MINUTES)
    assert str(calendar_of(last(smtp_sink, mine))["LOCATION"]) == PLACE
    assert "You take part in the room from now on." in text_of(last(smtp_sink, mine))
    assert list(breaches(timezone.now())) == []


def test_a_change_of_the_room_is_no_news_online(both_ways, hybrid, office, smtp_sink, room):
    other = Venue.objects.create(campus=room.campus, building="Library", room="1")
    meeting = hybrid.meetings.get()
    hybrid.relocate({meeting: Place(other, meeting.join_link)}, by=office)
    before = len(smtp_sink.received)
    deliver(timezone.now() + 3 * MINUTES)
    assert len(smtp_sink.received) == before + 1
    text = text_of(last(smtp_sink, both_ways[0]))
    assert "Library 1" in text and "The place of this session has changed." in text
