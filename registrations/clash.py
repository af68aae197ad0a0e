"""What a new place would clash with: another date of the same workshop, or a session at the same time.

A clash is a warning: the person may register anyway, choose another date, or move the place they have.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Person
from foundation.dates import local, short_day
from foundation.text import ordinal
from sessions_app.models import Meeting, Session

# The name of what a form posts to register in spite of a clash.
ACCEPT = "anyway"
# What tells of each place somebody has whether something new may clash with it.
COLUMNS = ("pk", "session", "session__status", "session__workshop", "session__starts_at", "session__ends_at")


class Clash(Exception):
    """The person already has `place`; `str(error)` says what it means for registering for `session`.

    Where `place` is on another date of the workshop, `also` may be one that is at the same time as `session`.
    """

    def __init__(self, place, session: Session, also=None):
        self.place, self.session = place, session
        sentence = self._sister_words() if self.is_same_workshop else self._overlap_words("This", place)
        super().__init__(f"{sentence} {self._overlap_words('This date', also)}" if also else sentence)

    @property
    def is_same_workshop(self) -> bool:
        """True for another date of the same workshop, which is best moved."""
        return self.place.session.workshop_id == self.session.workshop_id

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

    def _day_of(self, other: Session) -> str:
        return short_day(other.starts_at, other.time_zone, local(self.session.starts_at, other.time_zone).year)

    def _sister_words(self) -> str:
        day = self._day_of(self.place.session)
        if self.place.is_waitlisted:
            line = ordinal(self.place.place_in_line)
            return f"You are already on the waitlist for this workshop on {day}, {line} in line."
        return f"You already have a place in this workshop on {day}."

    def _overlap_words(self, this: str, place) -> str:
        other = place.session
        same_day = (
            local(other.starts_at, other.time_zone).date()
            == local(self.session.starts_at, self.session.time_zone).date()
        )
        return f"{this} overlaps with {other.workshop} on {'the same day' if same_day else self._day_of(other)}."


def find_clash(person: Person, session: Session, now: datetime) -> Clash | None:
    """Return the first thing that registering `person` for `session` would clash with; None if they are in it already.

    One query, two more for somebody who may have such a place.
    """
    return clash_among(person.registrations.active().order_by().values_list(*COLUMNS, named=True), person, session, now)


def clash_among(places: Iterable, person: Person, session: Session, now: datetime) -> Clash | None:
    """Return what `find_clash` does, of the active `places` of `person`, given as rows of COLUMNS.

    A seat on another date of the workshop first, then a place in line there, then whatever is at the same time.
    """
    coming = [place for place in places if place.session__status in Session.RUNNING]
    if any(place.session == session.pk for place in coming):
        return None
    found = [
        place.pk
        for place in coming
        if (place.session__workshop == session.workshop_id and place.session__starts_at > now)
        or (place.session__starts_at < session.ends_at and place.session__ends_at > max(session.starts_at, now))
    ]
    if not found:
        return None
    places = list(person.registrations.filter(pk__in=found).select_related("session__workshop").order_by("pk"))
    places.sort(key=lambda place: place.session.starts_at)
    sisters = [
        place for place in places if place.session.workshop_id == session.workshop_id and place.session.starts_at > now
    ]
    sisters.sort(key=lambda place: place.is_waitlisted)
    overlaps = crossing([place for place in places if place not in sisters], session)
    if not sisters:
        return Clash(overlaps[0], session) if overlaps else None
    return Clash(sisters[0], session, also=next(iter(overlaps), None))


def crossing(places: list, session: Session) -> list:
    """Return those of `places` of whose meetings one is at the same time as one of `session`."""
    ids = {session.pk, *(place.session_id for place in places)}
    times = defaultdict(list)
    for pk, *times_of_one in Meeting.objects.filter(session__in=ids).values_list("session", "starts_at", "ends_at"):
        times[pk].append(times_of_one)
    return [
        place
        for place in places
        if any(
            starts_at < other_ends_at and ends_at > other_starts_at
            for starts_at, ends_at in times[session.pk]
            for other_starts_at, other_ends_at in times[place.session_id]
        )
    ]


def warn_of_overlap(place, now: datetime) -> None:
    """Raise the Clash of `place` with a session of another workshop that its person has at the same time."""
    session, places = place.session, place.person.registrations.active().filter(session__status__in=Session.RUNNING)
    meets = places.filter(session__starts_at__lt=session.ends_at, session__ends_at__gt=max(session.starts_at, now))
    others = meets.exclude(session__workshop=session.workshop_id).select_related("session__workshop")
    if overlaps := crossing(list(others.order_by("session__starts_at", "pk")), session):
        raise Clash(overlaps[0], session)


def warn_of_clash(person: Person, session: Session, now: datetime) -> None:
    """Raise the Clash of registering `person` for `session`, if there is one and they have no place there yet."""
    if clash := find_clash(person, session, now):
        raise clash
