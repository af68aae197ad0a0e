"""Attendance that waits for the office, as its home counts it. Rosters without attendance are sessions."""

from office.home.waiting import Line
from outcomes.models import AttendanceDispute

NEEDS_A_HAND = [
    Line(
        lambda now: AttendanceDispute.objects.waiting(),
        "outcomes.view_attendancedispute",
        "admin:outcomes_attendancedispute_changelist",
        "state=waiting",
        "1 person says that their attendance is wrong",
        "{count} people say that their attendance is wrong",
    )
]
