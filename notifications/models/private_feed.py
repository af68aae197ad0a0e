"""The private feed: an address that shows one person's sessions to their calendar program, which cannot sign in.

Anybody who has the address sees the sessions. So the address is made only when the person asks for it, shown once, and
revoked at once; only a digest of its token is stored.
"""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse

from accounts.models import Person
from foundation.record import record
from foundation.tokens import digest_of, new_token
from foundation.verbs import lock_row, verb


def path_of(token: str) -> str:
    """Return the path of the feed that this token opens."""
    return reverse("private_feed", args=[token])


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    @verb
    def renew(self, person: Person, now: datetime) -> str:
        """Return the token of a new private feed, to be shown once. From now on the token before it opens nothing."""
        token = new_token()
        self._lock(person)
        self.update_or_create(person=person, defaults={"digest": digest_of(token), "made_at": now})
        return token

    @verb
    def revoke(self, person: Person, by: Person) -> None:
        """Let no address show the sessions of `person` any longer. It goes on record where another person does it."""
        self._lock(person)
        gone, _ = self.filter(person=person).delete()
        if gone and by != person:
            record(by, person, "Private calendar revoked: its address opens nothing any longer.")

    def _lock(self, person: Person) -> None:
        """Hold the row of the person, so that their feed is made or deleted one at a time, also the first one."""
        lock_row(Person.objects.get(pk=person.pk))

    def opened_by(self, token: str) -> "CalendarFeed | None":
        """Return the feed of this token with its person; None if it is unknown, revoked or its person switched off."""
        digest = digest_of(token)
        feed = self.filter(digest=digest, person__is_active=True).select_related("person").first()
        return feed if feed and secrets.compare_digest(feed.digest, digest) else None


class CalendarFeed(models.Model):
    """The private feed of a person, with the digest of the token that opens it. One per person."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, which is kept nowhere.")
    made_at = models.DateTimeField()

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["person"], name="one_feed_per_person")]

    def __str__(self) -> str:
        return f"{self.person}: One’s own sessions"
