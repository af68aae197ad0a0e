"""A published session is held in another format, and everybody who is registered or waits stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from devtools.testing.modes import ONLINE, ROOM, counters, join, statuses
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import Held, Place, Session

pytestmark = pytest.mark.django_db
LINK = "https://meet.example.edu/snow"


@pytest.fixture
def in_room(make_session, room):
    """in_room(...) makes a session in the Learning Commons. Its arguments are those of make_session."""
    from devtools.testing.cast import weekly

    def make(**overrides) -> Session:
        (plan,) = weekly(1, 14)
        return make_session(format="in_person", **{"meetings": [replace(plan, venue=room)]} | overrides)

    return make


def online(session, **sizes) -> Held:
    return Held("online", {one: Place(None, LINK) for one in session.meetings.all()}, **sizes)


def in_a_room(session, venue, **sizes) -> Held:
    return Held("in_person", {one: Place(venue, "") for one in session.meetings.all()}, **sizes)


def in_both(session, venue, room, online) -> Held:
    places = {one: Place(venue, LINK) for one in session.meetings.all()}
    return Held("hybrid", places, room=room, online=online)


def test_a_session_in_a_room_goes_online_and_back(in_room, room, office, people, now):
    session = in_room(minimum=1, capacity=2)
    joined = join(session, *people(3), mode="")
    session.hold_as(online(session), by=office, now=now)
    assert (session.format, session.meetings.get().venue, session.meetings.get().join_link) == ("online", None, LINK)
    session.hold_as(in_a_room(session, room), by=office, now=now)
    assert (session.format, session.meetings.get().venue, session.capacity) == ("in_person", room, 2)
    assert [status for status, _ in statuses(*joined)] == ["registered", "registered", "waitlisted"]
    assert list(breaches(now)) == []


def test_it_is_on_record_from_what_to_what(in_room, room, office, now):
    session = in_room()
    session.hold_as(online(session), by=office, now=now)
    said = office.logentry_set.order_by("-pk").first().change_message
    assert said.startswith("Held online with 24 seats, before in person with 24 seats. ")
    assert f"from {room}, https://meet.example.edu/quorum to Online, {LINK}." in said


def test_the_same_format_again_changes_nothing(in_room, room, office, now):
    session = in_room()
    before = office.logentry_set.count()
    session.hold_as(in_a_room(session, None), by=office, now=now)
    assert session.meetings.get().venue == room and office.logentry_set.count() == before


def test_people_of_both_modes_are_in_one_line_online(make_hybrid, office, people, now):
    session, crowd = make_hybrid(in_room=1, online=2), people(5)
    first, waits = join(session, *crowd[:2])
    afar = join(session, crowd[2], mode=ONLINE)[0]
    left = join(session, crowd[3], mode=ONLINE)[0]
    left.withdraw(by=crowd[3], now=now)
    asks = join(session, crowd[4], mode=ONLINE)[0]
    asks.ask_to_switch(ROOM, by=crowd[4], now=now)
    session.hold_as(online(session), by=office, now=now)
    assert statuses(first, afar, asks) == [("registered", "")] * 3
    assert (session.capacity, session.seats_taken, session.asks_how) == (3, 3, False)
    assert statuses(waits) == [("waitlisted", "")] and list(breaches(now)) == []


def test_a_seat_left_over_goes_to_the_person_who_waits(make_hybrid, office, people, now):
    session, crowd = make_hybrid(in_room=1, online=2), people(2)
    _, waits = join(session, *crowd)
    session.hold_as(online(session), by=office, now=now)
    waits.refresh_from_db()
    assert waits.is_registered and list(breaches(now)) == []


def test_nobody_online_loses_the_seat_because_the_room_is_small(make_hybrid, room, office, people, now):
    session, crowd = make_hybrid(in_room=2, online=2), people(4)
    joined = [*join(session, *crowd[:2]), *join(session, *crowd[2:], mode=ONLINE)]
    sentence = (
        "4 people have seats, 2 of them online: a capacity of 2 is 2 too few. Enter 4 or more and choose a room that "
        "holds them, or leave it online and in person."
    )
    with pytest.raises(Session.Refused) as refusal:
        session.hold_as(in_a_room(session, room), by=office, now=now)
    assert str(refusal.value) == sentence and session.format == "hybrid"
    assert counters(session) == ((2, 0), (2, 0))
    session.hold_as(in_a_room(session, room, capacity=4), by=office, now=now)
    assert statuses(*joined) == [("registered", "")] * 4 and list(breaches(now)) == []


def test_the_room_of_both_keeps_its_capacity(make_hybrid, room, office, now):
    session = make_hybrid(in_room=10, online=20)
    session.hold_as(in_a_room(session, room), by=office, now=now)
    assert session.capacity == 10


def test_people_who_are_online_stay_online_when_a_room_is_added(make_session, room, office, people, now):
    session, crowd = make_session(minimum=1, capacity=2), people(3)
    joined = join(session, *crowd, mode="")
    session.hold_as(in_both(session, room, 5, 2), by=office, now=now)
    assert statuses(*joined) == [("registered", ONLINE), ("registered", ONLINE), ("waitlisted", ONLINE)]
    assert counters(session) == ((0, 0), (2, 1)) and list(breaches(now)) == []


def test_people_of_a_room_have_a_chair_when_a_link_is_added(in_room, room, office, people, now):
    session = in_room(minimum=1)
    joined = join(session, *people(2), mode="")
    session.hold_as(in_both(session, room, 2, 5), by=office, now=now)
    assert statuses(*joined) == [("registered", ""), ("registered", "")]
    assert counters(session) == ((2, 0), (0, 0)) and list(breaches(now)) == []


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ((1, 5), "2 people have seats in the room. Enter 2 or more for the room."),
        ((0, 5), "Say how many seats there are in the room and how many online: at least one of each."),
        ((2, 1), "The minimum cannot be larger than the capacity."),
    ],
)
def test_seats_of_both_kinds_do_for_everybody(in_room, room, office, people, now, sizes, sentence):
    session = in_room(minimum=4)
    join(session, *people(2), mode="")
    with pytest.raises(Session.Refused, match=sentence):
        session.hold_as(in_both(session, room, *sizes), by=office, now=now)
    session.refresh_from_db()
    assert (session.format, session.room_capacity) == ("in_person", None)


def test_a_place_fits_the_format(in_room, room, office, now):
    session = in_room()
    with pytest.raises(Session.Refused, match="Learning Commons 210 is a room, and the session is to be held online."):
        session.hold_as(replace(in_a_room(session, room), format="online"), by=office, now=now)
    session.hold_as(Held("online", {}), by=office, now=now)
    assert session.meetings.get().venue is None
    with pytest.raises(Session.Refused, match="Choose a venue: this session is in person."):
        session.hold_as(Held("in_person", {}), by=office, now=now)


def test_a_meeting_that_was_held_keeps_its_place(make_session, room, office, now):
    from devtools.testing.cast import weekly

    plans = [replace(plan, venue=room) for plan in weekly(2, 7)]
    session = make_session(format="in_person", meetings=plans)
    between = session.starts_at + timedelta(days=1)
    session.hold_as(online(session), by=office, now=between)
    first, second = session.meetings.all()
    assert (first.venue, second.venue, second.join_link) == (room, None, LINK)
    with pytest.raises(Session.AlreadyDecided, match="Every meeting of this session has started"):
        session.hold_as(in_a_room(session, room), by=office, now=second.starts_at)


@pytest.mark.parametrize("state", ["draft", "cancelled", "completed"])
def test_only_a_session_that_runs_changes_its_format(in_room, office, now, state):
    session = in_room()
    Session.objects.filter(pk=session.pk).update(
        status=state, confirmed_count=6, confirmed_minimum=6, cancelled_at=now, cancel_reason="Snow"
    )
    with pytest.raises(Session.AlreadyDecided):
        session.hold_as(online(session), by=office, now=now)


def test_the_way_out_of_a_refused_mode_is_said(make_hybrid, office, person, now):
    session = make_hybrid()
    session.hold_as(online(session), by=office, now=now)
    with pytest.raises(Registration.NoSuchMode, match="This session is held online only."):
        Registration.objects.register(person, session, now=now, mode=ROOM)
