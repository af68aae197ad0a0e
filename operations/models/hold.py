"""LegalHold: nothing about one person, or about anybody, is forgotten while it stands (docs/guarantees.md: G17)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models import AddressChange, OtherAddress, Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import lock_row, verb


@dataclass(frozen=True)
class Held:
    """What is held at one instant: everything, or what names these people, by key and by each address of theirs."""

    everything: bool = False
    people: frozenset[int] = frozenset()
    addresses: frozenset[str] = frozenset()


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def standing(self, now: datetime) -> Self:
        """Return those that hold at `now`: from their beginning until they are lifted, or their last instant."""
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now, lifted_at=None)

    def on(self, person: Person, now: datetime) -> Self:
        """Return those for which `person` is not to be forgotten at `now`."""
        return self.standing(now).filter(Q(person=None) | Q(person=person))

    def held(self, now: datetime) -> Held:
        """Return all that is held at `now`, by the addresses of before too: mail and nominations know them."""
        rows = list(self.standing(now).values_list("person", "person__email"))
        people = frozenset(person for person, _ in rows if person is not None)
        held = AddressChange.objects.filter(person__in=people, state=AddressChange.State.HELD)
        changed = held.values_list("old_address", "new_address")
        merged = OtherAddress.objects.filter(person__in=people).values_list("email", flat=True)
        addresses = [address for _, address in rows if address] + [each for pair in changed for each in pair]
        return Held(
            everything=any(person is None for person, _ in rows),
            people=people,
            addresses=frozenset([*addresses, *merged]),
        )

    def sentence(self, person: Person, now: datetime) -> str:
        """Return what the office reads where a hold keeps `person` as they are; "" where none stands."""
        holds = list(self.on(person, now))
        if not holds:
            return ""
        if any(hold.person_id is None for hold in holds):
            return "A legal hold keeps everything about everybody. A Manager lifts it under Legal holds."
        return f"A legal hold keeps everything about {person}. A Manager lifts it under Legal holds."

    @verb
    def place(
        self,
        person: Person | None,
        reason: str,
        by: Person,
        until: datetime | None = None,
        now: datetime | None = None,
    ) -> "LegalHold":
        """Keep all there is of `person`, None for of everybody, `until` then or until it is lifted.

        Raises a LegalHold.Refused: NoReason, Over for a time that has passed, Erased for somebody who is gone.
        """
        now = now or database_clock.now()
        if not reason.strip():
            raise LegalHold.NoReason("Say why, for example the number of the case: it is on record.")
        if until is not None and until <= now:
            raise LegalHold.Over("Choose a time to come, or none: then it stands until it is lifted.")
        if person is not None:
            lock_row(person)
            if person.erased_at is not None:
                raise LegalHold.Erased("This person was erased, so there is nothing left to hold.")
        hold = self.create(person=person, reason=reason.strip(), since=now, until=until, set_by=by)
        record(by, hold, f"Placed. {reason.strip()}")
        return hold


class LegalHold(models.Model):
    """That nothing of one person, or of anybody, is forgotten: who said so, why, since when and until when."""

    class Refused(Exception):
        """A verb was refused; `str(error)` is the sentence for the office."""

    class NoReason(Refused):
        """Nothing was said about why."""

    class Over(Refused):
        """It would have ended before it begins."""

    class Erased(Refused):
        """The person was erased before."""

    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="legal_holds",
        help_text="Empty: nothing about anybody is forgotten.",
    )
    reason = models.TextField()
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+", editable=False)
    since = models.DateTimeField(editable=False)
    until = models.DateTimeField(null=True, blank=True, help_text="Empty: until it is lifted.")
    lifted_at = models.DateTimeField(null=True, editable=False)
    lifted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", editable=False)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="hold_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="lifted_hold_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"Hold on {self.person}" if self.person else "Hold on everything"

    def stands(self, now: datetime) -> bool:
        """Tell whether it holds at `now`."""
        return self.lifted_at is None and (self.until is None or self.until > now)

    @verb
    def lift(self, by: Person, now: datetime | None = None) -> None:
        """Let what it kept be forgotten in its time. A second call changes nothing."""
        lock_row(self)
        if self.lifted_at is not None:
            return
        self.lifted_at, self.lifted_by = now or database_clock.now(), by
        self.save(update_fields=["lifted_at", "lifted_by"])
        record(by, self, "Lifted.")
