"""BrowserSession: what one browser keeps with us between two pages, as a row."""

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.sealed import SIGN_INS
from foundation.verbs import lock_row, verb


def name_of(session_key: str) -> str:
    """Return what names in the database the browser session whose cookie says `session_key`: 40 hexadecimal digits.

    The cookie opens what its browser may see. So a look at the table, or at a dump, tells no cookie.
    """
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class BrowserSessionQuerySet(models.QuerySet["BrowserSession"]):
    def over(self, now: datetime) -> "BrowserSessionQuerySet":
        """Return those that open nothing any more at `now`: out of date, or the office's and too long unused."""
        return self.filter(Q(ends_at__lte=now) | self._is_idle(now - settings.OFFICE_IDLE))

    def alive(self, now: datetime) -> "BrowserSessionQuerySet":
        """Return those that are not over at `now`."""
        return self.used_since(now - settings.OFFICE_IDLE, now)

    def used_since(self, since: datetime, now: datetime) -> "BrowserSessionQuerySet":
        """Return those that are not out of date at `now`, of the office only those used after `since`."""
        return self.filter(ends_at__gt=now).exclude(self._is_idle(since))

    def _is_idle(self, since: datetime) -> Q:
        # Whether a person is of the office is asked now: somebody may have become so since they signed in.
        return Q(person__is_staff=True, last_used_at__lte=since)


class BrowserSession(models.Model):
    """What a browser keeps with us: sealed (store.py), named by a digest of its cookie, and a Person's if one signs in.

    `person` is the person who is signed in there, or who has entered the mailed code and not yet the second factor.
    A person who is deleted takes theirs along; the database does not insist, because a browser may be late.
    """

    MOST_TRIES = 5

    name = models.CharField(max_length=40, primary_key=True, editable=False)
    sealed = models.TextField(editable=False)
    ends_at = models.DateTimeField(db_index=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        editable=False,
        db_constraint=False,
        related_name="browser_sessions",
    )
    last_used_at = models.DateTimeField(editable=False)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    objects = BrowserSessionQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(tries__lte=5), name="code_is_tried_five_times_at_most")]

    def __str__(self) -> str:
        return "a browser session"

    def save(self, **options: Any) -> None:
        """Write it. The store writes back what it read with a request, and so never writes the tries taken since."""
        if options.get("force_update"):
            options["update_fields"] = {field.name for field in self._meta.fields} - {"name", "tries"}
        super().save(**options)

    @verb
    def rotate(self) -> bool:
        """Seal it with the first key. False if it was written, or is gone, since it was read. Raises Unreadable."""
        unchanged = BrowserSession.objects.filter(pk=self.pk, sealed=self.sealed)
        return bool(unchanged.update(sealed=SIGN_INS.reseal(self.sealed)))

    @verb
    def take_try(self) -> int | None:
        """Count one try of the code that this browser waits for, before the code is compared.

        Return how many are left after it, and None where there was none. Of any number of tries at once five are taken.
        Raises DoesNotExist if this row is gone.
        """
        lock_row(self)
        if self.tries >= self.MOST_TRIES:
            return None
        self.tries += 1
        self.save(update_fields=["tries"])
        return self.MOST_TRIES - self.tries
