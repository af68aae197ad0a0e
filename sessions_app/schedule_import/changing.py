"""What a row, or a press for many sessions, changes of a session: in words first, and then by its verbs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Person
from catalog.models import Facilitator, Format
from foundation.dates import day_and_time
from foundation.text import listed, number_words
from foundation.verbs import part_of_a_verb
from sessions_app.models import Meeting, Place, Session, Times, Venue


@dataclass(frozen=True)
class Wish:
    """What a session is to be like; None where it stays as it is. Times and place are those of its first meeting.

    `closes` is how long before the start registration closes.
    """

    times: Times | None = None
    venue: Venue | None = None
    join_link: str | None = None
    capacity: int | None = None
    minimum: int | None = None
    format: str | None = None
    facilitators: frozenset[Facilitator] | None = None
    closes: timedelta | None = None


@dataclass
class Change:
    """One session, its first meeting, and what is to be different of it. Empty where nothing is."""

    session: Session
    meeting: Meeting | None
    facilitators: frozenset[Facilitator]
    times: Times | None = None
    place: Place | None = None
    size: tuple[int, int] | None = None
    format: str | None = None
    led_by: frozenset[Facilitator] | None = None
    closes_at: datetime | None = None

    def __bool__(self) -> bool:
        changes = (self.times, self.place, self.size, self.format, self.led_by, self.closes_at)
        return any(one is not None for one in changes)

    # ---- in words ----

    def sentences(self) -> list[str]:
        """Return what changes, a sentence each, from what to what."""
        said = []
        if self.times and self.meeting:
            said.append(f"The time changes: it was {self.meeting}.")
        if self.place and self.meeting:
            said.append(f"The place changes: it was {_place_words(self.meeting.place)}.")
        if self.size:
            minimum, capacity = self.size
            if capacity != self.session.capacity:
                said.append(f"The capacity changes from {self.session.capacity} to {capacity}.")
            if minimum != self.session.minimum:
                said.append(f"The minimum changes from {self.session.minimum} to {minimum}.")
        if self.format:
            said.append(f"The format changes: it was {self.session.get_format_display().lower()}.")
        if self.led_by is not None:
            said.append(f"It is led by {_names(self.led_by)}, before by {_names(self.facilitators)}.")
        if self.closes_at:
            zone = self.session.time_zone
            was = day_and_time(self.session.registration_closes_at, zone)
            said.append(f"Registration closes {day_and_time(self.closes_at, zone)}, before {was}.")
        return said

    def told(self, now: datetime) -> list[str]:
        """Return who is told of it, a sentence each; none where nobody is."""
        session = self.session
        if not self or not session.is_running or session.ends_at <= now:
            return []
        said = []
        people = session.seats_taken + session.waiting_count
        if (self.times or self.place) and people:
            said.append(f"{_people(people)} told: registered or on the waitlist.")
        elif self.led_by is not None and session.is_confirmed and session.seats_taken:
            said.append(f"{_people(session.seats_taken)} sent an update of the calendar.")
        if self.size and self.size[1] > session.capacity and session.waiting_count:
            seats = min(session.waiting_count, self.size[1] - session.seats_taken)
            said.append(f"{_people(seats)} given a seat, from the waitlist, and told.")
        return said

    def refusal(self, now: datetime) -> str:
        """Return why it cannot be, as far as that is known before it is tried; "" where nothing is known."""
        session = self.session
        if self.closes_at and session.status == Session.Status.DRAFT:
            return "It is a draft: when registration closes is typed on its own page."
        if not self or session.status == Session.Status.DRAFT:
            return ""
        if not session.is_running:
            return f"This session is {session.get_status_display().lower()}; it cannot change."
        if session.has_started(now):
            return "This session has started; it cannot change."
        if self.times and self.times.starts_at <= now:
            return "People know of this session: choose a time in the future."
        if self.format:
            return "People know of this session: its format changes on its own page."
        if self.closes_at and session.registration_opens_at and session.registration_opens_at >= self.closes_at:
            return "Registration opens before it closes."
        if self.size:
            return self._size_refusal(*self.size)
        return ""

    def _size_refusal(self, minimum: int, capacity: int) -> str:
        session = self.session
        if session.asks_how:
            return "It has seats in the room and online: change their numbers on its own page."
        if session.status == Session.Status.OPEN and minimum < session.minimum and minimum <= session.seats_taken:
            return (
                f"{session.seats_taken} have registered, so a minimum of {minimum} would confirm it, below the "
                f"{session.minimum} that people were told. Confirm it on its own page, with a reason."
            )
        try:
            session.refuse_size(minimum, capacity)
        except Session.Refused as refusal:
            return str(refusal)
        return ""

    # ---- by its verbs ----

    @part_of_a_verb
    def carry_out(self, by: Person, now: datetime) -> None:
        """Change the session. Raises Session.Refused; the caller's transaction is then rolled back."""
        session = self.session
        if session.status == Session.Status.DRAFT:
            session.redraft(by, now, self.times, self.place, self.led_by, **self._chosen())
            return
        if refusal := self.refusal(now):
            raise Session.Refused(refusal)
        assert self.meeting is not None, "what is published has a meeting"
        if self.times:
            session.reschedule({self.meeting: self.times}, by=by, now=now)
        if self.closes_at:
            session.set_window(session.registration_opens_at, self.closes_at, by=by, now=now)
        if self.place:
            session.relocate({self.meeting: self.place}, by=by, now=now)
        if self.size:
            session.resize(*self.size, by=by)
        if self.led_by is not None:
            session.appoint(self.led_by, by=by, now=now)

    def _chosen(self) -> dict[str, Any]:
        chosen: dict[str, Any] = {"format": self.format} if self.format else {}
        if self.size:
            minimum, capacity = self.size
            chosen |= {"minimum": minimum, "capacity": capacity}
            if self.session.asks_how and capacity != self.session.capacity:
                # Somebody says again how many of them are in the room, before it is published.
                chosen |= {"room_capacity": None, "online_capacity": None}
        if self.format and self.format != Format.HYBRID:
            chosen |= {"room_capacity": None, "online_capacity": None}
        return chosen


