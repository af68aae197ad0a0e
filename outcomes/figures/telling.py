"""What is told of one academic year: the counts of figures/counting.py, with what is small hidden. Pure functions.

The people of a year are in one cell each of three tables (role, unit, campus), whose total is told, and years have no
day in common. People of a program are a part of the people of their unit. Nothing else is told about who came: no
shorter time, no two of these crossed. docs/decisions/no-figure-under-five.md says why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple, Self

from accounts.models import Person
from outcomes.figures.hiding import LEAST, Branch, Told, ToldBranch, Why, flat, hide, hide_overlapping, hide_tree, tell
from outcomes.figures.hiding import tell_part as tell_some

# The key of people of whom something is not known.
UNSAID = ""
# What is kept back first, so that a figure more people ask for stays.
ROLES_KEPT_BACK = (UNSAID, *reversed(Person.Role.values))
Counts = dict[str, int]


@dataclass
class OfProgram:
    """How many people of each unit took part in a program, whose `workshops` (keys) are those that counted then."""

    workshops: list[str]
    units: Counts


@dataclass
class OfWorkshop:
    """Of one workshop in a year: sessions held, seats taken in them, people who took part, and their minutes."""

    sessions: int = 0
    seats: int = 0
    people: int = 0
    minutes: int = 0


@dataclass
class OfObjective:
    """How people rated one objective from 1 to 5: how many said each step before, and now, in all sessions together."""

    workshop: str
    text: str
    before: list[int]
    now: list[int]


@dataclass
class OfCredit:
    """Credit of one kind that was earned in a year: hundredths of an hour, and by how many people."""

    kind: str
    hundredths: int
    people: int


@dataclass
class OfPlace:
    """A unit or a campus as it was when a year was counted: its key and name, and the units within it.

    `has_own` is whether somebody belonged to it directly.
    """

    key: str
    name: str
    has_own: bool = True
    within: list["OfPlace"] = field(default_factory=list)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "OfPlace":
        """Return what `asdict` made of one."""
        return cls(kept["key"], kept["name"], kept["has_own"], [cls.read(each) for each in kept["within"]])


@dataclass
class Counted:
    """All that is counted of one academic year, by keys as text. It names nobody, and is not told as it is.

    `people` took part in a session at least; each is in one of `roles`, `units` and `campuses`. `first` of them had not
    before; None where nobody had. `waited` people stood on a waitlist and had no seat in that workshop all year.
    `interested` people ask for a date of a workshop, on the night it was counted. `units_then` and `campuses_then` are
    those that there were: what is told follows from them, whatever becomes of units and campuses later.
    """

    people: int = 0
    first: int | None = None
    minutes: int = 0
    roles: Counts = field(default_factory=dict)
    units: Counts = field(default_factory=dict)
    campuses: Counts = field(default_factory=dict)
    modes: Counts = field(default_factory=dict)
    workshops: dict[str, OfWorkshop] = field(default_factory=dict)
    programs: dict[str, OfProgram] = field(default_factory=dict)
    objectives: list[OfObjective] = field(default_factory=list)
    credit: list[OfCredit] = field(default_factory=list)
    waited: int = 0
    interested: int = 0
    units_then: list[OfPlace] = field(default_factory=list)
    campuses_then: list[OfPlace] = field(default_factory=list)

    def to_keep(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `to_keep` made."""
        known = dict(kept)
        known["workshops"] = {key: OfWorkshop(**each) for key, each in kept["workshops"].items()}
        known["programs"] = {key: OfProgram(**each) for key, each in kept["programs"].items()}
        known["objectives"] = [OfObjective(**each) for each in kept["objectives"]]
        known["credit"] = [OfCredit(**each) for each in kept["credit"]]
        for name in ("units_then", "campuses_then"):
            known[name] = [OfPlace.read(each) for each in kept.get(name, [])]
        return cls(**known)


