"""Hear what attendance says, and let what follows from it follow.

attendance_changed    the certificate of the person is issued or revoked, and that of their programs
attendance_closed     the certificates of everybody who was there throughout are issued
evaluation_answered   the certificate of the person is issued again with the credit that waited for it
"""

from typing import Any

from django.dispatch import receiver

from accounts.models import Person
from foundation import database_clock
from outcomes.certificates.issuing import add_credit, settle
from outcomes.models import Attendance
from outcomes.signals import attendance_changed, attendance_closed, evaluation_answered
from sessions_app.models import Meeting, Session


@receiver(attendance_changed, dispatch_uid="outcomes.attendance_changed")
def settle_one(sender: type, attendance: Attendance, **kwargs: Any) -> None:
    """Issue or revoke the certificate of the person. Before the list is closed there is none to do either with."""
    if attendance.person is not None:
        settle(attendance.meeting.session, database_clock.now(), only=attendance.person)


@receiver(attendance_closed, dispatch_uid="outcomes.attendance_closed")
def settle_all(sender: type, meeting: Meeting, **kwargs: Any) -> None:
    """Issue the certificates of a session whose last list is closed."""
    settle(meeting.session, database_clock.now())


@receiver(evaluation_answered, dispatch_uid="outcomes.evaluation_answered")
def add_what_waited(sender: type, session: Session, person: Person, **kwargs: Any) -> None:
    """Issue the certificate again with the credit that waited for the evaluation. It holds none of the answers."""
    add_credit(person, session, database_clock.now())
