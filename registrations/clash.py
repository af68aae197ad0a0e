"""What a new place would clash with: another date of the same workshop, or a session at the same time.

A clash is a warning: the person may register anyway, choose another date, or move the place they have.
"""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Person
from registrations.models import Registration
from sessions_app.models import Session
from sessions_app.words import local, short_day


class Clash(Exception):
    """The person already has `place`; `str(error)` says what it means for registering for `session`."""

    def __init__(self, place: Registration, session: Session):
        self.place, self.session = place, session
        super().__init__(self._sentence())

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

    def _sentence(self) -> str:
        other = self.place.session
        day = short_day(other.starts_at, other.time_zone, local(self.session.starts_at, other.time_zone).year)
        if self.is_same_workshop:
            if self.place.is_waitlisted:
                return f"You are already on the waitlist for this workshop on {day}."
            return f"You already have a place in this workshop on {day}."
        same_day = (
            local(other.starts_at, other.time_zone).date()
            == local(self.session.starts_at, self.session.time_zone).date()
        )
        return f"This overlaps with {other.workshop} on {'the same day' if same_day else day}."


def find_clash(person: Person, session: Session, now: datetime) -> Clash | None:
    """Return the first thing that registering `person` for `session` would clash with. Five queries at most."""
    places = Registration.objects.active().filter(person=person, session__status__in=Session.RUNNING)
    places = places.exclude(session=session).select_related("session__workshop").order_by("session__starts_at", "pk")
    sisters = places.filter(session__workshop=session.workshop_id, session__starts_at__gt=now)
    # A seat first, then a place in line.
    place = sisters.registered().first() or sisters.waitlisted().first()
    if place is None:
        times = Q()
        for starts_at, ends_at in session.meetings.values_list("starts_at", "ends_at"):
            times |= Q(session__meetings__starts_at__lt=ends_at, session__meetings__ends_at__gt=starts_at)
        place = places.filter(times, session__ends_at__gt=now).first()
    return Clash(place, session) if place else None


def warn_of_clash(person: Person, session: Session, now: datetime) -> None:
    """Raise the Clash of registering `person` for `session`, if there is one and they have no place there yet."""
    if session.registrations.active().filter(person=person).exists():
        return
    if clash := find_clash(person, session, now):
        raise clash
