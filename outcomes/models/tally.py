"""AttendanceTally: how many people were at a session, once it is forgotten who."""

from django.db import models

from sessions_app.models import Session


class AttendanceTally(models.Model):
    """The counts of one session whose attendance has been forgotten (outcomes/retention.py). It names nobody."""

    session = models.OneToOneField(Session, models.PROTECT, related_name="attendance_tally")
    here = models.PositiveIntegerField(help_text="People who were at one meeting at least.")
    absent = models.PositiveIntegerField(help_text="People who were at none, as somebody said.")
    walked_in = models.PositiveIntegerField(help_text="Those of the first who had not registered.")
    forgotten_at = models.DateTimeField()

    class Meta:
        verbose_name = "attendance in numbers"
        verbose_name_plural = "attendance in numbers"
        constraints = [
            models.CheckConstraint(condition=models.Q(walked_in__lte=models.F("here")), name="tally_adds_up"),
        ]

    def __str__(self) -> str:
        return f"{self.here} at {self.session}"