class UnitNode(NamedTuple):
    """A unit (its key) with the units within it, in the order of names; whether somebody belongs to it directly."""

    key: str
    within: tuple["UnitNode", ...] = ()
    has_own: bool = True


class Shape(NamedTuple):
    """What everybody knows beforehand: the units as a tree, and the campuses. Neither depends on who came.

    Of one year it stays as it was when that was counted: two tables of the same people could be subtracted.
    """

    units: Sequence[UnitNode]
    campuses: Sequence[str]


class Line(NamedTuple):
    """One row of a table: its key, what is told, and how deep it stands in a tree. `is_own`: those directly in it."""

    key: str
    told: Told
    depth: int = 0
    is_own: bool = False


class WorkshopLine(NamedTuple):
    """One workshop. Where its people are not told, neither are its seats and hours."""

    key: str
    sessions: int
    seats: Told
    people: Told
    hours: int | None


@dataclass(frozen=True)
class Year:
    """What is told of one year."""

    people: Told
    first: Told
    again: Told
    hours: int | None
    waited: Told
    interested: Told
    roles: list[Line]
    units: list[Line]
    campuses: list[Line]
    modes: list[Line]
    workshops: list[WorkshopLine]
    credit: list[tuple[str, int | None, Told]]
    objectives: list[OfObjective]


def year_of(counted: Counted, shape: Shape) -> Year:
    """Return what is told of a year."""
    people = tell(counted.people)
    is_told = isinstance(people, int)
    first: Told = Why.UNTOLD
    again: Told = Why.UNTOLD
    if counted.first is not None and is_told:
        first = tell_some(counted.first, people, counted.people)
        again = tell_some(counted.people - counted.first, people, counted.people)
    units = tree_of(counted, shape)
    modes = hide_overlapping(counted.modes, counted.people, sorted(counted.modes))
    return Year(
        people,
        first,
        again,
        round(counted.minutes / 60) if is_told else None,
        tell(counted.waited),
        tell(counted.interested),
        _lines(counted.roles, ROLES_KEPT_BACK, people)[::-1],
        unit_lines(units),
        _lines(counted.campuses, [*shape.campuses, UNSAID], people),
        [Line(key, told) for key, told in modes.items()],
        _workshops(counted),
        [_credit(each) for each in counted.credit],
        [each for each in counted.objectives if sum(each.before) >= LEAST],
    )


def _lines(counts: Counts, order: Sequence[str], people: Told) -> list[Line]:
    """Return a table of people. A key that is in `counts` alone, of something deleted since, is of the unsaid."""
    if not isinstance(people, int):
        return [Line(key, people) for key in order]
    told = hide(_gathered(counts, order), order)
    return [Line(key, told[key]) for key in order]


def _gathered(counts: Counts, order: Iterable[str]) -> Counts:
    known = dict.fromkeys(order, 0)
    for key, count in counts.items():
        known[key if key in known else UNSAID] += count
    return known


# ---- units ----


def tree_of(counted: Counted, shape: Shape) -> list[ToldBranch[str]]:
    """Return what is told of each unit, and last of people whose unit is not known."""
    counts = _gathered(counted.units, _keys(shape.units))
    branches = [*(_branch(node, counts) for node in shape.units), Branch(UNSAID, counts[UNSAID])]
    if counted.people < LEAST:
        return [_few(branch) for branch in branches]
    return hide_tree(branches)


def _keys(nodes: Iterable[UnitNode]) -> list[str]:
    return [UNSAID, *(key for node in nodes for key in [node.key, *_keys(node.within)[1:]])]


def _branch(node: UnitNode, counts: Counts) -> Branch[str]:
    own = counts[node.key]
    return Branch(node.key, own if node.has_own or own else None, [_branch(each, counts) for each in node.within])


def _few(branch: Branch[str]) -> ToldBranch[str]:
    own = None if branch.own is None or not branch.within else Why.FEW
    return ToldBranch(branch.key, Why.FEW, own, [_few(each) for each in branch.within])


