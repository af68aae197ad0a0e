"""Dates and times as the office reads them: the year always, because the office looks far back."""

from datetime import datetime

from foundation.dates import clock, short_day, time_span, zone_words
from sessions_app.models import Meeting


def day_and_time(instant: datetime | None, zone: str) -> str:
    """Return “Tue, May 14, 2024, 12:30 PM” in the IANA zone `zone`; "" without an instant."""
    return f"{short_day(instant, zone, 0)}, {clock(instant, zone)}" if instant else ""


def when_and_where(meeting: Meeting) -> str:
    """Return “Tue, May 14, 2024, 12:30–2:00 PM, Central time, LC 210”."""
    times = time_span(meeting.starts_at, meeting.ends_at, meeting.time_zone)
    zone = zone_words(meeting.time_zone, meeting.starts_at)
    parts = [short_day(meeting.starts_at, meeting.time_zone, 0), times, zone, meeting.venue, meeting.join_link]
    return ", ".join(str(part) for part in parts if part)
