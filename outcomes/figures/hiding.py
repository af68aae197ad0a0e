"""Hide small figures, so that none under five can be read or worked out (docs/decisions/no-figure-under-five.md).

Pure functions of counts. What is hidden follows from the counts and from an order that everybody may know; the attacker
of the tests knows this module, everything that is published, and everybody but one person.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

# Fewer people than these are never told (outcomes/models/evaluation.py has the same of answers).
LEAST = 5
Key = TypeVar("Key", bound=Hashable)


class Why(StrEnum):
    """What stands where a count does not: fewer than five; five or more, kept back; or nothing at all."""

    FEW = "<5"
    SOME = "5 or more"
    UNTOLD = "–"


# What is published of one count: the count, or why it is not.
Told = int | Why


def tell(count: int) -> Told:
    """Return one count that nothing else is published about, “<5” below five."""
    return count if count >= LEAST else Why.FEW


def tell_part(part: int, whole: Told, of: int) -> Told:
    """Return a count of some of the `of` people in a cell that is published as `whole`.

    Where the cell is not told, and where the others in it are fewer than five, the part is not told either. The sum of
    such parts over the cells of a table must not be published.
    """
    if whole == Why.UNTOLD:
        return whole
    if part < LEAST:
        return Why.FEW
    return part if isinstance(whole, int) and of - part >= LEAST else Why.SOME


def hide(counts: Mapping[Key, int], order: Sequence[Key]) -> dict[Key, Told]:
    """Return what is published of `counts`, which add up to a published total of people, each of whom is in one cell.

    Counts under five read “<5”. Beside them as many others as it takes are kept back, the first in `order`, until each
    small one may have been anything from 0 to 4. A table that does not have enough of them tells no cell. `order` has
    each key once and must not depend on the counts.
    """
    few = {key for key in order if counts[key] < LEAST}
    if not few:
        return {key: counts[key] for key in order}
    if len(order) == 1:
        return dict.fromkeys(order, Why.FEW)
    kept_back: set[Key] = set()
    together = sum(counts[key] for key in few)
    for key in order:
        if key in few:
            continue
        kept_back.add(key)
        together += counts[key]
        # With 4 in one small cell and five in each that is kept back, it would be one less: so nothing follows from
        # where it stops. A rule that chose by size, or stopped at another sum, would say what a small one is not.
        if together >= LEAST * (len(kept_back) + 1):
            return {key: _word(key, few, kept_back) or counts[key] for key in order}
    return dict.fromkeys(order, Why.UNTOLD)


def _word(key: Key, few: set[Key], kept_back: set[Key]) -> Why | None:
    if key in few:
        return Why.FEW
    return Why.SOME if key in kept_back else None


def hide_overlapping(counts: Mapping[Key, int], people: int, order: Sequence[Key]) -> dict[Key, Told]:
    """Return what is published of `counts` where a person may be in several cells: of people who took each workshop.

    A cell that all but fewer than five of the `people` are in is kept back too, unless it is the only one.
    """
    told = hide(counts, order)
    if len(order) == 1:
        return told
    nearly_all = {key for key in order if isinstance(told[key], int) and people - counts[key] < LEAST}
    return told | dict.fromkeys(nearly_all, Why.SOME)


@dataclass
class Branch(Generic[Key]):
    """One cell of a tree with those within it; `own` are people in it who are in none of `within`.

    Where everybody knows that nobody is directly in it, `own` is None.
    """

    key: Key
    own: int | None = 0
    within: list["Branch[Key]"] = field(default_factory=list)

    @property
    def count(self) -> int:
        return (self.own or 0) + sum(each.count for each in self.within)


@dataclass
class ToldBranch(Generic[Key]):
    """What is published of one cell, of the people in it and in none of those within, and of those within."""

    key: Key
    told: Told
    own: Told | None
    within: list["ToldBranch[Key]"]


def hide_tree(branches: Sequence[Branch[Key]]) -> list[ToldBranch[Key]]:
    """Return what is published of a tree whose total is published; `branches` stand in an order that anybody may know.

    Each cell that is told is the total of those within it, and so a table of its own. Within a cell that is not told
    no cell is.
    """
    told = hide({branch.key: branch.count for branch in branches}, [branch.key for branch in branches])
    return [_told(branch, told[branch.key]) for branch in branches]


def _told(branch: Branch[Key], told: Told) -> ToldBranch[Key]:
    if not branch.within:
        return ToldBranch(branch.key, told, None, [])
    if not isinstance(told, int):
        return _untold(branch, told)
    # Those directly in it are a cell of the table too, and have no key of their own.
    counts: dict[Key | None, int] = {each.key: each.count for each in branch.within}
    if branch.own is not None:
        counts[None] = branch.own
    cells = hide(counts, list(counts))
    return ToldBranch(branch.key, told, cells.get(None), [_told(each, cells[each.key]) for each in branch.within])


def _untold(branch: Branch[Key], told: Told) -> ToldBranch[Key]:
    inner = Why.FEW if told == Why.FEW else Why.UNTOLD
    own = None if branch.own is None else inner
    return ToldBranch(branch.key, told, own, [_untold(each, inner) for each in branch.within])


def flat(branches: Sequence[ToldBranch[Key]], depth: int = 0) -> list[tuple[int, ToldBranch[Key]]]:
    """Return each cell of the tree with its depth, those within after the one they are in."""
    return [one for branch in branches for one in [(depth, branch), *flat(branch.within, depth + 1)]]
