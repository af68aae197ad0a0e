"""What it takes to complete a program: which of its workshops, how many, within which time. Pure functions."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from django.db import models

from foundation.text import listed, number_words


class RuleKind(models.TextChoices):
    NONE = "none", "Nothing: it is a heading"
    ALL = "all", "All of its workshops"
    SOME = "some", "So many of its workshops"
    CATEGORIES = "categories", "So many of each category"


class Wanted(NamedTuple):
    """How many workshops of one category it takes, and how many there are to choose from."""

    category: str
    needed: int
    offered: int


class ProgramRule(NamedTuple):
    """The rule of one program, over the workshops that are `offered`."""

    kind: str
    offered: int
    needed: int | None = None
    within_months: int | None = None
    wanted: tuple[Wanted, ...] = ()

    @property
    def words(self) -> str:
        """Return the rule as people read it: “Take four of these seven, within 12 months.” Empty for a heading."""
        what = self._what()
        if not what:
            return ""
        if self.within_months is None:
            return f"Take {what}."
        if self.within_months == 1:
            return f"Take {what}, within one month."
        return f"Take {what}, within {self.within_months} months."

    def _what(self) -> str:
        if not self.offered:
            return ""
        if self.kind == RuleKind.CATEGORIES:
            return listed([f"{number_words(one.needed)} of {one.category}" for one in self.wanted])
        if self.kind == RuleKind.SOME and self.needed:
            # What cannot be met (a workshop went back to draft) is not said as if it could.
            if self.needed <= self.offered and self.offered > 1:
                return f"{number_words(self.needed)} of these {number_words(self.offered)}"
            return "one workshop" if self.needed == 1 else f"{number_words(self.needed)} workshops"
        if self.kind == RuleKind.ALL:
            return {1: "this workshop", 2: "both"}.get(self.offered, f"all {number_words(self.offered)}")
        return ""

    @property
    def takes(self) -> int:
        """Return how many workshops it takes; all that are offered, for a heading too."""
        if self.kind == RuleKind.SOME:
            return self.needed or 0
        if self.kind == RuleKind.CATEGORIES:
            return sum(one.needed for one in self.wanted)
        return self.offered

    def counted(self, taken: Sequence[str]) -> int:
        """Return how many of `taken` count toward it, given the category of each workshop taken (empty: none)."""
        if self.kind == RuleKind.CATEGORIES:
            per_category = Counter(taken)
            return sum(min(per_category[one.category], one.needed) for one in self.wanted)
        return min(len(taken), self.takes)

    def is_met_by(self, taken: Sequence[str]) -> bool:
        """Tell whether somebody who took these has completed it. A heading is never completed."""
        return self.kind != RuleKind.NONE and 0 < self.takes <= self.counted(taken)

    @property
    def flaw(self) -> str:
        """Return the sentence that says why nobody could complete it and what to do; empty for a rule that is sound."""
        if self.kind == RuleKind.NONE:
            return "" if self.within_months is None else "A time needs a rule: say what people take to complete it."
        if not self.offered:
            return (
                "It takes workshops to complete it, and there are none here: add them, or choose that it is a heading."
            )
        if self.kind == RuleKind.SOME:
            return self._too_few()
        if self.kind == RuleKind.CATEGORIES:
            if not self.wanted:
                return "It takes so many of each category, and there is none: add the categories."
            return " ".join(filter(None, map(_flaw_of, self.wanted)))
        return ""

    def _too_few(self) -> str:
        if not self.needed:
            return "Say how many workshops it takes."
        if self.needed <= self.offered:
            return ""
        there = "there is only one" if self.offered == 1 else f"there are only {number_words(self.offered)}"
        return f"It takes {number_words(self.needed)} workshops, and {there} here: add workshops, or ask for fewer."


def _flaw_of(wanted: Wanted) -> str:
    if wanted.needed <= wanted.offered:
        return ""
    there = {0: "none of them is", 1: "only one of them is"}.get(
        wanted.offered, f"only {number_words(wanted.offered)} of them are"
    )
    it_takes = "one workshop" if wanted.needed == 1 else f"{number_words(wanted.needed)} workshops"
    return (
        f"It takes {it_takes} of {wanted.category}, and {there} here: "
        "give more workshops this category, or ask for fewer."
    )
