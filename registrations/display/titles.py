"""What sentences call a session: by its title and its day."""

from datetime import datetime

from foundation.dates import local, short_day
from sessions_app.models import Session


def title_and_day(session: Session, now: datetime) -> str:
    """“Implicit Bias on Tue, May 14”."""
    return f"{session.workshop.title} on {day_of(session, session.starts_at, now)}"


def day_of(session: Session, instant: datetime, now: datetime) -> str:
    """“Tue, May 14” in the session's zone, with the year if it is not the current one."""
    return short_day(instant, session.time_zone, local(now, session.time_zone).year)
