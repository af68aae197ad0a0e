"""MailQueue: how delivery is going."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models

from foundation.verbs import part_of_a_verb
from notifications.models.notices import Notice


class MailQueue(models.Model):
    """The one row on how delivery is going: beat's heartbeat, what the mail server does, and whose clock is wrong."""

    ALIVE = timedelta(minutes=5)
    PAUSE = timedelta(minutes=5)
    PATIENCE = timedelta(minutes=5)

    beat_at = models.DateTimeField(null=True, help_text="When beat’s sweep last ran in a worker.")
    paused_until = models.DateTimeField(null=True)
    away_since = models.DateTimeField(null=True, help_text="The first broken connection since a message was accepted.")
    problem = models.CharField(max_length=500, blank=True)
    clock_problem = models.CharField(
        max_length=200, blank=True, db_default="", help_text="Which worker’s or beat’s clock is off, and by how much."
    )
    clock_wrong_at = models.DateTimeField(null=True, help_text="When that was last seen.")

    def __str__(self) -> str:
        return "Mail queue"

    @classmethod
    def load(cls) -> "MailQueue":
        """Return the row; unsaved where none was written yet, for reading writes nothing."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def is_paused(self, now: datetime) -> bool:
        """Tell whether nothing is sent at `now`, because the server refused our credentials."""
        return self.paused_until is not None and self.paused_until > now

    def is_away(self, now: datetime) -> bool:
        """Tell whether no mail was accepted for five minutes because the connection breaks, and mail waits for it."""
        if self.away_since is None or self.away_since > now - self.PATIENCE:
            return False
        return Notice.objects.filter(state=Notice.State.QUEUED, attempts__gt=0).exists()

    def wrong_clock(self, now: datetime) -> str:
        """Return what is wrong with the clock of a worker or of beat, "" where none was wrong for five minutes."""
        is_wrong = self.clock_wrong_at is not None and self.clock_wrong_at > now - self.ALIVE
        return self.clock_problem if is_wrong else ""

    @part_of_a_verb
    def pause(self, problem: str, now: datetime) -> None:
        """Stop sending for five minutes: the server refuses us, and each Notice tried would lose an attempt."""
        self._note(paused_until=now + self.PAUSE, away_since=None, problem=problem[:500])

    @part_of_a_verb
    def note_away(self, problem: str, now: datetime) -> None:
        """Note since when the connection breaks. Sending goes on, for a single mail may be what breaks it."""
        if self.away_since is None:
            self._note(away_since=now, problem=problem[:500])

    @part_of_a_verb
    def resume(self) -> None:
        """Forget the problem, if one was known, once a mail has been accepted."""
        if self.problem:
            self._note(paused_until=None, away_since=None, problem="")

    @part_of_a_verb
    def beat(self, now: datetime) -> None:
        """Write the heartbeat: beat's sweep runs at `now`."""
        self._note(beat_at=now)

    @part_of_a_verb
    def note_clock(self, problem: str, now: datetime) -> None:
        """Note that a worker's or beat's clock is wrong: `problem` says whose, and by how much."""
        self._note(clock_problem=problem[:200], clock_wrong_at=now)

    def _note(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        MailQueue.objects.update_or_create(pk=self.pk, defaults=values)
