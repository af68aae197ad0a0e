"""Attendance in numbers: of each session that was held in one academic year, of each workshop, and of all together.

Somebody counts as here if they were at one meeting at least, as absent if they were at none and absent from all, and
otherwise as not known: outcomes/attended.py decides the same of one person.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Q

from foundation.dates import local, short_day
from outcomes.models import Attendance
from outcomes.record.windows import Span
from registrations.models import Registration
from sessions_app.models import Session

MINUTE = timedelta(minutes=1)
COLUMNS = (
    "Registered",
    "Here",
    "Absent",
    "Not known",
    "No-show share",
    "Walked in",
    "Missed much of it",
    "Left late",
    "Lists open",
)


class Figures(NamedTuple):
    """The figures of one session, or of several together.

    Of the `registered` so many were `here` or `absent`; of the others it is `unknown`. People who `walked_in` were here
    and had no seat. Of `missed_much` a report counted more missed minutes of a meeting than the workshop allows. Who
    `left_late` gave a seat up in the last 24 hours. `open_lists` are meetings whose attendance is not complete.
    """

    registered: int = 0
    here: int = 0
    absent: int = 0
    unknown: int = 0
    walked_in: int = 0
    missed_much: int = 0
    left_late: int = 0
    open_lists: int = 0

    @property
    def known(self) -> int:
        return self.here + self.absent

    @property
    def no_show_share(self) -> str:
        """“12 %” of the people of whom it is known; empty where it is known of nobody."""
        return f"{round(100 * self.absent / self.known)} %" if self.known else ""

    def row(self) -> list[int | str]:
        """Return the figures in the order of COLUMNS."""
        standing: list[int | str] = [self.registered, self.here, self.absent, self.unknown, self.no_show_share]
        return [*standing, self.walked_in, self.missed_much, self.left_late, self.open_lists]


class Line(NamedTuple):
    """One row of a table: what it is about, its figures, and of a session its day."""

    title: str
    figures: Figures
    sessions: int = 1
    pk: int = 0
    day: str = ""


class Year(NamedTuple):
    """What was held in one academic year: all together, by workshop in the order of titles, and by session."""

    all: Line
    workshops: list[Line]
    sessions: list[Line]


def year_of(span: Span, now: datetime) -> Year:
    """Return the figures of what was held on the days of `span` and is over at `now`, the newest session first.

    Four queries for any number of sessions and people.
    """
    sessions = [one for one in _held(span, now) if span.holds(local(one.ends_at, one.time_zone).date())]
    said, seats, late = _said_of(sessions), _seats_in(sessions), _left_late(sessions)
    lines: list[Line] = []
    of_workshop: dict[str, list[Figures]] = defaultdict(list)
    for session in sessions:
        figures = _figures(session, said[session.pk], seats[session.pk], late[session.pk])
        title, day = session.workshop.title, short_day(session.starts_at, session.time_zone)
        lines.append(Line(title, figures, pk=session.pk, day=day))
        of_workshop[title].append(figures)
    workshops = [Line(title, together(of), len(of)) for title, of in sorted(of_workshop.items())]
    return Year(Line("All sessions", together(line.figures for line in lines), len(lines)), workshops, lines)


def together(figures: Iterable[Figures]) -> Figures:
    """Return the sums of `figures`."""
    columns = list(zip(*figures, strict=True))
    return Figures(*map(sum, columns)) if columns else Figures()


class Said(NamedTuple):
    """What attendance says of one person (or one name) at one meeting."""

    who: tuple[int | None, int]
    state: str
    missed_minutes: int | None


def _held(span: Span, now: datetime) -> list["Session"]:
    """Return the sessions that were held in or about `span`, each with how many meetings it has and are `closed`."""
    held = Q(meetings__cancelled_at=None)
    found = Session.objects.filter(
        status__in=(Session.Status.CONFIRMED, Session.Status.COMPLETED),
        ends_at__lte=now,
        # A day more on each side: the day of a session is that of its own zone.
        ends_at__date__gte=span.first - timedelta(days=1),
        ends_at__date__lte=span.last + timedelta(days=1),
    ).annotate(
        held=Count("meetings", filter=held),
        closed=Count("meetings", filter=held & Q(meetings__sheet__closed_at__isnull=False)),
    )
    return list(found.select_related("workshop").order_by("-starts_at", "-pk"))


def _said_of(sessions: list[Session]) -> dict[int, list[Said]]:
    said: dict[int, list[Said]] = defaultdict(list)
    rows = Attendance.objects.filter(meeting__session__in=sessions, meeting__cancelled_at=None).order_by()
    columns = ("meeting__session", "person", "pk", "state", "minutes", "meeting__starts_at", "meeting__ends_at")
    for session, person, pk, state, minutes, starts_at, ends_at in rows.values_list(*columns):
        missed = None if minutes is None else (ends_at - starts_at) // MINUTE - minutes
        # Somebody without an account is one person at one meeting: nobody can say more.
        said[session].append(Said((person, 0 if person else pk), state, missed))
    return said


def _seats_in(sessions: list[Session]) -> dict[int, list[int]]:
    seats: dict[int, list[int]] = defaultdict(list)
    rows = Registration.objects.filter(status=Registration.Status.REGISTERED, session__in=sessions).order_by()
    for session, person in rows.values_list("session", "person"):
        seats[session].append(person)
    return seats


def _left_late(sessions: list[Session]) -> Counter[int]:
    rows = Registration.objects.filter(left_late=True, session__in=sessions).order_by()
    return Counter(dict(rows.values_list("session").annotate(many=Count("pk"))))


def _figures(session: Session, said: list[Said], seats: list[int], left_late: int) -> Figures:
    held: int = session.held  # type: ignore[attr-defined] # annotated by `_held`
    closed: int = session.closed  # type: ignore[attr-defined]
    here = {one.who for one in said if one.state == Attendance.State.HERE}
    absences = Counter(one.who for one in said if one.state == Attendance.State.ABSENT)
    seated = {(person, 0) for person in seats}
    absent = {who for who in seated - here if absences[who] == held}
    allowed = session.workshop.may_miss_minutes
    missed_much = {one.who for one in said if one.missed_minutes is not None and one.missed_minutes > allowed}
    return Figures(
        registered=len(seated),
        here=len(seated & here),
        absent=len(absent),
        unknown=len(seated - here - absent),
        walked_in=len(here - seated),
        missed_much=len(missed_much),
        left_late=left_late,
        open_lists=held - closed,
    )


# ---- the years there are ----


def years_with_sessions(now: datetime) -> list[int]:
    """Return the years in which the academic years with sessions that were held begin, the newest first. One query."""
    held = Session.objects.filter(status=Session.Status.COMPLETED, ends_at__lte=now)
    first_month = settings.ACADEMIC_YEAR_MONTH
    months = held.order_by().dates("ends_at", "month")
    return sorted({day.year if day.month >= first_month else day.year - 1 for day in months}, reverse=True)
