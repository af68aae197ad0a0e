"""What a session online and in person says of its two kinds of seats, in meter and panel. No database."""

from datetime import timedelta

import pytest

from devtools.testing.meter import HOUR, NOW, STARTS, Seat, unsaved_session
from sessions_app.display.meter import State, meter, state_of
from sessions_app.display.panel import panel
from sessions_app.models import Mode

MINE = {"is_registered": False, "is_waitlisted": True}


def hybrid(room=(6, 0, 0), online=(12, 0, 0), status="confirmed"):
    """A session with capacity, seats taken and people waiting of each mode."""
    whole = [sum(pair) for pair in zip(room, online, strict=True)]
    session = unsaved_session(status, whole[1], capacity=whole[0], waiting_count=whole[2], format="hybrid")
    session.room_capacity, session.room_taken, session.room_waiting = room
    session.online_capacity, session.online_taken, session.online_waiting = online
    return session


def said(session, own=None) -> str:
    shown = meter(session, NOW, own)
    return f"{shown.lead}{shown.text}"


@pytest.mark.parametrize(
    ("session", "words"),
    [
        (hybrid((6, 2, 0), (12, 4, 0)), "Confirmed · 12 seats left"),
        (hybrid((6, 6, 2), (12, 4, 0)), "Confirmed · 8 seats left online"),
        (hybrid((6, 5, 0), (12, 12, 0)), "Confirmed · 1 seat left in the room"),
        (hybrid((6, 5, 1), (12, 4, 0)), "Confirmed · 8 seats left online"),
        (hybrid((6, 6, 2), (12, 12, 1)), "Full · 3 on the waitlist"),
    ],
)
def test_the_meter_says_where_seats_are_left(session, words):
    assert said(session) == words


def test_it_is_full_only_if_both_are():
    assert state_of(hybrid((6, 6, 0), (12, 11, 0)), NOW) is State.CONFIRMED
    assert state_of(hybrid((6, 6, 0), (12, 12, 0)), NOW) is State.FULL


def test_a_person_who_waits_is_counted_among_those_who_wait_for_the_same():
    full = hybrid((6, 6, 2), (12, 12, 3))
    assert said(full, Seat(number=2, mode="in_person", **MINE)) == "Full · you are 2nd of 2 waiting"
    assert said(full, Seat(number=2, mode="online", **MINE)) == "Full · you are 2nd of 3 waiting"


@pytest.mark.parametrize(
    ("session", "words"),
    [
        (hybrid((6, 2, 0), (12, 4, 0)), "4 of 6 seats left in the room, 8 of 12 online."),
        (hybrid((6, 6, 2), (12, 4, 0)), "The room is full. 8 of 12 seats left online."),
        (hybrid((6, 5, 0), (12, 12, 1)), "Online is full. 1 of 6 seats left in the room."),
    ],
)
def test_the_panel_says_what_is_left_of_each(session, words):
    assert panel(session, NOW).below == words


def test_an_open_seat_is_for_people_who_wait_for_its_mode():
    session, late = hybrid((6, 5, 1), (12, 12, 1)), STARTS - HOUR
    session.registration_closes_at = STARTS + timedelta(0)
    assert session.has_seat_for_the_quickest(late)
    assert session.has_seat_for_the_quickest(late, Mode.ROOM)
    assert not session.has_seat_for_the_quickest(late, Mode.ONLINE)


def test_a_session_of_one_mode_has_one_line():
    session = unsaved_session("confirmed", 20, waiting_count=3)
    assert session.lines == ("",) and session.line_of(Mode.ONLINE) == ""
    assert (session.taken_in(""), session.waiting_in("")) == (20, 3)


def test_without_a_word_a_seat_is_in_the_room():
    assert hybrid().line_of("") == Mode.ROOM
