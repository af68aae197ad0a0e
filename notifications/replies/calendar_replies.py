"""Read what a calendar program answers (RFC 5546): METHOD and the one VEVENT with its UID, DTSTAMP and ATTENDEE.

Nothing else in a calendar is read, so nothing else can keep an answer from being read: time zones of any make, alarms,
lines that are none, words before or behind, an END that is missing.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from notifications.replies.headers import same_address_form
from notifications.replies.parts import Part, lines_of

MOST_COMMENT = 1000  # characters
ANSWER_METHODS = ("REPLY", "COUNTER", "REFRESH")
LINE_END = re.compile(r"\r+\n?|\n")
FOLD = re.compile(r"\n[ \t]")
READ_LINE = re.compile(
    r"^(BEGIN|END|METHOD|UID|DTSTAMP|SEQUENCE|ATTENDEE|RECURRENCE-ID|COMMENT)((?:;[^\n]*)?:[^\n]*)$", re.I | re.M
)
# Quotation marks inside a quoted CN end it and begin it again, so that its commas and colons stay inside.
PARAMETER = re.compile(r';([^"=;:]*+)(?:=((?:"[^"]*+"|[^";:])*+))?')
UNQUOTED_PARAMETER = re.compile(r";([^=;:]*+)(?:=([^;:]*+))?")
INSTANT = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[T ]?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2}))?(?:\.[0-9]+)?)?Z?", re.I
)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class CalendarReply:
    """What a calendar says in its one text/calendar part. `attendee` is an address or ""; `stamp` is aware or None.

    `method` and `partstat` are upper case. `problem` says, in a sentence, why it cannot be taken as the answer of one
    person about one meeting.
    """

    method: str
    uid: str
    sequence: int
    stamp: datetime | None
    attendee: str
    partstat: str
    comment: str
    problem: str


@dataclass(frozen=True)
class Property:
    """One line of a calendar: its name in upper case, its parameters by name in upper case, its value."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    value: str

    def parameter(self, name: str) -> str:
        """Return a parameter, or ""; one that is given twice with values that differ is neither of them."""
        return ", ".join(dict.fromkeys(value for known, value in self.parameters if known == name))


@dataclass(frozen=True)
class Event:
    """The lines of a VEVENT that are read. Two with equal lines are one."""

    properties: tuple[Property, ...]

    def all(self, name: str) -> list[Property]:
        return list(dict.fromkeys(one for one in self.properties if one.name == name))

    def only(self, name: str) -> Property | None:
        """Return the property of that name, None where there is none. Raises ValueError where several differ."""
        found = self.all(name)
        if len(found) > 1:
            raise ValueError(f"several of {name}")
        return found[0] if found else None


def read_reply(part: Part) -> CalendarReply:
    """Return what a calendar says. Its METHOD counts where the parameter of its type is the same or none.

    Raises ValueError for an answer without what an answer needs.
    """
    methods, events = _read(_text_of(part))
    if len(set(methods)) > 1:
        raise ValueError("several methods")
    inside = methods[0] if methods else ""
    if not events:
        if not inside or inside in ANSWER_METHODS:
            raise ValueError("no event")
        events = [Event(())]
    parameter = part.parameters.get("method", "").strip().upper()
    return _reply(events, inside if parameter in ("", inside) else "")


def _text_of(part: Part) -> str:
    """Return the lines of a calendar, unfolded. Raises ValueError where there is none."""
    for text in part.texts():
        if "BEGIN:V" in text.upper():
            return FOLD.sub("", LINE_END.sub("\n", text))
    raise ValueError("no calendar")


