"""Invite people who have a seat in a confirmed session and no invitation to one of its meetings (guarantee G6).

The verb that gives a seat owes the invitations in its own transaction, so that this sweep finds nobody. A person it
does find is invited ten minutes later at most, and the log says that a promise was broken.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from foundation.sweeps import sweep
from notifications.kinds.registrations import CONFIRMED
from notifications.models import CalendarThread, Notice, counts_of
from registrations.models import Registration
from sessions_app.models import Meeting, Session

logger = logging.getLogger(__name__)


def invite_the_uninvited(now: datetime) -> None:
    """Owe every invitation to a meeting ahead that was never written, each person's in one transaction."""
    confirmed = Registration.objects.registered().filter(
        session__status=Session.Status.CONFIRMED, session__ends_at__gt=now
    )
    of_session = Meeting.objects.filter(session=OuterRef("session"))
    missed = _never_announced(of_session, OuterRef(OuterRef("pk")), now)
    uninvited = confirmed.filter(Exists(missed)).select_related("session", "person").order_by("session", "pk")
    sweep(uninvited, lambda registration: _invite(registration, now), "registration {} was not invited")


def _never_announced(
    meetings: QuerySet[Meeting], registration: Registration | OuterRef, now: datetime
) -> QuerySet[Meeting]:
    """Return those of `meetings` that are ahead and that no calendar mail of `registration` was ever written for."""
    announced = CalendarThread.objects.announced().filter(registration=registration, meeting=OuterRef("pk"))
    return meetings.filter(~Exists(announced), ends_at__gt=now)


@transaction.atomic
def _invite(registration: Registration, now: datetime) -> None:
    """Owe one person every invitation that is missing."""
    session = registration.session
    session.lock()
    registration.refresh_from_db(fields=["status"])
    if not (session.is_confirmed and registration.is_registered):
        return
    missed = list(_never_announced(session.meetings.all(), registration, now))
    for meeting in missed:
        thread, _ = CalendarThread.objects.get_or_create(registration=registration, meeting=meeting)
        thread.registration = registration
        Notice.objects.owe_calendar(CONFIRMED, Notice.Method.REQUEST, thread, counts_of(session))
    if missed:
        logger.error("broken promise: G6 registration %s had %s invitations too few", registration.pk, len(missed))
