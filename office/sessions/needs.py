"""Sessions that need a decision or a hand, as the list filters them and the home counts them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet

from office.home.waiting import Line
from outcomes.attended import lacking_attendance
from sessions_app.models import Session
from sessions_app.models.linking import missing_link

DECIDED_SOON = timedelta(days=10)
SESSIONS = "admin:sessions_app_session_changelist"
MAY_SEE = "sessions_app.view_session"


def awaiting_an_answer(sessions: QuerySet[Session], now: datetime) -> QuerySet[Session]:
    """Return those whose decision the office was asked for."""
    return sessions.filter(status=Session.Status.OPEN, asked_at__isnull=False)


def short(sessions: QuerySet[Session], now: datetime) -> QuerySet[Session]:
    """Return the open ones that have fewer people than they need."""
    return sessions.filter(status=Session.Status.OPEN, seats_taken__lt=F("minimum"))


def short_and_decided_soon(sessions: QuerySet[Session], now: datetime) -> QuerySet[Session]:
    """Return the short ones that are decided within ten days."""
    return short(sessions, now).filter(confirm_by__lte=now + DECIDED_SOON)


def below_minimum(sessions: QuerySet[Session], now: datetime) -> QuerySet[Session]:
    """Return the confirmed ones to come that have lost so many people that they are below their minimum."""
    return sessions.filter(status=Session.Status.CONFIRMED, ends_at__gt=now, seats_taken__lt=F("minimum"))


def without_facilitator(sessions: QuerySet[Session], now: datetime) -> QuerySet[Session]:
    """Return the published ones to come that nobody leads."""
    led = Session.facilitators.through.objects.filter(session=OuterRef("pk"))
    return sessions.filter(~Exists(led), status__in=Session.RUNNING, ends_at__gt=now)


class Need(NamedTuple):
    """What a session may need: its name in an address, its words in the filter, and the sessions that do."""

    name: str
    words: str
    of: Callable[[QuerySet[Session], datetime], QuerySet[Session]]

    def line(self, one: str, many: str) -> Line:
        return Line(lambda now: self.of(Session.objects.all(), now), MAY_SEE, SESSIONS, f"needs={self.name}", one, many)


ANSWER = Need("answer", "Your answer: run it or not", awaiting_an_answer)
SHORT = Need("short", "Short of its minimum", short)
SOON = Need("soon", "Short, and decided within ten days", short_and_decided_soon)
BELOW = Need("below", "Confirmed, and now below its minimum", below_minimum)
LINK = Need("link", "No link to join", missing_link)
FACILITATOR = Need("facilitator", "No facilitator", without_facilitator)
ATTENDANCE = Need("attendance", "No attendance: held in the last 30 days", lacking_attendance)
NEEDS = {need.name: need for need in (ANSWER, SOON, SHORT, BELOW, LINK, FACILITATOR, ATTENDANCE)}

DECIDE = [
    ANSWER.line("1 session waits for your decision", "{count} sessions wait for your decision"),
    SOON.line(
        "1 session short of its minimum is decided within ten days",
        "{count} sessions short of their minimum are decided within ten days",
    ),
]
NEEDS_A_HAND = [
    BELOW.line("1 confirmed session is below its minimum", "{count} confirmed sessions are below their minimum"),
    LINK.line("1 online session without a link to join", "{count} online sessions without a link to join"),
    FACILITATOR.line("1 session without a facilitator", "{count} sessions without a facilitator"),
    ATTENDANCE.line("1 roster without attendance", "{count} rosters without attendance"),
]
NOT_PUBLISHED = [
    Line(
        lambda now: Session.objects.filter(status=Session.Status.DRAFT),
        MAY_SEE,
        SESSIONS,
        f"status__exact={Session.Status.DRAFT}",
        "1 draft to publish",
        "{count} drafts to publish",
    )
]
