"""Show the office a mail of any kind, with real data, before it is sent. Nothing is saved.

The reader stands in for the person, so that the mail names no third person. Links that open something for one person
lead nowhere.
"""

import re
from typing import Any

from django.conf import settings
from django.db.models import Case, QuerySet, When

from accounts.models import Person
from foundation import database_clock
from notifications.models import CalendarThread, Notice, Wording, counts_of
from notifications.models.kind import Carries, Kind
from notifications.outbox.compose import write_words
from registrations.models import Registration
from sessions_app.models import Session

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOWHERE = "00000000-0000-0000-0000-000000000000"


class NothingToShow(Exception):
    """There is nothing to show a mail with; `str(error)` says what is missing."""


def is_about_a_session(kind: Kind) -> bool:
    """Tell whether an example of `kind` is shown with one session that the office may choose."""
    return kind.example is not None and kind.example.of_no_session is None


def sessions_for(kind: Kind) -> QuerySet[Session]:
    """Return the sessions a mail of `kind` may be shown with: the fitting ones first, then the latest."""
    fits = kind.example.fits if kind.example else ()
    unfit = Case(When(status__in=fits or Session.RUNNING, then=0), default=1)
    known = Session.objects.exclude(status=Session.Status.DRAFT).select_related("workshop")
    return known.order_by(unfit, "-starts_at", "-pk")


def preview(
    kind: Kind,
    reader: Person,
    session: Session | None = None,
    wording: Wording | None = None,
    facts: dict[str, Any] | None = None,
) -> Notice:
    """Return an unsaved Notice of `kind` with its mail written, in the office's own words where `wording` has some.

    `facts` are those of what is about to be decided, where they differ from the example's.

    Raises NothingToShow where there is no session to show the mail with, and placeholders.Unusable where the words do
    not fit.
    """
    if is_about_a_session(kind):
        session = session or sessions_for(kind).first()
        if session is None:
            raise NothingToShow("There is no session yet to show this mail with.")
        notice = _example_notice(kind, reader, session, facts or {})
        context = _context(kind, notice, session)
    else:
        notice = Notice(kind=kind.name, to=settings.OFFICE_EMAIL)
        context = _context_of_no_session(kind, notice)
    write_words(notice, context, wording)
    without_ways_in(notice)
    return notice


def without_ways_in(notice: Notice) -> None:
    """Let the links of a written mail that open something for one person lead nowhere."""
    notice.text, notice.html = (UUID.sub(NOWHERE, words) for words in (notice.text, notice.html))


def _example_notice(kind: Kind, reader: Person, session: Session, facts: dict[str, Any]) -> Notice:
    """Return a Notice of `kind` as `reader` would be owed it in `session`."""
    assert kind.example is not None
    registration = Registration(person=reader, session=session, status=kind.example.status)
    method = kind.carries.value if kind.example.carries(session) else Carries.NOTHING.value
    notice = Notice(kind=kind.name, to=reader.email, person=reader, registration=registration, method=method)
    notice.facts = counts_of(session) | kind.example.facts(session) | facts
    if notice.method:
        notice.thread = CalendarThread(registration=registration, meeting=session.meetings.first())
        notice.sequence = 1
        # Only a cancelled meeting has a reason, and the office reads the mail before it cancels one.
        notice.thread.meeting.cancel_reason = notice.thread.meeting.cancel_reason or "the reason you give"
    return notice


def _context(kind: Kind, notice: Notice, session: Session) -> dict[str, Any]:
    if kind.example and kind.example.context:
        return kind.example.context(notice, session)
    return kind.context(notice)


def _context_of_no_session(kind: Kind, notice: Notice) -> dict[str, Any]:
    context = None
    if kind.example and kind.example.of_no_session:
        context = kind.example.of_no_session(notice, database_clock.now())
    if context is None:
        raise NothingToShow("No session is open, so there is no decision to show this mail with.")
    return context
