"""Write sessions as the table that `read_schedule` reads: to be filled in, or to be corrected and taken in again."""

from collections.abc import Iterable, Sequence
from typing import Any

from foundation.dates import local
from sessions_app.models import Meeting, Session
from sessions_app.schedule_import.meetings import MORE, NEEDED
from sessions_app.schedule_import.reading import REQUIRED

OF_ALL = ("format", "capacity", "minimum", "facilitators", "code")


def table_of(sessions: Sequence[Session]) -> list[list[Any]]:
    """Return the heading, and a row for each of `sessions`, as they stand. There are columns for two meetings at least.

    Days are dates, all else is text or a number. The sessions come with workshop, facilitators, and meetings in their
    venues and campuses. A session without a meeting has no row.
    """
    held = [(session, list(session.meetings.all())) for session in sessions]
    most = max((len(meetings) for _, meetings in held), default=2)
    numbers = range(2, max(most, 2) + 1)
    further = [f"{name} {number}" for number in numbers for name in (*NEEDED, *MORE)]
    heading = [*REQUIRED, *(name.replace("_", " ") for name in (*MORE, *OF_ALL))]
    rows = [_row(session, meetings, len(numbers)) for session, meetings in held if meetings]
    return [[*heading, *(name.replace("_", " ") for name in further)], *rows]


def _row(session: Session, meetings: Sequence[Meeting], further: int) -> list[Any]:
    day, starts, ends, *place = _cells(meetings[0])
    led_by = "; ".join(one.name for one in session.led_by)
    facts = [session.get_format_display(), session.capacity, session.minimum, led_by, session.code]
    others = [cell for meeting in meetings[1:] for cell in _cells(meeting)]
    empty = [""] * (further * len((*NEEDED, *MORE)) - len(others))
    return [session.workshop.title, day, starts, ends, *place, *facts, *others, *empty]


def _cells(meeting: Meeting) -> Iterable[Any]:
    """Return when and where a meeting is, in the order of NEEDED and MORE."""
    starts, ends = (local(at, meeting.time_zone) for at in (meeting.starts_at, meeting.ends_at))
    venue = f"{meeting.venue.campus} {meeting.venue}" if meeting.venue else ""
    return [starts.date(), f"{starts:%H:%M}", f"{ends:%H:%M}", venue, meeting.join_link, meeting.time_zone]
