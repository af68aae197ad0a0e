"""The whole record of one person, for its page and for the files they take with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings

from accounts.models import Person
from catalog import order
from foundation.dates import local
from outcomes.credit import Earned, earned
from outcomes.models import CreditKind, OutsideActivity, Requirement
from outcomes.models.credit import hours_words
from outcomes.record.programs import ProgramSoFar, programs_of
from outcomes.record.taking_part import Seat, Took, taking_part
from outcomes.record.windows import Hours, Span, Standing, academic_year, of_hours, of_program

NOTHING = Decimal(0)


class KindOfHours(NamedTuple):
    """One line of “hours by kind”: how many this academic year, and in all."""

    name: str
    unit: str
    this_year: Decimal
    in_all: Decimal


@dataclass(frozen=True)
class Record:
    """What one person has, at one instant. Nobody but them is shown it."""

    person: Person
    today: date
    year: Span
    took: list[Took]
    seats: list[Seat]
    credit: list[Earned]
    outside: list[OutsideActivity]
    standings: list[Standing]
    programs: list[ProgramSoFar]
    kinds: list[KindOfHours]

    @property
    def is_empty(self) -> bool:
        return not (self.took or self.seats or self.outside or any(one.has_begun for one in self.programs))

    @property
    def hours(self) -> Decimal:
        """Return how many hours they were at sessions, in all."""
        return sum((one.hours for one in self.took), NOTHING)

    @property
    def begun(self) -> list[ProgramSoFar]:
        return [one for one in self.programs if one.has_begun]

    def credit_words(self, took: Took) -> str:
        """“DEI hours: 1.5, Contact hours: 1”: what one session counted for, "" for nothing."""
        ours = [one for one in self.credit if one.session.pk == took.session.pk]
        return ", ".join(f"{one.kind}: {hours_words(one.hours)}" for one in ours)


def record_of(person: Person, now: datetime) -> Record:
    """Return the record of `person` at `now`. A fixed number of queries, whatever they took part in."""
    today = local(now, settings.TIME_ZONE).date()
    year = academic_year(today, settings.ACADEMIC_YEAR_MONTH)
    part, credit = taking_part(person, now), earned(person)
    outside = list(OutsideActivity.objects.of_person(person).select_related("kind", "proof").defer("proof__content"))
    programs = programs_of(person, now)
    asked = list(Requirement.objects.asked_of(person).select_related("kind", "program"))
    rows = hours_by(part.took, credit, outside)
    return Record(
        person=person,
        today=today,
        year=year,
        took=part.took,
        seats=part.seats,
        credit=credit,
        outside=outside,
        standings=[_standing(one, rows, programs, today) for one in asked],
        programs=programs,
        kinds=kinds_of(rows, year),
    )


class Rows(NamedTuple):
    """Hours in two ways: of each kind of credit, and of being there at all."""

    of_kinds: list[Hours]
    of_any: list[Hours]
    kinds: dict[int, CreditKind]


def hours_by(took: Iterable[Took], credit: Iterable[Earned], outside: Iterable[OutsideActivity]) -> Rows:
    """Return the hours of all three. A workshop that counts as another one is that one here. One query."""
    took, credit, approved = list(took), list(credit), [one for one in outside if one.is_approved]
    workshops = {one.session.workshop_id for one in took} | {one.session.workshop_id for one in credit}
    last = order.counts_in_the_end_as(workshops)
    of_kinds = [Hours(one.on, one.hours, one.kind.pk, last[one.session.workshop_id]) for one in credit]
    of_any = [Hours(one.on, one.hours, None, last[one.session.workshop_id]) for one in took]
    of_kinds += [Hours(one.happened_on, one.hours, one.kind_id) for one in approved if one.kind_id]
    of_any += [Hours(one.happened_on, one.hours) for one in approved]
    kinds = {one.kind.pk: one.kind for one in credit} | {one.kind.pk: one.kind for one in approved if one.kind}
    return Rows(of_kinds, of_any, kinds)


def kinds_of(rows: Rows, year: Span) -> list[KindOfHours]:
    """Return the lines of “hours by kind”, by name."""
    lines = []
    for key, kind in sorted(rows.kinds.items(), key=lambda one: one[1].name.casefold()):
        ours = [one for one in rows.of_kinds if one.kind == key]
        this_year = sum((one.hours for one in ours if year.holds(one.on)), NOTHING)
        lines.append(KindOfHours(kind.name, kind.unit, this_year, sum((one.hours for one in ours), NOTHING)))
    return lines


def _standing(requirement: Requirement, rows: Rows, programs: list[ProgramSoFar], today: date) -> Standing:
    month = settings.ACADEMIC_YEAR_MONTH
    if requirement.program_id is None:
        return of_hours(requirement, rows.of_kinds if requirement.kind_id else rows.of_any, today, month)
    so_far = next((one for one in programs if one.program.pk == requirement.program_id), None)
    if so_far is None:
        return of_program(requirement, "Not open at the moment", [], lambda span: False, today, month)
    found = so_far

    def enough(span: Span) -> bool:
        return found.is_complete_within(span, today)

    return of_program(requirement, found.progress.words, found.days, enough, today, month)
