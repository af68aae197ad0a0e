"""The register panel: what a session asks of the person looking at it, in every state of design.md's table. Pure."""

from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote

from foundation.dates import clock, local, long_day, short_day
from foundation.text import number_words, ordinal, ordinal_words
from sessions_app.display.meter import REASON_LENGTH, Place, State, state_of
from sessions_app.models import Session


class Panel(NamedTuple):
    """What the panel says. The button leads to the page named `leads_to`, of `key`; `link` is the quiet way out.

    `waits` is true while it will say something else a moment later.
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


GATHERING, ON, OFF = "is-gathering", "is-on", ""


def panel(session: Session, now: datetime, place: Place | None = None) -> Panel:
    """Return the panel of `session` (with its workshop) at `now` for somebody with `place` in it."""
    state = state_of(session, now)
    if state is State.DRAFT:
        return Panel(OFF, "This is a draft", "Only the office sees this page until the session is published.")
    if state is State.CANCELLED:
        again = ("Tell me when it is scheduled again", "interested", session.workshop.slug)
        return _over(session, "This session was cancelled", _why_cancelled(session), *again)
    if state is State.HELD:
        return _over(session, "This session has been held")
    if place is not None and place.is_registered:
        return _seated(session, state, now, place)
    if place is not None and place.is_waitlisted:
        return _waiting(session, now, place)
    if session.opens_later(now):
        below = "" if session.is_confirmed else _promise(session, now)
        return Panel(_tone(session), f"Registration opens {opening_words(session, now)}", below)
    if not session.takes_registrations(now):
        return _over(session, "Registration is closed")
    return _open(session, state, now)


def _open(session: Session, state: State, now: datetime) -> Panel:
    button = ("Register", "register", session.code)
    if state is State.FULL:
        tone, heading, below = _tone(session), "This session is full", _next_seat(session, now)
        if session.has_seat_for_the_quickest(now):
            heading = "A seat has opened"
            below = "The first person on the waitlist to take it has it. Join, and you can."
        return Panel(tone, heading, below, "Join the waitlist", *button[1:])
    if state is State.CONFIRMED:
        left = session.seats_left
        below = f"{left} of {session.capacity} seats left." if left > 1 else f"One of {session.capacity} seats is left."
        return Panel(ON, "It’s happening", below, *button)
    if state is State.REACHED:
        words = number_words(session.minimum).capitalize()
        return Panel(GATHERING, f"{words} have registered", "We are confirming it now.", *button, waits=True)
    if state is State.PENDING:
        below = f"{session.seats_taken} of {session.minimum} registered in time. We write to everyone either way."
        return Panel(GATHERING, "Being decided today", below, *button)
    missing = session.minimum - session.seats_taken
    if missing == 1 and session.minimum > 1:
        heading, below = "One more and it’s confirmed", f"You would be the {ordinal_words(session.minimum)}. "
    elif session.seats_taken == 0:
        heading, below = f"Be the first of {number_words(session.minimum)}", ""
    else:
        heading, below = f"{number_words(missing).capitalize()} more and it’s confirmed", ""
    return Panel(GATHERING, heading, below + _promise(session, now), *button)


def _waiting(session: Session, now: datetime, place: Place) -> Panel:
    heading, leave = f"You’re {ordinal(place.number)} on the waitlist", ("withdrawal", str(place.uuid))
    if session.has_started(now):
        return Panel(OFF, heading, "The session has started.")
    if session.has_seat_for_the_quickest(now):
        below = "The first person on the waitlist to take it has it."
        take = ("Take the seat", "seat", str(place.uuid), False)
        return Panel(_tone(session), "A seat has opened", below, *take, "Leave the waitlist", *leave)
    return Panel(OFF, heading, _next_seat(session, now), "Leave the waitlist", *leave, outline=True)


def _next_seat(session: Session, now: datetime) -> str:
    """Say who gets the next seat: the first in line, or in the last day whoever takes it first."""
    if session.is_in_last_day(now):
        return "If a seat opens, we write to everyone waiting, and the first to take it has it."
    return "If a seat opens, the next person in line gets it and we write to them at once."


def _tone(session: Session) -> str:
    return ON if session.is_confirmed else GATHERING


def _seated(session: Session, state: State, now: datetime, place: Place) -> Panel:
    leave = () if session.has_started(now) else ("I can’t make it", "withdrawal", str(place.uuid))
    no_button = ("", "", "", False)
    if session.is_confirmed:
        return Panel(ON, "You have a seat", "Your calendar invitation is in your mail.", *no_button, *leave)
    if state is State.GATHERING:
        below = f"We write to you {_by_the_evening(session, now)}, either way."
        invite = ("Invite a colleague", "nominate", session.code)
        return Panel(GATHERING, "You’re registered", below, *invite, False, *leave)
    if state is State.PENDING:
        return Panel(GATHERING, "You’re registered", "We decide today and write to you either way.", *no_button, *leave)
    return Panel(GATHERING, "You’re registered", "We are confirming it now.", *no_button, *leave, waits=True)


def _over(session: Session, heading: str, below: str = "", *link: str) -> Panel:
    return Panel(OFF, heading, below, "See other dates", "workshop", session.workshop.slug, True, *link)


def _why_cancelled(session: Session) -> str:
    if session.cancelled_by_rule:
        count = number_words(session.cancelled_count).capitalize()
        people = "person" if session.cancelled_count == 1 else "people"
        return f"{count} {people} had registered by the decision date, and it needed {number_words(session.minimum)}."
    return session.cancel_reason if len(session.cancel_reason) > REASON_LENGTH else ""


def _promise(session: Session, now: datetime) -> str:
    """Say what happens if the minimum is not reached: it is shown on every page as a promise."""
    start = f"If {number_words(session.minimum)} have not registered {by_words(session.confirm_by, session, now)}"
    if session.at_deadline == Session.AtDeadline.ASK:
        return f"{start}, the office decides whether to hold it, and we write to you either way."
    return f"{start}, we cancel and write to you {_that_time(session, now)} with other dates."


def opening_words(session: Session, now: datetime) -> str:
    """“on Monday, May 6 at 9:00 AM”: when registering begins."""
    zone, opens_at = session.time_zone, session.registration_opens_at
    return f"on {long_day(opens_at, zone, local(now, zone).year)} at {clock(opens_at, zone)}"


def by_words(instant: datetime, session: Session, now: datetime) -> str:
    """“by 5:00 PM today”, “by Friday at 5:00 PM” within the week, “by Friday, May 10 at 5:00 PM” later."""
    zone = session.time_zone
    day, today = local(instant, zone).date(), local(now, zone).date()
    if day == today:
        return f"by {clock(instant, zone)} today"
    words = f"{day:%A}" if day - today < timedelta(days=7) else long_day(instant, zone, today.year)
    return f"by {words} at {clock(instant, zone)}"


def _that_time(session: Session, now: datetime) -> str:
    decided = local(session.confirm_by, session.time_zone)
    part = "evening" if decided.hour >= 16 else "day"
    if decided.date() != local(now, session.time_zone).date():
        return f"that {part}"
    return "this evening" if part == "evening" else "today"


def _by_the_evening(session: Session, now: datetime) -> str:
    zone = session.time_zone
    decided, today = local(session.confirm_by, zone), local(now, zone).date()
    part = " evening" if decided.hour >= 16 else ""
    if decided.date() == today:
        return "this evening" if part else "today"
    if decided.date() - today < timedelta(days=7):
        return f"by {decided:%A}{part}"
    return f"by {short_day(session.confirm_by, zone, today.year)}"


def invitation_link(session: Session, now: datetime, address: str) -> str:
    """Return a mailto: link that asks a colleague along; `address` is the full address of the session's page."""
    zone = session.time_zone
    title, day = session.workshop.title, short_day(session.starts_at, zone, local(now, zone).year)
    missing = session.minimum - session.seats_taken
    needs = f"It needs {number_words(missing)} more {'person' if missing == 1 else 'people'}"
    decided = by_words(session.confirm_by, session, now)
    when = f"{day}, {clock(session.starts_at, zone)}"
    body = f"I’m signed up for {title} on {when}. {needs} {decided} to go ahead: {address}"
    return f"mailto:?subject={quote(f'{title}, {day}')}&body={quote(body)}"
