"""ReplyMailbox: how far the mailbox for answers has been read."""

from datetime import datetime, timedelta

from django.db import models

from foundation.verbs import verb


class ReplyMailbox(models.Model):
    """The one row that says how far the mailbox for answers has been read, and since when it cannot be."""

    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    trying_uid = models.BigIntegerField(default=0, help_text="The mail in hand: who dies with it leaves this behind.")
    tries = models.PositiveSmallIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)

    FAILS_FOR = timedelta(minutes=15)

    def __str__(self):
        return "Reply mailbox"

    @classmethod
    def load(cls) -> "ReplyMailbox":
        """Return the row, or the one that will be written: looking writes nothing."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def is_failing(self, now: datetime) -> bool:
        """True once the mailbox could not be read for a quarter of an hour."""
        return self.failing_since is not None and self.failing_since <= now - self.FAILS_FOR

    @property
    def moves_nothing(self) -> bool:
        """True while what was read cannot be moved to a folder; `problem` says which."""
        return bool(self.problem) and self.failing_since is None

    @verb
    def note(self, **values) -> None:
        """Write how far reading has come."""
        for name, value in values.items():
            setattr(self, name, value)
        ReplyMailbox.objects.update_or_create(pk=1, defaults=values)
