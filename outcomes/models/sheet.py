"""The attendance of one meeting as a whole: whether the office says that it is complete."""

from datetime import datetime

from django.db import models

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import lock_row, verb
from outcomes.signals import attendance_closed
from sessions_app.models import Meeting


class AttendanceSheet(models.Model):
    """The list of one meeting. Until it is closed, people of whom it says nothing may have been there."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="sheet")
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(Person, models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = "attendance sheet"

    def __str__(self) -> str:
        return str(self.meeting)

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @verb
    def close(self, by: Person, now: datetime | None = None) -> None:
        """Say that the list is complete."""
        lock_row(self)
        if self.is_closed:
            return
        self.closed_at, self.closed_by = now or database_clock.now(), by
        self.save(update_fields=["closed_at", "closed_by"])
        record(by, self, "Attendance is complete.")
        attendance_closed.send(AttendanceSheet, meeting=self.meeting)
