"""Champion: a person represents a unit from one day until another."""

import logging
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.people import Person
from accounts.models.units import Unit
from foundation import database_clock
from foundation.record import record
from foundation.verbs import lock_row, verb

logger = logging.getLogger(__name__)


def today(now: datetime | None = None) -> date:
    """Return the day it is in the portal's zone at `now`, by the database's clock where none is given."""
    return timezone.localdate(now or database_clock.now())


class ChampionQuerySet(models.QuerySet["Champion"]):
    def standing(self) -> Self:
        """Return those who represent their unit now."""
        return self.filter(until=None)

    @verb
    def appoint(
        self, person: Person, unit: Unit, by: Person, since: date | None = None, now: datetime | None = None
    ) -> "Champion":
        """Let `person` represent `unit` from the day `since`, today if none is given.

        Asking again answers with the row that stands. Raises Champion.Refused for somebody who is switched off, and for
        a day to come. Also for somebody of another unit: a unit may be represented by somebody who works beside it.
        """
        since = since or today(now)
        lock_row(person)
        standing = self.standing().filter(person=person, unit=unit).first()
        if standing:
            return standing
        if not person.is_active:
            raise Champion.Refused(f"{person} is switched off, and so represents nobody.")
        if since > today(now):
            raise Champion.Refused("This day has not come yet. Choose today, or a day before.")
        champion = self.create(person=person, unit=unit, since=since)
        record(by, unit, f"{person} is a champion since {since.isoformat()}.")
        record(by, person, f"Champion of {unit} since {since.isoformat()}.")
        return champion


class Champion(models.Model):
    """A person who represents a unit: a unit may have several, and a person may represent several."""

    class Refused(Exception):
        """A verb was refused; `str(error)` is the sentence shown to the person."""

    if TYPE_CHECKING:
        person: Person
    else:
        person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="champion_of")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="champions")
    since = models.DateField(help_text="The first day.")
    until = models.DateField(null=True, blank=True, help_text="The last day; empty while it goes on.")

    objects = ChampionQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "unit"], condition=Q(until=None), name="one_champion_row_stands_per_person_and_unit"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="champion_ends_after_they_began"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.unit}"

    @verb
    def end(self, by: Person, until: date | None = None) -> None:
        """End it on the day `until`, today if none is given. Does nothing if it has ended. Raises Refused."""
        lock_row(self.person)
        lock_row(self, "person", "unit")
        if self.until is not None:
            return
        until = until or today()
        if not self.since <= until <= today():
            raise self.Refused(f"The last day lies between {self.since.isoformat()} and today.")
        self.until = until
        self.save(update_fields=["until"])
        record(by, self.unit, f"{self.person} is no champion any more: until {until.isoformat()}.")
        record(by, self.person, f"No champion of {self.unit} any more: until {until.isoformat()}.")
        logger.info("champion %s: ended", self.pk)
