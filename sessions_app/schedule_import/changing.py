"""What a row, or a press for many sessions, changes of a session: in words first, and then by its verbs."""

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Person
from catalog.models import Facilitator, Format
from foundation.dates import day_and_time
from foundation.text import listed, number_words
from foundation.verbs import part_of_a_verb
from sessions_app.models import Held, Meeting, MeetingPlan, Place, Session, Times, Venue
from sessions_app.models.redrafting import Redraft
from sessions_app.models.venue import any_overlap
from sessions_app.schedule_import.changing_meetings import (
    TAKEN_OUT,
    Further,
    WishedMeeting,
    further_change,
    place_of,
    place_words,
)


@dataclass(frozen=True)
class Wish:
    """What a session is to be like; None where it stays as it is. Times and place are those of its first meeting.

    `closes` is how long before the start registration closes; `further` are all meetings after the first one.
    """

    times: Times | None = None
    venue: Venue | None = None
    join_link: str | None = None
    capacity: int | None = None
    minimum: int | None = None
    format: str | None = None
    facilitators: frozenset[Facilitator] | None = None
    closes: timedelta | None = None
    further: Sequence[WishedMeeting] | None = None


@dataclass
class Change:
    """One session, the meetings that it has, and what is to be different of it. Empty where nothing is.

    `times` and `place` are those of its first meeting, `further` what changes of the others. `size` is its minimum and
    capacity where one of them changes; `capacity` is what was said, changed or not. `has_asked` says that people were
    proposed or asked to come who have no seat.
    """

    session: Session
    meetings: Sequence[Meeting]
    facilitators: frozenset[Facilitator]
    times: Times | None = None
    place: Place | None = None
    size: tuple[int, int] | None = None
    capacity: int | None = None
    format: str | None = None
    led_by: frozenset[Facilitator] | None = None
    closes_at: datetime | None = None
    further: Further = field(default_factory=Further)
    has_asked: bool = False

    def __bool__(self) -> bool:
        changes = (self.times, self.place, self.size, self.format, self.led_by, self.closes_at)
        return any(one is not None for one in changes) or bool(self.further)

    @property
    def meeting(self) -> Meeting | None:
        """The first meeting of the session; None while it has none."""
        return self.meetings[0] if self.meetings else None

    @property
    def moved(self) -> dict[Meeting, Times]:
        """The meetings that are at another time, with it."""
        first = {self.meeting: self.times} if self.times and self.meeting else {}
        return first | self.further.moved

    @property
    def placed(self) -> dict[Meeting, Place]:
        """The meetings that are in another place, with it."""
        first = {self.meeting: self.place} if self.place and self.meeting else {}
        return first | self.further.placed

    def afterwards(self) -> list[MeetingPlan]:
        """Return the meetings that the session has then, in the order of time."""
        moved, placed = self.moved, self.placed
        kept = [one for one in self.meetings if one not in self.further.dropped]
        plans = [
            MeetingPlan(**vars(moved.get(one, one.times)), **vars(placed.get(one, one.place))) for one in kept
        ] + self.further.added
        return sorted(plans, key=lambda plan: plan.starts_at)

    # ---- in words ----

    def sentences(self) -> list[str]:
        """Return what changes, a sentence each, from what to what."""
        said = []
        if self.times and self.meeting:
            said.append(f"The time changes: it was {self.meeting}.")
        if self.place and self.meeting:
            said.append(f"The place changes: it was {place_words(self.meeting.place)}.")
        said += self.further.sentences()
        if (capacity := self._capacity()) != self.session.capacity:
            said.append(f"The capacity changes from {self.session.capacity} to {capacity}.")
        if self.size:
            minimum, _ = self.size
            if minimum != self.session.minimum:
                said.append(f"The minimum changes from {self.session.minimum} to {minimum}.")
        if self.format:
            before = self.session.get_format_display().lower()
            said.append(f"It is held {Format(self.format).label.lower()}, before {before}. Everybody stays in it.")
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
        moves = self.times or self.place or self.format or self.further
        if moves and people:
            said.append(f"{_people(people)} told: registered or on the waitlist.")
        elif self.led_by is not None and session.is_confirmed and session.seats_taken:
            said.append(f"{_people(session.seats_taken)} sent an update of the calendar.")
        if moves and self.has_asked:
            said.append("People who were proposed or asked to come, and have not answered, are told too.")
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
        if any_overlap(self.afterwards()):
            return "Two meetings would overlap. Change one of their times."
        if self.format:
            return self._format_refusal()
        if self.closes_at and session.registration_opens_at and session.registration_opens_at >= self.closes_at:
            return "Registration opens before it closes."
        if self.size:
            return self._size_refusal(*self.size)
        return ""

    def _format_refusal(self) -> str:
        """Return why the session cannot be held in another format with everybody in it."""
        held = self._held()
        if self.format == Format.HYBRID and not held.room:
            return (
                "How many seats it has in the room and how many online cannot be told from the row: change the format "
                "on the page of the session."
            )
        try:
            after = self._held_after(held)
            if self.size:
                after.refuse_size(self.size[0], after.capacity, after.room_capacity, after.online_capacity)
        except Session.Refused as refusal:
            return str(refusal)
        return self._minimum_refusal()

    def _held(self) -> Held:
        """Return how the session is to be held in its new format: where each meeting is, and with how many seats."""
        assert self.format, "the format changes"
        kept = [one for one in self.meetings if one not in self.further.dropped]
        places = {one: self.placed.get(one, one.place) for one in kept}
        if self.format != Format.HYBRID:
            return Held(self.format, places, self.capacity)
        capacity = self.capacity or self.session.capacity
        seats = seats_of_each_mode(capacity, places[kept[0]].venue)
        return Held(self.format, places, room=seats["room_capacity"], online=seats["online_capacity"])

    def _held_after(self, held: Held) -> Session:
        """Return a copy of the session with the meetings that it keeps, in its new format. Raises Session.Refused."""
        session = copy(self.session)
        session.prefetched_meetings = [one for one in self.meetings if one not in self.further.dropped]
        # No meeting has begun: all of them are ahead.
        return session.held_as(held, session.starts_at - timedelta(minutes=1))

    def _capacity(self) -> int:
        """Return the capacity that the session has then: another format may bring one that nobody has said."""
        if self.format and self.session.status != Session.Status.DRAFT:
            try:
                return self._held_after(self._held()).capacity
            except Session.Refused:
                pass  # `refusal` says why
        return self.size[1] if self.size else self.session.capacity

    def _size_refusal(self, minimum: int, capacity: int) -> str:
        session = self.session
        if session.asks_how:
            return "It has seats in the room and online: change their numbers on its own page."
        try:
            session.refuse_size(minimum, capacity)
        except Session.Refused as refusal:
            return self._minimum_refusal() or str(refusal)
        return self._minimum_refusal()

    def _minimum_refusal(self) -> str:
        """Return why the minimum cannot be lowered so far by a row: people were promised another one."""
        session, minimum = self.session, self.size[0] if self.size else self.session.minimum
        if session.status == Session.Status.OPEN and minimum < session.minimum and minimum <= session.seats_taken:
            return (
                f"{session.seats_taken} have registered, so a minimum of {minimum} would confirm it, below the "
                f"{session.minimum} that people were told. Confirm it on its own page, with a reason."
            )
        return ""

    # ---- by its verbs ----

    @part_of_a_verb
    def carry_out(self, by: Person, now: datetime) -> None:
        """Change the session. Raises Session.Refused; the caller's transaction is then rolled back."""
        session = self.session
        if session.status == Session.Status.DRAFT:
            new = Redraft(self.moved, self.placed, self.further.added, self.further.dropped, self.led_by)
            session.redraft(new, by=by, now=now, **self._chosen())
            return
        if refusal := self.refusal(now):
            raise Session.Refused(refusal)
        # What is held no more makes room for what moves, and that for what is added.
        for meeting in self.further.dropped:
            session.cancel_meeting(meeting, TAKEN_OUT, by=by, now=now)
        if self.moved:
            session.reschedule(self.moved, by=by, now=now)
        if self.closes_at:
            session.set_window(session.registration_opens_at, self.closes_at, by=by, now=now)
        if self.format:
            session.hold_as(self._held(), by=by, now=now)
        elif self.placed:
            session.relocate(self.placed, by=by, now=now)
        for plan in self.further.added:
            session.add_meeting(replace(plan, part=session.part_to_hold()), by=by, now=now)
        if self.size:
            self._resize(*self.size, by=by)
        if self.led_by is not None:
            session.appoint(self.led_by, by=by, now=now)

    def _resize(self, minimum: int, capacity: int, by: Person) -> None:
        """Change minimum and capacity. A format that has changed has brought its capacity with it."""
        if self.format:
            session = self.session
            session.resize(minimum, session.capacity, by, session.room_capacity, session.online_capacity)
        else:
            self.session.resize(minimum, capacity, by=by)

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


