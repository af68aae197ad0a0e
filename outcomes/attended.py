"""What attendance says of people and sessions: the one place that decides whether somebody was there.

People were there if they were at one meeting at least, and there throughout if they were at all of them. Where nobody
has said a word about a person at a meeting, it is not known.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from outcomes.models import Attendance, AttendanceSheet
from outcomes.models.attendance import CORRECTED_FREELY
from registrations.models import Registration
from sessions_app.models import Meeting, Session


class Presence(NamedTuple):
    """Of one person in one session: the keys of the meetings they were at, were absent from, and nobody knows of.

    `time` is the length of the meetings they were at, together.
    """

    here: frozenset[int] = frozenset()
    absent: frozenset[int] = frozenset()
    unknown: frozenset[int] = frozenset()
    time: timedelta = timedelta()

    @property
    def was_there(self) -> bool:
        return bool(self.here)

    @property
    def was_there_throughout(self) -> bool:
        return bool(self.here) and not self.absent and not self.unknown

    @property
    def was_absent(self) -> bool:
        return bool(self.absent) and not self.here and not self.unknown


def is_taken(session: Session) -> bool:
    """Tell whether the office has closed the list of every meeting of `session` that was held. One query."""
    open_lists = Meeting.objects.filter(session=session).exclude(sheet__closed_at__isnull=False)
    return not open_lists.exists()


def lacking_attendance(sessions: QuerySet[Session], now: datetime) -> QuerySet[Session]:
    """Return those of `sessions` that took place, with a meeting of the last 30 days whose list is not closed.

    Sessions that were only put on record are left out: nobody took a list there.
    """
    recent = Meeting.objects.filter(session=OuterRef("pk"), ends_at__lte=now, ends_at__gt=now - CORRECTED_FREELY)
    held = sessions.filter(status__in=(Session.Status.CONFIRMED, Session.Status.COMPLETED), published_at__isnull=False)
    return held.filter(Exists(recent.exclude(sheet__closed_at__isnull=False)))


def presence_of(registrations: Collection[Registration]) -> dict[int, Presence]:
    """Return the Presence of each of `registrations` by its key, of whatever sessions. Two queries for any number."""
    sessions = {one.session_id for one in registrations}
    meetings: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in Meeting.objects.filter(session__in=sessions):
        meetings[meeting.session_id].append(meeting)
    said: dict[int, dict[int, Attendance]] = defaultdict(dict)
    rows = Attendance.objects.filter(registration__in=[one.pk for one in registrations], meeting__cancelled_at=None)
    for row in rows:
        assert row.registration_id is not None
        said[row.registration_id][row.meeting_id] = row
    return {one.pk: _presence(meetings[one.session_id], said[one.pk]) for one in registrations}


def _presence(meetings: list[Meeting], said: dict[int, Attendance]) -> Presence:
    here = [meeting for meeting in meetings if meeting.pk in said and said[meeting.pk].is_here]
    absent = [meeting for meeting in meetings if meeting.pk in said and said[meeting.pk].is_absent]
    unknown = [meeting for meeting in meetings if meeting not in here and meeting not in absent]
    return Presence(
        frozenset(meeting.pk for meeting in here),
        frozenset(meeting.pk for meeting in absent),
        frozenset(meeting.pk for meeting in unknown),
        sum((meeting.ends_at - meeting.starts_at for meeting in here), timedelta()),
    )


def sheet_of(meeting: Meeting) -> AttendanceSheet:
    """Return the list of `meeting`, made where there is none."""
    return AttendanceSheet.objects.get_or_create(meeting=meeting)[0]


def presence_at(session: Session, people: Collection[int] | None = None) -> dict[int, Presence]:
    """Return the Presence in `session` of all people it says a word of, by their keys, walk-ins with an account too.

    `people` are the keys of those to ask for, None for all. Two queries.
    """
    meetings = list(Meeting.objects.filter(session=session))
    rows = Attendance.objects.of_session(session).filter(person__isnull=False)
    said: dict[int, dict[int, Attendance]] = defaultdict(dict)
    for row in rows if people is None else rows.filter(person__in=people):
        assert row.person_id is not None
        said[row.person_id][row.meeting_id] = row
    return {person: _presence(meetings, of_one) for person, of_one in said.items()}
