"""Hear what attendance says, and let what follows from it follow.

attendance_changed      the certificate of the person is issued or revoked, and that of their programs
attendance_closed       the certificates of everybody who was there throughout are issued
sessions_put_on_record  who was there is written down, or how many were; nobody is told and nothing is issued
sessions_taken_back     that is taken back
taken_elsewhere         the certificates of the programs of the person are issued or revoked
evaluation_answered     the certificate of the person is issued again with the credit that waited for it
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import Person
from catalog.models import Workshop
from foundation import database_clock
from outcomes.certificates.issuing import INCOMPLETE, add_credit, settle, settle_programs
from outcomes.history import remember, take_back
from outcomes.models import Attendance
from outcomes.signals import attendance_changed, attendance_closed, evaluation_answered
from registrations.signals import taken_elsewhere
from sessions_app.models import Meeting, Session
from sessions_app.models.putting_up import Held
from sessions_app.signals import sessions_put_on_record, sessions_taken_back


@receiver(attendance_changed, dispatch_uid="outcomes.attendance_changed")
def settle_one(sender: type, attendance: Attendance, **kwargs: Any) -> None:
    """Issue or revoke the certificate of the person. Before the list is closed there is none to do either with."""
    if attendance.person is not None:
        settle(attendance.meeting.session, database_clock.now(), only=attendance.person)


@receiver(attendance_closed, dispatch_uid="outcomes.attendance_closed")
def settle_all(sender: type, meeting: Meeting, **kwargs: Any) -> None:
    """Issue the certificates of a session whose last list is closed."""
    settle(meeting.session, database_clock.now())


@receiver(sessions_put_on_record, dispatch_uid="outcomes.sessions_put_on_record")
def write_down_who_was_there(
    sender: type, held: Sequence[tuple[Session, Held]], by: Person, now: datetime, **kwargs: Any
) -> None:
    """Write down who was at sessions that were held before, as far as that is known, and how many were."""
    remember(held, by, now)


@receiver(sessions_taken_back, dispatch_uid="outcomes.sessions_taken_back")
def forget_who_was_there(sender: type, sessions: Sequence[Session], now: datetime, **kwargs: Any) -> None:
    """Take back what was written down with these sessions. What was said of them later stays, and keeps them."""
    take_back(sessions, now)


@receiver(taken_elsewhere, dispatch_uid="outcomes.taken_elsewhere")
def settle_the_programs(sender: type, person: Person, workshop: Workshop, **kwargs: Any) -> None:
    """Issue or revoke the certificates of the programs that what the person took elsewhere counts in."""
    settle_programs(workshop, {person.pk}, database_clock.now(), INCOMPLETE)


@receiver(evaluation_answered, dispatch_uid="outcomes.evaluation_answered")
def add_what_waited(sender: type, session: Session, person: Person, **kwargs: Any) -> None:
    """Issue the certificate again with the credit that waited for the evaluation. It holds none of the answers."""
    add_credit(person, session, database_clock.now())
