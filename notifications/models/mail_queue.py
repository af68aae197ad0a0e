"""MailQueue: how delivery is going."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from foundation.verbs import part_of_a_verb
from notifications.models.notices import Notice


class MailQueue(models.Model):
    """The one row on how delivery is going: beat's heartbeat, what the mail server does, and whose clock is wrong."""

    ALIVE = timedelta(minutes=5)
    PAUSE = timedelta(minutes=5)
    PATIENCE = timedelta(minutes=5)
    REST = timedelta(seconds=30)

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
        return self.away_since is None and self.paused_until is not None and self.paused_until > now

    @property
    def is_shut_out(self) -> bool:
        """True from the first connection that failed before any mail was handed over, until one is made again."""
        return self.away_since is not None and self.paused_until is not None

    def is_resting(self, now: datetime) -> bool:
        """Tell whether a connection failed so recently that only the sweep of every minute tries the next one."""
        return self.is_shut_out and self.paused_until is not None and self.paused_until > now

    def is_away(self, now: datetime) -> bool:
        """Tell whether no mail was accepted for five minutes because the connection breaks, and mail waits for it."""
        if self.away_since is None or self.away_since > now - self.PATIENCE:
            return False
        tried = Q(attempts__gt=0)
        waits = tried | Q(next_attempt_at__lte=now) if self.is_shut_out else tried
        return Notice.objects.filter(waits, state=Notice.State.QUEUED).exists()

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
        """Note since when the connection breaks under a mail. Sending goes on, for that mail may be what breaks it."""
        if self.away_since is None:
            self._note(away_since=now, paused_until=None, problem=problem[:500])

    @part_of_a_verb
    def shut_out(self, problem: str, now: datetime) -> None:
        """Stop sending until a connection can be made: that it failed says nothing about any Notice, nor costs it any.

        Wake-ups leave the server in peace for half a minute each time; the sweep tries every minute.
        """
        self._note(away_since=self.away_since or now, paused_until=now + self.REST, problem=problem[:500])

    @part_of_a_verb
    def let_in(self, now: datetime) -> None:
        """Forget that the server was away, now that there is a connection; and send at once what waits because of it.

        That is also what was tried again and again while connections broke. A Notice that the server put off by itself
        waits for its own time.
        """
        self.resume()
        broke = Notice.objects.filter(state=Notice.State.QUEUED, problem__startswith=Notice.BROKE)
        broke.filter(next_attempt_at__gt=now).update(next_attempt_at=now)

    @part_of_a_verb
    def resume(self) -> None:
        """Forget the problem, if one was known: a mail has been accepted, or a connection was made again."""
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
