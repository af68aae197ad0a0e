"""Long work that a row describes and one worker at a time does: claimed for a while, left to another, and finished."""

from datetime import datetime, timedelta
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

from foundation import database_clock
from foundation.verbs import lock_row, part_of_a_verb, verb

MOST_TRIES = 3


AnyClaimed = TypeVar("AnyClaimed", bound="Claimed")


class ClaimedQuerySet(models.QuerySet[AnyClaimed]):
    """Find what waits for a worker."""

    def waiting(self, now: datetime) -> Self:
        """Rows on which a worker has something to do, and none is at it."""
        free = Q(claimed_at=None) | Q(claimed_at__lte=now - self.model.LEASE)
        return self.filter(free, finished_at=None).order_by("pk")


class Claimed(models.Model):
    """A row that says what is to be done, whether a worker is at it, and when it was finished."""

    # A worker that has said nothing for so long is gone.
    LEASE: ClassVar[timedelta] = timedelta(minutes=10)

    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_finished(self) -> bool:
        """True if the worker has done what was wanted last."""
        return self.finished_at is not None

    @verb
    def claim(self, now: datetime | None = None) -> bool:
        """Take the work on, and tell whether that is for the caller: another worker may be at it, or have done it."""
        now = now or database_clock.now()
        lock_row(self)
        is_taken = self.claimed_at is not None and self.claimed_at > now - self.LEASE
        if self.is_finished or is_taken:
            return False
        if self.tries >= MOST_TRIES:
            self.give_up(now)
            return False
        self.claimed_at, self.tries = now, self.tries + 1
        self.save(update_fields=["claimed_at", "tries"])
        return True

    @verb
    def release(self) -> None:
        """Leave the work to another worker."""
        self.claimed_at = None
        self.save(update_fields=["claimed_at"])

    @part_of_a_verb
    def give_up(self, now: datetime) -> None:
        """Finish it, and say that it could not be done: too many workers have begun it and none came to its end."""
        raise NotImplementedError
