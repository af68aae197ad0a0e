"""No figure under five can be read or worked out, also by an attacker who knows the rule and nearly everybody (G20)."""

from collections import Counter, defaultdict
from itertools import product
from random import Random

import pytest

from outcomes.figures import hiding
from outcomes.figures.hiding import Why, hide, hide_overlapping, tell, tell_part
from outcomes.figures.telling import Counted, OfProgram, OfWorkshop, Shape, UnitNode, program_by_unit, year_of

SMALL = set(range(5))


def without_others(counts, order):
    """Hide small cells and no others: the control."""
    return {key: counts[key] if counts[key] >= 5 else Why.FEW for key in order}


def by_size(counts, order):
    """Keep back the smallest other cell, as is often done: another control."""
    told = without_others(counts, order)
    if Why.FEW in told.values() and (large := [key for key in order if counts[key] >= 5]):
        told[min(large, key=lambda key: counts[key])] = Why.SOME
    return told


# ---- one table, read by somebody who knows the rule: every table that looks alike is compared ----


def alike(rule, cells: int, most: int) -> dict:
    """Return the tables of so many cells by what is published of them, their total included."""
    found = defaultdict(list)
    order = list(range(cells))
    for counts in product(range(most + 1), repeat=cells):
        told = rule(dict(enumerate(counts)), order)
        found[sum(counts), tuple(told[key] for key in order)].append(counts)
    return found


def worked_out(rule, cells: int, most: int) -> list:
    """Return the published tables in which a cell that reads “<5” is known to be none of 0 to 4."""
    broken = []
    for (total, told), tables in alike(rule, cells, most).items():
        # A table at the end of what is tried has neighbors that are not.
        if total > most:
            continue
        for at, word in enumerate(told):
            if word == Why.FEW and {table[at] for table in tables} != SMALL:
                broken.append((total, told))
    return broken


@pytest.mark.parametrize(("cells", "most"), [(2, 30), (3, 24), (4, 16)])
def test_each_small_cell_may_have_been_anything_below_five(cells, most):
    assert worked_out(hide, cells, most) == []


@pytest.mark.parametrize("rule", [without_others, by_size])
def test_hiding_small_cells_alone_or_the_smallest_other_is_broken(rule):
    assert len(worked_out(rule, 3, 24)) > 20


def test_a_table_that_tells_no_cell_says_of_none_what_it_is():
    for (total, told), tables in alike(hide, 3, 20).items():
        # A total under five is told of no table.
        if set(told) == {Why.UNTOLD} and 5 <= total <= 20:
            assert all(len({table[at] for table in tables}) > 1 for at in range(3)), total


def two_nights(cells: int, most: int) -> dict:
    """Return what one cell each lost a person from, by what was published of the table the night before and after."""
    order, found = list(range(cells)), defaultdict(list)
    for before in product(range(most + 1), repeat=cells):
        for at in range(cells):
            after = tuple(count - (key == at) for key, count in enumerate(before))
            if min(after) < 0 or not 5 < sum(before) <= most:
                continue
            told = [hide(dict(enumerate(counts)), order) for counts in (before, after)]
            seen = (sum(before), *(tuple(night[key] for key in order) for night in told))
            found[seen].append(after)
    return found


def test_two_accounts_that_become_one_say_nothing_of_a_cell_hidden_on_both_nights():
    """The attacker knows that nothing else changed, and compares every pair of nights that look alike."""
    compared = 0
    for (_, before, after), tables in two_nights(3, 16).items():
        words = [[word if isinstance(word, Why) else "told" for word in night] for night in (before, after)]
        for at in range(3):
            if words[0] == words[1] and after[at] == Why.FEW:
                compared += 1
                assert {table[at] for table in tables} == SMALL, (before, after)
    assert compared > 20


def test_a_cell_that_falls_below_five_in_the_year_that_goes_on_is_known():
    """Not covered: docs/decisions/no-figure-under-five.md says so."""
    (known,) = {table[2] for table in two_nights(3, 16)[16, (6, 5, 5), (Why.SOME, 5, Why.FEW)]}
    assert known == 4


def test_what_is_told_is_true():
    for counts in product(range(14), repeat=3):
        told = hide(dict(enumerate(counts)), [0, 1, 2])
        for at, count in enumerate(counts):
            assert told[at] in ({count, Why.SOME, Why.UNTOLD} if count >= 5 else {Why.FEW, Why.UNTOLD})


def test_a_table_without_small_cells_is_told_whole():
    assert hide({"a": 5, "b": 90}, ["a", "b"]) == {"a": 5, "b": 90}
    assert hide({"a": 3}, ["a"]) == {"a": Why.FEW}
    assert hide({}, []) == {}


