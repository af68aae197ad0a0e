"""A session that is held in another format tells each person what differs for them, and nothing else."""

from dataclasses import replace

import pytest
from django.utils import timezone

from devtools.testing.calendar_readers import calendar_of
from devtools.testing.cast import weekly
from devtools.testing.changing import MINUTES, deliver, subjects_to, text_of
from operations.invariants import breaches
from registrations.models import Nomination, Registration
from sessions_app.models import Held, Mode, Place

pytestmark = pytest.mark.django_db
LINK, PLACE = "https://meet.example.edu/snow", "Learning Commons 210, Downtown"


@pytest.fixture
def taught_in_room(make_session, room):
    """An open session in the Learning Commons for two people at least."""
    (plan,) = weekly(1, 14)
    return make_session(format="in_person", minimum=2, meetings=[replace(plan, venue=room, join_link="")])


def snow(session) -> Held:
    return Held("online", {one: Place(None, LINK) for one in session.meetings.all()})


def last(smtp_sink, registration):
    return smtp_sink.to(registration.person.email)[-1]


def test_a_snow_day_updates_the_calendar_with_the_next_sequence(taught_in_room, people, room, office, smtp_sink, now):
    session = taught_in_room
    first, second = (Registration.objects.register(person, session, now=now) for person in people(2))
    session.settle(now=now)
    deliver(now + MINUTES)
    before = calendar_of(last(smtp_sink, first))
    session.hold_as(snow(session), by=office)
    deliver(timezone.now() + 3 * MINUTES)
    event = calendar_of(last(smtp_sink, first))
    assert (event.method, event["UID"], event["SEQUENCE"]) == ("REQUEST", before["UID"], before["SEQUENCE"] + 1)
    assert (str(before["LOCATION"]), str(event["LOCATION"])) == (PLACE, f"Online / {LINK}")
    assert str(event["CONFERENCE"]) == LINK and "CONFERENCE" not in before
    text = text_of(last(smtp_sink, first))
    assert "This session is held online, not in a room." in text
    assert f"Where, before: {PLACE}" in text and f"Join, now:    {LINK}" in text
    assert last(smtp_sink, first).message["Subject"].startswith("Held online: Bystander Interventions")
    session.hold_as(
        replace(snow(session), format="in_person", places={session.meetings.get(): Place(room, "")}), office
    )
    deliver(timezone.now() + 6 * MINUTES)
    event = calendar_of(last(smtp_sink, second))
    assert (event["SEQUENCE"], str(event["LOCATION"])) == (before["SEQUENCE"] + 2, PLACE)
    assert "CONFERENCE" not in event
    assert "This session is held in a room, not online." in text_of(last(smtp_sink, second))
    assert list(breaches(timezone.now())) == []


def test_a_format_taken_back_within_two_minutes_is_no_mail(taught_in_room, people, room, office, smtp_sink, now):
    session = taught_in_room
    for person in people(2):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    deliver(now + MINUTES)
    sent = len(smtp_sink.received)
    session.hold_as(snow(session), by=office)
    session.hold_as(Held("in_person", {session.meetings.get(): Place(room, "")}), by=office)
    deliver(timezone.now() + 3 * MINUTES)
    assert len(smtp_sink.received) == sent


def test_only_people_for_whom_it_differs_are_told(make_hybrid, people, office, smtp_sink, now):
    session = make_hybrid(in_room=2, online=2, minimum=2)
    in_room, online = (
        Registration.objects.register(person, session, now=now, mode=mode)
        for person, mode in zip(people(2), (Mode.ROOM, Mode.ONLINE), strict=True)
    )
    session.settle(now=now)
    deliver(now + MINUTES)
    session.hold_as(Held("online", {}), by=office)
    deliver(timezone.now() + 3 * MINUTES)
    assert [subject.split(":")[0] for subject in subjects_to(smtp_sink, in_room.person)] == ["Confirmed", "Held online"]
    assert len(smtp_sink.to(online.person.email)) == 1


def test_people_without_an_invitation_get_one_plain_mail(make_hybrid, people, office, smtp_sink, now):
    session = make_hybrid(in_room=1, online=1, minimum=2)
    crowd = people(4)
    in_room, waits = (Registration.objects.register(person, session, now=now, mode=Mode.ROOM) for person in crowd[:2])
    online = Registration.objects.register(crowd[2], session, now=now, mode=Mode.ONLINE)
    asked, *_ = Nomination.objects.nominate(["new@example.edu"], session, by=crowd[3], now=now)
    session.refresh_from_db()
    session.status = "open"
    deliver(now + MINUTES)
    before = len(smtp_sink.received)
    session.hold_as(Held("online", {}), by=office)
    deliver(timezone.now() + 3 * MINUTES)
    told = smtp_sink.received[before:]
    assert sorted(mail.recipients[0] for mail in told) == sorted(
        [in_room.person.email, waits.person.email, asked.email]
    )
    text = text_of(last(smtp_sink, waits))
    assert f"Where, before: {PLACE}" in text and "Where, now:    Online" in text
    assert "You keep your place on the waitlist." in text
    assert f"Where, before: {PLACE}, and online" in text_of(smtp_sink.to(asked.email)[-1])
    assert not smtp_sink.to(online.person.email)[1:]


def test_a_link_beside_the_room_is_told_with_the_choice(taught_in_room, people, room, office, smtp_sink, now):
    session = taught_in_room
    mine, _ = (Registration.objects.register(person, session, now=now) for person in people(2))
    session.settle(now=now)
    deliver(now + MINUTES)
    both = Held("hybrid", {session.meetings.get(): Place(room, LINK)}, room=10, online=20)
    session.hold_as(both, by=office)
    deliver(timezone.now() + 3 * MINUTES)
    text = text_of(last(smtp_sink, mine))
    assert "This session is held in a room and online. You choose on the page of your registration" in text
    assert f"Where, now:    {PLACE}, and online" in text and LINK in text
