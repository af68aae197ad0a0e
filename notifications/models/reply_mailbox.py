"""ReplyMailbox: how far the mailbox for answers has been read."""

from datetime import datetime, timedelta
from typing import Any

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

    def __str__(self) -> str:
        return "Reply mailbox"

    @classmethod
    def load(cls) -> "ReplyMailbox":
        """Return the row; unsaved where none was written yet, for reading writes nothing."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def is_failing(self, now: datetime) -> bool:
        """Tell whether the mailbox could not be read for the quarter of an hour before `now`."""
        return self.failing_since is not None and self.failing_since <= now - self.FAILS_FOR

    @property
    def moves_nothing(self) -> bool:
        """True while what was read cannot be moved to a folder; `problem` says which."""
        return bool(self.problem) and self.failing_since is None

    @verb
    def note(self, **values: Any) -> None:
        """Write how far reading has come: `values` are fields of this row."""
        for name, value in values.items():
            setattr(self, name, value)
        ReplyMailbox.objects.update_or_create(pk=1, defaults=values)
