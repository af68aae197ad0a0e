"""Who looked at which roster, and on which days: somebody of the office, or who leads the session.

Names of people who come are nobody's business.
"""

from datetime import datetime, timedelta

from django.db import models

from accounts.models import Person
from foundation import database_clock
from foundation.verbs import verb
from sessions_app.models import Session

KEPT = timedelta(days=365)


class RosterReadingManager(models.Manager["RosterReading"]):
    @verb
    def note(self, session: Session, by: Person, now: datetime | None = None) -> None:
        """Write down that `by` looks at the roster of `session`, once a day (in UTC). One query, and no lock."""
        now = now or database_clock.now()
        self.bulk_create([RosterReading(session=session, by=by, on=now.date(), first_at=now)], ignore_conflicts=True)

    @verb
    def forget(self, now: datetime) -> int:
        """Delete what is older than a year, and return how many that were."""
        deleted, _ = self.filter(first_at__lte=now - KEPT).delete()
        return deleted


class RosterReading(models.Model):
    """That one person looked at the names in one session on one day, the first time at `first_at`."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    on = models.DateField()
    first_at = models.DateTimeField("first looked at")

    objects = RosterReadingManager()

    class Meta:
        verbose_name = "look at a roster"
        verbose_name_plural = "looks at rosters"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "by", "on"], name="one_look_at_a_roster_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.by} · {self.session}"
