"""SeasonFile: a schedule of many rows, which a worker looks at and puts up while the office watches."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import connection, connections, models

from accounts.models import Person
from foundation import database_clock
from foundation.verbs import lock_row, part_of_a_verb, verb
from foundation.work.claimed import Claimed, ClaimedQuerySet
from sessions_app.models.schedule_import import ScheduleImport

# What was looked at and never put up is forgotten: it may name people who were there.
LIVES = timedelta(days=1)
GAVE_UP = "This could not be done. Choose the file again; if it fails again, take it in portions."


class SeasonFileQuerySet(ClaimedQuerySet["SeasonFile"]):
    def stale(self, now: datetime) -> Self:
        """Files that nobody needs any more."""
        return self.filter(made_at__lte=now - LIVES)


class SeasonFile(Claimed):
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
    found = models.JSONField(default=dict, blank=True)
    put_up = models.ForeignKey(ScheduleImport, models.SET_NULL, null=True, related_name="+")

    objects = SeasonFileQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"A schedule of {self.total} rows"

    @property
    def is_over(self) -> bool:
        """True once it is put up."""
        return self.is_finished and self.wants != self.Wants.LOOK and "done" in self.found

    @part_of_a_verb
    def give_up(self, now: datetime) -> None:
        self.finish({"failed": GAVE_UP}, now=now)

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
