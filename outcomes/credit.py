"""What people have earned: the one place that reckons credit, from attendance and from what a meeting is worth."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from accounts.models import Person
from foundation.dates import local
from outcomes.evaluations.answered import answered_among
from outcomes.models.attendance import Attendance, AttendanceQuerySet
from outcomes.models.credit import CreditKind, CreditOffer
from registrations.models import Registration
from sessions_app.models import Session

# One person in one session, by their keys.
Seen = tuple[int, int]


class Earned(NamedTuple):
    """So many hours of one kind, earned in one session. `on` is the day of its last meeting, in the session's zone.

    Where `waits` is True they count once the person has answered the evaluation.
    """

    kind: CreditKind
    hours: Decimal
    session: Session
    on: date
    waits: bool = False


def earned(person: Person) -> list[Earned]:
    """Return all that `person` has earned, walk-ins too, the newest session first. Three queries."""
    found = _reckoned(Attendance.objects.of_person(person))
    rows = [one for of_one in found.values() for one in of_one if not one.waits]
    return sorted(rows, key=lambda one: (one.on, one.session.pk), reverse=True)


def earned_in(registrations: Collection[Registration]) -> dict[int, list[Earned]]:
    """Return what was earned in each of `registrations`, by its key. Three queries for any number."""
    return {key: [one for one in rows if not one.waits] for key, rows in credit_in(registrations).items()}


def credit_in(registrations: Collection[Registration]) -> dict[int, list[Earned]]:
    """Return what was earned in each of `registrations`, and what waits for the evaluation. Three queries."""
    pairs = {(one.person_id, one.session_id) for one in registrations}
    found = credit_of(pairs)
    return {one.pk: found.get((one.person_id, one.session_id), []) for one in registrations}


def credit_of(pairs: Collection[Seen]) -> dict[Seen, list[Earned]]:
    """Return the same by person and session, for people who walked in too. Three queries."""
    people, sessions = {person for person, _ in pairs}, {session for _, session in pairs}
    found = _reckoned(Attendance.objects.filter(person__in=people, meeting__session__in=sessions))
    return {pair: rows for pair, rows in found.items() if pair in pairs}


def _reckoned(attendances: AttendanceQuerySet) -> dict[Seen, list[Earned]]:
    rows = attendances.here().filter(person__isnull=False, meeting__cancelled_at=None)
    rows = rows.select_related("meeting__session__workshop").order_by("pk")
    meetings: Counter[Seen] = Counter()
    sessions: dict[int, Session] = {}
    for row in rows:
        assert row.person_id is not None
        session = row.meeting.session
        sessions.setdefault(session.pk, session)
        meetings[(row.person_id, session.pk)] += 1
    offers = CreditOffer.objects.over(sessions.values())
    asked = {pair for pair in meetings if any(offer.needs_evaluation for offer in offers[pair[1]])}
    answered = answered_among(asked) if asked else set()
    return {
        pair: [_earned(offer, count, sessions[pair[1]], pair in answered) for offer in offers[pair[1]]]
        for pair, count in meetings.items()
    }


def _earned(offer: CreditOffer, meetings: int, session: Session, is_answered: bool) -> Earned:
    day = local(session.ends_at, session.time_zone).date()
    return Earned(offer.kind, offer.hours * meetings, session, day, offer.needs_evaluation and not is_answered)
