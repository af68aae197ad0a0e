"""The attendance of one meeting as a whole: whether the office says that it is complete."""

from collections.abc import Collection
from datetime import datetime

from django.db import models

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import lock_row, verb
from outcomes.models.attendance import Attendance, count_attended
from outcomes.signals import attendance_closed
from registrations.models import Registration
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
    def close(self, by: Person, now: datetime | None = None, absent: Collection[Registration] = ()) -> None:
        """Say that the list is complete, and that the people of `absent` were not there.

        Somebody of whom it was said in the time between that they were there stays there.
        """
        self.meeting.session.lock()
        lock_row(self)
        if self.is_closed:
            return
        now = now or database_clock.now()
        known = Attendance.objects.filter(meeting=self.meeting).exclude(state=Attendance.State.UNSURE)
        decided = set(known.values_list("person", flat=True))
        unknown = [one for one in absent if one.person_id not in decided]
        for one in unknown:
            state, source = Attendance.State.ABSENT, Attendance.Source.ROSTER
            Attendance.objects.mark(self.meeting, one, state, source, by, now=now)
        self.closed_at, self.closed_by = now, by
        self.save(update_fields=["closed_at", "closed_by"])
        record(by, self, f"Attendance is complete; absent: {len(unknown)}.")
        count_attended(self.meeting.session)
        attendance_closed.send(AttendanceSheet, meeting=self.meeting)
