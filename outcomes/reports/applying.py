"""What would be written of a report, line by line, and writing it: nothing before the office has seen it.

A report never changes what somebody of the office said, and never takes back that somebody was there. Of people who
missed more of a meeting than its workshop lets them miss, the office decides; of people who are in no line nothing is
written at all.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from accounts.models import Person
from foundation import database_clock
from foundation.dates import length_words
from foundation.record import record
from foundation.verbs import verb
from outcomes.models import Attendance
from outcomes.reports.matching import Match, match
from outcomes.reports.report import MINUTE, Report, Stay, stay
from registrations.models import Registration
from sessions_app.models import Meeting

WALK_IN, LEAVE_OUT = "walk_in", "out"
State = Attendance.State

# What the office chose for lines, by their numbers: the key of a registration, WALK_IN or LEAVE_OUT.
Choices = Mapping[int, str]


class NoSuchChoice(ValueError):
    """What was chosen for a line is none of its choices; `str(error)` says so."""


@dataclass(frozen=True)
class Found:
    """A registrant whom lines of the report are, how long they were there, and what is written of them."""

    registration: Registration
    matches: list[Match]
    stay: Stay
    length: int
    state: str
    said: Attendance | None

    @property
    def is_written(self) -> bool:
        """Tell whether this changes what is known: not what a person of the office said, nor a “here”."""
        if self.said is None:
            return True
        by_machine = self.said.source in Attendance.MACHINES
        return by_machine and self.said.state == State.UNSURE and self.state == State.HERE

    @property
    def is_unsure(self) -> bool:
        return self.state == State.UNSURE

    @property
    def by_name(self) -> Match | None:
        """The line that was matched by name alone, if there is one: the office may choose somebody else."""
        return next((one for one in self.matches if one.by_name), None)


@dataclass(frozen=True)
class Other:
    """A line that is no registrant's, with what becomes of it: `chosen` is WALK_IN or LEAVE_OUT."""

    match: Match
    length: int
    chosen: str
    said: Attendance | None

    @property
    def is_written(self) -> bool:
        return self.chosen == WALK_IN and (self.said is None or self.said.state == State.UNSURE)


