"""Unit: a department or administrative unit, which may be part of another one. No unit is part of itself."""

from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.signals import unit_merged
from foundation.record import record, record_each
from foundation.values.lines import LineField
from foundation.verbs import lock_row, verb

if TYPE_CHECKING:
    from accounts.models.people import Person

MOST_HEADS = 1_000_000


class Unit(models.Model):
    """A department or administrative unit."""

    class Refused(Exception):
        """A verb was refused; `str(error)` is the sentence shown to the person."""

    class Circle(Refused):
        """A unit would be part of itself."""

    name = LineField(max_length=120, unique=True)
    parent = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="part of",
        help_text="The larger unit that this one belongs to.",
    )
    head_count = models.PositiveIntegerField(
        "head count",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HEADS)],
        help_text="How many people work or study here, with an account or without. Empty: not known.",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="unit_is_no_part_of_itself"),
            models.CheckConstraint(condition=Q(head_count__gte=1), name="unit_has_heads_if_they_are_counted"),
        ]

    def __str__(self) -> str:
        return self.name

    # ---- questions ----

    def circle_under(self, parent: "Unit | None") -> str:
        """Return the sentence that names the circle which this unit would be in as a part of `parent`, or nothing.

        The order of the units is to be locked (`lock_units`). One query.
        """
        if parent is None or self.pk is None:
            return ""
        if parent.pk == self.pk:
            return f"{self} cannot be part of itself."
        above = {pk: (name, up) for pk, name, up in Unit.objects.order_by().values_list("pk", "name", "parent_id")}
        way, at = [str(self)], parent.pk
        while at in above and at != self.pk and len(way) <= len(above):
            name, up = above[at]
            way.append(name)
            at = up
        if at != self.pk:
            return ""
        return (
            "".join([f"{way[0]} is part of {way[1]}", *(f", which is part of {name}" for name in way[2:] + way[:1])])
            + "."
        )

    def is_under(self, unit: "Unit") -> bool:
        """Tell whether this unit is part of `unit`, itself or by way of others."""
        return self.pk != unit.pk and bool(unit.circle_under(self))

    # ---- verbs ----

    @verb
    def put_under(self, parent: "Unit | None", by: "Person") -> None:
        """Make this unit part of `parent`, or of none. Raises Circle if it would be part of itself."""
        lock_units()
        lock_row(self, "parent")
        if self.parent_id == (parent and parent.pk):
            return
        if circle := self.circle_under(parent):
            raise self.Circle(circle)
        before, self.parent = self.parent, parent
        self.save(update_fields=["parent"])
        record(by, self, f"Part of: from {before or 'nothing'} to {parent or 'nothing'}.")

    @verb
    def count_heads(self, head_count: int | None, by: "Person") -> None:
        """Write down how many people work or study here, None for not known."""
        lock_row(self)
        if self.head_count == head_count:
            return
        before, self.head_count = self.head_count, head_count
        self.save(update_fields=["head_count"])
        record(by, self, f"Head count: from {before or 'nothing'} to {head_count or 'nothing'}.")

    @verb
    def remove(self, by: "Person") -> None:
        """Delete this unit. Profiles that name it name none any more; its parts belong to what it was part of."""
        lock_units()
        lock_row(self, "parent")
        emptied = list(self.people.order_by("pk"))
        record_each(by, emptied, f"Unit: from {self} to nothing. The unit was deleted.")
        self.children.update(parent=self.parent)
        record(by, self, f"Deleted; it was in {len(emptied)} profiles.")
        self.delete()

    @verb
    def merge_into(self, other: "Unit", by: "Person") -> None:
        """Let `other` take the place of this unit, which goes: its people, parts, champions and requests move there.

        Raises Refused for a merge into itself. A head count that `other` lacks comes along.
        """
        lock_units()
        if self.pk == other.pk:
            raise self.Refused("Choose another unit: this is the one that goes.")
        for unit in sorted((self, other), key=lambda each: each.pk):
            lock_row(unit, "parent")
        moved = list(self.people.order_by("pk"))
        record_each(by, moved, f"Unit: from {self} to {other}. The two units became one.")
        self.people.update(unit=other)
        if other.is_under(self):
            other.parent = self.parent
        self.children.exclude(pk=other.pk).update(parent=other)
        other.head_count = other.head_count or self.head_count
        other.save(update_fields=["parent", "head_count"])
        for champion in self.champions.order_by("since", "pk"):
            same = other.champions.filter(person=champion.person, until=None).first() if not champion.until else None
            if same is None:
                self.champions.filter(pk=champion.pk).update(unit=other)
            elif champion.since < same.since:
                other.champions.filter(pk=same.pk).update(since=champion.since)
        unit_merged.send(Unit, unit=self, into=other)
        record(by, other, f"{self} was merged into it: {len(moved)} profiles moved.")
        self.delete()


def lock_units() -> None:
    """Let nobody else put units under each other until the transaction ends. Waits 3 s at most.

    Two rows that are each sound alone can make a circle together, so one row is locked that stands for all of them.
    """
    lock_row(ContentType.objects.get_for_model(Unit))
