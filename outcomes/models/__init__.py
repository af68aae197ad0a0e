"""What came of a session: who was there, and what follows from it."""

from outcomes.models.attendance import Attendance, AttendanceQuerySet
from outcomes.models.dispute import AttendanceDispute
from outcomes.models.sheet import AttendanceSheet

__all__ = ["Attendance", "AttendanceDispute", "AttendanceQuerySet", "AttendanceSheet"]
