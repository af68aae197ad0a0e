"""What a session online and in person says of its two kinds of seats: to somebody who chooses, and who may switch."""

from datetime import datetime
from typing import NamedTuple

from foundation.text import ordinal
from registrations.models import Registration
from registrations.waitlist import has_room
from sessions_app.display.seats import seats_words
from sessions_app.models import Meeting, Mode, Session

FULL = {Mode.ROOM: "The room is full", Mode.ONLINE: "Online is full"}
REGISTER = {Mode.ROOM: "Register for the room", Mode.ONLINE: "Register for online"}
WAIT_FOR = {Mode.ROOM: "Join the waitlist for the room", Mode.ONLINE: "Join the waitlist for online"}


def choices_of(session: Session, now: datetime, wait: str) -> list[tuple[str, str]]:
    """Return the two choices, value and label. Two queries at most: one for each mode that somebody waits for.

    The value of one without a seat ends with `wait`, and its label says what waiting means.
    """
    choices = []
    for mode in Mode:
        if has_room(session, now, mode):
            choices.append((mode.value, f"{mode.label}: {seats_words(session.seats_left_in(mode))} left"))
        else:
            choices.append((mode.value + wait, _waiting_label(session, mode)))
    return choices


def _waiting_label(session: Session, mode: Mode) -> str:
    nth = ordinal(session.waiting_in(mode) + 1)
    if mode == Mode.ROOM:
        return f"Wait for the room: it is full, and you would be {nth} in line"
    return f"Wait for online: it is full, and you would be {nth} in line"


def ways_of(session: Session, now: datetime, wait: str) -> tuple[tuple[str, str], ...]:
    """Return the two buttons that register, value and words. Two queries at most, as for `choices_of`."""
    return tuple(
        (mode.value, REGISTER[mode]) if has_room(session, now, mode) else (mode.value + wait, WAIT_FOR[mode])
        for mode in Mode
    )


def place_for(meeting: Meeting, own: Registration) -> str:
    """Return where the person takes part in a meeting: “Learning Commons 210, Downtown”, or “Online”."""
    if meeting.venue is None or own.mode == Mode.ONLINE:
        return "Online"
    return meeting.venue.words


class Switch(NamedTuple):
    """What the page of a registration says of how its person takes part, and its button, which posts `mode`.

    With `waits` the button asks to switch later; without `mode` there is no button. `undoes` is the mode that a second
    button posts, which takes the asking back.
    """

    words: str
    mode: str = ""
    button: str = ""
    waits: bool = False
    undoes: str = ""


def switch_of(own: Registration, now: datetime) -> Switch | None:
    """Return how the person takes part and how they switch; None where nobody is asked. A query at most."""
    session = own.session
    if not session.asks_how or not own.is_active:
        return None
    other, is_ahead = Mode(own.other_mode), session.is_running and not session.has_started(now)
    words = _how_words(own)
    if not is_ahead:
        return Switch(words)
    if own.is_registered and own.wants:
        later = "You switch to the room as soon as a seat there is free that nobody without a seat waits for."
        if own.wants == Mode.ONLINE:
            later = "You switch to online as soon as a seat there is free that nobody without a seat waits for."
        return Switch(f"{words} {later}", undoes=own.line)
    if has_room(session, now, other):
        return Switch(words, other, _button(own, other))
    if own.is_waitlisted:
        return Switch(f"{words} {FULL[other]} too.")
    return Switch(
        f"{words} {FULL[other]}: you keep your seat, and can switch once one comes free.",
        other,
        _later_button(other),
        waits=True,
    )


def _how_words(own: Registration) -> str:
    if own.is_waitlisted:
        return "You wait for a seat online." if own.line == Mode.ONLINE else "You wait for a seat in the room."
    if not own.mode:
        return "You have not said how you take part, so a seat in the room is kept for you."
    return "You take part online." if own.line == Mode.ONLINE else "You take part in the room."


def _button(own: Registration, mode: Mode) -> str:
    if own.is_waitlisted:
        return "Take a seat online" if mode == Mode.ONLINE else "Take a seat in the room"
    return "Take part online instead" if mode == Mode.ONLINE else "Take part in the room instead"


def _later_button(mode: Mode) -> str:
    return "Switch to online when there is a seat" if mode == Mode.ONLINE else "Switch to the room when there is a seat"


def after_switching(own: Registration) -> str:
    """Say how the person takes part from now on, or that they switch later."""
    if own.wants:
        return "You keep your seat, and we write to you as soon as you have the other."
    if own.line == Mode.ONLINE:
        return "You take part online. Your calendar follows within minutes."
    return "You take part in the room. Your calendar follows within minutes."
