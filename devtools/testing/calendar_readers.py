"""Three independent readers of a calendar: icalendar, vobject, and one that knows nothing but the grammar.

Each gives the events as plain values, so that a test can ask whether all three read the same.
"""

import re
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import icalendar
import vobject

from notifications.tests.test_invitations import nested, strict_lines

ESCAPED = re.compile(r"\\(.)")


class Read(NamedTuple):
    """One event as a reader has it; instants are in UTC, what is not there is empty."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    location: str
    status: str
    attendees: tuple[str, ...]
    organizers: tuple[str, ...]
    attendee_names: tuple[str, ...]


def by_icalendar(data: bytes) -> list[Read]:
    calendar = icalendar.Calendar.from_ical(data)
    assert [part.errors for part in calendar.walk()] == [[]] * len(calendar.walk())
    return [
        Read(
            event["uid"],
            int(event["sequence"]),
            event["dtstart"].dt.astimezone(UTC),
            event["dtend"].dt.astimezone(UTC),
            *(str(event.get(name, "")) for name in ("summary", "description", "location", "status")),
            *(tuple(map(str, _listed(event.get(name)))) for name in ("attendee", "organizer")),
            tuple(one.params.get("CN", "") for one in _listed(event.get("attendee"))),
        )
        for event in calendar.walk("VEVENT")
    ]


def by_vobject(data: bytes) -> list[Read]:
    calendar = vobject.readOne(data.decode("utf-8"), validate=True)

    def text(event, name: str) -> str:
        return getattr(event, name).value if hasattr(event, name) else ""

    return [
        Read(
            event.uid.value,
            int(event.sequence.value),
            event.dtstart.value.astimezone(UTC),
            event.dtend.value.astimezone(UTC),
            *(text(event, name) for name in ("summary", "description", "location", "status")),
            *(tuple(line.value for line in event.contents.get(name, [])) for name in ("attendee", "organizer")),
            tuple("".join(line.params.get("CN", [])) for line in event.contents.get("attendee", [])),
        )
        for event in getattr(calendar, "vevent_list", [])
    ]


def by_grammar(data: bytes) -> list[Read]:
    """Read with RFC 5545 alone. Refuses a departure from it: over 75 octets, a bare LF, a component left open."""
    events: list[dict[str, list]] = []
    inside = False
    for name, parameters, value in strict_lines(data):
        if (name, value) in (("BEGIN", "VEVENT"), ("END", "VEVENT")):
            inside = name == "BEGIN"
            if inside:
                events.append({})
        elif inside:
            events[-1].setdefault(name, []).append((parameters, value))
    nested(strict_lines(data))
    once = ("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "CLASS", "TRANSP")
    for event in events:
        assert {name: len(event[name]) for name in once} == dict.fromkeys(once, 1)
    return [
        Read(
            event["UID"][0][1],
            int(event["SEQUENCE"][0][1]),
            *(_instant(*event[name][0]) for name in ("DTSTART", "DTEND")),
            *(_text(event.get(name)) for name in ("SUMMARY", "DESCRIPTION", "LOCATION", "STATUS")),
            *(tuple(value for _, value in event.get(name, ())) for name in ("ATTENDEE", "ORGANIZER")),
            tuple(parameters.get("CN", "") for parameters, _ in event.get("ATTENDEE", ())),
        )
        for event in events
    ]


def read_alike(data: bytes) -> list[Read]:
    """Return the events, which all three readers must have read alike."""
    found = by_icalendar(data)
    assert by_vobject(data) == by_grammar(data) == found
    return found


def properties(data: bytes) -> dict[str, str]:
    """Return the properties of the calendar itself; each stands once."""
    lines = [(name, value) for path, name, _, value in nested(strict_lines(data)) if path == "VCALENDAR"]
    assert len(lines) == len(dict(lines))
    return dict(lines)


def _text(lines: list | None) -> str:
    ((_, value),) = lines or [({}, "")]
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _instant(parameters: dict[str, str], value: str) -> datetime:
    if "TZID" not in parameters:
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    local = datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(parameters["TZID"]))
    return local.astimezone(UTC)


def _listed(value) -> list:
    return [] if value is None else value if isinstance(value, list) else [value]
