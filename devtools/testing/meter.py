"""A session and a viewer's own seat as plain values, for what is shown of them without a database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sessions_app.models import Session

NOW = datetime(2024, 5, 7, 15, 0, tzinfo=UTC)
STARTS = datetime(2024, 5, 14, 17, 30, tzinfo=UTC)
DECIDED = datetime(2024, 5, 10, 22, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Seat:
    """The seat of the viewer, or their place in line."""

    is_registered: bool = True
    is_waitlisted: bool = False
    number: int | None = None
    mode: str = ""


WAITING = Seat(is_registered=False, is_waitlisted=True, number=2)


def unsaved_session(status="open", taken=4, **fields) -> Session:
    """A session of May 14, 12:30 PM in Chicago, decided on Friday, May 10 at 5:00 PM."""
    given = {
        "code": "abcdefgh",
        "minimum": 6,
        "capacity": 20,
        "time_zone": "America/Chicago",
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(minutes=90),
        "confirm_by": DECIDED,
        "registration_closes_at": STARTS,
    }
    return Session(status=status, seats_taken=taken, **given | fields)
