"""Mail to the office about decisions: the question whether a session runs, and every morning all that are due.

A day's digest is one Notice, written each morning: its key makes it one a day, on any worker, also where the clock
changes. Whether a decision is due is asked when the digest is to be sent.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from foundation import database_clock
from foundation.dates import clock, local, long_day, short_day
from foundation.links import absolute
from notifications.kinds.contexts import session_context
from notifications.kinds.prompts import not_written_yet
from notifications.models import Notice, counts_of
from notifications.models.kind import Example, Family, Kind
from notifications.models.placeholders import IN_EVERY_KIND
from sessions_app.models import Session

AT = time(7)
SHOWN_AHEAD = 3
PAGES = {"run_anyway_url": "run-anyway", "extend_url": "extend", "cancel_url": "cancel", "decide_url": "decide"}


def owe_digest(now: datetime) -> None:
    """Owe the office the day's digest, from seven in the morning in TIME_ZONE on. It expires at midnight."""
    here = local(now, settings.TIME_ZONE)
    if here.time() < AT:
        return
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), here.tzinfo)
    digest = Notice(
        kind=DIGEST.name,
        to=settings.OFFICE_EMAIL,
        dedupe_key=f"{DIGEST.name}:{here.date()}::",
        created_at=now,
        next_attempt_at=now,
        expires_at=midnight,
    )
    Notice.objects.bulk_create(not_written_yet([digest]), ignore_conflicts=True)


def is_anything_due(notice: Notice, now: datetime) -> bool:
    """Tell whether a decision is due."""
    return Session.objects.awaiting_decision(now).exists()


def owe_question(session: Session) -> None:
    """Owe the office the question whether a session short of its minimum runs. It expires with the time to answer."""
    Notice.objects.owe_to(
        UNDECIDED,
        f"{session.pk}::{session.confirm_by:%Y%m%d%H%M}",
        settings.OFFICE_EMAIL,
        None,
        counts_of(session) | {"asked": session.pk},
        expires_at=session.answer_by,
    )


def question_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the question to the office may name."""
    session = Session.objects.select_related("workshop").get(pk=notice.facts["asked"])
    urls = _decision_urls(session)
    answer_by = session.answer_by or session.starts_at
    words = f"{long_day(answer_by, session.time_zone)}, {clock(answer_by, session.time_zone)}"
    return session_context(notice, session, "") | urls | {"answer_by": words}


def digest_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the digest may name."""
    now = database_clock.now()
    return about_decisions(notice, Session.objects.awaiting_decision(now).select_related("workshop"), now)


def to_show(now: datetime) -> list[Session]:
    """Return the sessions of an example of the digest: those due now, or else the next three to be decided."""
    every = Session.objects.select_related("workshop")
    ahead = every.filter(status=Session.Status.OPEN, confirm_by__gt=now).order_by("confirm_by", "pk")
    return list(every.awaiting_decision(now)) or list(ahead[:SHOWN_AHEAD])


def about_decisions(notice: Notice, sessions: Iterable[Session], now: datetime) -> dict[str, Any]:
    """Return what a digest of these sessions names."""
    decisions = [_decision(session, now) for session in sessions]
    return {
        "kind": notice.kind,
        "decisions": decisions,
        "decisions_due": len(decisions),
        "sessions_url": absolute(reverse("admin:sessions_app_session_changelist")),
        "office_name": settings.OFFICE_NAME,
        "institution_name": settings.INSTITUTION_NAME,
    }


def _decision_urls(session: Session) -> dict[str, str]:
    """Return the URLs of the office's pages that decide about `session`."""
    return {
        name: absolute(reverse(f"admin:sessions_app_session_{page}", args=[session.pk])) for name, page in PAGES.items()
    }


def _decision(session: Session, now: datetime) -> dict[str, Any]:
    """Return what the digest says of one session."""
    zone = session.time_zone
    year = local(now, zone).year
    until = session.confirm_by if session.asked_at is None else session.answer_by
    return _decision_urls(session) | {
        "title": session.workshop.title,
        "when": f"{short_day(session.starts_at, zone, year)}, {clock(session.starts_at, zone)}",
        "count": session.seats_taken,
        "minimum": session.minimum,
        "until": f"{short_day(until, zone, year)}, {clock(until, zone)}",
        "is_asked": session.asked_at is not None,
        "asks": session.at_deadline == Session.AtDeadline.ASK,
        "url": absolute(reverse("admin:sessions_app_session_change", args=[session.pk])),
    }


def example_of_digest(notice: Notice, now: datetime) -> dict[str, Any] | None:
    """Return what the digest names with the sessions it is shown with, or None where none is open."""
    sessions = to_show(now)
    return about_decisions(notice, sessions, now) if sessions else None


UNDECIDED = Kind(
    name="undecided",
    label="The office is asked",
    family=Family.NEWS,
    context=question_context,
    placeholders={"answer_by": "the day and time by which the office answers"},
    required=frozenset({"answer_by"}),
    example=Example(facts=lambda session: {"asked": session.pk}),
)
DIGEST = Kind(
    name="digest",
    label="Decisions due",
    family=Family.PROMPT,
    context=digest_context,
    # The digest is about many sessions, so its subject names none of them.
    subject_placeholders={
        "decisions_due": "how many sessions are to be decided",
        "office_name": IN_EVERY_KIND["office_name"],
        "institution_name": IN_EVERY_KIND["institution_name"],
    },
    placeholders={"sessions_url": "the link to the list of sessions"},
    required=frozenset(),
    still_true=is_anything_due,
    example=Example(of_no_session=example_of_digest),
)

KINDS = (UNDECIDED, DIGEST)
