"""Handled: the part of a model whose rows wait until the office has dealt with them, and note how."""

from datetime import datetime

from django.conf import settings
from django.db import models

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import lock_row, verb


class Handled(models.Model):
    """What the office did about a row. The model says which of its rows wait, and what is on record beside the note."""

    class Refused(Exception):
        """A verb was refused; `str(error)` is the sentence shown to the office."""

    class NothingToHandle(Refused):
        """This row does not wait for the office."""

    class NoteMissing(Refused):
        """The office has to say what it did."""

    NOTHING_TO_HANDLE = ""

    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    handled_note = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True

    @property
    def needs_the_office(self) -> bool:
        """True for a row that only a person can deal with, handled or not."""
        raise NotImplementedError

    @property
    def waits_for_the_office(self) -> bool:
        """True for a row that the office has still to deal with."""
        return self.needs_the_office and self.handled_at is None

    @property
    def handled_record(self) -> str:
        """Return the sentence on record once the row is handled."""
        return f"Marked as handled: {self.handled_note}"

    @verb
    def handle(self, by: Person, note: str, now: datetime | None = None) -> None:
        """Note that the office has dealt with the row some other way, and how: it waits no longer.

        Refuses a row that does not wait (NothingToHandle), and an empty `note` (NoteMissing).
        """
        lock_row(self)
        if self.handled_at:
            return
        if not self.needs_the_office:
            raise self.NothingToHandle(self.NOTHING_TO_HANDLE)
        if not note.strip():
            raise self.NoteMissing("Say what was done: the record needs it.")
        self.handled_at, self.handled_by, self.handled_note = now or database_clock.now(), by, note.strip()[:500]
        self.save(update_fields=["handled_at", "handled_by", "handled_note"])
        record(by, self, self.handled_record)
