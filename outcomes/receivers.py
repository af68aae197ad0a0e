"""Hear what attendance says, and let what follows from it follow.

attendance_changed    the certificate of the person is issued or revoked, and that of their programs
attendance_closed     the certificates of everybody who was there throughout are issued
"""

from typing import Any

from django.dispatch import receiver

from foundation import database_clock
from outcomes.certificates.issuing import settle
from outcomes.models import Attendance
from outcomes.signals import attendance_changed, attendance_closed
from sessions_app.models import Meeting


@receiver(attendance_changed, dispatch_uid="outcomes.attendance_changed")
def settle_one(sender: type, attendance: Attendance, **kwargs: Any) -> None:
    """Issue or revoke the certificate of the person. Before the list is closed there is none to do either with."""
    if attendance.person is not None:
        settle(attendance.meeting.session, database_clock.now(), only=attendance.person)


@receiver(attendance_closed, dispatch_uid="outcomes.attendance_closed")
def settle_all(sender: type, meeting: Meeting, **kwargs: Any) -> None:
    """Issue the certificates of a session whose last list is closed."""
    settle(meeting.session, database_clock.now())
