"""What the office's pages say about sessions."""

from datetime import datetime, timedelta

from django import template
from django.conf import settings
from django.db.models import Count, Q, Sum

from accounts.models import Campus
from foundation import database_clock
from foundation.dates import day_and_time
from foundation.values.zones import zone_names
from office.dates import when_and_where
from sessions_app.models import Session, SessionRequest
from sessions_app.models.linking import missing_link

register = template.Library()
DECISIONS_AHEAD = timedelta(days=10)


@register.simple_tag
def decisions_ahead() -> list[Session]:
    """Give the open sessions to be decided within ten days, the next first."""
    until = database_clock.now() + DECISIONS_AHEAD
    due = Session.objects.filter(status=Session.Status.OPEN, confirm_by__lte=until)
    return list(due.select_related("workshop").order_by("confirm_by", "pk"))


@register.simple_tag
def upcoming_figures() -> dict[str, int]:
    """Give the figures of what lies ahead."""
    ahead = Q(ends_at__gt=database_clock.now(), status__in=Session.RUNNING)
    return Session.objects.aggregate(
        sessions=Count("pk", filter=ahead),
        confirmed=Count("pk", filter=ahead & Q(status=Session.Status.CONFIRMED)),
        gathering=Count("pk", filter=ahead & Q(status=Session.Status.OPEN)),
        drafts=Count("pk", filter=Q(status=Session.Status.DRAFT)),
        seats=Sum("seats_taken", filter=ahead, default=0),
    )


@register.simple_tag
def requests_waiting() -> int:
    """Give how many teams wait for an answer to their request for a session."""
    return SessionRequest.objects.waiting().count()


@register.simple_tag
def sessions_without_link() -> int:
    """Give how many published sessions people are to join online, and cannot yet."""
    return missing_link(Session.objects.all(), database_clock.now()).count()


@register.simple_tag
def time_zones() -> list[str]:
    """Give the zones in use here."""
    return sorted(zone_names() & {settings.TIME_ZONE, *Campus.objects.values_list("time_zone", flat=True)})


@register.filter
def wall_clock(at: datetime, zone: str) -> str:
    """Return “Fri, May 10, 2024, 5:00 PM”."""
    return day_and_time(at, zone)


@register.filter
def meetings_in_words(session: Session) -> str:
    """Return the day, times, zone and place of each meeting."""
    return "; ".join(when_and_where(meeting) for meeting in session.meetings.select_related("venue", "part"))
