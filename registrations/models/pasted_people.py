"""PastedPeople: many people whom the office registers at one press, one after the other, by a worker."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models

from accounts.models import Person
from foundation import database_clock
from foundation.verbs import lock_row, part_of_a_verb, verb
from foundation.work.claimed import Claimed, ClaimedQuerySet
from sessions_app.models import Mode, Session

# What came of the lines is read right afterwards; who is registered stands on the roster.
LIVES = timedelta(days=1)
MAY_REGISTER = "registrations.change_registration"


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

        `how` are their role, mode and the reason to let in people whom a rule keeps out. `key` belongs to one text and
        one `how`: of a list that was given up, the lines that were left are begun again, in the name of `by`.
        """
        made = {"session": session, "text": text, "total": total, "made_by": by, "made_at": now or database_clock.now()}
        pasted, is_new = self.get_or_create(key=key, defaults={**made, **how})
        if not is_new and pasted.was_given_up:
            lock_row(pasted)
            if pasted.was_given_up:
                pasted.begin_again(text, by, now or database_clock.now())
        return pasted


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

    @property
    def was_given_up(self) -> bool:
        """True if no worker is at it any more, and nothing is written down of some lines. One query."""
        return self.is_finished and self.outcomes.count() < self.total

    @property
    def may_be_done(self) -> bool:
        """True if the person in whose name the people are registered may do so. Two queries at most."""
        return self.made_by.is_staff and self.made_by.has_perm(MAY_REGISTER)

    @part_of_a_verb
    def begin_again(self, text: str, by: Person, now: datetime) -> None:
        """Have the lines done that were left; `text` is what was pasted. The caller holds the lock of the row."""
        self.text, self.made_by, self.made_at = text, by, now
        self.tries, self.claimed_at, self.finished_at = 0, None, None
        self.save(update_fields=["text", "made_by", "made_at", "tries", "claimed_at", "finished_at"])

    @part_of_a_verb
    def keep(self, number: int, typed: str, said: str, notes: Sequence[str], is_wrong: bool) -> None:
        """Write down what came of the line `number`, in the transaction of the caller; that is also a sign of life.

        Raises IntegrityError where another worker has done so.
        """
        self.outcomes.create(number=number, typed=typed, said=said, notes=list(notes), is_wrong=is_wrong)
        self.still_here()

    @part_of_a_verb
    def keep_unless_known(self, number: int, typed: str, said: str) -> None:
        """Write down that nothing came of the line `number`, and why, unless another worker wrote what did."""
        wrong = PastedOutcome(pasted=self, number=number, typed=typed, said=said, notes=[], is_wrong=True)
        PastedOutcome.objects.bulk_create([wrong], ignore_conflicts=True)
        self.still_here()

    @part_of_a_verb
    def still_here(self) -> None:
        """Say that the worker lives, so that no other one takes the work on."""
        type(self).objects.filter(pk=self.pk).update(claimed_at=database_clock.now())

    @verb
    def finish(self, now: datetime | None = None) -> None:
        """Say that each line was done. What was pasted is needed no longer."""
        self.finished_at, self.text = now or database_clock.now(), ""
        self.save(update_fields=["finished_at", "text"])

    @part_of_a_verb
    def give_up(self, now: datetime) -> None:
        """Leave the lines that are not done: their page says so, and why where the person may not have them done."""
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
