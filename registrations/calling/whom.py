"""Find who may be asked to come to a session: interested, waiting elsewhere, proposed for another date, of a unit."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count

from accounts.models import Person, Unit
from registrations.models import Call, Interest, Nomination, Registration
from sessions_app.models import Session

MOST = 200


class Candidate(NamedTuple):
    """Somebody who may be called, and why."""

    person: Person
    why: str

    @property
    def why_words(self) -> str:
        return Call.Why(self.why).label


def candidates(session: Session, now: datetime, unit: Unit | None = None) -> list[Candidate]:
    """Return who may be called to `session`, each once, by the first reason that applies; with those of `unit`.

    At most 200 of each kind. A query for each kind, however many people there are.
    """
    workshop = session.workshop_id
    interested = Interest.objects.standing().filter(workshop=workshop).values("person")
    waiting = Registration.objects.waitlisted().filter(session__workshop=workshop, session__starts_at__gt=now)
    proposed = Nomination.objects.open().filter(session__workshop=workshop, session__starts_at__gt=now)
    possible = Call.objects.possible(session, now).select_related("unit").order_by("name", "pk")
    kinds = {
        Call.Why.INTERESTED: possible.filter(pk__in=interested.order_by()),
        Call.Why.WAITING: possible.filter(pk__in=waiting.order_by().values("person")),
        Call.Why.NOMINATED: possible.filter(email__in=proposed.order_by().values("email")),
    }
    if unit is not None:
        kinds[Call.Why.UNIT] = possible.filter(unit=unit)
    found: dict[Person, str] = {}
    for why, people in kinds.items():
        for person in people[:MOST]:
            found.setdefault(person, why)
    return [Candidate(person, why) for person, why in found.items()]


def units(session: Session, now: datetime) -> list[tuple[Unit, int]]:
    """Return the units of people who may be called to `session`, with how many of them. Two queries."""
    many = Call.objects.possible(session, now).exclude(unit=None).order_by().values("unit").annotate(many=Count("pk"))
    counts = dict(many.values_list("unit", "many"))
    return [(unit, counts[unit.pk]) for unit in Unit.objects.filter(pk__in=counts).order_by("name", "pk")]
