"""The waitlist: first come, first served, and no seat stands free while an eligible person waits.

That holds until 24 hours before the first start. From then on a free seat stands open: everyone waiting is told, and
the first of them to take it has it. At the start the list is closed. Callers hold `session.lock()`.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from registrations.signals import registration_promoted, seat_opened, waitlist_closed
from sessions_app.models import Session

if TYPE_CHECKING:
    from registrations.models.waiting import Waiting


def pass_on(session: Session, now: datetime, freed: str) -> None:
    """Give a seat that became free to the person it belongs to; in the last day tell everyone waiting.

    `freed` names the event, so that nobody is told of one twice.
    """
    promote_waiting(session, now)
    if session.has_seat_for_the_quickest(now):
        for registration in session.registrations.waitlisted().select_related("person"):
            if registration.qualifies():
                seat_opened.send(type(registration), registration=registration, freed=freed)


def promote_waiting(session: Session, now: datetime) -> None:
    """Give free seats of a running session to the people waiting, in order.

    People who no longer qualify are skipped, not dropped. From 24 hours before the start nobody is promoted.
    """
    is_still_time = session.is_running and not session.is_in_last_day(now)
    if not is_still_time or session.seats_left == 0 or session.waiting_count == 0:
        return
    for registration in session.registrations.waitlisted().select_related("person"):
        if session.seats_left == 0:
            break
        if registration.qualifies():
            give_seat(registration, now)


def has_room(session: Session, now: datetime) -> bool:
    """Tell whether the next person to register gets a seat: one is free that nobody who waits may have."""
    if session.seats_left == 0 or session.waiting_count == 0:
        return session.seats_left > 0
    if session.is_in_last_day(now):
        return False
    waiting = session.registrations.waitlisted().select_related("person")
    return session.seats_left > sum(registration.qualifies() for registration in waiting)


def give_seat(registration: "Waiting", now: datetime, **how: str) -> None:
    """Move somebody from the waitlist of `registration.session` into a seat that is free there, and announce it."""
    session = registration.session
    session.seats_taken += 1
    session.waiting_count -= 1
    session.save(update_fields=["seats_taken", "waiting_count"])
    registration.status = registration.Status.REGISTERED
    registration.seated_at = now
    registration.save(update_fields=["status", "seated_at"])
    registration_promoted.send(type(registration), registration=registration, **how)


def move_to_front(registration: "Waiting") -> None:
    """Put a waitlisted registration before everybody who waits in its session; the others keep their order."""
    session = registration.session
    line = list(session.registrations.waitlisted().filter(position__lte=registration.position))
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
    session.waiting_count = 0
    session.save(update_fields=["waiting_count"])
