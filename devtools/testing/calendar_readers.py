"""Three independent readers of a calendar: icalendar, vobject, and one that knows nothing but the grammar.

Each gives the events as plain values, so that a test can ask whether all three read the same.
"""

import re
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import icalendar
import vobject

PARAMETER = re.compile(r"""([A-Z-]+)=("[^"]*"|[^";:,]*)""")
LINE = re.compile(rf"([A-Z-]+)((?:;{PARAMETER.pattern.replace('(', '(?:')})*):(.*)")
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


def strict_lines(data):
    """Return the content lines as (name, parameters, value), refusing every departure from RFC 5545 section 3.1."""
    assert data.endswith(b"\r\nEND:VCALENDAR\r\n")
    physical = data.split(b"\r\n")[:-1]
    for line in physical:
        assert 0 < len(line) <= 75
        assert not any(octet < 0x20 and octet != 0x09 or octet == 0x7F for octet in line)
        line.decode("utf-8")
    logical = data.replace(b"\r\n ", b"").decode("utf-8").split("\r\n")[:-1]
    found = []
    for line in logical:
        head, parameters, value = LINE.fullmatch(line).groups()
        names = [name for name, _ in PARAMETER.findall(parameters)]
        assert len(names) == len(set(names)), "a parameter stands once"
        found.append((head, {name: text.strip('"') for name, text in PARAMETER.findall(parameters)}, value))
    return found


def nested(lines):
    """Return [(path of components, name, parameters, value)] and check that components are closed in order."""
    path, found = [], []
    for name, parameters, value in lines:
        if name == "BEGIN":
            path.append(value)
        elif name == "END":
            assert path.pop() == value
        else:
            found.append(("/".join(path), name, parameters, value))
    assert path == []
    return found


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


def calendar_of(received) -> icalendar.Event | None:
    """The VEVENT a message carries, with its METHOD as an attribute, or None."""
    for part in received.message.walk():
        if part.get_content_type() == "text/calendar":
            calendar = icalendar.Calendar.from_ical(part.get_content())
            (event,) = calendar.walk("VEVENT")
            event.method = str(calendar["METHOD"])
            assert part.get_param("method") == event.method
            return event
    return None


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
