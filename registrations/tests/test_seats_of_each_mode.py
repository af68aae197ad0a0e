"""The office says how many seats there are in the room and online, also of a session that asked nobody so far."""

import pytest

from devtools.testing.modes import ONLINE, SEATED_IN_ROOM, SEATED_ONLINE, counters, join, statuses
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


def test_a_draft_online_and_in_person_is_published_with_its_seats(make_hybrid, office, now):
    draft = make_hybrid(published=False, room_capacity=None, online_capacity=None)
    with pytest.raises(Session.Incomplete, match="how many of the seats are in the room"):
        draft.publish(by=office, now=now)


def test_added_seats_go_to_the_line_of_their_mode(make_hybrid, people, office):
    session, crowd = make_hybrid(in_room=1, online=2), people(3)
    _, for_room = join(session, *crowd[:2])
    (online,) = join(session, crowd[2], mode=ONLINE)
    session.resize(1, 3, by=office, room=2, online=1)
    assert statuses(for_room, online) == [SEATED_IN_ROOM, SEATED_ONLINE]
    assert counters(session) == ((2, 0), (1, 0))


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ({"capacity": 4, "room": 1, "online": 3}, "2 people have seats in the room. Enter 2 or more"),
        ({"capacity": 4, "room": 4}, "at least one of each"),
        ({"capacity": 5, "room": 2, "online": 2}, "make a capacity of 4"),
        ({"capacity": 5}, "make a capacity of 4"),
    ],
)
def test_the_seats_of_a_mode_have_their_limits(make_hybrid, people, office, sizes, sentence):
    session = make_hybrid()
    join(session, *people(2))
    with pytest.raises(Session.Refused, match=sentence):
        session.resize(1, by=office, **sizes)
    assert counters(session) == ((2, 0), (0, 0))


def test_an_online_session_has_no_seats_in_a_room(make_session, office):
    with pytest.raises(Session.Refused, match="seats of two kinds"):
        make_session().resize(6, 24, by=office, room=12, online=12)


@pytest.fixture
def undivided(make_hybrid, people, now):
    """A session of an earlier release: online and in person, with two people nobody asked; a third one waits."""
    session = make_hybrid(published=False, room_capacity=None, online_capacity=None, capacity=2)
    Session.objects.filter(pk=session.pk).update(status="open", published_at=now)
    for person in people(3):
        Registration.objects.register(person, Session.objects.get(pk=session.pk), now=now)
    return Session.objects.get(pk=session.pk)


def test_a_session_that_asked_nobody_goes_on_as_before(undivided, now):
    assert [one.status for one in undivided.registrations.all()] == ["registered", "registered", "waitlisted"]
    first = undivided.registrations.first()
    first.withdraw(by=first.person, now=now)
    assert undivided.registrations.registered().count() == 2
    assert list(breaches(now)) == []


def test_people_who_never_said_keep_a_chair_once_it_asks(undivided, office, now):
    with pytest.raises(Session.Refused, match="have not said how they take part"):
        undivided.resize(1, 3, by=office, room=1, online=2)
    undivided.resize(1, 5, by=office, room=2, online=3)
    assert counters(undivided) == ((2, 1), (0, 0))
    seated, _, waiting = undivided.registrations.all()
    seated.switch(ONLINE, by=seated.person, now=now)
    assert statuses(seated, waiting) == [SEATED_ONLINE, ("registered", "")]
    assert list(breaches(now)) == []
