"""Take in a table of units: which there are, what each is part of, and how many people it has."""

from dataclasses import dataclass, field, replace

from django.db import transaction

from accounts.models import Person, Unit
from accounts.models.units import lock_units
from foundation.record import record
from foundation.values.lines import line_key
from operations.directory.reading import Directory, WrongCell


@dataclass
class UnitsOutcome:
    """What was done with units, or would be, in numbers; and the rows that were left out, with why."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    wrong: list[WrongCell] = field(default_factory=list)


@transaction.atomic
def take_in_units(directory: Directory, by: Person, *, apply: bool) -> UnitsOutcome:
    """Take in the units of `directory`, or with `apply` False tell what would be done.

    Of a unit that would be part of itself, or of one that nobody knows, what it is part of is left out and named. No
    unit is ever deleted by it.
    """
    lock_units()
    known = {line_key(unit.name): unit for unit in Unit.objects.select_related("parent")}
    outcome = UnitsOutcome(rows=len(directory.units))
    names = {key: unit.name for key, unit in known.items()} | {
        line_key(line.name): line.name for line in directory.units
    }
    above = {key: line_key(unit.parent.name) if unit.parent else "" for key, unit in known.items()}
    before_all = dict(above)
    sound = []
    for line in directory.units:
        key, parent = line_key(line.name), line_key(line.part_of or "")
        if parent and parent not in names:
            sentence = f"There is no unit “{line.part_of}”, here or in this table."
            outcome.wrong.append(WrongCell(line.row, "part of", sentence))
            sound.append(replace(line, part_of=None))
            continue
        before = above.get(key, "")
        above[key] = parent if line.part_of is not None else before
        way = _circle(key, above)
        if way:
            above[key] = before
            said = ", which is part of ".join(names[each] for each in way[1:])
            outcome.wrong.append(WrongCell(line.row, "part of", f"{names[key]} is part of {said}."))
            sound.append(replace(line, part_of=None))
            continue
        sound.append(line)
    fresh = {line_key(line.name): line for line in sound if line_key(line.name) not in known}
    outcome.new = len(fresh)
    if apply:
        for key, line in fresh.items():
            known[key] = Unit.objects.create(name=line.name)
            record(by, known[key], "Added: the directory names this unit.")
    for line in sound:
        key, parent = line_key(line.name), line_key(line.part_of or "")
        unit = known.get(key)
        if unit is None:
            continue
        moves = line.part_of is not None and before_all.get(key, "") != parent
        counts = line.head_count is not None and unit.head_count != line.head_count
        if key not in fresh:
            outcome.changed += int(moves or counts)
            outcome.same += int(not (moves or counts))
        if apply and moves:
            unit.put_under(known[parent] if parent else None, by=by)
        if apply and counts:
            unit.count_heads(line.head_count, by=by)
    return outcome


def _circle(start: str, above: dict[str, str]) -> list[str]:
    """Return the way from `start` up to itself, both ends included; empty where it leads to the top."""
    way, at = [start], above.get(start, "")
    while at and at not in way:
        way.append(at)
        at = above.get(at, "")
    return [*way, at] if at == start else []
