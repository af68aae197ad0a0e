"""Blackout: days without sessions, by the office's own list."""

from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from foundation.dates import day_words
from foundation.values.days import validate_day
from foundation.values.lines import LineField


class BlackoutQuerySet(models.QuerySet["Blackout"]):
    def between(self, first: date, last: date) -> Self:
        """Those with a day from `first` to `last`, both included."""
        return self.filter(first_day__lte=last, last_day__gte=first)


class Blackout(models.Model):
    """Days, one or several in a row, on which the office holds no sessions. It reminds, and refuses nothing."""

    words = LineField("what it is", max_length=80, help_text="For example “Spring break”.")
    first_day = models.DateField(validators=[validate_day])
    last_day = models.DateField(validators=[validate_day], help_text="The same as the first for one day.")

    objects = BlackoutQuerySet.as_manager()

    class Meta:
        ordering = ["first_day", "pk"]
        verbose_name = "day without sessions"
        verbose_name_plural = "days without sessions"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="blackout_ends_after_it_starts",
                violation_error_message="The last day is not before the first.",
            )
        ]

    def __str__(self) -> str:
        days = day_words(self.first_day)
        return f"{self.words}, {days}" + ("" if self.is_one_day else f" to {day_words(self.last_day)}")

    @property
    def is_one_day(self) -> bool:
        return self.first_day == self.last_day

    def includes(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    def clean(self) -> None:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": "The last day is not before the first."})
