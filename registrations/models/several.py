"""Registering for several sessions at once: all of them are given, or none."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from accounts.models import Person
from registrations import eligibility
from registrations.clash import Clash
from registrations.models.standing import lock_all
from sessions_app.models import Session

if TYPE_CHECKING:
    from registrations.models.registration import Registration


def join_all(
    model: "type[Registration]", person: Person, sessions: Iterable[Session], now: datetime, accepted: Collection[str]
) -> list["Registration"]:
    """Do what `register_for_all` says, in its transaction: which ends with an error where one seat cannot be given.

    1. Lock all sessions in ascending key order, as every verb that locks several.
    2. Register for them in the order of their times, so that a workshop comes after the one that prepares for it.
    3. Raise the NotAll that says of each session why not, if of one.
    """
    chosen = list(dict.fromkeys(sessions))
    lock_all(chosen)
    given: list[Registration] = []
    refused: list[Session] = []
    problems: dict[int, Exception] = {}
    # Only a draft has no time, and it is refused.
    for session in sorted(chosen, key=lambda one: (one.starts_at is None, one.starts_at, one.pk)):
        try:
            given.append(_join(model, person, session, now, accepted, problems))
        except model.Refused as refusal:
            if not _follows_from(refused, person, session):
                problems[session.pk] = refusal
            refused.append(session)
    if problems:
        raise model.NotAll("You are registered for none of them.", problems)
    return given


def _join(
    model: "type[Registration]",
    person: Person,
    session: Session,
    now: datetime,
    accepted: Collection[str],
    problems: dict[int, Exception],
) -> "Registration":
    """Give a seat, in spite of a clash: it is one of the `problems` unless it was `accepted`."""
    try:
        registration = model._join(person, session, now, seat=True, warns=True)
    except Clash as clash:
        if clash.name not in accepted:
            problems[session.pk] = clash
        # What comes after it is looked at as if it had been given.
        registration = model._join(person, session, now, seat=True)
    if registration.is_waitlisted:
        raise model.NotThere("You are on the waitlist for this date. Choose another date.")
    return registration


def _follows_from(refused: list[Session], person: Person, session: Session) -> bool:
    """Tell whether all that keeps `person` from `session` is that earlier ones of their choice were `refused`."""
    if eligibility.why_not_as(person, session):
        return False
    missing = eligibility.missing_workshops(person, session.workshop, session.starts_at)
    earlier = {one.workshop_id for one in refused if one.ends_at <= session.starts_at}
    return bool(missing) and all(workshop.pk in earlier for workshop in missing)
