"""What every part of a session stands on: its state, its times, its lock, and how its verbs refuse."""

from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from foundation import database_clock
from foundation.values.days import EARLIEST, LATEST
from foundation.values.zones import validate_time_zone
from foundation.verbs import lock_row, part_of_a_verb

AnyLife = TypeVar("AnyLife", bound="Life")


class LifeQuerySet(models.QuerySet[AnyLife]):
    """Find sessions by their state and by when they are."""

    def running(self) -> Self:
        """Sessions that may still be held: open or confirmed."""
        return self.filter(status__in=Life.RUNNING)

    def upcoming(self, now: datetime | None = None) -> Self:
        """Sessions that have not ended, soonest first."""
        return self.filter(ends_at__gt=now or database_clock.now()).order_by("starts_at", "pk")


class Life(models.Model):
    """The state of a session and the times it stands under. Both change only in verbs, under `lock()`."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Open"
        CONFIRMED = "confirmed", "Confirmed"
        CANCELLED = "cancelled", "Cancelled"
        COMPLETED = "completed", "Completed"

    RUNNING = (Status.OPEN, Status.CONFIRMED)

    class Refused(Exception):
        """A verb was refused; `str(error)` is the sentence shown to the person."""

    class AlreadyDecided(Refused):
        """The session is past the state this verb starts from."""

    class ReasonMissing(Refused):
        """The office has to say why."""

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)

    # Copied from the meetings by `follow_meetings`. Only a draft may lack them (session_public_has_its_times).
    if TYPE_CHECKING:
        starts_at: datetime
        ends_at: datetime
    else:
        starts_at = models.DateTimeField(null=True, editable=False, db_index=True)
        ends_at = models.DateTimeField(null=True, editable=False)
    time_zone = models.CharField(max_length=60, blank=True, editable=False, validators=[validate_time_zone])
    attended = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="How many were there, once the office has said so of every meeting."
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(starts_at__gte=EARLIEST, ends_at__lt=LATEST), name="session_in_this_century"
            ),
        ]

    @part_of_a_verb
    def lock(self) -> None:
        """Lock this row until the transaction ends and refresh it. Waits 3 s at most, then OperationalError."""
        # With the workshop, which nearly every verb asks next, while others wait for the lock.
        lock_row(self, "workshop")

    @part_of_a_verb
    def note_attended(self, many: int) -> None:
        """Note how many people were there. The lock is held."""
        if self.attended != many:
            self.attended = many
            self.save(update_fields=["attended"])

    @property
    def is_running(self) -> bool:
        """True while it may still be held: open or confirmed."""
        return self.status in self.RUNNING

    @property
    def is_confirmed(self) -> bool:
        return self.status == self.Status.CONFIRMED

    def has_started(self, now: datetime) -> bool:
        """True from the start of its first meeting. A draft without meetings has not started."""
        return self.starts_at is not None and self.starts_at <= now

    def _said(self, reason: str) -> str:
        if not reason.strip():
            raise self.ReasonMissing("Say why: people and the record need a reason.")
        return reason.strip()
