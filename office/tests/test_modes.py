"""What the office types and reads of a session that is online and in person: its two kinds of seats."""

import csv
import io

import pytest
from django.urls import reverse

from devtools.testing.office_pages import agree, filled_in, press_twice, schedule, session_page
from devtools.testing.page import read
from registrations.models import Registration
from sessions_app.models import Mode, Session

pytestmark = pytest.mark.django_db
ROOM, ONLINE = Mode.ROOM, Mode.ONLINE
HYBRID = {"format": "hybrid", "join_link": "https://meet.example.edu/quorum"}


def save(clerk, session, **typed):
    return clerk.post(session_page(session), filled_in(clerk, session_page(session), "session_form", **typed))


def sizes(session) -> tuple:
    session = Session.objects.get(pk=session.pk)
    return session.room_capacity, session.online_capacity, session.capacity


@pytest.fixture
def room_for_twelve(room):
    room.capacity = 20
    room.save()
    return room


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"online_capacity": "30"}, (20, 30, 50)),
        ({"room_capacity": "12", "online_capacity": "30"}, (12, 30, 42)),
        ({"room_capacity": "12", "capacity": "40"}, (12, 28, 40)),
        ({"capacity": "24"}, (20, 4, 24)),
    ],
)
def test_two_of_room_online_and_capacity_tell_the_third(clerk, workshop, wednesday, room_for_twelve, typed, found):
    response, session = schedule(clerk, workshop, wednesday, venue=room_for_twelve.pk, **HYBRID, **typed)
    assert response.status_code == 302
    assert sizes(session) == found


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Say how many people can take part online."),
        ({"room_capacity": "21", "online_capacity": "5"}, "Learning Commons 210 holds 20. Enter 20 or fewer."),
        (
            {"room_capacity": "10", "online_capacity": "5", "capacity": "24"},
            "10 seats in the room and 5 online make a capacity of 15. Leave it blank.",
        ),
        ({"room_capacity": "0", "online_capacity": "5"}, "Enter one seat or more"),
        ({"room_capacity": "many", "online_capacity": "5"}, "Enter a whole number."),
    ],
)
def test_seats_that_do_not_add_up_are_named(clerk, workshop, wednesday, room_for_twelve, typed, sentence):
    response, _ = schedule(clerk, workshop, wednesday, venue=room_for_twelve.pk, **HYBRID, **typed)
    assert response.status_code == 400
    assert sentence in read(response).text


def test_a_room_of_unknown_size_is_asked_for(clerk, workshop, wednesday, room):
    response, _ = schedule(clerk, workshop, wednesday, venue=room.pk, **HYBRID, online_capacity="5")
    assert response.status_code == 400
    assert "Say how many seats there are in the room." in read(response).text


def test_a_draft_that_becomes_online_has_one_kind_of_seats(clerk, workshop, wednesday, room_for_twelve):
    _, session = schedule(clerk, workshop, wednesday, venue=room_for_twelve.pk, **HYBRID, online_capacity="30")
    assert save(clerk, session, format="online", venue="").status_code == 302
    assert sizes(session) == (None, None, 50)
    assert save(clerk, session, format="hybrid", venue=room_for_twelve.pk, online_capacity="10").status_code == 302
    assert sizes(session) == (20, 10, 30)


def test_a_published_session_gets_more_seats_of_one_mode(clerk, make_hybrid, people, now):
    session = make_hybrid(in_room=1, online=2)
    seated, waiting = (Registration.objects.register(one, session, now=now, mode=ROOM) for one in people(2))
    typed = filled_in(clerk, session_page(session), "session_form", room_capacity="2")
    assert agree(clerk, session_page(session), typed, "One person on the waitlist gets a seat").status_code == 302
    assert sizes(session) == (2, 2, 4)
    waiting.refresh_from_db()
    assert waiting.is_registered


