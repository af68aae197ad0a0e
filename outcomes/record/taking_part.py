"""What a person took part in, by attendance; and where nobody took attendance, what they had a seat in."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef

from accounts.models import Person
from foundation.dates import local
from outcomes.models import Attendance
from registrations.models import Registration
from sessions_app.models import Meeting, Session

QUARTER = Decimal("0.01")


class Took(NamedTuple):
    """A session somebody took part in: at `here` of its `meetings`, for so long, last on the day `on` in its zone."""

    session: Session
    on: date
    here: int
    meetings: int
    time: timedelta

    @property
    def hours(self) -> Decimal:
        return hours_of(self.time)

    @property
    def is_part(self) -> bool:
        """Whether they missed a meeting of it, or nobody knows."""
        return self.here < self.meetings


class Seat(NamedTuple):
    """A session somebody had a seat in, that was held, and of which no word says whether they were there."""

    session: Session
    on: date
    meetings: int


class TakingPart(NamedTuple):
    """All of a person, the newest first."""

    took: list[Took]
    seats: list[Seat]


def hours_of(time: timedelta) -> Decimal:
    """Return a length in hours, to the hundredth."""
    return (Decimal(int(time.total_seconds())) / 3600).quantize(QUARTER)


def taking_part(person: Person, now: datetime) -> TakingPart:
    """Return what `person` took part in until `now`, walk-ins too. Three queries for any number of sessions."""
    rows = Attendance.objects.of_person(person).here().filter(meeting__cancelled_at=None, meeting__starts_at__lte=now)
    at: dict[int, list[Meeting]] = defaultdict(list)
    sessions: dict[int, Session] = {}
    for row in rows.select_related("meeting__session__workshop").order_by("meeting__starts_at", "pk"):
        at[row.meeting.session_id].append(row.meeting)
        sessions[row.meeting.session_id] = row.meeting.session
    unsaid = list(_without_a_word(person, now))
    many = _meetings_of({*sessions, *(one.session_id for one in unsaid)})
    took = [
        Took(
            session=sessions[key],
            on=local(meetings[-1].ends_at, sessions[key].time_zone).date(),
            here=len(meetings),
            meetings=many[key],
            time=sum((one.ends_at - one.starts_at for one in meetings), timedelta()),
        )
        for key, meetings in at.items()
    ]
    seats = [
        Seat(one.session, local(one.session.ends_at, one.session.time_zone).date(), many[one.session_id])
        for one in unsaid
    ]
    return TakingPart(
        sorted(took, key=lambda one: (one.on, one.session.pk), reverse=True),
        sorted(seats, key=lambda one: (one.on, one.session.pk), reverse=True),
    )


def _without_a_word(person: Person, now: datetime) -> "list[Registration]":
    """Return the seats of `person` in sessions that were held, of which attendance says neither yes nor no."""
    said = Attendance.objects.filter(meeting__session=OuterRef("session"), person=person, meeting__cancelled_at=None)
    held = Registration.objects.registered().filter(
        person=person,
        session__status__in=(Session.Status.CONFIRMED, Session.Status.COMPLETED),
        session__ends_at__lte=now,
        # What was forgotten is in nobody's record any more, and nobody failed to take it.
        session__attendance_tally=None,
    )
    unsaid = held.exclude(Exists(said.exclude(state=Attendance.State.UNSURE)))
    return list(unsaid.select_related("session__workshop"))


def _meetings_of(sessions: set[int]) -> Counter[int]:
    """Return how many meetings each of `sessions` (keys) had that were held."""
    rows = Meeting.objects.filter(session__in=sessions).order_by().values("session").annotate(many=Count("pk"))
    return Counter({row["session"]: row["many"] for row in rows})
