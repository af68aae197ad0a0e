"""The people of one session as the office reads them: with a seat, waiting, and gone late."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.models import Person
from foundation import database_clock
from foundation.dates import day_and_time, local
from registrations.models import Registration
from registrations.models.preparation import has_pre_work
from sessions_app.models import Mode, Session

RATHER: dict[str, str] = {Mode.ROOM: "would rather be in the room", Mode.ONLINE: "would rather be online"}


@dataclass(frozen=True)
class Line:
    """What the roster says of one registration, with times in the zone of its session."""

    registration: Registration
    zone: str
    # The 1-based number on the waitlist, among those who wait for the same; 0 for somebody with a seat.
    number: int = 0

    @property
    def pk(self) -> int:
        return self.registration.pk

    @property
    def person(self) -> Person:
        return self.registration.person

    @property
    def get_status_display(self) -> str:
        return self.registration.get_status_display()

    @property
    def of_the_office(self) -> str:
        """Return what the office granted the person, in words; "" for nothing."""
        if self.registration.beyond_capacity:
            return "beyond capacity"
        return "let in by the office" if self.registration.admitted else ""

    @property
    def mode_words(self) -> str:
        """Return how the person takes part where the session asks: “Online, would rather be in the room”."""
        words = self.registration.get_mode_display() or "In the room, has not said"
        return f"{words}, {RATHER[self.registration.wants]}" if self.registration.wants else words

    @property
    def registered_words(self) -> str:
        return day_and_time(self.registration.registered_at, self.zone)

    @property
    def pre_work_words(self) -> str:
        read_at = self.registration.pre_work_done_at
        return f"Read {day_and_time(read_at, self.zone)}" if read_at else "Not read yet"

    @property
    def withdrawn_words(self) -> str:
        return day_and_time(self.registration.withdrawn_at, self.zone)


class Roster:
    """The people of one session: those with a seat by name, and those waiting in order with their place in line.

    Where people say how they take part those in the room come first: they are the ones who sign at the door.
    """

    COLUMNS = ["Name", "Pronouns", "E-mail", "Role", "Unit", "Campus", "Status", "Place in line", "Registered at"]
    HOW = "Takes part"

    def __init__(self, session: Session) -> None:
        self.session = session
        people = session.registrations.active().select_related("person__unit", "person__campus").order_by("position")
        active = list(people)
        seated = sorted((one for one in active if one.is_registered), key=_in_the_room_by_name)
        # Those who gave up a seat in the last 24 hours before the start, in order of leaving.
        late = session.registrations.filter(left_late=True).select_related("person__unit").order_by("withdrawn_at")
        self.registered = self._lines(seated)
        self.asks_how = session.asks_how
        self.waiting = self._numbered(one for one in active if one.is_waitlisted)
        self.left_late = self._lines(late)
        self.has_pre_work = has_pre_work(session, database_clock.now())
        self.have_read = sum(one.pre_work_done_at is not None for one in seated)

    def _lines(self, registrations: Iterable[Registration]) -> list[Line]:
        return [Line(registration, self.session.time_zone) for registration in registrations]

    def _numbered(self, registrations: Iterable[Registration]) -> list[Line]:
        """Return a line for each of those who wait, in order, each with its place in the line of its mode."""
        before: Counter[str] = Counter()
        lines = []
        for one in registrations:
            mode = self.session.line_of(one.mode)
            before[mode] += 1
            lines.append(Line(one, self.session.time_zone, before[mode]))
        return lines

    @property
    def registered_in_words(self) -> str:
        """Return “15 registered”, or “15 registered: 12 in the room, 3 online”."""
        return f"{len(self.registered)} registered{self._of_each(self.registered)}"

    @property
    def waiting_in_words(self) -> str:
        """Return “3 on the waitlist”, or “3 on the waitlist: 2 for the room, 1 for online”."""
        return f"{len(self.waiting)} on the waitlist{self._of_each(self.waiting, 'for the room', 'for online')}"

    def _of_each(self, lines: list[Line], room: str = "in the room", online: str = "online") -> str:
        if not self.asks_how or not lines:
            return ""
        many = sum(line.registration.mode == Mode.ONLINE for line in lines)
        return f": {len(lines) - many} {room}, {many} {online}"

    def rows(self) -> Iterator[list]:
        """Yield the heading and a row per person, for a spreadsheet; instants are on the clock of the session."""
        yield [*self.COLUMNS, self.HOW] if self.asks_how else self.COLUMNS
        for line in self.registered:
            yield self._row(line, "")
        for line in self.waiting:
            yield self._row(line, line.number)

    def _row(self, line: Line, position: int | str) -> list:
        person = line.person
        return [
            person.name,
            person.pronouns,
            person.email,
            person.get_role_display(),
            person.unit,
            person.campus,
            line.get_status_display,
            position,
            local(line.registration.registered_at, self.session.time_zone).replace(tzinfo=None, microsecond=0),
            *([line.mode_words] if self.asks_how else []),
        ]


def _in_the_room_by_name(registration: Registration) -> tuple[bool, str]:
    return registration.mode == Mode.ONLINE, str(registration.person).casefold()
