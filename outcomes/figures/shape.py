"""Read what everybody knows beforehand, and the names of what figures are about."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from accounts.models import Campus, Person, Unit
from outcomes.figures.telling import Shape, UnitNode


class UnitFacts(NamedTuple):
    """What is shown of a unit beside its figures."""

    name: str
    head_count: int | None


class Known(NamedTuple):
    """The shape of the tables, with the facts of units and the names of campuses by their keys as text."""

    shape: Shape
    units: dict[str, UnitFacts]
    campuses: dict[str, str]


def known() -> Known:
    """Return what is known beforehand. Two queries."""
    inhabited = Exists(Person.objects.filter(unit=OuterRef("pk")))
    rows = Unit.objects.annotate(has_own=inhabited).order_by("name", "pk")
    columns = list(rows.values_list("pk", "name", "parent", "head_count", "has_own"))
    below: dict[int | None, list[int]] = defaultdict(list)
    own = {}
    for pk, _, parent, _, has_own in columns:
        below[parent].append(pk)
        own[pk] = has_own

    def node(pk: int) -> UnitNode:
        return UnitNode(str(pk), tuple(map(node, below[pk])), own[pk])

    campuses = {str(pk): name for pk, name in Campus.objects.order_by("name", "pk").values_list("pk", "name")}
    units = {str(pk): UnitFacts(name, heads) for pk, name, _, heads, _ in columns}
    return Known(Shape(tuple(map(node, below[None])), tuple(campuses)), units, campuses)
