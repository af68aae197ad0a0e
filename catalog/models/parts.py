"""Parts of a workshop: what is taught in several meetings, in order, each part with a title and a length of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models import Person
from catalog.models.workshops import Workshop
from catalog.signals import parts_changed
from foundation import database_clock
from foundation.dates import length_words
from foundation.record import record
from foundation.text import number_words
from foundation.values.lines import LineField, line_key
from foundation.verbs import lock_row, verb

MOST_PARTS = 12


@dataclass(frozen=True)
class PartPlan:
    """One part as it is to be. `part` is the part it has been so far, None for a new one."""

    title: str
    minutes: int = 90
    part: "Part | None" = None


class PartManager(models.Manager["Part"]):
    @verb
    def divide(
        self, workshop: Workshop, plans: Sequence[PartPlan], by: Person, now: datetime | None = None
    ) -> list["Part"]:
        """Let `workshop` have these parts in this order and no others, and return them. Its length is theirs together.

        Refuses (Part.Refused) a single part, two of one title, more than MOST_PARTS, and (Part.IsHeld) to drop a part
        that a session people know of holds.
        """
        now = now or database_clock.now()
        lock_row(workshop)
        before = list(self.filter(workshop=workshop))
        was = [(part, part.title, part.minutes) for part in before]
        refuse_as_parts(plans)
        parts = [_planned(workshop, plan, position) for position, plan in enumerate(plans, 1)]
        if [(part, part.title, part.minutes) for part in parts] == was:
            return parts
        leaving = [part for part in before if part not in parts]
        for part in leaving:
            part.refuse_if_held()
        for part in parts:
            part.save()
        if parts:
            workshop.minutes = sum(part.minutes for part in parts)
            workshop.save(update_fields=["minutes"])
        record(by, workshop, f"Parts: from {in_words(was)} to {in_words([(p, p.title, p.minutes) for p in parts])}.")
        # Drafts let go of what leaves. A session that was published meanwhile does not: the database keeps its part.
        parts_changed.send(Workshop, workshop=workshop, parts=parts, now=now)
        try:
            for part in leaving:
                part.delete()
        except models.ProtectedError:
            raise Part.IsHeld(leaving) from None
        return parts


class Part(models.Model):
    """One of several parts of a workshop, in order, each held in a meeting of its own. Changes in `divide` alone."""

    class Refused(Exception):
        """A verb was refused; `str(error)` is the sentence shown to the office."""

    class IsHeld(Refused):
        """A part cannot go: a session people know of holds it."""

        def __init__(self, parts: Sequence["Part"]):
            titles = ", ".join(f"“{part}”" for part in parts)
            super().__init__(
                f"A session that is published holds {titles}, so it stays. Give it another title, or make a new "
                "workshop without it."
            )

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField(default=0)
    title = LineField(max_length=160)
    minutes = models.PositiveSmallIntegerField(
        "length in minutes", default=90, validators=[MinValueValidator(15), MaxValueValidator(600)]
    )

    objects = PartManager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    def refuse_if_held(self) -> None:
        """Raise IsHeld where a session that is no draft holds the part, in a meeting that is cancelled too."""
        if self.meetings(manager="every").exclude(session__status="draft").exists():
            raise self.IsHeld([self])


def _planned(workshop: Workshop, plan: PartPlan, position: int) -> Part:
    part = plan.part or Part(workshop=workshop)
    part.position, part.title, part.minutes = position, plan.title, plan.minutes
    return part


def refuse_as_parts(plans: Sequence[PartPlan]) -> None:
    """Raise the Part.Refused that says why a workshop cannot have these parts; return None if it can."""
    if len(plans) == 1:
        raise Part.Refused("A workshop has no parts, or two and more. Add the other part, or leave this one out.")
    if len(plans) > MOST_PARTS:
        raise Part.Refused(f"A workshop has {MOST_PARTS} parts at most.")
    titles = [line_key(plan.title) for plan in plans]
    for number, plan in enumerate(plans):
        if titles[number] in titles[:number]:
            raise Part.Refused(f"Two parts are called “{plan.title}”. Give one of them another title.")


def default_minutes(workshop: Workshop, part: Part | None) -> int:
    """Return how long a meeting for `part` lasts, if nobody says; for no part, as long as the longest of them."""
    if part:
        return part.minutes
    return max((one.minutes for one in workshop.parts.all()), default=workshop.minutes)


def in_words(parts: Sequence[tuple[Part, str, int]]) -> str:
    """Return “1. Bias (90 minutes) 2. Allyship (2 hours)”, as the record tells the parts; “nothing” for none."""
    said = (f"{number}. {title} ({length_words(minutes)})" for number, (_, title, minutes) in enumerate(parts, 1))
    return " ".join(said) or "nothing"


def lengths_in_words(parts: Sequence[Part]) -> str:
    """Return “Two parts, 90 minutes each: 3 hours in all”, or “Two parts, 3 hours 30 minutes in all”; "" for none."""
    if not parts:
        return ""
    many, whole = number_words(len(parts)).capitalize(), length_words(sum(part.minutes for part in parts))
    if len({part.minutes for part in parts}) == 1:
        return f"{many} parts, {length_words(parts[0].minutes)} each: {whole} in all"
    return f"{many} parts, {whole} in all"