def unit_lines(branches: Sequence[ToldBranch[str]]) -> list[Line]:
    """Return a line for each unit, and under one with others within it a line for those directly in it."""
    lines = []
    for depth, branch in flat(branches):
        lines.append(Line(branch.key, branch.told, depth))
        if branch.own is not None:
            lines.append(Line(branch.key, branch.own, depth + 1, is_own=True))
    return lines


# ---- programs, by unit ----


def program_by_unit(counted: Counted, shape: Shape, program: str) -> list[Line]:
    """Return what is told of each unit: how many of its people took part in `program` in the year.

    Where the program has all that was taught in the year, that is what is told of the year. Otherwise a count is kept
    back that differs by less than five from that of the year, or of another program that has all its workshops and
    more; and a unit with others within it says no more than they do, because it would be their sum.
    """
    whole = unit_lines(tree_of(counted, shape))
    found = counted.programs.get(program, OfProgram([], {}))
    taught, ours = set(counted.workshops), set(found.workshops) & set(counted.workshops)
    if ours == taught:
        return whole
    keys = _keys(shape.units)
    year, part = _gathered(counted.units, keys), _gathered(found.units, keys)
    others = [(set(each.workshops) & taught, each) for each in counted.programs.values()]
    larger = [_gathered(each.units, keys) for theirs, each in others if ours < theirs != taught]
    sums = {key for key, within in _within(shape.units) if within}
    lines = []
    for line in whole:
        if line.key in sums and not line.is_own:
            lines.append(line._replace(told=Why.UNTOLD))
            continue
        told = tell_some(part[line.key], line.told, year[line.key])
        if isinstance(told, int) and any(each[line.key] - told < LEAST for each in larger):
            told = Why.SOME
        lines.append(line._replace(told=told))
    return _summed_up(lines)


def _within(nodes: Iterable[UnitNode]) -> list[tuple[str, bool]]:
    """Return each unit (its key), and whether there are others within it."""
    return [one for node in nodes for one in [(node.key, bool(node.within)), *_within(node.within)]]


def totals(counts: Counts, shape: Shape) -> Counts:
    """Return the counts of each unit with those of the units within it. They are not to be told as they are."""
    gathered, found = _gathered(counts, _keys(shape.units)), {}

    def add(node: UnitNode) -> int:
        found[node.key] = gathered[node.key] + sum(map(add, node.within))
        return found[node.key]

    for node in shape.units:
        add(node)
    return found


def _summed_up(lines: Sequence[Line]) -> list[Line]:
    """Return `lines` with “5 or more” where some line within an untold one is told to be that."""
    found = list(lines)
    for at in range(len(found) - 1, -1, -1):
        if found[at].told == Why.UNTOLD and not found[at].is_own:
            for each in found[at + 1 :]:
                if each.depth <= found[at].depth:
                    break
                if is_some(each.told):
                    found[at] = found[at]._replace(told=Why.SOME)
                    break
    return found


def is_some(told: Told) -> bool:
    """Tell whether it is said that there are five or more."""
    return isinstance(told, int) or told == Why.SOME


# ---- workshops, and credit ----


def _workshops(counted: Counted) -> list[WorkshopLine]:
    order = sorted(counted.workshops, key=lambda key: (len(key), key))
    told = hide_overlapping({key: counted.workshops[key].people for key in order}, counted.people, order)
    lines = []
    for key in order:
        one, people = counted.workshops[key], told[key]
        if isinstance(people, int):
            lines.append(WorkshopLine(key, one.sessions, tell(one.seats), people, round(one.minutes / 60)))
        else:
            lines.append(WorkshopLine(key, one.sessions, people, people, None))
    return lines


def _credit(one: OfCredit) -> tuple[str, int | None, Told]:
    people = tell(one.people)
    return one.kind, one.hundredths if isinstance(people, int) else None, people
