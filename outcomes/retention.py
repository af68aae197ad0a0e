"""What is forgotten of what came of sessions, and when (docs/guarantees.md: Kept for a time).

Attendance three years (ATTENDANCE_YEARS), and where credit follows from it as long as credit: six years (CREDIT_YEARS).
Then the rows go and their counts stay (AttendanceTally), and certificates lose their names. What people took elsewhere
goes with its proof, and a consent that was taken back goes, after the time of credit.
"""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from foundation.dates import local, months_later
from foundation.sweeps import sweep
from foundation.verbs import verb
from outcomes.models import Attendance, AttendanceTally, Certificate, Consent, CreditOffer, OutsideActivity
from sessions_app.models import Session

logger = logging.getLogger(__name__)


def years_before(now: datetime, years: int) -> datetime:
    """Return the same instant so many years before `now`, on February 28 where there is no 29th."""
    day = months_later(now.date(), -12 * years)
    return now.replace(year=day.year, month=day.month, day=day.day)


# ---- attendance ----


def due_sessions(now: datetime, held: Collection[int] = ()) -> QuerySet[Session]:
    """Return the sessions whose attendance is to be forgotten at `now`: due means that its time is over.

    A session at which one of `held` was (keys of people under a legal hold) waits with all of its rows.
    """
    with_credit = CreditOffer.objects.filter(Q(session=OuterRef("pk")) | Q(workshop=OuterRef("workshop")))
    without_credit = Q(ends_at__lte=years_before(now, settings.ATTENDANCE_YEARS)) & Q(~Exists(with_credit))
    ended = without_credit | Q(ends_at__lte=years_before(now, settings.CREDIT_YEARS))
    rows = Attendance.objects.filter(meeting__session=OuterRef("pk"))
    kept = Exists(rows.filter(person__in=held))
    return Session.objects.filter(ended, Exists(rows)).exclude(kept).order_by("pk")


def forget_attendance(now: datetime, held: Collection[int] = ()) -> None:
    """Forget who was at each session that is due, each in its own transaction."""
    sweep(
        due_sessions(now, held),
        lambda session: forget_session(session, now),
        "attendance of session {} was not forgotten",
    )


@verb
def forget_session(session: Session, now: datetime) -> AttendanceTally:
    """Keep the counts of `session`, and delete the rows that name people, with what the change log says of them."""
    session.lock()
    rows = Attendance.objects.filter(meeting__session=session)
    counts = _counts(rows.filter(meeting__cancelled_at=None))
    known = AttendanceTally.objects.filter(session=session).first()
    if known is None:
        known = AttendanceTally.objects.create(session=session, forgotten_at=now, **counts)
    else:
        # What was written after the first time (a correction from an old copy) is added.
        for name, count in counts.items():
            setattr(known, name, getattr(known, name) + count)
        known.save(update_fields=list(counts))
    _forget_log(Attendance, rows.values_list("pk", flat=True))
    rows.delete()
    return known


def _counts(rows: QuerySet[Attendance]) -> dict[str, int]:
    """Return how many people were there, were absent throughout, and came without a seat."""
    here, walked, absent = set(), set(), set()
    for row in rows:
        # A person without an account is their name: the same one at two meetings is one person.
        who = row.person_id or (row.address, row.name.casefold())
        if row.is_here:
            here.add(who)
            if row.registration_id is None:
                walked.add(who)
        elif row.is_absent:
            absent.add(who)
    return {"here": len(here), "absent": len(absent - here), "walked_in": len(walked)}


def _forget_log(model: type[models.Model], keys: Iterable[int]) -> None:
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
    entries.filter(object_id__in=[str(key) for key in keys]).delete()


# ---- certificates ----


def forget_certificates(now: datetime, held: Collection[int] = ()) -> int:
    """Take the name off every certificate whose time is over; the row is kept for the count. Returns how many."""
    last_day = local(years_before(now, settings.CREDIT_YEARS), settings.TIME_ZONE).date()
    named = Certificate.objects.filter(day__lte=last_day).exclude(person=None, name="").exclude(person__in=held)
    _forget_log(Certificate, list(named.values_list("pk", flat=True)))
    return named.update(person=None, name="")


# ---- what people took elsewhere, and what they agreed to ----


def forget_outside(now: datetime, held: Collection[int] = ()) -> int:
    """Delete activities elsewhere, with their proofs, once their time is over. Returns how many."""
    last_day = local(years_before(now, settings.CREDIT_YEARS), settings.TIME_ZONE).date()
    _, deleted = OutsideActivity.objects.filter(happened_on__lte=last_day).exclude(person__in=held).delete()
    return deleted.get(OutsideActivity._meta.label, 0)


def forget_consents(now: datetime, held: Collection[int] = ()) -> int:
    """Delete what was agreed to and taken back, after the time of credit. Returns how many."""
    old = Consent.objects.filter(revoked_at__lte=years_before(now, settings.CREDIT_YEARS))
    return old.exclude(person__in=held).delete()[0]
