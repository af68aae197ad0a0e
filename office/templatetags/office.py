"""What the office's pages say about sessions."""

from datetime import datetime

from django import template
from django.conf import settings

from accounts.models import Campus
from foundation.dates import day_and_time
from foundation.values.zones import zone_names
from office.dates import when_and_where
from sessions_app.models import Session

register = template.Library()


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
