"""The register panel: what a session asks of the person looking at it, in every state of design.md's table. Pure."""

from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote

from foundation.dates import clock, deadline, local, long_day_and_time, short_day
from foundation.portal.reader import Posture
from foundation.text import number_words, ordinal, ordinal_words
from sessions_app.display.meter import REASON_LENGTH, Seat, State, state_of
from sessions_app.display.seats import left_in_each
from sessions_app.models import Session

# From this hour on a decision date is in the evening.
EVENING = 16


class Panel(NamedTuple):
    """What the panel says. The button leads to the page named `leads_to`, of `key`; `link` is the quiet way out.

    `waits` is true while it will say something else a moment later. `posts` is the name of what the button posts to
    that page, for a viewer of whom nothing needs to be asked; empty where the button is a link. `ways` are the values
    it may post, each with the words of a button of its own; empty for the one button.
    """

    tone: str
    heading: str
    below: str = ""
    button: str = ""
    leads_to: str = ""
    key: str = ""
    outline: bool = False
    link: str = ""
    link_to: str = ""
    link_key: str = ""
    waits: bool = False
    posts: str = ""
    ways: tuple[tuple[str, str], ...] = ()


JOIN_WAITLIST = "Join the waitlist"
MERGING = "This date and another one become one. Choose another date."
GATHERING, ON, OFF = "is-gathering", "is-on", ""


def panel(session: Session, now: datetime, own: Seat | None = None) -> Panel:
    """Return the panel of `session` (with its workshop) at `now` for a viewer whose registration is `own`."""
    state = state_of(session, now)
    if state is State.DRAFT:
        return Panel(OFF, "This is a draft", "Only the office sees this page until the session is published.")
    if state is State.CANCELLED:
        over = _over(session, "This session was cancelled", _why_cancelled(session))
        if session.workshop.seen_by == Posture.LINK:
            return over
        return over._replace(
            link="Tell me when it is scheduled again", link_to="interested", link_key=session.workshop.slug
        )
    if state is State.HELD:
        return _over(session, "This session has been held")
    if own is not None and own.is_registered:
        return _registered(session, state, now, own)
    if own is not None and own.is_waitlisted:
        return _waiting(session, now, own)
    if session.registration_opens_at and session.opens_later(now):
        opens = long_day_and_time(session.registration_opens_at, session.time_zone, now)
        below = "" if session.is_confirmed else _promise(session, now)
        return Panel(_tone(session), f"Registration opens on {opens}", below)
    if session.is_merging:
        return _over(session, "Registration is closed", MERGING)
    if not session.takes_registrations(now):
        return _over(session, "Registration is closed")
    return _open(session, state, now)


def _open(session: Session, state: State, now: datetime) -> Panel:
    """Return the panel of somebody who may register now."""
    tone, heading, below = _invitation(session, state, now)
    button = JOIN_WAITLIST if state is State.FULL else "Register"
    return Panel(tone, heading, below, button, "register", session.code, waits=state is State.REACHED)


def _invitation(session: Session, state: State, now: datetime) -> tuple[str, str, str]:
    """Return the tone, the heading and what stands below it, for somebody who may register now."""
    if state is State.FULL:
        if session.has_seat_for_the_quickest(now):
            below = "The first person on the waitlist to take it has it. Join, and you can."
            return _tone(session), "A seat has opened", below
        return _tone(session), "This session is full", _next_seat(session, now)
    if state is State.CONFIRMED:
        return ON, "It’s happening", left_in_each(session) if session.asks_how else seats_left_words(session)
    if state is State.REACHED:
        heading = (
            "One person has registered" if session.minimum == 1 else f"{_capital(session.minimum)} have registered"
        )
        return GATHERING, heading, "We are confirming it now."
    if state is State.PENDING and session.minimum == 1:
        return GATHERING, "Being decided today", "Nobody registered in time. We write to everyone either way."
    if state is State.PENDING:
        below = f"{session.seats_taken} of {session.minimum} registered in time. We write to everyone either way."
        return GATHERING, "Being decided today", below
    missing, promise = session.minimum - session.seats_taken, _promise(session, now)
    if session.minimum == 1:
        return GATHERING, "It needs one person", f"It is confirmed as soon as you register. {promise}"
    if missing == 1:
        below = f"You would be the {ordinal_words(session.minimum)}. {promise}"
        return GATHERING, "One more and it’s confirmed", below
    if session.seats_taken == 0:
        return GATHERING, f"Be the first of {number_words(session.minimum)}", promise
    return GATHERING, f"{_capital(missing)} more and it’s confirmed", promise


def _waiting(session: Session, now: datetime, own: Seat) -> Panel:
    """Return the panel of somebody on the waitlist."""
    heading, key = f"You’re {ordinal(own.number)} on the waitlist", str(own.uuid)
    if session.has_started(now):
        return Panel(OFF, heading, "The session has started.")
    if session.has_seat_for_the_quickest(now, own.mode):
        below = "The first person on the waitlist to take it has it."
        shown = Panel(_tone(session), "A seat has opened", below, "Take the seat", "seat", key)
        return shown._replace(link="Leave the waitlist", link_to="withdrawal", link_key=key)
    return Panel(OFF, heading, _next_seat(session, now), "Leave the waitlist", "withdrawal", key, outline=True)


def _next_seat(session: Session, now: datetime) -> str:
    """Say who gets the next seat: the first in line, or in the last day the first person who takes it."""
    if session.is_in_last_day(now):
        return "If a seat opens, we write to everyone waiting, and the first to take it has it."
    return "If a seat opens, the next person in line gets it and we write to them at once."