def test_a_part_is_told_if_the_others_are_five_too():
    assert tell(4) == Why.FEW
    assert [tell_part(part, 12, 12) for part in (4, 7, 8, 12)] == [Why.FEW, 7, Why.SOME, Why.SOME]
    assert tell_part(7, Why.SOME, 12) == Why.SOME


def test_a_workshop_that_nearly_all_took_is_kept_back():
    assert hide_overlapping({"a": 26, "b": 12}, 30, ["a", "b"]) == {"a": Why.SOME, "b": 12}
    assert hide_overlapping({"a": 30}, 30, ["a"]) == {"a": 30}


# ---- all reports of a year, read by somebody who knows everybody but one person ----

UNITS = (
    UnitNode("1", (UnitNode("2"), UnitNode("3")), has_own=False),
    UnitNode("5", (UnitNode("6"),)),
    UnitNode("7"),
)
SHAPE = Shape(UNITS, ("10",))
LEAVES, WITHIN = ("2", "3", "5", "6", "7", ""), {"2": "1", "3": "1", "6": "5"}
ROLES, CAMPUSES = ("faculty", "student", ""), ("10", "")
# Of whom everything may be: unit, role, campus, whether it was the first time, whether in the program.
PERSONS = tuple(product(LEAVES, ROLES, CAMPUSES, (True, False), (True, False)))


def counted(history) -> Counted:
    units, roles, campuses, firsts, inside = zip(*history, strict=True)
    ours = Counter(unit for unit, is_in in zip(units, inside, strict=True) if is_in)
    return Counted(
        people=len(history),
        first=sum(firsts),
        roles=Counter(roles),
        units=Counter(units),
        campuses=Counter(campuses),
        workshops={"20": OfWorkshop(people=sum(inside)), "21": OfWorkshop(people=len(history))},
        programs={"30": OfProgram(["20"], ours)},
    )


def published(history):
    """Return all that is told of what kind of people came in a year, and of a program's people by unit."""
    known = counted(history)
    year = year_of(known, SHAPE)
    program = program_by_unit(known, SHAPE, "30")
    return (
        year.people,
        year.first,
        year.again,
        *map(tuple, (year.roles, year.units, year.campuses)),
        tuple(program),
    )


def cells_of(person) -> set[str]:
    """Return the names of the cells that `person` is in; “unit 5+” has the people within unit 5 too."""
    unit, role, campus, is_first, is_in = person
    places = {f"unit {unit}", f"unit {WITHIN.get(unit, unit)}+"}
    found = {*places, f"role {role}", f"campus {campus}", f"first {is_first}"}
    return found | {f"{place} in" for place in places} if is_in else found


CELLS = {person: cells_of(person) for person in PERSONS}


def small_cells(history, person) -> set[str]:
    """Return the cells under five that `person` is in: those of the tables, and those of the program."""
    counts = Counter(cell for one in history for cell in CELLS[one])
    return {cell for cell in CELLS[person] if counts[cell] < 5}


def learned(random: Random) -> tuple[int, set[str]]:
    """Play one history, and return how many small cells its unknown person is in, and those the attacker puts them in.

    The attacker tries everything that person may be, publishes it by the very rule, and keeps what looks the same.
    """
    weigh = {place: random.choice((1, 4, 40)) for place in (*LEAVES, *ROLES, *CAMPUSES)}
    weights = [weigh[unit] * weigh[role] * weigh[campus] for unit, role, campus, _, _ in PERSONS]
    history = random.choices(PERSONS, weights, k=random.choice((14, 30, 80)))
    unknown = min(history, key=lambda person: -len(small_cells(history, person)))
    small = small_cells(history, unknown)
    others = list(history)
    others.remove(unknown)
    seen = published(history)
    possible = [CELLS[one] for one in PERSONS if published([*others, one]) == seen]
    return len(small), set.intersection(small, *possible)


def test_who_knows_all_but_one_person_puts_them_in_no_small_cell():
    random, tried = Random(17), 0
    for _ in range(40):
        cells, sure = learned(random)
        tried += cells
        assert sure == set()
    assert tried > 60


def test_that_attacker_wins_where_other_cells_are_not_hidden(monkeypatch):
    monkeypatch.setattr(hiding, "hide", without_others)
    monkeypatch.setattr("outcomes.figures.telling.hide", without_others)
    random = Random(17)
    assert sum(bool(learned(random)[1]) for _ in range(30)) > 7
