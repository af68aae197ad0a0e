"""How many people a session needs and holds, and how many of its seats are taken: all of them, and those of each mode.

A session that is online and in person has two kinds of seats, each with its own capacity, counters and line. What takes
a `mode` here also takes "": that is the session as a whole, and all there is where nobody is asked how they take part.
"""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from catalog.models import Format
from foundation.record import record
from foundation.verbs import part_of_a_verb, verb
from sessions_app.models.life import Life
from sessions_app.models.mode import Mode
from sessions_app.signals import session_resized

# The capacity, the seats taken and the people waiting of each line, by its mode.
COUNTERS = {
    "": ("capacity", "seats_taken", "waiting_count"),
    Mode.ROOM: ("room_capacity", "room_taken", "room_waiting"),
    Mode.ONLINE: ("online_capacity", "online_taken", "online_waiting"),
}


class Seats(Life):
    """The minimum, the capacity, and the counters, which change only under the lock of the session."""

    format = models.CharField(max_length=10, choices=Format.choices, blank=True)
    minimum = models.PositiveSmallIntegerField(blank=True, validators=[MinValueValidator(1)])
    capacity = models.PositiveSmallIntegerField(blank=True, validators=[MinValueValidator(1)])
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    waiting_count = models.PositiveIntegerField(default=0, editable=False)
    next_position = models.PositiveIntegerField(default=1, editable=False)

    # Of a session that asks how people take part: it is online and in person, and `capacity` is the sum of both.
    room_capacity = models.PositiveSmallIntegerField(
        "seats in the room", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    online_capacity = models.PositiveSmallIntegerField(
        "seats online", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    room_taken = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    room_waiting = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    online_taken = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    online_waiting = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(seats_taken__lte=F("capacity")), name="session_never_overbooked"),
            models.CheckConstraint(
                condition=Q(minimum__gte=1, minimum__lte=F("capacity")),
                name="session_minimum_within_capacity",
                violation_error_message="The minimum cannot be larger than the capacity.",
            ),
            models.CheckConstraint(
                condition=Q(room_taken__lte=F("room_capacity")), name="session_room_never_overbooked"
            ),
            models.CheckConstraint(
                condition=Q(online_taken__lte=F("online_capacity")), name="session_online_never_overbooked"
            ),
            models.CheckConstraint(
                condition=Q(
                    room_capacity__isnull=True,
                    online_capacity__isnull=True,
                    room_taken=0,
                    room_waiting=0,
                    online_taken=0,
                    online_waiting=0,
                )
                # Said to be there: a comparison with nothing is not false, and would pass.
                | Q(
                    format=Format.HYBRID,
                    room_capacity__isnull=False,
                    online_capacity__isnull=False,
                    room_capacity__gte=1,
                    online_capacity__gte=1,
                    capacity=F("room_capacity") + F("online_capacity"),
                    seats_taken=F("room_taken") + F("online_taken"),
                    waiting_count=F("room_waiting") + F("online_waiting"),
                ),
                name="session_modes_add_up",
                violation_error_message="The capacity is the seats in the room and those online together.",
            ),
        ]

    # ---- questions ----

    @property
    def seats_left(self) -> int:
        return max(0, self.capacity - self.seats_taken)

    @property
    def asks_how(self) -> bool:
        """True if a person says how they take part: in the room or online."""
        return self.room_capacity is not None

    @property
    def lines(self) -> tuple[str, ...]:
        """The modes that have seats and a waitlist of their own: both, or "" where nobody is asked."""
        return (Mode.ROOM, Mode.ONLINE) if self.asks_how else ("",)

    def line_of(self, mode: str) -> str:
        """Return which of the `lines` the seat of somebody who said `mode` counts in. Without a word it is the room."""
        if not self.asks_how:
            return ""
        return Mode.ONLINE if mode == Mode.ONLINE else Mode.ROOM

    def capacity_in(self, mode: str) -> int:
        return getattr(self, COUNTERS[mode][0])

    def taken_in(self, mode: str) -> int:
        return getattr(self, COUNTERS[mode][1])

    def waiting_in(self, mode: str) -> int:
        return getattr(self, COUNTERS[mode][2])

    def seats_left_in(self, mode: str) -> int:
        return max(0, self.capacity_in(mode) - self.taken_in(mode))

    @property
    def seats_left_for_anybody(self) -> int:
        """The seats left in those of its lines in which nobody waits."""
        return sum(self.seats_left_in(mode) for mode in self.lines if not self.waiting_in(mode))

    def is_waited_for_in(self, mode: str) -> bool:
        """Tell whether as far as counters tell the next person in this line waits."""
        return self.seats_left_in(mode) == 0 or self.waiting_in(mode) > 0

    @property
    def is_only_waited_for(self) -> bool:
        """True if each of its lines is full, or has people in it: as far as counters tell, the next person waits."""
        return all(map(self.is_waited_for_in, self.lines))

    # ---- verbs, and what they have in common ----

    @part_of_a_verb
    def count(self, mode: str, seats: int = 0, waiting: int = 0, also: tuple[str, ...] = ()) -> None:
        """Add to the counters of the session and of the line of `mode`, and save them, `also` those fields with them.

        In one statement: between two of them the sums would not be right. The caller holds the lock.
        """
        changed = list(also)
        for line in dict.fromkeys(["", self.line_of(mode)]):
            _, taken_name, waiting_name = COUNTERS[line]
            for name, added in ((taken_name, seats), (waiting_name, waiting)):
                if added:
                    setattr(self, name, getattr(self, name) + added)
                    changed.append(name)
        self.save(update_fields=changed)

    @part_of_a_verb
    def exchange(self, old: str, new: str) -> None:
        """Count a seat in the line of mode `new` that was counted in that of `old`. The caller holds the lock."""
        names = [COUNTERS[self.line_of(mode)][1] for mode in (old, new)]
        for name, added in zip(names, (-1, 1), strict=True):
            setattr(self, name, getattr(self, name) + added)
        self.save(update_fields=names)

    @part_of_a_verb
    def widen(self, mode: str) -> None:
        """Make the session, and its line of `mode`, larger by one seat. The caller holds the lock."""
        self._grow(mode, 1)

    @part_of_a_verb
    def narrow(self, mode: str) -> None:
        """Make the session, and its line of `mode`, smaller by one free seat; not below its minimum or one seat.

        The caller holds the lock.
        """
        line = self.line_of(mode)
        if self.capacity > self.minimum and self.capacity_in(line) > 1 and self.seats_left_in(line):
            self._grow(mode, -1)

    def _grow(self, mode: str, added: int) -> None:
        names = [COUNTERS[line][0] for line in dict.fromkeys(["", self.line_of(mode)])]
        for name in names:
            setattr(self, name, getattr(self, name) + added)
        self.save(update_fields=names)

    @part_of_a_verb
    def count_nobody(self, seats: bool = True) -> None:
        """Set the counters of people waiting to 0, and with `seats` those of seats taken. The caller holds the lock."""
        names = [name for counters in COUNTERS.values() for name in counters[1 if seats else 2 :]]
        for name in names:
            setattr(self, name, 0)
        self.save(update_fields=names)

    @verb
    def resize(
        self, minimum: int, capacity: int, by: Person, room: int | None = None, online: int | None = None
    ) -> None:
        """Set minimum and capacity, and of a session that is online and in person the seats of each mode.

        Refuses a capacity below the seats taken, in all or of a mode, a minimum above the capacity, and what
        `refuse_size` refuses besides. People who have not said how they take part keep their seats in the room. A
        minimum raised later changes nothing for a session that is already confirmed.
        """
        self.lock()
        before = (self.minimum, self.capacity, self.room_capacity, self.online_capacity)
        room, online = (room, online) if room or online else (self.room_capacity, self.online_capacity)
        if (minimum, capacity, room, online) == before:
            return
        self.refuse_size(minimum, capacity, room, online)
        was, names = self._size_words(), ["minimum", "capacity"]
        if room is not None and not self.asks_how:
            self.room_taken, self.room_waiting = self.seats_taken, self.waiting_count
            names += ["room_taken", "room_waiting"]
        self.minimum, self.capacity, self.room_capacity, self.online_capacity = minimum, capacity, room, online
        self.save(update_fields=[*names, "room_capacity", "online_capacity"])
        record(by, self, f"Changed from {was} to {self._size_words()}.")
        sizes = (capacity, room, online)
        added = max((new or 0) - (old or 0) for new, old in zip(sizes, before[1:], strict=True))
        session_resized.send(type(self), session=self, added=added, has_another_capacity=sizes != before[1:])

    def _size_words(self) -> str:
        if not self.asks_how:
            return f"minimum {self.minimum}, capacity {self.capacity}"
        return f"minimum {self.minimum}, {self.room_capacity} seats in the room, {self.online_capacity} online"

    def refuse_size(self, minimum: int, capacity: int, room: int | None = None, online: int | None = None) -> None:
        """Raise the Refused that says why the session cannot have this size; return None if it can.

        `room` and `online` are the seats of each mode: both or none, and both where it asks how people take part.
        """
        if self.status in (self.Status.CANCELLED, self.Status.COMPLETED):
            raise self.AlreadyDecided(f"This session is {self.get_status_display().lower()}.")
        if minimum < 1:
            raise self.Refused("A session needs at least one person.")
        if minimum > capacity:
            raise self.Refused("The minimum cannot be larger than the capacity.")
        if room or online or self.asks_how:
            self._refuse_modes(capacity, room, online)
        if capacity < self.seats_taken:
            over = self.seats_taken - capacity
            raise self.Refused(
                f"{self.seats_taken} people have seats: a capacity of {capacity} is {over} too few. "
                f"Enter {self.seats_taken} or more."
            )

    def _refuse_modes(self, capacity: int, room: int | None, online: int | None) -> None:
        if self.format != Format.HYBRID:
            raise self.Refused("Only a session that is online and in person has seats of two kinds.")
        if not room or not online:
            raise self.Refused("Say how many seats there are in the room and how many online: at least one of each.")
        if capacity != room + online:
            raise self.Refused(f"{room} seats in the room and {online} online make a capacity of {room + online}.")
        in_room = self.room_taken if self.asks_how else self.seats_taken
        if room < in_room and not self.asks_how:
            raise self.Refused(
                f"{in_room} people have seats and have not said how they take part, so a chair is kept for each. "
                f"Enter {in_room} or more for the room."
            )
        if room < in_room:
            raise self.Refused(f"{in_room} people have seats in the room. Enter {in_room} or more for the room.")
        if online < self.online_taken:
            raise self.Refused(
                f"{self.online_taken} people have seats online. Enter {self.online_taken} or more for online."
            )
