"""The quorum meter: how many have registered, how many more it takes, and by when (design.md section 3).

Pure: it takes a session, an instant and the viewer's own registration, and gives exactly the values shown. The states
are tested in the order of design.md's table, which is the order of `State`.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID

from foundation.dates import clock, local, month_day, plain_day
from foundation.text import number_words, ordinal
from sessions_app.display.seats import left_where
from sessions_app.models import Session

MOST_DOTS = 12
REASON_LENGTH = 60
JOIN, NOBODY_WAITS = "join the waitlist", "nobody on the waitlist"


class Seat(Protocol):
    """The viewer's own registration for a session; `number` is its 1-based position on the waitlist."""

    number: int

    @property
    def mode(self) -> str: ...

    @property
    def uuid(self) -> UUID: ...

    @property
    def is_registered(self) -> bool: ...

    @property
    def is_waitlisted(self) -> bool: ...


class State(StrEnum):
    """What the meter says about a session."""

    DRAFT = "draft"
    CANCELLED = "cancelled"
    HELD = "held"
    CLOSED = "closed"
    FULL = "full"
    CONFIRMED = "confirmed"
    REACHED = "reached"
    PENDING = "pending"
    GATHERING = "gathering"


SHAPES = {
    State.CANCELLED: "qm-off",
    State.HELD: "qm-join qm-yes qm-past",
    State.CLOSED: "qm-join qm-past",
    State.FULL: "qm-join qm-full",
    State.CONFIRMED: "qm-join qm-yes",
}


class Meter(NamedTuple):
    """Every value a meter shows, and nothing else. `dots` holds one class per seat; it is empty above twelve."""

    state: State
    shape: str
    dots: tuple[str, ...]
    lead: str
    counts: bool
    text: str
    when: str = ""
    when_iso: str = ""

    @property
    def check(self) -> bool:
        """True where a check mark follows the dots."""
        return "qm-yes" in self.shape


def state_of(session: Session, now: datetime) -> State:
    """Return the state of `session` at `now`: the first that applies, in the order of design.md's table."""
    if session.status == Session.Status.DRAFT:
        return State.DRAFT
    if session.status == Session.Status.CANCELLED:
        return State.CANCELLED
    if session.status == Session.Status.COMPLETED or (session.is_confirmed and session.ends_at <= now):
        return State.HELD
    if session.is_confirmed and not session.takes_registrations(now) and not session.opens_later(now):
        return State.CLOSED
    if session.is_only_waited_for:
        return State.FULL
    if session.is_confirmed:
        return State.CONFIRMED
    if session.seats_taken >= session.minimum:
        return State.REACHED
    if session.confirm_by is not None and session.confirm_by <= now:
        return State.PENDING
    return State.GATHERING


def meter(session: Session, now: datetime, own: Seat | None = None, says_year: bool = True) -> Meter:
    """Return what the meter of `session` shows at `now` (aware) to a viewer whose registration is `own`.

    Its days name their year where it is not the present one, if the meter `says_year`: where the year of the session
    stands beside it, it need not.
    """
    state = state_of(session, now)
    this_year = local(now, session.time_zone).year if says_year else None
    seated = own is not None and own.is_registered
    taken = session.seats_taken
    if state is State.CANCELLED:
        return _cancelled(session, this_year)
    lead, text, when, when_iso = "", "", "", ""
    if state is State.DRAFT:
        lead, text = "Draft", f" · it will need {number_words(session.minimum)}"
    elif state is State.HELD:
        came = f"{taken} registered" if session.attended is None else f"{session.attended} attended"
        lead, text = f"Held {_held_on(session, this_year)}", f" · {came}"
    elif state is State.CLOSED:
        lead, text = "Registration closed", f" · {taken} going"
    elif state is State.FULL:
        lead = "A seat has opened" if session.has_seat_for_the_quickest(now) else "Full"
        text = f" · {_waiting(session, own)}"
    elif state is State.CONFIRMED:
        left, where = session.seats_left_for_anybody, left_where(session)
        lead, text = "Confirmed", f" · 1 seat left{where}" if left == 1 else f" · {left} seats left{where}"
    else:
        lead = f"{min(taken, session.minimum)} of {session.minimum}"
        text = ", including you" if seated else ""
        if state is State.REACHED:
            text += " · confirming now"
        elif state is State.PENDING:
            text += " · being decided today"
        else:
            text += _still_needed(session, now)
            when, when_iso = _deadline(session, now, this_year)
    if seated and state in (State.CLOSED, State.FULL, State.CONFIRMED):
        text = " · you have a seat"
        if state is State.FULL and session.is_confirmed:  # what is full to others takes place, to those in it
            lead = "Confirmed"
    seen = seated and state in (State.GATHERING, State.PENDING, State.REACHED)
    dots = _dots(session.minimum, session.minimum if state in SHAPES else taken, seen)
    counts = state in (State.GATHERING, State.PENDING, State.REACHED)
    return Meter(state, SHAPES.get(state, ""), dots, lead, counts, text, when, when_iso)


