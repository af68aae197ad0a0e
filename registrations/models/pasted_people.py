"""PastedPeople: many people whom the office registers at one press, one after the other, by a worker."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models

from accounts.models import Person
from foundation import database_clock
from foundation.verbs import part_of_a_verb, verb
from foundation.work.claimed import Claimed, ClaimedQuerySet
from sessions_app.models import Mode, Session

# What came of the lines is read right afterwards; who is registered stands on the roster.
LIVES = timedelta(days=1)


class PastedPeopleQuerySet(ClaimedQuerySet["PastedPeople"]):
    def stale(self, now: datetime) -> Self:
        """Those that nobody needs any more."""
        return self.filter(made_at__lte=now - LIVES)

    @verb
    def begin(
        self,
        session: Session,
        text: str,
        total: int,
        by: Person,
        key: uuid.UUID,
        now: datetime | None = None,
        **how: str,
    ) -> "PastedPeople":
        """Keep what was pasted, for a worker whom the caller wakes. A second call with this `key` gives the first row.

        `how` are their role, mode and the reason to let in people whom a rule keeps out.
        """
        made = {"session": session, "text": text, "total": total, "made_by": by, "made_at": now or database_clock.now()}
        return self.get_or_create(key=key, defaults={**made, **how})[0]


class PastedPeople(Claimed):
    """Names and addresses as they were pasted, and how those people are to be registered for a session."""

    LEASE = timedelta(minutes=2)  # since the last line

    key = models.UUIDField(unique=True, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="+")
    text = models.TextField(blank=True)
    role = models.CharField(max_length=20, blank=True, choices=Person.Role.choices)
    mode = models.CharField(max_length=10, blank=True, choices=Mode.choices)
    reason = models.CharField(max_length=500, blank=True)
    total = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.CASCADE, related_name="+")

    objects = PastedPeopleQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.total} pasted people"

    @part_of_a_verb
    def keep(self, number: int, typed: str, said: str, notes: Sequence[str], is_wrong: bool) -> None:
        """Write down what came of the line `number`, in the transaction of the caller; that is also a sign of life.

        Raises IntegrityError where another worker has done so.
        """
        self.outcomes.create(number=number, typed=typed, said=said, notes=list(notes), is_wrong=is_wrong)
        self._still_here()

    @part_of_a_verb
    def keep_unless_known(self, number: int, typed: str, said: str) -> None:
        """Write down that nothing came of the line `number`, and why, unless another worker wrote what did."""
        wrong = PastedOutcome(pasted=self, number=number, typed=typed, said=said, notes=[], is_wrong=True)
        PastedOutcome.objects.bulk_create([wrong], ignore_conflicts=True)
        self._still_here()

    def _still_here(self) -> None:
        type(self).objects.filter(pk=self.pk).update(claimed_at=database_clock.now())

    @verb
    def finish(self, now: datetime | None = None) -> None:
        """Say that each line was done. What was pasted is needed no longer."""
        self.finished_at, self.text = now or database_clock.now(), ""
        self.save(update_fields=["finished_at", "text"])

    @part_of_a_verb
    def give_up(self, now: datetime) -> None:
        self.finish(now)


class PastedOutcome(models.Model):
    """What came of one pasted line: `number` counts them from zero."""

    pasted = models.ForeignKey(PastedPeople, models.CASCADE, related_name="outcomes")
    number = models.PositiveIntegerField()
    typed = models.TextField()
    said = models.TextField()
    notes: Any = models.JSONField(default=list)
    is_wrong = models.BooleanField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["pasted", "number"], name="one_outcome_of_a_pasted_line")]

    def __str__(self) -> str:
        return f"Line {self.number}"
