"""Say what a person gives up and what they get, before they exchange what they have for another date."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from foundation.text import number_words, ordinal
from registrations.display.titles import day_of
from registrations.models import Registration
from sessions_app.display.meter import State, state_of
from sessions_app.display.panel import by_words
from sessions_app.models import Mode, Session


class Has(StrEnum):
    """What the person has now."""

    SEAT = "a seat in a confirmed session"
    PLACE = "a place in a session that is not confirmed"
    LINE = "a number in a waitlist"
    NOTHING = "nothing: the session was cancelled"


class Gets(StrEnum):
    """What the other date gives them."""

    SEAT = "a seat in a confirmed session"
    MANY_MISSING = "a place, and more people must join"
    ONE_MISSING = "a place, and one more person must join"
    LAST = "the last place it needs"
    DECIDED = "a place, and it is being confirmed or decided"


# Each sentence stands here whole, so that it can be translated.
SENTENCES = {
    (Has.SEAT, Gets.SEAT): "You give up a confirmed seat on {day} and get a confirmed seat on this date.",
    (Has.SEAT, Gets.MANY_MISSING): "You give up a confirmed seat on {day} for a date that {many} more people must join "
    "{by}. If they don’t, it is cancelled.",
    (Has.SEAT, Gets.ONE_MISSING): "You give up a confirmed seat on {day} for a date that one more person must join "
    "{by}. If nobody does, it is cancelled.",
    (Has.SEAT, Gets.LAST): "You give up a confirmed seat on {day} for a date that you make complete: it is confirmed "
    "once you join.",
    (Has.SEAT, Gets.DECIDED): "You give up a confirmed seat on {day} for a date that is not confirmed yet.",
    (Has.PLACE, Gets.SEAT): "You give up a place on {day}, which is not confirmed yet, and get a confirmed seat.",
    (Has.PLACE, Gets.MANY_MISSING): "You give up a place on {day} for a date that {many} more people must join {by}. "
    "Neither is confirmed yet.",
    (Has.PLACE, Gets.ONE_MISSING): "You give up a place on {day} for a date that one more person must join {by}. "
    "Neither is confirmed yet.",
    (Has.PLACE, Gets.LAST): "You give up a place on {day}, which is not confirmed yet, for a date that you make "
    "complete: it is confirmed once you join.",
    (Has.PLACE, Gets.DECIDED): "You give up a place on {day}. Neither date is confirmed yet.",
    (Has.LINE, Gets.SEAT): "You leave the waitlist for {day}, where you are {nth} in line, and get a confirmed seat.",
    (Has.LINE, Gets.MANY_MISSING): "You leave the waitlist for {day}, where you are {nth} in line, for a date that "
    "{many} more people must join {by}.",
    (Has.LINE, Gets.ONE_MISSING): "You leave the waitlist for {day}, where you are {nth} in line, for a date that one "
    "more person must join {by}.",
    (Has.LINE, Gets.LAST): "You leave the waitlist for {day}, where you are {nth} in line, for a date that you make "
    "complete: it is confirmed once you join.",
    (Has.LINE, Gets.DECIDED): "You leave the waitlist for {day}, where you are {nth} in line, for a date that is not "
    "confirmed yet.",
    (Has.NOTHING, Gets.SEAT): "You get a confirmed seat.",
    (Has.NOTHING, Gets.MANY_MISSING): "You get a place on a date that {many} more people must join {by}.",
    (Has.NOTHING, Gets.ONE_MISSING): "You get a place on a date that one more person must join {by}.",
    (Has.NOTHING, Gets.LAST): "You get a place on a date that you make complete: it is confirmed once you join.",
    (Has.NOTHING, Gets.DECIDED): "You get a place on a date that is not confirmed yet.",
}
# By the mode that is full, "" where nobody is asked.
WAIT = {
    "": "This date is full. You would be {nth_there} in line, and you keep what you have on {day} while you wait.",
    Mode.ROOM: "The room is full on this date. You would be {nth_there} in line for it, and you keep what you have on "
    "{day} while you wait.",
    Mode.ONLINE: "Online is full on this date. You would be {nth_there} in line for it, and you keep what you have on "
    "{day} while you wait.",
}
WAIT_ALONE = {
    "": "This date is full. You would be {nth_there} in line.",
    Mode.ROOM: "The room is full on this date. You would be {nth_there} in line for it.",
    Mode.ONLINE: "Online is full on this date. You would be {nth_there} in line for it.",
}


class Exchange(NamedTuple):
    """What a move means: the sentence, whether it joins a waitlist, and whether a confirmed seat is given up for less.

    A button that gives up a confirmed seat for less is never the filled one.
    """

    words: str
    waits: bool
    is_loss: bool


def exchange(own: Registration, to: Session, now: datetime, mode: str = "") -> Exchange:
    """Say what moving `own`, which is active or was in a cancelled session, to the date `to` gives up and gets.

    Where `to` asks how people take part, it is in `mode`; without one, in whichever of the two has a seat.

    No query, and one for a person who is on the waitlist: their number in line, unless `own.number` has it.
    """
    has, day = _has(own), day_of(own.session, own.session.starts_at, now)
    line = to.line_of(mode) if mode else ""
    is_full = to.is_waited_for_in(line) if line else state_of(to, now) is State.FULL
    if is_full:
        literal = (WAIT_ALONE if has is Has.NOTHING else WAIT)[line]
        return Exchange(literal.format(day=day, nth_there=ordinal(to.waiting_in(line) + 1)), True, False)
    gets = _gets(to, now)
    words = SENTENCES[has, gets].format(
        day=day,
        nth=ordinal(getattr(own, "number", 0) or own.place_in_line) if has is Has.LINE else "",
        many=number_words(to.minimum - to.seats_taken - 1),
        by=by_words(to.confirm_by, to, now) if to.confirm_by else "",
    )
    return Exchange(words, False, has is Has.SEAT and gets is not Gets.SEAT)


def _has(own: Registration) -> Has:
    if not own.is_active:
        return Has.NOTHING
    if own.is_waitlisted:
        return Has.LINE
    return Has.SEAT if own.session.is_confirmed else Has.PLACE


def _gets(to: Session, now: datetime) -> Gets:
    if to.is_confirmed:
        return Gets.SEAT
    missing = to.minimum - to.seats_taken - 1
    if missing < 0 or state_of(to, now) is State.PENDING:
        return Gets.DECIDED
    if missing == 0:
        return Gets.LAST
    return Gets.ONE_MISSING if missing == 1 else Gets.MANY_MISSING
