"""How far a person is with every program, in a fixed number of queries (registrations/progress.py reckons each)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings

from accounts.models import Person
from catalog import order
from catalog.models import Program, ProgramWorkshop
from foundation.dates import local
from outcomes.record.windows import Span
from registrations.models import Registration
from registrations.progress import Progress, Step, Taken, reckon, taken_by
from sessions_app.models import Session


class Square(NamedTuple):
    """A workshop of a program at its place, and how it stands."""

    number: int
    entry: ProgramWorkshop
    step: Step


class ProgramSoFar(NamedTuple):
    """A program and how far somebody is with it."""

    program: Program
    progress: Progress
    taken: list[Taken]
    counting: dict[int, set[int]]

    @property
    def squares(self) -> list[Square]:
        entries = self.program.offered
        return [Square(number, entry, self.progress.steps[entry.pk]) for number, entry in enumerate(entries, 1)]

    @property
    def has_begun(self) -> bool:
        return any(step.words for step in self.progress.steps.values())

    @property
    def days(self) -> list[date]:
        return [one.on for one in self.taken if one.on]

    def is_complete_within(self, span: Span, today: date) -> bool:
        """Tell whether what was taken within `span` completes it. What was taken elsewhere has no day, and counts."""
        entries = self.program.offered
        within = [one for one in self.taken if one.on is None or span.holds(one.on)]
        return reckon(entries, self.program.rule_over(entries), self.counting, within, [], today).is_complete


def programs_of(person: Person, now: datetime) -> list[ProgramSoFar]:
    """Return every published program that can be completed, and how far `person` is with it. Seven queries at most."""
    can_be_completed = Program.objects.published().exclude(rule=Program.Rule.NONE)
    programs = [one for one in can_be_completed.with_entries() if one.offered]
    if not programs:
        return []
    counting = order.counting_as({entry.workshop_id for program in programs for entry in program.offered})
    wanted = set().union(*counting.values())
    taken = taken_by(person, wanted, now)
    ahead = Registration.objects.active().filter(
        person=person, session__workshop__in=wanted, session__status__in=Session.RUNNING, session__ends_at__gt=now
    )
    booked = list(ahead.select_related("session__workshop").order_by("status", "session__starts_at", "pk"))
    today = local(now, settings.TIME_ZONE).date()
    return [_so_far(program, counting, taken, booked, today) for program in programs]


def _so_far(
    program: Program,
    counting: dict[int, set[int]],
    taken: Iterable[Taken],
    booked: list[Registration],
    today: date,
) -> ProgramSoFar:
    entries = program.offered
    ours = set().union(*(counting[entry.workshop_id] for entry in entries))
    of_it = [one for one in taken if one.workshop in ours]
    progress = reckon(entries, program.rule_over(entries), counting, of_it, booked, today)
    return ProgramSoFar(program, progress, of_it, counting)
