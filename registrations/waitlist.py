"""The waitlist: first come, first served, and no seat stands free while an eligible person waits.

A session that is online and in person has two of them, one for each kind of seat. People without a seat come before
those who have one of the other kind and would rather switch.

That holds until 24 hours before the first start. From then on a free seat stands open: everyone waiting for it is told,
and the first of them to take it has it. At the start the list is closed. Callers hold `session.lock()`.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from registrations.signals import registration_promoted, registration_switched, seat_opened, waitlist_closed
from sessions_app.models import Session

if TYPE_CHECKING:
    from registrations.models.waiting import Waiting


def pass_on(session: Session, now: datetime, freed: str, mode: str | None = None) -> None:
    """Give a seat that became free to the person it belongs to; in the last day tell everyone waiting for it.

    `freed` names the event, so that nobody is told of one twice. It is a seat of `mode`, or with None any.
    """
    promote_waiting(session, now)
    for line in session.lines if mode is None else [session.line_of(mode)]:
        if session.has_seat_for_the_quickest(now, line):
            for registration in session.registrations.waiting_for(line).select_related("person"):
                if registration.qualifies():
                    seat_opened.send(type(registration), registration=registration, freed=freed)


def promote_waiting(session: Session, now: datetime) -> None:
    """Give free seats of a running session to the people waiting for them, each line in its order.

    People who no longer qualify are skipped, not dropped. From 24 hours before the start nobody is promoted, nor while
    the date is being merged.
    """
    if not session.is_running or session.is_merging or session.is_in_last_day(now):
        return
    are_moving = True
    while are_moving:
        for mode in session.lines:
            if session.seats_left_in(mode) and session.waiting_in(mode):
                _promote(session, mode, now)
        # A person who switches leaves a seat of the other kind, for which somebody may wait.
        are_moving = session.asks_how and any(_switch_first(session, mode, now) for mode in session.lines)


def _switch_first(session: Session, mode: str, now: datetime) -> bool:
    """Give a free seat of `mode` to the first person who has one of the other kind and asked to switch, if any did."""
    if session.seats_left_in(mode) == 0:
        return False
    first = session.registrations.asking_for(mode).select_related("person").first()
    if first:
        switch(first, mode, now, how="waited")
    return first is not None


def _promote(session: Session, mode: str, now: datetime) -> None:
    for registration in session.registrations.waiting_for(mode).select_related("person"):
        if session.seats_left_in(mode) == 0:
            break
        if registration.qualifies():
            give_seat(registration, now)


def has_room(session: Session, now: datetime, mode: str = "") -> bool:
    """Tell whether the next person to register gets a seat: one is free that nobody who waits for it may have.

    Where the session asks how people take part, it is a seat of `mode`.
    """
    line = session.line_of(mode)
    left = session.seats_left_in(line)
    if left == 0 or session.waiting_in(line) == 0:
        return left > 0
    if session.is_in_last_day(now):
        return False
    waiting = session.registrations.waiting_for(line).select_related("person")
    return left > sum(registration.qualifies() for registration in waiting)


def give_seat(registration: "Waiting", now: datetime, **how: str) -> None:
    """Move somebody from the waitlist of `registration.session` into a seat that is free there, and announce it."""
    session = registration.session
    session.count(registration.mode, seats=1, waiting=-1)
    registration.status = registration.Status.REGISTERED
    registration.seated_at = now
    registration.save(update_fields=["status", "seated_at"])
    registration_promoted.send(type(registration), registration=registration, **how)


def give_back_capacity(registration: "Waiting") -> None:
    """Make the session as large again as it was, once somebody with a seat beyond its capacity has left that seat.

    The caller saves `beyond_capacity`, and has counted the seat as free.
    """
    if registration.beyond_capacity:
        registration.session.narrow(registration.mode)
        registration.beyond_capacity = False


def switch(registration: "Waiting", mode: str, now: datetime, **how: str) -> None:
    """Move somebody with a seat into a seat of `mode` that is free, leave theirs free, and announce it."""
    was, session = registration.mode, registration.session
    session.exchange(was, mode)
    give_back_capacity(registration)
    registration.mode, registration.mode_since = mode, now
    registration.wants, registration.wants_since = "", None
    registration.save(update_fields=["mode", "mode_since", "wants", "wants_since", "beyond_capacity"])
    registration_switched.send(type(registration), registration=registration, was=was, now=now, **how)


def follow_format(session: Session, was: str, now: datetime) -> dict[int, str]:
    """Let how people take part follow the format of a session that was held as `was`. Returns the modes until then.

    They are by the key of the registration, of people who are registered or wait. Where nobody is asked any more two
    lines become one, in the order of registering; people who have left said nothing either.
    """
    modes = dict(session.registrations.active().order_by().values_list("pk", "mode"))
    if session.asks_how:
        for mode in {*modes.values()}:
            if (after := session.mode_after(mode, was)) != mode:
                session.registrations.active().filter(mode=mode).update(mode=after, mode_since=now)
    else:
        session.registrations.exclude(mode="", wants="").update(mode="", wants="", wants_since=None)
    return modes


def move_to_front(registration: "Waiting") -> None:
    """Put a waitlisted registration before everybody who waits for the same; the others keep their order."""
    session = registration.session
    line = list(session.registrations.waiting_for(registration.line).filter(position__lte=registration.position))
    numbers = [one.position for one in line]
    # One position belongs to one row at every instant, so all of them step aside first.
    for aside, one in enumerate([line[-1], *line[:-1]]):
        one.position = session.next_position + aside
        one.save(update_fields=["position"])
    for number, one in zip(numbers, [line[-1], *line[:-1]], strict=True):
        one.position = number
        one.save(update_fields=["position"])
    registration.position = numbers[0]


def close(session: Session, now: datetime) -> None:
    """End the waiting for a session that has started, and say so once per person."""
    if not session.has_started(now):
        return
    for registration in session.registrations.waitlisted().select_related("person"):
        registration.status = registration.Status.WAITLIST_CLOSED
        registration.save(update_fields=["status"])
        waitlist_closed.send(type(registration), registration=registration)
    session.count_nobody(seats=False)