def _read(text: str) -> tuple[list[str], list[Event]]:
    """Return the METHODs outside of every event, in upper case, and the events that differ.

    Lines inside an alarm or another component of an event are not the event's. An event ends with its END, with the
    next event or with the calendar.
    """
    methods: list[str] = []
    events: list[list[Property]] = []
    within: list[str] = []
    for found in READ_LINE.finditer(text):
        name, value = found[1].upper(), found[2].strip()
        component = value[1:].strip().upper()
        if component == "VCALENDAR":
            within = []
        elif name == "BEGIN" and component == "VEVENT":
            within = [component]
            events.append([])
        elif name == "BEGIN":
            within = [*within[-8:], component]
        elif name == "END":
            if component in within:
                del within[within.index(component) :]
        elif name == "METHOD":
            if "VEVENT" not in within:
                methods.append(component)
        elif within[-1:] == ["VEVENT"]:
            events[-1].append(_property(name, value))
    return methods, list(dict.fromkeys(Event(tuple(lines)) for lines in events))


def _property(name: str, rest: str) -> Property:
    """Return a property from its name and what stands behind it: `;CN="Jana, N":mailto:jana@example.edu`."""
    for pattern in (PARAMETER, UNQUOTED_PARAMETER):
        at, parameters = 0, list[tuple[str, str]]()
        while one := pattern.match(rest, at):
            parameters.append((one[1].strip().upper(), (one[2] or "").strip().strip('"')))
            at = one.end()
        if rest[at : at + 1] == ":":
            return Property(name, tuple(parameters), rest[at + 1 :].strip())
    return Property(name, (), rest.rpartition(":")[2].strip())


def _reply(events: list[Event], method: str) -> CalendarReply:
    event = events[0]
    attendees, uid, sequence = event.all("ATTENDEE"), event.only("UID"), event.only("SEQUENCE")
    if method in ANSWER_METHODS and (uid is None or not uid.value):
        raise ValueError("no UID")
    attendee = attendees[0] if attendees else Property("ATTENDEE", (), "")
    partstat = attendee.parameter("PARTSTAT").upper()
    comments = [_plain(one.value) for one in event.all("COMMENT")] or [attendee.parameter("X-RESPONSE-COMMENT")]
    return CalendarReply(
        method=method,
        uid=uid.value if uid else "",
        sequence=_whole(sequence.value if sequence else ""),
        stamp=_instant(event.only("DTSTAMP")),
        attendee=_address(attendee),
        partstat=partstat,
        comment=lines_of("\n".join(comments), MOST_COMMENT),
        problem=_why_no_answer(events, attendees, partstat),
    )


def _why_no_answer(events: list[Event], attendees: list[Property], partstat: str) -> str:
    if len(events) != 1:
        return f"It holds {len(events)} events."
    if events[0].all("RECURRENCE-ID"):
        return "It is about one occurrence of a series, and there is no series."
    if len(attendees) != 1:
        return f"It names {len(attendees) or 'no'} attendees."
    if attendees[0].parameter("DELEGATED-FROM"):
        return "It is from somebody the invitation was delegated to."
    if attendees[0].parameter("DELEGATED-TO") or partstat == "DELEGATED":
        return "The invitation was delegated to somebody else."
    return ""


def _address(attendee: Property) -> str:
    """Return the address of a calendar user: its mailto, or else the EMAIL that some calendars write beside an id."""
    uri = attendee.value
    if uri.lower().startswith("mailto:"):
        return same_address_form(unquote(uri[len("mailto:") :]))
    return same_address_form(uri if "@" in uri and ":" not in uri else attendee.parameter("EMAIL"))


def _whole(value: str) -> int:
    """Return a property as a whole number, 0 where it is none or below 0."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0


def _instant(stamp: Property | None) -> datetime | None:
    """Return the time of a property, which is in UTC (RFC 5545 section 3.8.7.2). None where there is none.

    A time of another zone is none: zones of strangers are not read, and a wrong hour would put answers out of order.
    """
    found = INSTANT.fullmatch(stamp.value) if stamp else None
    if stamp is None or found is None or stamp.parameter("TZID").upper() not in ("", "UTC", "ETC/UTC", "GMT"):
        return None
    year, month, day, hour, minute, second = (int(number or 0) for number in found.groups())
    try:
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None


def _plain(text: str) -> str:
    """Return a TEXT value (RFC 5545 section 3.3.11) without its escapes."""
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text[: 8 * MOST_COMMENT])
