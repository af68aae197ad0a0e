"""A letter of any kind with real data, for the office to read before it goes. Nothing is saved.

The reader stands in for the person, so that no third person is in it. Links that open something for one person are
made to lead nowhere.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, When
from django.utils import timezone

from accounts.models import Person
from notifications.calendars.snapshots import told_of
from notifications.kinds import digest
from notifications.kinds.contexts import (
    about_alteration,
    about_decline,
    about_interest,
    about_nomination,
    context_of_notice,
    letter_context,
)
from notifications.models import CalendarThread, Notice, Wording
from notifications.models.received import Decline
from notifications.outbox.compose import write_words
from registrations.models import Interest, Nomination, Registration
from sessions_app.models import Session

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOWHERE = "00000000-0000-0000-0000-000000000000"
Kind, Method, Status = Notice.Kind, Notice.Method, Session.Status
SECRET_KINDS = (Kind.CODE, Kind.ACCOUNT)
HELD = (Status.CONFIRMED, Status.COMPLETED)
FITTING = {
    Kind.CONFIRMED: HELD,
    Kind.AGAIN: HELD,
    Kind.DECLINED: HELD,
    Kind.PART_DECLINED: HELD,
    Kind.KEPT: HELD,
    Kind.UNPROVEN: HELD,
    Kind.PLACE_GONE: HELD,
    Kind.AT_RISK: (Status.OPEN,),
    Kind.ROOM_LEFT: (Status.OPEN,),
    Kind.REMINDER: HELD,
    Kind.PRE_WORK: HELD,
    Kind.CANCELLED: (Status.CANCELLED,),
    Kind.CALLED_OFF: (Status.CANCELLED,),
    Kind.UNDATED: (Status.CANCELLED,),
}
# A place that is not simply a seat, where that is what the mail is about.
PLACES = {
    Kind.WAITLISTED: Registration.Status.WAITLISTED,
    Kind.SEAT_OPENED: Registration.Status.WAITLISTED,
    Kind.WAITLIST_CLOSED: Registration.Status.WAITLISTED,
    Kind.WITHDRAWN: Registration.Status.WITHDRAWN,
    Kind.CANCELLED: Registration.Status.SESSION_CANCELLED,
}
# What a notice of the kind notes beside the counts.
FACTS: dict[str, Callable[[Session], dict]] = {
    Kind.REGISTERED: lambda session: {"count": max(1, session.seats_taken)},
    Kind.CONFIRMED: lambda session: {"count": max(1, session.confirmed_count or session.seats_taken)},
    Kind.WAITLISTED: lambda session: {"place": max(1, session.waiting_count), "last_day": False, "seat_open": False},
    Kind.PROMOTED: lambda session: {"how": ""},
    Kind.WITHDRAWN: lambda session: {"why": "", "by_office": False, "has_begun": False},
    Kind.CANCELLED: lambda session: {"was_registered": True, **_end_of(session)},
    Kind.CALLED_OFF: lambda session: _end_of(session),
    Kind.SEAT_OPENED: lambda session: {},
    Kind.WAITLIST_CLOSED: lambda session: {},
    Kind.AGAIN: lambda session: {},
    Kind.CHANGED: lambda session: {"known": _a_day_earlier(session)},
    Kind.ADDED: lambda session: {},
    Kind.DROPPED: lambda session: {},
    Kind.ALTERED: lambda session: {"known": _a_day_earlier(session)},
    Kind.UNDATED: lambda session: _end_of(session),
    Kind.UNDECIDED: lambda session: {"asked": session.pk},
    Kind.NOMINATED: lambda session: {},
    Kind.DATED: lambda session: {},
    Kind.DECLINED: lambda session: {},
    Kind.PART_DECLINED: lambda session: {"declined": session.meetings.first().pk},
    Kind.KEPT: lambda session: {},
    Kind.UNPROVEN: lambda session: {},
    Kind.PLACE_GONE: lambda session: {},
    Kind.AT_RISK: lambda session: {},
    Kind.ROOM_LEFT: lambda session: {"room_in": session.pk},
    Kind.REMINDER: lambda session: {"meeting": session.meetings.first().pk},
    Kind.PRE_WORK: lambda session: {},
}


class NothingToShow(Exception):
    """There is nothing to show a letter with; `str(error)` says what is missing."""


def kinds() -> dict[str, str]:
    """Return the kinds whose words the office may see and change, each with its label: all but account mail."""
    return {kind.value: kind.label for kind in Kind if kind not in SECRET_KINDS}


def sessions(kind: str):
    """Return the sessions a letter of `kind` may be shown with: the fitting ones first, then the latest."""
    unfit = Case(When(status__in=FITTING.get(kind, Session.RUNNING), then=0), default=1)
    known = Session.objects.exclude(status=Status.DRAFT).select_related("workshop")
    return known.order_by(unfit, "-starts_at", "-pk")


def example(kind: str, reader: Person, session: Session | None = None, own: Wording | None = None) -> Notice:
    """Return an unsaved notice of `kind` with its letter written, in the office's `own` words where it has some.

    Raise NothingToShow where there is no session to show it with, and wording.Unusable where its own words do not fit.
    """
    if kind in FACTS:
        session = session or sessions(kind).first()
        if session is None:
            raise NothingToShow("There is no session yet to show this mail with.")
        notice = _stand_in(kind, reader, session)
        context = _context(notice, session)
    else:
        notice = Notice(kind=kind, to=settings.OFFICE_EMAIL)
        context = _digest_context(notice, timezone.now())
    write_words(notice, context, own)
    notice.text, notice.html = (UUID.sub(NOWHERE, words) for words in (notice.text, notice.html))
    return notice


def _stand_in(kind: str, reader: Person, session: Session) -> Notice:
    """Return a notice of `kind` as `reader` would be owed it in `session`."""
    registration = Registration(person=reader, session=session, status=PLACES.get(kind, Registration.Status.REGISTERED))
    notice = Notice(kind=kind, to=reader.email, person=reader, registration=registration, method=_method(kind, session))
    notice.facts = {"count": session.seats_taken, "minimum": session.minimum} | FACTS[kind](session)
    if notice.method:
        notice.thread = CalendarThread(registration=registration, meeting=session.meetings.first())
        notice.sequence = 1
        # Only a meeting that was cancelled has one, and the letter is read before that.
        notice.thread.meeting.cancel_reason = notice.thread.meeting.cancel_reason or "the reason you give"
    return notice


def _context(notice: Notice, session: Session) -> dict:
    if notice.kind in (Kind.NOMINATED, Kind.CALLED_OFF):
        return about_nomination(notice, Nomination(session=session, email=notice.to, by=notice.person))
    if notice.kind == Kind.ALTERED:
        nomination = Nomination(session=session, email=notice.to, by=notice.person)
        return about_alteration(notice, about_nomination(notice, nomination))
    if notice.kind in (Kind.DATED, Kind.UNDATED):
        return about_interest(notice, Interest(person=notice.person, workshop=session.workshop), session)
    if notice.kind == Kind.DECLINED:
        undo_until = timezone.now() + timedelta(minutes=settings.DECLINE_UNDO_MINUTES)
        return about_decline(notice, Decline(registration=notice.registration, gives_up_at=undo_until))
    if notice.kind in (Kind.UNPROVEN, Kind.PLACE_GONE):
        return letter_context(notice)
    return context_of_notice(notice)


def _digest_context(notice: Notice, now: datetime) -> dict:
    sessions = digest.to_show(now)
    if not sessions:
        raise NothingToShow("No session is open, so there is no decision to show this mail with.")
    return digest.about_decisions(notice, sessions, now)


def _method(kind: str, session: Session) -> str:
    if kind in (Kind.CONFIRMED, Kind.AGAIN, Kind.ADDED, Kind.KEPT) or (
        kind == Kind.PROMOTED and session.status in HELD
    ):
        return Method.REQUEST
    if kind == Kind.DROPPED:
        return Method.CANCEL
    was_held = session.confirmed_at is not None
    return Method.CANCEL if kind in (Kind.CANCELLED, Kind.WITHDRAWN) and was_held else Method.NONE


def _a_day_earlier(session: Session) -> list[dict]:
    """Return what was known of the meetings, had each been a day earlier."""
    known = []
    for meeting in session.meetings.select_related("venue__campus"):
        meeting.starts_at, meeting.ends_at = (at - timedelta(days=1) for at in (meeting.starts_at, meeting.ends_at))
        known.append(told_of(meeting, session))
    return known


def _end_of(session: Session) -> dict:
    is_cancelled = session.status == Status.CANCELLED
    return {
        "count": session.cancelled_count if is_cancelled else session.seats_taken,
        "reason": session.cancel_reason,
        "by_rule": session.cancelled_by_rule if is_cancelled else True,
    }