def test_fewer_seats_of_a_mode_than_are_taken_are_refused(clerk, make_hybrid, people, now):
    session = make_hybrid()
    for person in people(2):
        Registration.objects.register(person, session, now=now, mode=ONLINE)
    response = save(clerk, session, online_capacity="1")
    assert response.status_code == 400
    assert "2 people have seats online. Enter 2 or more for online." in read(response).text
    assert sizes(session) == (2, 2, 4)


def test_the_page_of_a_session_says_the_seats_of_each(clerk, make_hybrid, people, now):
    session = make_hybrid(in_room=1, online=3)
    for person in people(2):
        Registration.objects.register(person, session, now=now, mode=ROOM)
    page = read(clerk.get(session_page(session)))
    assert "1 of 4: 1 of 1 in the room, 0 of 3 online" in page.text
    assert "1: 1 in the room, 0 online" in page.text


def test_a_session_online_has_no_seats_in_a_room(clerk, make_session):
    assert "Seats in the room" not in read(clerk.get(session_page(make_session()))).text


# ---- the roster ----


def roster(name: str, session) -> str:
    return reverse(f"admin:registrations_registration_{name}", args=[session.pk])


@pytest.fixture
def mixed(make_hybrid, people, now):
    """A session with one seat of each kind: Person 1 online, 2 in the room, 3 and 4 wait for the room, 5 for online."""
    session = make_hybrid(in_room=1, online=1)
    for person, mode in zip(people(5), (ONLINE, ROOM, ROOM, ROOM, ONLINE), strict=True):
        Registration.objects.register(person, session, now=now, mode=mode)
    return session


def test_the_roster_counts_and_names_each_mode(clerk, mixed):
    page = read(clerk.get(roster("roster", mixed)))
    registered = page.region("2 registered: 1 in the room, 1 online")
    waiting = page.region("3 on the waitlist: 2 for the room, 1 for online")
    # Those in the room come first, as they sign at the door.
    assert registered.text.index("Person 2") < registered.text.index("Person 1")
    assert "Takes part" in registered.text and "Online" in registered.text
    assert waiting.text.count("Move up") == 1


def test_the_file_has_a_column_for_it(clerk, mixed):
    rows = list(csv.DictReader(io.StringIO(clerk.post(roster("csv", mixed)).content.decode("utf-8-sig"))))
    found = [(row["Name"], row["Takes part"], row["Place in line"]) for row in rows]
    assert found == [
        ("Person 2", "In the room", ""),
        ("Person 1", "Online", ""),
        ("Person 3", "In the room", "1"),
        ("Person 4", "In the room", "2"),
        ("Person 5", "Online", "1"),
    ]


def test_the_roster_says_of_whom_it_is_not_known_and_who_would_rather_switch(clerk, make_hybrid, people, now):
    session = make_hybrid(in_room=1)
    one, two = people(2)
    Registration.objects.register(one, session, now=now, mode=ROOM)
    mine = Registration.objects.register(two, session, now=now, mode=ONLINE)
    mine.ask_to_switch(ROOM, by=two, now=now)
    Registration.objects.filter(person=one).update(mode="")
    text = read(clerk.get(roster("roster", session))).text
    assert "In the room, has not said" in text and "Online, would rather be in the room" in text


def test_the_office_says_how_somebody_takes_part(clerk, make_hybrid, person):
    session = make_hybrid()
    response = clerk.post(roster("roster", session), {"email": person.email})
    assert response.status_code == 400
    assert "Say whether they take part in the room or online." in read(response).text
    assert clerk.post(roster("roster", session), {"email": person.email, "mode": "banana"}).status_code == 400
    assert press_twice(clerk, roster("roster", session), {"email": person.email, "mode": "online"}).status_code == 302
    assert session.registrations.get().mode == ONLINE


def test_a_roster_of_one_mode_is_as_before(clerk, session, person):
    Registration.objects.register(person, session)
    assert "Takes part" not in read(clerk.get(roster("roster", session))).text
