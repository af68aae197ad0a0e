"""The waitlist: first come, first served, and no seat stands free while an eligible person waits.

A session that is online and in person has two of them, one for each kind of seat. People without a seat come before
those who have one of the other kind and would rather switch.

That holds until 24 hours before the first start. From then on a free seat stands open: everyone waiting for it is told,
and the first of them to take it has it. At the start the list is closed. Callers hold `session.lock()`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from registrations import eligibility
from registrations.signals import registration_switched, registrations_promoted, seat_opened, waitlist_closed
from sessions_app.models import Session

if TYPE_CHECKING:
    from registrations.models.waiting import Waiting


def pass_on(session: Session, now: datetime, freed: str, mode: str | None = None) -> None:
    """Give a seat that became free to the person it belongs to; in the last day tell everyone waiting for it.

    `freed` names the event, so that nobody is told of one twice. It is a seat of `mode`, or with None any.
    """
    promote_waiting(session, now)
    for line in session.lines if mode is None else [session.line_of(mode)]:
        if session.has_seat_for_the_quickest(now, line) and (waiting := qualifying(session, line)):
            seat_opened.send(type(waiting[0]), registrations=waiting, freed=freed)


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
    give_seats(qualifying(session, mode)[: session.seats_left_in(mode)], now)


def qualifying(session: Session, line: str) -> "list[Waiting]":
    """Return the people who wait in `line` and may still take a seat, in order. Three queries, however many wait."""
    waiting = list(session.registrations.waiting_for(line).select_related("person"))
    may = eligibility.qualifying((one.person for one in waiting if not one.admitted), session)
    return [one for one in waiting if (one.person.is_active if one.admitted else one.person_id in may)]


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
    return left > len(qualifying(session, line))


def give_seat(registration: "Waiting", now: datetime, **how: str) -> None:
    """Move somebody from the waitlist of `registration.session` into a seat that is free there, and announce it."""
    give_seats([registration], now, **how)


def give_seats(registrations: "Sequence[Waiting]", now: datetime, **how: str) -> None:
    """Do for all of `registrations`, who wait in one line of one session, what `give_seat` does for one."""
    if not registrations:
        return
    first = registrations[0]
    first.session.count(first.mode, seats=len(registrations), waiting=-len(registrations))
    _write(registrations, status=first.Status.REGISTERED, seated_at=now)
    registrations_promoted.send(type(first), registrations=registrations, **how)


def _write(registrations: "Sequence[Waiting]", **values: Any) -> None:
    """Set and save `values` on all of `registrations`, in one statement."""
    for registration in registrations:
        for name, value in values.items():
            setattr(registration, name, value)
    keys = [registration.pk for registration in registrations]
    type(registrations[0])._default_manager.filter(pk__in=keys).update(**values)


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
    if waiting := list(session.registrations.waitlisted().select_related("person")):
        _write(waiting, status=waiting[0].Status.WAITLIST_CLOSED)
        waitlist_closed.send(type(waiting[0]), registrations=waiting)
    session.count_nobody(seats=False)
