"""Export: that somebody of the office took what people completed out of the portal."""

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from foundation import database_clock
from foundation.verbs import verb
from outcomes.models.consent import Purpose


class ExportQuerySet(models.QuerySet["Export"]):
    @verb
    def note(
        self,
        purpose: str,
        by: Person,
        first_on: date,
        last_on: date,
        people: int,
        rows: int,
        now: datetime | None = None,
    ) -> "Export":
        """Put on record that `by` takes a file: for whom, of which days, with how many people and rows."""
        counts = {"people": people, "rows": rows}
        made_at = now or database_clock.now()
        return self.create(purpose=purpose, by=by, first_on=first_on, last_on=last_on, made_at=made_at, **counts)


class Export(models.Model):
    """One file that was made. It keeps no name: who is in it follows from the days, and from who had agreed then."""

    purpose = models.CharField("for", max_length=5, choices=Purpose.choices)
    made_at = models.DateTimeField("made")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    first_on = models.DateField("from")
    last_on = models.DateField("until")
    people = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(first_on__lte=F("last_on")), name="export_ends_after_it_begins")
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.first_on} to {self.last_on}"
