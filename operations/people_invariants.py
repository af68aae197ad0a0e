"""Recount what the portal promises about units, which have people, and about the figures that are kept of them."""

from collections.abc import Iterator
from datetime import datetime

from accounts.models import Unit
from outcomes.models import KeptFigures


def units_are_no_part_of_themselves(now: datetime) -> Iterator[str]:
    """Between units there is no circle: a board that goes down from unit to unit would never end.

    This is no promise of the table, and its lines have no number: several promises rest on it.
    """
    above = dict(Unit.objects.order_by("pk").values_list("pk", "parent_id"))
    sound: set[int | None] = {None}
    for unit in above:
        way: list[int | None] = []
        at: int | None = unit
        while at not in sound and at not in way:
            way.append(at)
            at = above[at] if at is not None else None
        if at in way:
            circle = way[way.index(at) :]
            yield f"unit {unit}: it is part of itself, by way of {len(circle)} units."
        sound.update(way)


def each_person_is_in_one_cell(now: datetime) -> Iterator[str]:
    """G20: of a year that was counted each person is in one cell by role, by unit and by campus; some came first."""
    for year in KeptFigures.objects.order_by("year"):
        counted = year.counted
        for name, cells in (("roles", counted.roles), ("units", counted.units), ("campuses", counted.campuses)):
            if (many := sum(cells.values())) != counted.people:
                yield f"G20 figures of {year.year}: {counted.people} people are counted, and {many} in {name}."
        if (counted.first or 0) > counted.people:
            yield f"G20 figures of {year.year}: {counted.first} people came first, of {counted.people}."


PROMISES = [units_are_no_part_of_themselves, each_person_is_in_one_cell]
