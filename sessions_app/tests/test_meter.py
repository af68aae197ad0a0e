"""The quorum meter says every state in words, and its dots mean people."""

from datetime import UTC, datetime

import pytest

from devtools.testing.meter import DECIDED, HOUR, NOW, STARTS, WAITING, Seat, unsaved_session
from sessions_app.display.meter import State, meter, meter_for_office
from sessions_app.models import Session


def says(session: Session, now: datetime = NOW, own=None) -> str:
    shown = meter(session, now, own)
    return f"{shown.lead}{shown.text}{shown.when}"


@pytest.mark.parametrize(
    ("shown", "state", "words"),
    [
        (
            unsaved_session("cancelled", cancelled_by_rule=True, cancelled_count=3),
            State.CANCELLED,
            "Cancelled · 3 of 6 by Fri May 10",
        ),
        (
            unsaved_session("cancelled", cancel_reason="Facilitator unavailable."),
            State.CANCELLED,
            "Cancelled · Facilitator unavailable",
        ),
        (unsaved_session("completed", 9), State.HELD, "Held May 14 · 9 registered"),
        (
            unsaved_session("confirmed", 15, registration_closes_at=NOW),
            State.CLOSED,
            "Registration closed · 15 going",
        ),
        (unsaved_session("confirmed", 20, waiting_count=3), State.FULL, "Full · 3 on the waitlist"),
        (unsaved_session("confirmed", 20), State.FULL, "Full · join the waitlist"),
        (unsaved_session("confirmed", 19, waiting_count=1), State.FULL, "Full · 1 on the waitlist"),
        (unsaved_session("confirmed", 11), State.CONFIRMED, "Confirmed · 9 seats left"),
        (unsaved_session("confirmed", 19), State.CONFIRMED, "Confirmed · 1 seat left"),
        (unsaved_session("confirmed", 4), State.CONFIRMED, "Confirmed · 16 seats left"),
        (unsaved_session(taken=6), State.REACHED, "6 of 6 · confirming now"),
        (unsaved_session(taken=7), State.REACHED, "6 of 6 · confirming now"),
        (unsaved_session(confirm_by=NOW), State.PENDING, "4 of 6 · being decided today"),
        (unsaved_session(), State.GATHERING, "4 of 6 · 2 more to confirm by Fri May 10"),
        (unsaved_session(taken=0), State.GATHERING, "0 of 6 · six needed by Fri May 10"),
        (
            unsaved_session(registration_closes_at=NOW),
            State.GATHERING,
            "4 of 6 · registration closed, decision by Fri May 10",
        ),
        (unsaved_session("draft", 0, confirm_by=None), State.DRAFT, "Draft · it will need six"),
    ],
)
def test_every_state_says_itself_in_words(shown, state, words):
    assert meter(shown, NOW).state is state
    assert says(shown) == words


def test_the_office_reads_that_nobody_waits_and_is_not_asked_to_join():
    full, waiting = unsaved_session("confirmed", 20), unsaved_session("confirmed", 20, waiting_count=3)
    assert meter_for_office(full, NOW) == meter(full, NOW)._replace(text=" · nobody on the waitlist")
    assert meter_for_office(waiting, NOW) == meter(waiting, NOW)


def test_a_confirmed_session_that_has_ended_was_held():
    assert says(unsaved_session("confirmed", 9), STARTS + 2 * HOUR) == "Held May 14 · 9 registered"


def test_a_session_below_its_minimum_stays_confirmed():
    before, after = meter(unsaved_session("confirmed", 6), NOW), meter(unsaved_session("confirmed", 2), NOW)
    assert before.shape == after.shape == "qm-join qm-yes"
    assert before.dots == after.dots == ("on",) * 6


def test_on_the_day_itself_the_deadline_is_a_time():
    assert says(unsaved_session(), DECIDED - HOUR) == "4 of 6 · 2 more to confirm by 5:00 PM today"


def test_the_day_is_that_of_the_sessions_own_clock():
    late = datetime(2024, 5, 11, 3, 0, tzinfo=UTC)
    assert says(unsaved_session(confirm_by=late), late - HOUR).endswith("10:00 PM today")


def test_the_year_is_shown_only_when_it_is_not_the_current_one():
    assert (
        says(unsaved_session(), datetime(2023, 12, 1, tzinfo=UTC)) == "4 of 6 · 2 more to confirm by Fri May 10, 2024"
    )


def test_the_time_is_given_to_machines_with_its_offset():
    assert meter(unsaved_session(), NOW).when_iso == "2024-05-10T17:00-05:00"


@pytest.mark.parametrize(
    ("shown", "own", "words"),
    [
        (unsaved_session(), Seat(), "4 of 6, including you · 2 more to confirm by Fri May 10"),
        (unsaved_session(taken=6), Seat(), "6 of 6, including you · confirming now"),
        (unsaved_session("confirmed", 11), Seat(), "Confirmed · you have a seat"),
        (unsaved_session("confirmed", 20, waiting_count=3), Seat(), "Confirmed · you have a seat"),
        (unsaved_session("confirmed", 20), Seat(), "Confirmed · you have a seat"),
        (unsaved_session(taken=6, capacity=6), Seat(), "Full · you have a seat"),
        (unsaved_session("confirmed", 20, waiting_count=3), WAITING, "Full · you are 2nd of 3 waiting"),
    ],
)
def test_the_viewer_is_told_of_their_own_registration(shown, own, words):
    assert says(shown, own=own) == words


def test_the_viewers_disc_is_the_last_taken_one():
    assert meter(unsaved_session(), NOW, Seat()).dots == ("on", "on", "on", "on you", "", "")
    assert meter(unsaved_session(), NOW, WAITING).dots == ("on", "on", "on", "on", "", "")


@pytest.mark.parametrize(("minimum", "dots"), [(1, 1), (6, 6), (12, 12), (13, 0)])
def test_there_are_as_many_dots_as_the_minimum_up_to_twelve(minimum, dots):
    assert len(meter(unsaved_session(taken=0, minimum=minimum), NOW).dots) == dots


def test_never_more_dots_are_taken_than_there_are():
    assert meter(unsaved_session(taken=9), NOW).dots == ("on",) * 6


def test_a_cancelled_session_has_no_taken_seats():
    assert meter(unsaved_session("cancelled", 4), NOW).dots == ("",) * 6


def test_a_long_reason_is_cut_at_a_readable_length():
    words = says(unsaved_session("cancelled", cancel_reason="The room is closed " * 20))
    assert len(words) < 80
    assert words.endswith("…")
