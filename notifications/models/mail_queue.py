"""MailQueue: how delivering goes."""

from datetime import datetime, timedelta

from django.db import models


class MailQueue(models.Model):
    """The one row that says how delivering goes: the heartbeat of beat, and whether the mail server refuses us."""

    ALIVE = timedelta(minutes=5)
    PAUSE = timedelta(minutes=5)

    beat_at = models.DateTimeField(null=True, help_text="When beat’s sweep last ran in a worker.")
    paused_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)

    def __str__(self):
        return "Mail queue"

    @classmethod
    def load(cls) -> "MailQueue":
        """Return the row, or the one that will be written: looking writes nothing."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and self.paused_until > now

    def pause(self, problem: str, now: datetime) -> None:
        """Stop sending for five minutes: the server refuses our credentials, and trying each notice would burn it."""
        self.paused_until, self.problem = now + self.PAUSE, problem[:500]
        self._write(paused_until=self.paused_until, problem=self.problem)

    def resume(self) -> None:
        """Forget the problem, if one was known, once a message has been accepted."""
        if self.problem:
            MailQueue.objects.filter(pk=self.pk).update(paused_until=None, problem="")
            self.paused_until, self.problem = None, ""

    def beat(self, now: datetime) -> None:
        self._write(beat_at=now)

    def _write(self, **values) -> None:
        MailQueue.objects.update_or_create(pk=self.pk, defaults=values)

    pause.alters_data = resume.alters_data = beat.alters_data = True
