"""What a new registration would clash with: another date of the same workshop, or a session at the same time.

A clash is a warning: the person may register anyway, choose another date, or move the registration they have.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Person
from foundation.dates import local, short_day
from foundation.text import ordinal
from sessions_app.models import Meeting, Session
from sessions_app.models.venue import Span, overlap

if TYPE_CHECKING:
    from registrations.models import Registration

# The name of what a form posts to register in spite of a clash.
ACCEPT = "anyway"
# What tells of each registration of a person whether something new may clash with it.
COLUMNS = ("pk", "session", "session__status", "session__workshop", "session__starts_at", "session__ends_at")


class Clash(Exception):
    """The person already has `registration`; `str(error)` says what it means for registering for `session`.

    Where it is on another date of the workshop, `also` may be one that is at the same time as `session`.
    """

    def __init__(self, registration: "Registration", session: Session, also: "Registration | None" = None) -> None:
        self.registration, self.session = registration, session
        sentences = [self._sister_words() if self.is_same_workshop else self._this_overlaps(registration.session)]
        if also:
            sentences.append(self._this_date_overlaps(also.session))
        super().__init__(" ".join(sentences))

    @property
    def name(self) -> str:
        """The codes of both sessions: what a form posts to accept this clash and no other."""
        return f"{self.session.code}-{self.registration.session.code}"

    @property
    def is_same_workshop(self) -> bool:
        """True for another date of the same workshop, which is best moved."""
        return self.registration.session.workshop_id == self.session.workshop_id

    @property
    def way_on(self) -> str:
        return "You can move it, or register for both." if self.is_same_workshop else "You can still register."

    @property
    def button(self) -> str:
        return "Register for both" if self.is_same_workshop else "Register anyway"

    def with_link(self) -> SafeString:
        """Return the sentence with the way to the form, for somebody who is not registered because of the clash."""
        url = reverse("register", args=[self.session.code])
        return format_html('{} You are not registered yet. <a href="{}">Decide here</a>.', str(self), url)

    def _sister_words(self) -> str:
        day = self._day_of(self.registration.session)
        if self.registration.is_waitlisted:
            nth = ordinal(self.registration.place_in_line)
            return f"You are already on the waitlist for this workshop on {day}, {nth} in line."
        return f"You already have a place in this workshop on {day}."

    def _this_overlaps(self, other: Session) -> str:
        if self._is_same_day(other):
            return f"This overlaps with {other.workshop} on the same day."
        return f"This overlaps with {other.workshop} on {self._day_of(other)}."

    def _this_date_overlaps(self, other: Session) -> str:
        if self._is_same_day(other):
            return f"This date overlaps with {other.workshop} on the same day."
        return f"This date overlaps with {other.workshop} on {self._day_of(other)}."

    def _day_of(self, other: Session) -> str:
        return short_day(other.starts_at, other.time_zone, local(self.session.starts_at, other.time_zone).year)

    def _is_same_day(self, other: Session) -> bool:
        there, here = local(other.starts_at, other.time_zone), local(self.session.starts_at, self.session.time_zone)
        return there.date() == here.date()


def find_clash(person: Person, session: Session, now: datetime) -> Clash | None:
    """Return the first thing that registering `person` for `session` would clash with; None if they are in it already.

    One query, two more for a person who may have such a registration.
    """
    return clash_among(person.registrations.active().order_by().values_list(*COLUMNS, named=True), person, session, now)


def clash_among(rows: Iterable[Any], person: Person, session: Session, now: datetime) -> Clash | None:
    """Return what `find_clash` does, of the active registrations of `person`, given as `rows` of COLUMNS.

    A seat on another date of the workshop comes first, then a place in line there, then a session at the same time.
    """
    coming = [row for row in rows if row.session__status in Session.RUNNING]
    if any(row.session == session.pk for row in coming):
        return None
    found = [
        row.pk
        for row in coming
        if (row.session__workshop == session.workshop_id and row.session__starts_at > now)
        or (row.session__starts_at < session.ends_at and row.session__ends_at > max(session.starts_at, now))
    ]
    if not found:
        return None
    own = list(person.registrations.filter(pk__in=found).select_related("session__workshop").order_by("pk"))
    own.sort(key=lambda one: one.session.starts_at)
    sisters = [one for one in own if one.session.workshop_id == session.workshop_id and one.session.starts_at > now]
    sisters.sort(key=lambda one: one.is_waitlisted)
    overlaps = crossing([one for one in own if one not in sisters], session)
    if not sisters:
        return Clash(overlaps[0], session) if overlaps else None
    return Clash(sisters[0], session, also=next(iter(overlaps), None))


def crossing(registrations: list["Registration"], session: Session) -> list["Registration"]:
    """Return those of `registrations` of whose meetings one is at the same time as one of `session`. One query."""
    ids = {session.pk, *(registration.session_id for registration in registrations)}
    meetings = defaultdict(list)
    for meeting in Meeting.objects.filter(session__in=ids).only("session_id", "starts_at", "ends_at"):
        meetings[meeting.session_id].append(meeting)
    return [
        registration
        for registration in registrations
        if any(overlap(here, there) for here in meetings[session.pk] for there in meetings[registration.session_id])
    ]


def warn_of_overlap(registration: "Registration", now: datetime) -> None:
    """Raise the Clash of `registration` with a session of another workshop that its person has at the same time."""
    if overlaps := _overlaps_of(registration, now):
        raise Clash(overlaps[0], registration.session)


def overlapping_seat(registration: "Registration", now: datetime) -> "Registration | None":
    """Return the first seat of the same person, in a session of another workshop, at the time of this one's session."""
    return next((one for one in _overlaps_of(registration, now) if one.is_registered), None)


def people_elsewhere(session: Session, spans: Sequence[Span]) -> list[tuple["Registration", Meeting]]:
    """Return the seats that people of `session` have in other sessions at the time of one of `spans`, by name.

    Each stands there once, with its first meeting that is at such a time. Two queries.
    """
    here = session.registrations.active().order_by().values("person")
    seats = session.registrations.model._default_manager.filter(
        person__in=here,
        status="registered",
        session__status__in=Session.RUNNING,
        session__starts_at__lt=max(one.ends_at for one in spans),
        session__ends_at__gt=min(one.starts_at for one in spans),
    )
    rows = seats.exclude(session=session).select_related("person", "session__workshop").order_by("person__name", "pk")
    registrations = list(rows)
    meetings = defaultdict(list)
    for meeting in Meeting.objects.filter(session__in={one.session_id for one in registrations}).order_by("starts_at"):
        meetings[meeting.session_id].append(meeting)
    found = []
    for registration in registrations:
        at = (one for one in meetings[registration.session_id] if any(overlap(one, span) for span in spans))
        if first := next(at, None):
            found.append((registration, first))
    return found


def _overlaps_of(registration: "Registration", now: datetime) -> list["Registration"]:
    session, person = registration.session, registration.person
    active = person.registrations.active().filter(session__status__in=Session.RUNNING)
    meets = active.filter(session__starts_at__lt=session.ends_at, session__ends_at__gt=max(session.starts_at, now))
    others = meets.exclude(session__workshop=session.workshop_id).select_related("session__workshop")
    return crossing(list(others.order_by("session__starts_at", "pk")), session)


def warn_of_clash(person: Person, session: Session, now: datetime) -> None:
    """Raise the Clash of registering `person` for `session`, if there is one and they are not in it yet."""
    if clash := find_clash(person, session, now):
        raise clash
