"""SeasonFile: a schedule of many rows, which a worker looks at and puts up while the office watches."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import connection, connections, models
from django.db.models import Q

from accounts.models import Person
from foundation import database_clock
from foundation.verbs import lock_row, verb
from sessions_app.models.schedule_import import ScheduleImport

# A worker that has said nothing for so long is gone: 10,000 rows take it less than a minute.
LEASE = timedelta(minutes=10)
MOST_TRIES = 3
# What was looked at and never put up is forgotten: it may name people who were there.
LIVES = timedelta(days=1)
GAVE_UP = "This could not be done. Choose the file again; if it fails again, take it in portions."


class SeasonFileQuerySet(models.QuerySet["SeasonFile"]):
    def waiting(self, now: datetime) -> Self:
        """Files on which a worker has something to do, and none is at it."""
        free = Q(claimed_at=None) | Q(claimed_at__lte=now - LEASE)
        return self.filter(free, finished_at=None).order_by("pk")

    def stale(self, now: datetime) -> Self:
        """Files that nobody needs any more."""
        return self.filter(made_at__lte=now - LIVES)


class SeasonFile(models.Model):
    """The text of a schedule, what a worker is to do with it, and what it found.

    `total` is the number of rows, `done` how far the worker is. `found` is what the page shows once it is finished
    (sessions_app/schedule_import/working.py): it holds no names of people who were there.
    """

    class Wants(models.TextChoices):
        LOOK = "look", "Look at it"
        DRAFTS = "drafts", "Make drafts"
        PUBLISH = "publish", "Put up and publish"

    text = models.TextField(blank=True)
    time_zone = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    wants = models.CharField(max_length=10, choices=Wants.choices, default=Wants.LOOK)
    agreed = models.CharField(max_length=16, blank=True)
    total = models.PositiveIntegerField()
    doing = models.CharField(max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    found = models.JSONField(default=dict, blank=True)
    put_up = models.ForeignKey(ScheduleImport, models.SET_NULL, null=True, related_name="+")

    objects = SeasonFileQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"A schedule of {self.total} rows"

    @property
    def is_finished(self) -> bool:
        """True if the worker has done what was wanted last."""
        return self.finished_at is not None

    @property
    def is_over(self) -> bool:
        """True once it is put up."""
        return self.is_finished and self.wants != self.Wants.LOOK and "done" in self.found

    @verb
    def claim(self, now: datetime | None = None) -> bool:
        """Take the file on, and tell whether that is for the caller: another worker may be at it, or have done it."""
        now = now or database_clock.now()
        lock_row(self)
        is_taken = self.claimed_at is not None and self.claimed_at > now - LEASE
        if self.is_finished or is_taken:
            return False
        if self.tries >= MOST_TRIES:
            self.finish({"failed": GAVE_UP}, now=now)
            return False
        self.claimed_at, self.tries = now, self.tries + 1
        self.save(update_fields=["claimed_at", "tries"])
        return True

    @verb
    def release(self) -> None:
        """Leave the file to another worker."""
        self.claimed_at = None
        self.save(update_fields=["claimed_at"])

    def note(self, doing: str, done: int) -> None:
        """Say how far the work is. People see it at once, though nothing of the work itself can be seen yet."""
        statement = f"UPDATE {self._meta.db_table} SET doing = %s, done = %s WHERE id = %s"
        _write_aside(statement, [doing, min(done, self.total), self.pk])

    @verb
    def finish(self, found: dict[str, Any], put_up: ScheduleImport | None = None, now: datetime | None = None) -> None:
        """Say that what was wanted is done, and what came of it. What is put up needs the text no longer."""
        self.found, self.put_up, self.finished_at = found, put_up, now or database_clock.now()
        if "done" in found or "failed" in found:
            self.text = ""
        self.save(update_fields=["found", "put_up", "finished_at", "text"])

    @verb
    def want(self, wants: str, agreed: str = "") -> bool:
        """Have a worker do something else with the file it has looked at. Tells whether that is to be done.

        `agreed` is what somebody said yes to. A second press changes nothing.
        """
        lock_row(self)
        if not self.is_finished or not self.text:
            return False
        self.wants, self.agreed, self.doing, self.done, self.tries = wants, agreed, "", 0, 0
        self.claimed_at = self.finished_at = None
        self.save(update_fields=["wants", "agreed", "doing", "done", "tries", "claimed_at", "finished_at"])
        return True


def _write_aside(statement: str, values: Sequence[Any]) -> None:
    """Carry out one SQL `statement` beside the transaction that goes on, so that everybody sees it at once.

    It has a connection of its own, and its rows must not be locked by the caller. On SQLite, where one connection
    writes at a time, it does nothing inside a transaction.
    """
    if connection.vendor != "postgresql":
        if not connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
        return
    beside = connections.create_connection("default")
    try:
        with beside.cursor() as cursor:
            cursor.execute(statement, values)
    finally:
        beside.close()