def change_of(
    session: Session, meetings: Sequence[Meeting], facilitators: Collection[Facilitator], wish: Wish
) -> Change:
    """Return what `wish` changes of `session`, whose meetings, in the order of time, and facilitators these are."""
    change = Change(session, meetings, frozenset(facilitators), capacity=wish.capacity)
    if not meetings:
        return change
    meeting, *others = meetings
    times = wish.times
    # The same instants on another clock are the same times.
    if times and (times.starts_at, times.ends_at) != (meeting.starts_at, meeting.ends_at):
        change.times = times
    if wish.format and wish.format != session.format:
        change.format = wish.format
    place = place_of(meeting.place, wish.venue, wish.join_link, change.format)
    if place != meeting.place:
        change.place = place
    change.further = further_change(others, wish.further, place, change.format)
    size = (wish.minimum or session.minimum, wish.capacity or session.capacity)
    if size != (session.minimum, session.capacity):
        change.size = size
    if wish.facilitators is not None and wish.facilitators != change.facilitators:
        change.led_by = wish.facilitators
    if wish.closes is not None:
        closes_at = (change.times or meeting).starts_at - wish.closes
        if closes_at != session.registration_closes_at:
            change.closes_at = closes_at
    return change


def seats_of_each_mode(capacity: int, venue: Venue | None) -> dict[str, int | None]:
    """Return the seats of a session online and in person: what the venue holds, and the rest of `capacity` online.

    None where that leaves none online, or nobody knows the size of the venue: then the office has to say it.
    """
    holds = venue.capacity if venue else None
    if not holds or holds >= capacity:
        return {"room_capacity": None, "online_capacity": None}
    return {"room_capacity": holds, "online_capacity": capacity - holds}


def _people(number: int) -> str:
    """“One person is”, “Twelve people are”."""
    return "One person is" if number == 1 else f"{number_words(number).capitalize()} people are"


def _names(people: Collection[Facilitator]) -> str:
    return listed(sorted(str(one) for one in people)) if people else "nobody"