def meter_for_office(session: Session, now: datetime) -> Meter:
    """Return the meter as the office reads it: with how many wait, also when nobody does."""
    shown = meter(session, now)
    return shown._replace(text=f" · {NOBODY_WAITS}") if shown.text == f" · {JOIN}" else shown


def _cancelled(session: Session, this_year: int | None) -> Meter:
    dots = _dots(session.minimum, 0, False)
    if session.cancelled_by_rule:
        text, when = f" · {session.cancelled_count} of {session.minimum} by ", _decided_on(session, this_year)
        return Meter(State.CANCELLED, SHAPES[State.CANCELLED], dots, "Cancelled", False, text, when, _iso(session))
    reason = " ".join(session.cancel_reason.split())
    if len(reason) > REASON_LENGTH:
        reason = reason[: REASON_LENGTH - 1].rstrip(" .,;:") + "…"
    text = f" · {reason.rstrip('.')}" if reason else ""
    return Meter(State.CANCELLED, SHAPES[State.CANCELLED], dots, "Cancelled", False, text)


def _waiting(session: Session, own: Seat | None) -> str:
    if own is not None and own.is_waitlisted:
        return f"you are {ordinal(own.number)} of {session.waiting_in(session.line_of(own.mode))} waiting"
    return f"{session.waiting_count} on the waitlist" if session.waiting_count else JOIN


def _still_needed(session: Session, now: datetime) -> str:
    if not session.takes_registrations(now) and not session.opens_later(now):
        return " · registration closed, decision by "
    if session.minimum == 1:
        return " · one person needed by "
    if session.seats_taken == 0:
        return f" · {number_words(session.minimum)} needed by "
    return f" · {session.minimum - session.seats_taken} more to confirm by "


def _deadline(session: Session, now: datetime, this_year: int | None) -> tuple[str, str]:
    zone = session.time_zone
    if local(session.confirm_by, zone).date() == local(now, zone).date():
        return f"{clock(session.confirm_by, zone)} today", _iso(session)
    return _decided_on(session, this_year), _iso(session)


def _decided_on(session: Session, this_year: int | None) -> str:
    """“Fri May 10”; with the year unless it is `this_year` (None: never)."""
    return plain_day(session.confirm_by, session.time_zone, this_year)


def _held_on(session: Session, this_year: int | None) -> str:
    """“May 14”; with the year unless it is `this_year` (None: never)."""
    return month_day(session.starts_at, session.time_zone, this_year)


def _iso(session: Session) -> str:
    return local(session.confirm_by, session.time_zone).isoformat(timespec="minutes")


def _dots(minimum: int, taken: int, seated: bool) -> tuple[str, ...]:
    """Return one class per seat of the minimum; the viewer's is the last taken one. None above twelve seats."""
    if minimum > MOST_DOTS:
        return ()
    taken = min(taken, minimum)
    dots = ["on"] * taken + [""] * (minimum - taken)
    if seated and taken:
        dots[taken - 1] = "on you"
    return tuple(dots)
