"""The office's digest: every morning one mail with all decisions due, and none on a day without any.

A day's digest is one notice, written each morning whatever there is: its key makes it one a day, whoever ticks and
however the clock changes. Whether there is anything to say is asked when it is to be sent.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from foundation.dates import clock, local, short_day
from foundation.links import absolute
from notifications.kinds.contexts import context_of
from notifications.kinds.still_true import asked_of
from notifications.models import Notice
from notifications.outbox.timed import missing
from sessions_app.models import Session

AT = time(7)
SHOWN_AHEAD = 3
PAGES = {"run_anyway_url": "run-anyway", "extend_url": "extend", "cancel_url": "cancel"}


def owe(now: datetime) -> None:
    """Owe the office the day's digest, in TIME_ZONE, from seven in the morning on. It is of no use the next day."""
    here = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    if here.time() < AT:
        return
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), here.tzinfo)
    digest = Notice(
        kind=Notice.Kind.DIGEST,
        to=settings.OFFICE_EMAIL,
        dedupe_key=f"{Notice.Kind.DIGEST}:{here.date()}::",
        created_at=now,
        next_attempt_at=now,
        expires_at=midnight,
    )
    Notice.objects.bulk_create(missing([digest]), ignore_conflicts=True)


@asked_of(Notice.Kind.DIGEST)
def is_anything_due(notice: Notice, now: datetime) -> bool:
    """Tell whether a decision is due."""
    return Session.objects.awaiting_decision(now).exists()


@context_of(Notice.Kind.DIGEST)
def digest_context(notice: Notice) -> dict:
    """Return what the templates of the digest may name."""
    now = timezone.now()
    return about_decisions(notice, Session.objects.awaiting_decision(now).select_related("workshop"), now)


def to_show(now: datetime) -> list[Session]:
    """Return the sessions a digest is shown with: those in today's, or else the next to be decided."""
    every = Session.objects.select_related("workshop")
    ahead = every.filter(status=Session.Status.OPEN, confirm_by__gt=now).order_by("confirm_by", "pk")
    return list(every.awaiting_decision(now)) or list(ahead[:SHOWN_AHEAD])


def about_decisions(notice: Notice, sessions: Iterable[Session], now: datetime) -> dict:
    decisions = [_decision(session, now) for session in sessions]
    return {
        "kind": notice.kind,
        "decisions": decisions,
        "decisions_due": len(decisions),
        "sessions_url": absolute(reverse("admin:sessions_app_session_changelist")),
        "office_name": settings.OFFICE_NAME,
        "institution_name": settings.INSTITUTION_NAME,
    }


def _decision(session: Session, now: datetime) -> dict:
    zone, urls = session.time_zone, {}
    for name, page in PAGES.items():
        urls[name] = absolute(reverse(f"admin:sessions_app_session_{page}", args=[session.pk]))
    year = local(now, zone).year
    until = session.confirm_by if session.asked_at is None else session.answer_by
    return urls | {
        "title": session.workshop.title,
        "when": f"{short_day(session.starts_at, zone, year)}, {clock(session.starts_at, zone)}",
        "count": session.seats_taken,
        "minimum": session.minimum,
        "until": f"{short_day(until, zone, year)}, {clock(until, zone)}",
        "is_asked": session.asked_at is not None,
        "asks": session.at_deadline == Session.AtDeadline.ASK,
        "url": absolute(reverse("admin:sessions_app_session_change", args=[session.pk])),
    }
