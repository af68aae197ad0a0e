"""Why a session runs or does not: one append-only row per decision."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models


class Decision(models.Model):
    """A confirmation, run-anyway, extension or cancellation, with the count and minimum at that instant."""

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        RUN_ANYWAY = "run_anyway", "Run anyway"
        EXTENDED = "extended", "Given more time"
        CANCELLED = "cancelled", "Cancelled"

    session = models.ForeignKey("sessions_app.Session", models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions", help_text="Quorum when the rule decided."
    )
    count = models.PositiveIntegerField()
    minimum = models.PositiveSmallIntegerField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.count} of {self.minimum}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row. Refuses with TypeError to change one."""
        if self.pk:
            raise TypeError("A decision is written once.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: decisions stay."""
        raise TypeError("A decision is never deleted.")
