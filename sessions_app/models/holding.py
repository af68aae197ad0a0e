"""How a session is held, in a room, online or both, and how that changes while people have seats in it."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from accounts.models import Person
from catalog.models import Format
from foundation import database_clock
from foundation.record import record
from foundation.verbs import verb
from sessions_app.models.changes import Changes
from sessions_app.models.mode import Mode
from sessions_app.models.seats import COUNTERS
from sessions_app.models.venue import Meeting, Place, meeting_words
from sessions_app.signals import session_changed

SIZES = ("capacity", "room_capacity", "online_capacity")
COUNTED = tuple(name for line in (Mode.ROOM, Mode.ONLINE) for name in COUNTERS[line][1:])


@dataclass(frozen=True)
class Held:
    """How a session is to be held: the format, the place of each meeting to come, and how many seats it has then.

    `capacity` is for a format of one kind, where None keeps what there is; `room` and `online` are for both.
    """

    format: str
    places: dict[Meeting, Place]
    capacity: int | None = None
    room: int | None = None
    online: int | None = None


class Holding(Changes):
    """The verb that changes how a session is held: everybody who is registered or waits stays in it."""

    class Meta:
        abstract = True

    def mode_after(self, mode: str, was: str) -> str:
        """Return how somebody takes part now who took part as `mode` while the session was held as `was`.

        Where nobody is asked it is "". People of a session that was online go on online, people of a room have a chair.
        """
        if not self.asks_how:
            return ""
        return Mode.ONLINE.value if was == Format.ONLINE else mode

    def held_as(self, new: Held, now: datetime) -> Self:
        """Return a copy of the session with its meetings, held as `new` says. Nothing is saved, and nobody is moved.

        Refuses (Refused) a room where it is online, a meeting without one where it is not, and seats that do not do.
        """
        session = copy(self)
        session.format = new.format
        session._hold_seats(self, new)
        session.prefetched_meetings = [copy(meeting) for meeting in self.all_meetings]
        for meeting in session.held_meetings:
            if meeting.starts_at > now:
                online = Place(None, meeting.join_link)
                place = new.places.get(meeting, online if new.format == Format.ONLINE else meeting.place)
                session._refuse_place(place, new.format)
                meeting.venue, meeting.join_link = place.venue, place.join_link
        session._refuse_seats(self)
        return session

    @verb
    def hold_as(self, new: Held, by: Person, now: datetime | None = None) -> None:
        """Hold the session in another format from now on. Everybody who is registered or waits stays.

        1. People of a session that was online and in person lose the choice, and none of them loses the seat: one
           line is made of both, in the order of registering.
        2. People of a session that becomes both take part as before: online, or with a chair in the room.
        3. What differs for a person is told to that person, as with every change.

        Refuses what `relocate` refuses, and what `held_as` does. Nothing changes where it is held so already.
        """
        now = now or database_clock.now()
        before = self._lock_to_change(now)
        if new.format == self.format:
            return
        if not self.has_meeting_ahead(now):
            raise self.AlreadyDecided("Every meeting of this session has started; how it is held stays as it was.")
        for meeting in new.places:
            self._held(meeting, before)
        vars(self).pop("prefetched_meetings", None)
        held, was = self.held_as(new, now), self.format
        was_words = self._held_words()
        for name in ("format", *SIZES, *COUNTED):
            setattr(self, name, getattr(held, name))
        self.save(update_fields=["format", *SIZES, *COUNTED])
        said = [f"Held {self._held_words()}, before {was_words}."]
        old_places = {meeting.pk: meeting.place for meeting in before}
        for meeting in held.held_meetings:
            if meeting.place != old_places[meeting.pk]:
                meeting.save(update_fields=["venue", "join_link"])
                said.append(f"{meeting_words(meeting)}: from {old_places[meeting.pk]} to {meeting.place}.")
        record(by, self, " ".join(said))
        session_changed.send(type(self), session=self, before=before, now=now, was=was)

    # ---- what the verb is made of ----

    def _held_words(self) -> str:
        if not self.asks_how:
            return f"{self.get_format_display().lower()} with {self.capacity} seats"
        return f"in the room with {self.room_capacity} seats and online with {self.online_capacity}"

    def _hold_seats(self, before: "Holding", new: Held) -> None:
        """Set capacities and the counters of each line from those `before`. The session itself counts the same people.

        Of a session that was online and in person the room keeps its capacity, and online has that of both together.
        """
        if new.format == Format.HYBRID:
            line = Mode.ONLINE if before.format == Format.ONLINE else Mode.ROOM
            self.room_capacity, self.online_capacity = new.room or 0, new.online or 0
            self.capacity = self.room_capacity + self.online_capacity
            taken, waiting = COUNTERS[line][1:]
            setattr(self, taken, before.seats_taken)
            setattr(self, waiting, before.waiting_count)
            return
        kept = before.room_capacity if before.asks_how and new.format == Format.IN_PERSON else before.capacity
        self.capacity = new.capacity or kept or before.capacity
        self.room_capacity = self.online_capacity = None
        for name in COUNTED:
            setattr(self, name, 0)

    def _refuse_place(self, place: Place, format: str) -> None:
        if format == Format.ONLINE and place.venue:
            raise self.Refused(f"{place.venue} is a room, and the session is to be held online. Choose no venue.")
        self._refuse_nowhere(place.venue)

    def _refuse_seats(self, before: "Holding") -> None:
        """Refuse seats that do not do for the people who have one: nobody loses a seat by a change of format."""
        if before.asks_how and not self.asks_how and self.capacity < self.seats_taken:
            raise self.Refused(
                f"{self.seats_taken} people have seats, {before.online_taken} of them online: a capacity of "
                f"{self.capacity} is {self.seats_taken - self.capacity} too few. Enter {self.seats_taken} or more and "
                "choose a room that holds them, or leave it online and in person."
            )
        self.refuse_size(self.minimum, self.capacity, self.room_capacity, self.online_capacity)
