"""Read what everybody knows beforehand, and the names of what figures are about: today, and when a year was counted."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from accounts.models import Campus, Person, Unit
from outcomes.figures.telling import Counted, OfPlace, Shape, UnitNode


class UnitFacts(NamedTuple):
    """What is shown of a unit beside its figures; whether it is there today."""

    name: str
    head_count: int | None
    is_there: bool = True


class Known(NamedTuple):
    """The shape of the tables, with the facts of units and the names of campuses by their keys as text."""

    shape: Shape
    units: dict[str, UnitFacts]
    campuses: dict[str, str]

    @property
    def units_then(self) -> list[OfPlace]:
        """The units, as they are kept with a year that is counted now."""
        return [self._place(node) for node in self.shape.units]

    @property
    def campuses_then(self) -> list[OfPlace]:
        """The campuses, as they are kept."""
        return [OfPlace(key, name) for key, name in self.campuses.items()]

    def _place(self, node: UnitNode) -> OfPlace:
        return OfPlace(node.key, self.units[node.key].name, node.has_own, [self._place(each) for each in node.within])


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


def as_kept(counted: Counted, today: Known) -> Known:
    """Return what was known when `counted` was kept. A name or a head count is that of `today` while there is one."""
    if not counted.units_then and not counted.campuses_then:
        return today
    units: dict[str, UnitFacts] = {}

    def node(place: OfPlace) -> UnitNode:
        units[place.key] = today.units.get(place.key) or UnitFacts(place.name, None, is_there=False)
        return UnitNode(place.key, tuple(map(node, place.within)), place.has_own)

    nodes = tuple(map(node, counted.units_then))
    campuses = {each.key: today.campuses.get(each.key, each.name) for each in counted.campuses_then}
    return Known(Shape(nodes, tuple(campuses)), units, campuses)