class Review:
    """All that would be written of `report` for `meeting`, with what the office chose for some lines."""

    def __init__(self, report: Report, meeting: Meeting, choices: Choices | None = None) -> None:
        self.report, self.meeting = report, meeting
        self.length = int((meeting.ends_at - meeting.starts_at) / MINUTE)
        self.may_miss = meeting.session.workshop.may_miss_minutes
        self.matches, self.left_over = match(report, meeting)
        seats = Registration.objects.registered().filter(session=meeting.session_id).select_related("person")
        self.seats = {str(one.pk): one for one in seats}
        self.said = list(Attendance.objects.filter(meeting=meeting))
        self._said_of = {one.person_id: one for one in self.said if one.person_id}
        self._choose(choices or {})

    def _choose(self, choices: Choices) -> None:
        """Put every line where it belongs. Raises NoSuchChoice."""
        lines: dict[str, list[Match]] = defaultdict(list)
        self.others: list[Other] = []
        for one in self.matches:
            chosen = choices.get(one.number, "") or self._usual(one)
            if one.registration and not one.by_name:
                chosen = str(one.registration.pk)
            if chosen in self.seats:
                lines[chosen].append(one)
            elif chosen in (WALK_IN, LEAVE_OUT):
                self.others.append(Other(one, self.length, chosen, self._said_of_other(one)))
            else:
                raise NoSuchChoice("Somebody who was chosen has no seat in this session any more. Choose again.")
        found = [self._found(self.seats[key], matches) for key, matches in lines.items()]
        self.found = sorted(found, key=lambda one: str(one.registration.person).casefold())

    def _usual(self, one: Match) -> str:
        """Return what becomes of a line for which nothing was chosen."""
        if one.registration:
            return str(one.registration.pk)
        is_known = one.person is not None and not one.is_left_out
        return WALK_IN if is_known and self._state(one.stay) == State.HERE else LEAVE_OUT

    def _state(self, there: Stay) -> str:
        missed = 0 if there.minutes is None else self.length - there.minutes
        return State.UNSURE if missed > self.may_miss else State.HERE

    def _found(self, registration: Registration, matches: list[Match]) -> Found:
        there = stay([one.line for one in matches], self.meeting)
        said = self._said_of.get(registration.person_id)
        return Found(registration, matches, there, self.length, self._state(there), said)

    def _said_of_other(self, one: Match) -> Attendance | None:
        if one.person:
            return self._said_of.get(one.person.pk)
        address, name = next(iter(one.line.addresses), ""), one.line.words.casefold()
        of_address = (said for said in self.said if address and said.address == address)
        of_name = (said for said in self.said if not address and said.name and said.name.casefold() == name)
        return next(of_address, None) or next(of_name, None)

    # ---- what the page shows ----

    @cached_property
    def unmatched(self) -> list[Other]:
        """Those whom somebody has to look at: a line may be a registrant, or somebody who came without a seat."""
        return [one for one in self.others if not one.match.is_left_out]

    @cached_property
    def hosts(self) -> list[Other]:
        """Those who were there to give it: facilitators and people of the office, who are left out."""
        return [one for one in self.others if one.match.is_left_out]

    @cached_property
    def here(self) -> list[Found]:
        return [one for one in self.found if not one.is_unsure]

    @cached_property
    def unsure(self) -> list[Found]:
        return [one for one in self.found if one.is_unsure]

    @cached_property
    def in_no_line(self) -> list[Registration]:
        """The people with a seat of whom the report says nothing, by name."""
        known = {one.registration.pk for one in self.found}
        missing = [one for one in self.seats.values() if one.pk not in known]
        return sorted(missing, key=lambda one: str(one.person).casefold())

    @cached_property
    def choosable(self) -> list[Registration]:
        """Everybody with a seat, by name, those in no line first: a line that was not matched is one of them."""
        known = {one.registration.pk for one in self.found}
        return sorted(self.seats.values(), key=lambda one: (one.pk in known, str(one.person).casefold()))

    @property
    def may_miss_words(self) -> str:
        return length_words(self.may_miss)

    @property
    def has_times(self) -> bool:
        return any(one.stay.minutes is not None for one in self.matches)

    @property
    def source(self) -> str:
        return Attendance.Source.REPORT if self.has_times else Attendance.Source.LIST


@dataclass(frozen=True)
class Applied:
    """How many people a report was written of: there, to be decided, and there without a seat."""

    here: int = 0
    unsure: int = 0
    walked_in: int = 0

    @property
    def is_nothing(self) -> bool:
        return not (self.here or self.unsure or self.walked_in)


@verb
def apply(report: Report, meeting: Meeting, choices: Choices, by: Person, now: datetime | None = None) -> Applied:
    """Write what `report` says of `meeting`, with what the office chose for some lines; a second time changes nothing.

    What somebody of the office said since the page was shown stands. Raises NoSuchChoice.
    """
    meeting.session.lock()
    now = now or database_clock.now()
    review = Review(report, meeting, choices)
    found = [one for one in review.found if one.is_written]
    for one in found:
        minutes = one.stay.minutes
        Attendance.objects.mark(meeting, one.registration, one.state, review.source, by, minutes=minutes, now=now)
    others = [one for one in review.others if one.is_written]
    for other in others:
        line = other.match.line
        Attendance.objects.walk_in(
            meeting,
            by,
            person=other.match.person,
            name="" if other.match.person else line.words[:150],
            address=next(iter(line.addresses), ""),
            source=review.source,
            minutes=other.match.stay.minutes,
            now=now,
        )
    unsure = sum(one.is_unsure for one in found)
    applied = Applied(len(found) - unsure, unsure, len(others))
    if not applied.is_nothing:
        kind = f"Attendance report ({report.program})" if report.program else "List of people who were there"
        record(
            by,
            meeting.session,
            f"{kind} for {meeting}: {applied.here} here, {applied.unsure} to be decided, "
            f"{applied.walked_in} without being registered.",
        )
    return applied
