"""The register panel asks one thing, in every state of a session."""

from datetime import timedelta
from urllib.parse import unquote

import pytest

from catalog.models import Workshop
from devtools.testing.meter import DECIDED, HOUR, NOW, STARTS, WAITING, Seat, unsaved_session
from sessions_app.display.panel import invitation_link, panel
from sessions_app.models import Session

MINE = Seat()
MINE.uuid = WAITING.uuid = "11111111-1111-1111-1111-111111111111"
PROMISE = "If six have not registered by Friday at 5:00 PM, we cancel and write to you that evening with other dates."


def of(*args, **fields):
    shown = unsaved_session(*args, **fields)
    shown.workshop = Workshop(title="Implicit Bias", slug="implicit-bias")
    return shown


TOLD = "If a seat opens, we write to everyone waiting, and the first to take it has it."


@pytest.mark.parametrize(
    ("taken", "own", "heading", "button", "link"),
    [
        (20, None, "This session is full", "Join the waitlist", ""),
        (20, WAITING, "You’re 2nd on the waitlist", "Leave the waitlist", ""),
        (19, None, "A seat has opened", "Join the waitlist", ""),
        (19, WAITING, "A seat has opened", "Take the seat", "Leave the waitlist"),
    ],
)
def test_an_open_seat_of_the_last_day_is_for_the_quickest(taken, own, heading, button, link):
    last_day = STARTS - 24 * HOUR
    shown = of("confirmed", taken, waiting_count=3)
    asked = panel(shown, last_day, own)
    assert (asked.heading, asked.button, asked.link) == (heading, button, link)
    assert (asked.below == TOLD) == (taken == 20)
    assert panel(shown, last_day - HOUR, own).button != "Take the seat"


def test_before_registration_opens_it_says_when():
    asked = panel(of(registration_opens_at=NOW + 24 * HOUR), NOW)
    assert (asked.heading, asked.button) == ("Registration opens on Wednesday, May 8 at 10:00 AM", "")
    assert asked.below == PROMISE


@pytest.mark.parametrize(
    ("shown", "own", "heading", "button", "below"),
    [
        (of(), None, "Two more and it’s confirmed", "Register", PROMISE),
        (of(taken=0), None, "Be the first of six", "Register", PROMISE),
        (of(taken=5), None, "One more and it’s confirmed", "Register", f"You would be the sixth. {PROMISE}"),
        (of(taken=6), None, "Six have registered", "Register", "We are confirming it now."),
        (of("confirmed", 11), None, "It’s happening", "Register", "9 of 20 seats left."),
        (of("confirmed", 19), None, "It’s happening", "Register", "One of 20 seats is left."),
        (
            of("confirmed", 20),
            None,
            "This session is full",
            "Join the waitlist",
            "If a seat opens, the next person in line gets it and we write to them at once.",
        ),
        (
            of(),
            MINE,
            "You’re registered",
            "Invite a colleague",
            "We write to you by Friday evening, either way.",
        ),
        (of("confirmed", 11), MINE, "You have a seat", "", "Your calendar invitation is in your mail."),
        (
            of("confirmed", 20, waiting_count=3),
            WAITING,
            "You’re 2nd on the waitlist",
            "Leave the waitlist",
            "If a seat opens, the next person in line gets it and we write to them at once.",
        ),
        (of("confirmed", 9, registration_closes_at=NOW), None, "Registration is closed", "See other dates", ""),
        (
            of("cancelled", cancelled_by_rule=True, cancelled_count=3),
            None,
            "This session was cancelled",
            "See other dates",
            "Three people had registered by the decision date, and it needed six.",
        ),
        (of("completed"), None, "This session has been held", "See other dates", ""),
    ],
)
def test_each_state_has_one_heading_and_one_thing_to_do(shown, own, heading, button, below):
    asked = panel(shown, NOW, own)
    assert (asked.heading, asked.button, asked.below) == (heading, button, below)


def test_a_deadline_more_than_a_week_away_has_its_date():
    assert "by Friday, May 10 at 5:00 PM" in panel(of(), NOW - timedelta(days=14)).below


def test_on_the_day_the_promise_says_today():
    words = "If six have not registered by 5:00 PM today, we cancel and write to you this evening with other dates."
    assert panel(of(), DECIDED - HOUR).below == words


def test_where_the_office_is_asked_first_no_cancellation_is_promised():
    assert "the office decides" in panel(of(at_deadline="ask"), NOW).below


def test_after_the_start_nobody_is_offered_to_leave():
    assert panel(of("confirmed", 9), STARTS - HOUR, MINE).link == "I can’t make it"
    assert panel(of("confirmed", 9), STARTS + HOUR, MINE).link == ""


def test_a_colleague_is_invited_with_the_count_the_day_and_the_link():
    link = unquote(invitation_link(of(), NOW, "https://quorum.example.edu/sessions/abcdefgh/"))
    assert link == (
        "mailto:?subject=Implicit Bias, Tue, May 14&body=I’m signed up for Implicit Bias on Tue, May 14, 12:30 PM. "
        "It needs two more people by Friday at 5:00 PM to go ahead: https://quorum.example.edu/sessions/abcdefgh/"
    )


# ---- where one person is enough ----


@pytest.mark.parametrize(
    ("at_deadline", "below"),
    [
        (Session.AtDeadline.CANCEL, "If nobody has registered by Friday at 5:00 PM, we cancel it."),
        (
            Session.AtDeadline.ASK,
            "If nobody has registered by Friday at 5:00 PM, the office decides whether to hold it.",
        ),
    ],
)
def test_a_minimum_of_one_is_no_call_for_people(at_deadline, below):
    asked = panel(of(taken=0, minimum=1, at_deadline=at_deadline), NOW)
    assert (asked.heading, asked.button) == ("It needs one person", "Register")
    assert asked.below == f"It is confirmed as soon as you register. {below}"


def test_with_a_minimum_of_one_the_first_registration_is_enough():
    asked = panel(of(taken=1, minimum=1), NOW)
    assert (asked.heading, asked.below, asked.waits) == (
        "One person has registered",
        "We are confirming it now.",
        True,
    )


def test_a_session_that_nobody_came_to_says_so():
    shown = of("cancelled", cancelled_by_rule=True, cancelled_count=0, cancelled_at=DECIDED)
    assert panel(shown, NOW).below == "Nobody had registered by the decision date, and it needed six."
