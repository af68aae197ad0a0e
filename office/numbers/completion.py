"""Completion in numbers: of each program with a rule, how many people have completed it and how many are on the way."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from catalog import order
from catalog.models import Program
from foundation.dates import local
from registrations.progress import Taken, reckon, taken_by_all

COLUMNS = ("Program", "Completed", "On the way")


class Completion(NamedTuple):
    """How many people have completed one program, and how many have done some of it that counts."""

    program: Program
    completed: int
    on_the_way: int

    def row(self) -> list[str | int]:
        """Return the figures in the order of COLUMNS."""
        return [self.program.title, self.completed, self.on_the_way]


def completions(now: datetime) -> list[Completion]:
    """Return the Completion of each published program with a rule, as things stand at `now`.

    Nine queries for any number of programs and people.
    """
    programs = list(Program.objects.published().exclude(rule=Program.Rule.NONE).with_entries())
    counting = order.counting_as({entry.workshop_id for program in programs for entry in program.offered})
    wanted = set().union(*counting.values())
    taken = list(taken_by_all(wanted, now).values()) if wanted else []
    return [_completion(program, counting, taken, now) for program in programs]


def _completion(
    program: Program, counting: dict[int, set[int]], everybody: Iterable[list[Taken]], now: datetime
) -> Completion:
    entries, today = program.offered, local(now, settings.TIME_ZONE).date()
    rule = program.rule_over(entries)
    ours = set().union(*(counting[entry.workshop_id] for entry in entries))
    # People who took the same on the same days stand alike, and most have taken little.
    standings: dict[tuple[Taken, ...], tuple[bool, bool]] = {}
    completed = on_the_way = 0
    for taken in everybody:
        key = tuple(one for one in taken if one.workshop in ours)
        if not key:
            continue
        if key not in standings:
            progress = reckon(entries, rule, counting, key, [], today)
            standings[key] = (progress.is_complete, progress.done > 0)
        is_complete, has_begun = standings[key]
        completed += is_complete
        on_the_way += has_begun and not is_complete
    return Completion(program, completed, on_the_way)