def change_of(session: Session, meeting: Meeting | None, facilitators: Collection[Facilitator], wish: Wish) -> Change:
    """Return what `wish` changes of `session`, whose first meeting and facilitators these are."""
    change = Change(session, meeting, frozenset(facilitators))
    if meeting is None:
        return change
    times = wish.times
    # The same instants on another clock are the same times.
    if times and (times.starts_at, times.ends_at) != (meeting.starts_at, meeting.ends_at):
        change.times = times
    venue = meeting.venue if wish.venue is None else wish.venue
    link = meeting.join_link if wish.join_link is None else wish.join_link
    if (venue and venue.pk, link) != (meeting.venue_id, meeting.join_link):
        change.place = Place(venue, link)
    size = (wish.minimum or session.minimum, wish.capacity or session.capacity)
    if size != (session.minimum, session.capacity):
        change.size = size
    if wish.format and wish.format != session.format:
        change.format = wish.format
    if wish.facilitators is not None and wish.facilitators != change.facilitators:
        change.led_by = wish.facilitators
    if wish.closes is not None:
        closes_at = (change.times or meeting).starts_at - wish.closes
        if closes_at != session.registration_closes_at:
            change.closes_at = closes_at
    return change


def _people(number: int) -> str:
    """“One person is”, “Twelve people are”."""
    return "One person is" if number == 1 else f"{number_words(number).capitalize()} people are"


def _names(people: Collection[Facilitator]) -> str:
    return listed(sorted(str(one) for one in people)) if people else "nobody"


def _place_words(place: Place) -> str:
    return place.venue.words if place.venue else place.join_link or "online"
