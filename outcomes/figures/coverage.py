"""Which units are represented in a program, or in all sessions of a year: by a champion, or by five people or more."""

from typing import NamedTuple

from accounts.models import Champion
from catalog.models import Program
from outcomes.figures.hiding import LEAST, Told
from outcomes.figures.shape import Known, as_kept, known
from outcomes.figures.telling import UNSAID, Counted, Line, is_some, program_by_unit, totals, tree_of, unit_lines


class Covered(NamedTuple):
    """One unit: what is told of its people, whether it is represented, and how deep it stands among units.

    `people` is how many took part, small or not: for people alone who may see names. `is_there` is whether it is a unit
    today.
    """

    key: str
    name: str
    depth: int
    head_count: int | None
    told: Told
    is_represented: bool
    people: int
    is_there: bool = True


class Coverage(NamedTuple):
    """All units, and how many of how many are represented."""

    lines: list[Covered]
    represented: int
    units: int


def coverage_of(counted: Counted | None, program: Program | None) -> Coverage:
    """Return the coverage of what was counted of a year (None: nothing yet), of one program or of all. Three queries.

    What it says of a unit follows from what is told and from who is a champion, of it or of a unit within it, so that
    it says no more than that.
    """
    counted = counted or Counted()
    facts = as_kept(counted, known())
    told = [line for line in _told(counted, facts, program) if line.key != UNSAID and not line.is_own]
    champions = {str(unit) for unit in Champion.objects.standing().values_list("unit", flat=True)}
    championed = totals({key: int(key in champions) for key in facts.units}, facts.shape)
    people = totals(_of_units(counted, program), facts.shape)
    covered = [
        Covered(
            line.key,
            facts.units[line.key].name,
            line.depth,
            facts.units[line.key].head_count,
            line.told,
            bool(championed[line.key]) or is_some(line.told),
            people[line.key],
            facts.units[line.key].is_there,
        )
        for line in told
    ]
    return Coverage(covered, sum(one.is_represented for one in covered), len(covered))


def _told(counted: Counted, facts: Known, program: Program | None) -> list[Line]:
    if program is not None:
        return program_by_unit(counted, facts.shape, str(program.pk))
    return unit_lines(tree_of(counted, facts.shape))


def _of_units(counted: Counted, program: Program | None) -> dict[str, int]:
    if program is None:
        return counted.units
    found = counted.programs.get(str(program.pk))
    return found.units if found else {}


def public_words(coverage: Coverage) -> str:
    """Return how many units of how many take part, for everybody; "" where that would say too much of too few.

    Which do not is never said; and where all but a few do, not how many those are.
    """
    represented, units = coverage.represented, coverage.units
    if represented < LEAST:
        return ""
    if represented == units:
        return f"All {units} units are represented."
    if units - represented < LEAST:
        return f"Nearly all of {units} units are represented."
    return f"{represented} of {units} units are represented."