def _tone(session: Session) -> str:
    return ON if session.is_confirmed else GATHERING


def _registered(session: Session, state: State, now: datetime, own: Seat) -> Panel:
    """Return the panel of somebody with a seat, with the way out until the session starts."""
    if session.is_confirmed:
        shown = Panel(ON, "You have a seat", "Your calendar invitation is in your mail.")
    elif state is State.GATHERING:
        below, key = _when_we_write(session, now), session.code
        shown = Panel(GATHERING, "You’re registered", below, "Invite a colleague", "nominate", key)
    elif state is State.PENDING:
        shown = Panel(GATHERING, "You’re registered", "We decide today and write to you either way.")
    else:
        shown = Panel(GATHERING, "You’re registered", "We are confirming it now.", waits=True)
    if session.has_started(now):
        return shown
    return shown._replace(link="I can’t make it", link_to="withdrawal", link_key=str(own.uuid))


def _over(session: Session, heading: str, below: str = "") -> Panel:
    return Panel(OFF, heading, below, "See other dates", "workshop", session.workshop.slug, outline=True)


def _capital(number: int) -> str:
    return number_words(number).capitalize()


def _why_cancelled(session: Session) -> str:
    if not session.cancelled_by_rule or session.cancelled_count is None:
        return session.cancel_reason if len(session.cancel_reason) > REASON_LENGTH else ""
    count, minimum = _capital(session.cancelled_count), number_words(session.minimum)
    if session.cancelled_count == 0 and session.minimum == 1:
        return "Nobody had registered by the decision date."
    if session.cancelled_count == 0:
        return f"Nobody had registered by the decision date, and it needed {minimum}."
    if session.cancelled_count == 1:
        return f"{count} person had registered by the decision date, and it needed {minimum}."
    return f"{count} people had registered by the decision date, and it needed {minimum}."


def _promise(session: Session, now: datetime) -> str:
    """Say what happens if the minimum is not reached: it is shown on every page as a promise."""
    six, by = number_words(session.minimum), deadline(session.confirm_by, session.time_zone, now)
    if session.minimum == 1:
        return _promise_of_one(session, by)
    if session.at_deadline == Session.AtDeadline.ASK:
        return (
            f"If {six} have not registered by {by}, the office decides whether to hold it, "
            "and we write to you either way."
        )
    if not _is_decided_today(session, now):
        if _is_decided_in_the_evening(session):
            return f"If {six} have not registered by {by}, we cancel and write to you that evening with other dates."
        return f"If {six} have not registered by {by}, we cancel and write to you that day with other dates."
    if _is_decided_in_the_evening(session):
        return f"If {six} have not registered by {by}, we cancel and write to you this evening with other dates."
    return f"If {six} have not registered by {by}, we cancel and write to you today with other dates."


def _promise_of_one(session: Session, by: str) -> str:
    """Say the same of a session that needs one person: without one there is nobody to write to."""
    if session.at_deadline == Session.AtDeadline.ASK:
        return f"If nobody has registered by {by}, the office decides whether to hold it."
    return f"If nobody has registered by {by}, we cancel it."


def _when_we_write(session: Session, now: datetime) -> str:
    """Say until when somebody who is registered knows whether the session takes place."""
    zone = session.time_zone
    decided, today = local(session.confirm_by, zone), local(now, zone).date()
    if decided.date() - today >= timedelta(days=7):
        return f"We write to you by {short_day(session.confirm_by, zone, today.year)}, either way."
    if _is_decided_today(session, now):
        if _is_decided_in_the_evening(session):
            return "We write to you this evening, either way."
        return "We write to you today, either way."
    if _is_decided_in_the_evening(session):
        return f"We write to you by {decided:%A} evening, either way."
    return f"We write to you by {decided:%A}, either way."


def _is_decided_today(session: Session, now: datetime) -> bool:
    return local(session.confirm_by, session.time_zone).date() == local(now, session.time_zone).date()


def _is_decided_in_the_evening(session: Session) -> bool:
    return local(session.confirm_by, session.time_zone).hour >= EVENING


def invitation_link(session: Session, now: datetime, address: str) -> str:
    """Return a mailto: link that asks a colleague along; `address` is the full address of the session's page."""
    zone, title = session.time_zone, session.workshop.title
    day, at = short_day(session.starts_at, zone, local(now, zone).year), clock(session.starts_at, zone)
    missing, decided = session.minimum - session.seats_taken, deadline(session.confirm_by, zone, now)
    needs = f"It needs {number_words(missing)} more people by {decided} to go ahead: {address}"
    if missing == 1:
        needs = f"It needs one more person by {decided} to go ahead: {address}"
    body = f"I’m signed up for {title} on {day}, {at}. {needs}"
    return f"mailto:?subject={quote(f'{title}, {day}')}&body={quote(body)}"


# ---- parts of sentences that other pages and mail build ----


def seats_left_words(session: Session) -> str:
    """“9 of 20 seats left.”, “One of 20 seats is left.”"""
    left = session.seats_left
    return f"{left} of {session.capacity} seats left." if left > 1 else f"One of {session.capacity} seats is left."


def opening_words(session: Session, now: datetime) -> str:
    """“on Monday, May 6 at 9:00 AM”: when registering begins."""
    if session.registration_opens_at is None:
        return ""
    return f"on {long_day_and_time(session.registration_opens_at, session.time_zone, now)}"


def by_words(instant: datetime, session: Session, now: datetime) -> str:
    """“by 5:00 PM today”, “by Friday at 5:00 PM” within the week, “by Friday, May 10 at 5:00 PM” later."""
    return f"by {deadline(instant, session.time_zone, now)}"
