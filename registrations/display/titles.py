"""What sentences call a session: by its title and its day."""

from datetime import datetime

from foundation.dates import local, short_day
from registrations.models import Registration
from sessions_app.models import Session

# What calendars, subjects of mail and pages that anybody may see call a session of a person who wants neutral titles.
DISCREET_TITLE = "Training session"


def discreet_title_and_day(registration: Registration, now: datetime) -> str:
    """Do as `title_and_day` does; where the person wants neutral titles, “Training session on Tue, May 14”."""
    session = registration.session
    if registration.person.discreet_titles:
        return f"{DISCREET_TITLE} on {day_of(session, session.starts_at, now)}"
    return title_and_day(session, now)


def title_and_day(session: Session, now: datetime) -> str:
    """“Implicit Bias on Tue, May 14”."""
    return f"{session.workshop.title} on {day_of(session, session.starts_at, now)}"


def day_of(session: Session, instant: datetime, now: datetime) -> str:
    """“Tue, May 14” in the session's zone, with the year if it is not the current one."""
    return short_day(instant, session.time_zone, local(now, session.time_zone).year)


def named(registration: Registration) -> str:
    """Return what the heading of a person's own page, and the tab it stands in, call the session.

    Tabs, their history and a shared screen show those to others. A person who wants neutral titles reads the real one
    in the text of the page.
    """
    return DISCREET_TITLE if registration.person.discreet_titles else registration.session.workshop.title
