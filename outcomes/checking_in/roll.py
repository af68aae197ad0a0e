"""What the check-in page shows of one meeting: a line for each person, whether they are here, and how many are.

A line is known by its `key`: “r-” and the uuid of a registration, or “w-” and the number of the Attendance of somebody
who walked in.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from accounts.models import Person
from foundation import database_clock
from foundation.dates import clock
from outcomes.models import Attendance
from registrations.models import Registration
from sessions_app.models import Meeting, Mode, Session

OPENS = timedelta(hours=2)  # before a meeting begins; nobody is here earlier
WAITED = (Registration.Status.WAITLISTED, Registration.Status.WAITLIST_CLOSED)


class Line(NamedTuple):
    """One person. `about` is who they are, `state` one of Attendance.State or "", and `words` what it says."""

    key: str
    name: str
    about: str
    find: str
    state: str
    words: str

    @property
    def is_here(self) -> bool:
        return self.state == Attendance.State.HERE

    @property
    def may_check_in(self) -> bool:
        return not self.is_here


class Roll(NamedTuple):
    """The lines of a meeting, by name: of those with a seat, those who waited for one, and those who walked in."""

    meeting: Meeting
    seats: int
    registered: list[Line]
    waited: list[Line]
    walked_in: list[Line]

    @property
    def lines(self) -> list[Line]:
        return [*self.registered, *self.waited, *self.walked_in]

    @property
    def here(self) -> int:
        return sum(line.is_here for line in self.registered)

    @property
    def tally(self) -> str:
        return f"of {len(self.registered)} here"

    @property
    def others(self) -> str:
        """Say how many are here without a seat, "" where nobody is."""
        many = sum(line.is_here for line in [*self.waited, *self.walked_in])
        return "" if not many else "and 1 without a seat" if many == 1 else f"and {many} without a seat"

    @property
    def warning(self) -> str:
        """Say that more people are here than the session has seats; nobody is refused for it."""
        many = sum(line.is_here for line in self.lines)
        return f"{many} people are here, and this session has {self.seats} seats." if many > self.seats else ""

    def found(self, typed: str) -> "Roll":
        """Return the roll with the lines alone in which `typed` stands: in a name or an address."""
        wanted = typed.casefold().split()
        three = ([line for line in lines if all(word in line.find for word in wanted)] for lines in self[2:])
        return Roll(self.meeting, self.seats, *three)

    def states(self) -> dict[str, list[str]]:
        """Return of each line its state and words by key."""
        return {line.key: [line.state, line.words] for line in self.lines}


def chosen_meeting(session: Session, number: str, now: datetime | None = None) -> Meeting | None:
    """Return the meeting of `session` whose key is `number`, or else the one that is going on.

    That is the last one that is open for checking in, or where none has been the first. None without meetings.
    """
    meetings = list(session.meetings.select_related("sheet", "part", "venue__campus"))
    for meeting in meetings:
        meeting.session = session
    by_number = {str(meeting.pk): meeting for meeting in meetings}
    now = now or database_clock.now()
    begun = [meeting for meeting in meetings if is_open(meeting, now)]
    fitting = begun or meetings[:1]
    return by_number.get(number) or (fitting[-1] if fitting else None)


def is_open(meeting: Meeting, now: datetime) -> bool:
    """Tell whether people are checked in at `meeting` yet."""
    return meeting.starts_at - OPENS <= now


def roll_of(meeting: Meeting) -> Roll:
    """Return the roll of `meeting`. Two queries for any number of people."""
    session = meeting.session
    said = list(Attendance.objects.filter(meeting=meeting).select_related("person__unit"))
    of_person = {one.person_id: one for one in said if one.person_id}
    standing = Q(status=Registration.Status.REGISTERED) | Q(status__in=WAITED)
    known = session.registrations.filter(standing).select_related("person__unit").order_by("position")
    registered: list[Line] = []
    waited: list[Line] = []
    seen = set()
    for one in sorted(known, key=lambda one: not one.is_registered):
        if one.person_id in seen:
            continue
        seen.add(one.person_id)
        line = _line(f"r-{one.uuid}", one.person, _about(one), of_person.get(one.person_id), meeting)
        (registered if one.is_registered else waited).append(line)
    others = (one for one in said if one.person_id not in seen)
    walked_in = [_line(f"w-{one.pk}", one.person or one.name, _who(one), one, meeting) for one in others]
    return Roll(meeting, session.capacity, *map(_by_name, (registered, waited, walked_in)))


def _line(key: str, who: Person | str, about: str, said: Attendance | None, meeting: Meeting) -> Line:
    address = who.email if isinstance(who, Person) else said.address if said else ""
    find = f"{who} {address}".casefold()
    return Line(key, str(who), about, find, said.state if said else "", _words(said, meeting))


def _about(registration: Registration) -> str:
    mode = registration.get_mode_display() if registration.mode == Mode.ONLINE else ""
    return " · ".join(filter(None, (_role(registration.person), mode)))


def _who(said: Attendance) -> str:
    return _role(said.person) if said.person else said.address or "No account"


def _role(person: Person) -> str:
    return " · ".join(filter(None, (person.get_role_display(), str(person.unit or ""))))


def _words(said: Attendance | None, meeting: Meeting) -> str:
    """Say what is known: “Here 11:52 AM”."""
    if said is None:
        return ""
    if said.is_here:
        at = clock(said.said_at, meeting.time_zone, "noon")
        by_code = said.source == Attendance.Source.CODE
        return f"Here {at}, by the code" if by_code else f"Here {at}"
    return "Absent" if said.is_absent else "To be decided"


def _by_name(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.name.casefold())


# ---- what a press means ----


def registration_of(meeting: Meeting, key: str) -> Registration | None:
    """Return the registration that the line `key` stands for, None where it stands for none of this session."""
    try:
        uuid = UUID(key.removeprefix("r-"))
    except ValueError:
        return None
    return Registration.objects.filter(uuid=uuid, session=meeting.session_id).select_related("person").first()


def attendance_of(meeting: Meeting, key: str) -> Attendance | None:
    """Return what is said at `meeting` of the person whose line is `key`, if anything is."""
    said = Attendance.objects.filter(meeting=meeting).select_related("person", "meeting__session")
    number = key.removeprefix("w-")
    if key.startswith("w-") and number.isascii() and number.isdigit() and len(number) < 19:
        return said.filter(pk=number).first()
    registration = registration_of(meeting, key)
    return said.filter(person=registration.person_id).first() if registration else None


def say_here(meeting: Meeting, key: str, by: Person, now: datetime) -> Attendance | None:
    """Write down that the person whose line is `key` is here. Returns None where there is no such line."""
    if registration := registration_of(meeting, key):
        if registration.is_registered:
            here, source = Attendance.State.HERE, Attendance.Source.CHECK_IN
            return Attendance.objects.mark(meeting, registration, here, source, by, now=now)
        return Attendance.objects.walk_in(meeting, by, person=registration.person, now=now)
    if said := attendance_of(meeting, key):
        said.say(Attendance.State.HERE, Attendance.Source.CHECK_IN, by, now=now)
    return said


def take_back(meeting: Meeting, key: str, by: Person, tapped_at: datetime) -> Attendance | None:
    """Take back what is said of the person whose line is `key`, if it is not newer than the tap that undoes it.

    A tap that a device had to keep arrives late: what another person has said in the time between stands.
    """
    said = attendance_of(meeting, key)
    if said is not None and (said.said_by_id == by.pk or said.said_at <= tapped_at):
        said.take_back(by=by)
    return said
