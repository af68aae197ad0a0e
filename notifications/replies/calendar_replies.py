"""Read what a calendar program answers: the one event of a text/calendar part (RFC 5546), as plain values."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote

from icalendar import Calendar, Event

from foundation.text import one_line
from notifications.replies.headers import same_address_form

MOST_COMMENT = 1000  # characters


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


def read_reply(content: bytes, charset: str | None, method: str) -> CalendarReply:
    """Return what the calendar part `content` says; `method` is the parameter of its Content-Type, or "".

    Raises ValueError, or another error of icalendar, for what cannot be read.
    """
    return _reply(Calendar.from_ical(_text(content, charset)), method)


def _text(content: bytes, charset: str | None) -> str:
    """Return the text of a calendar, in its charset or else the one it must have been. Raises ValueError for none."""
    for name in (charset or "utf-8", "utf-8", "latin-1"):
        try:
            text = content.decode(name).lstrip("\ufeff").replace("\0", "")
        except (LookupError, ValueError):
            continue
        if "BEGIN:VCALENDAR" in text.upper():
            return text
    raise ValueError("no calendar")


def _reply(calendar: Calendar, parameter: str) -> CalendarReply:
    method = str(calendar.get("METHOD", "")).strip().upper()
    if parameter and parameter.strip().upper() != method:
        method = ""
    events = [part for part in calendar.subcomponents if isinstance(part, Event)]
    event = events[0] if events else Event()
    attendees = _several(event.get("ATTENDEE"))
    attendee = attendees[0] if attendees else ""
    parameters = _parameters(attendee)
    partstat = parameters.get("PARTSTAT", "").upper()
    comments = [str(one) for one in _several(event.get("COMMENT"))] or [parameters.get("X-RESPONSE-COMMENT", "")]
    return CalendarReply(
        method=method,
        uid=str(event.get("UID", "")).strip(),
        sequence=_whole(event.get("SEQUENCE")),
        stamp=_instant(event.get("DTSTAMP")),
        attendee=_address(attendee, parameters),
        partstat=partstat,
        comment=_lines("\n".join(comments)),
        problem=_why_no_answer(events, attendees, parameters, partstat),
    )


def _why_no_answer(events: list[Event], attendees: list[Any], parameters: dict[str, str], partstat: str) -> str:
    if len(events) != 1:
        return f"It holds {len(events) or 'no'} events."
    if "RECURRENCE-ID" in events[0]:
        return "It is about one occurrence of a series, and there is no series."
    if len(attendees) != 1:
        return f"It names {len(attendees) or 'no'} attendees."
    if "DELEGATED-FROM" in parameters:
        return "It is from somebody the invitation was delegated to."
    if "DELEGATED-TO" in parameters or partstat == "DELEGATED":
        return "The invitation was delegated to somebody else."
    return ""


def _several(value: Any) -> list[Any]:
    """Return the values of a property: icalendar gives a list only where it occurs more than once."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _parameters(attendee: Any) -> dict[str, str]:
    """Return the parameters of a property by name in upper case."""
    return {str(name).upper(): _joined(value) for name, value in getattr(attendee, "params", {}).items()}


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _address(attendee: Any, parameters: dict[str, str]) -> str:
    """Return the address of a calendar user: its mailto, or else the EMAIL that some calendars write beside an id."""
    uri = str(attendee).strip()
    if uri.lower().startswith("mailto:"):
        return same_address_form(unquote(uri[len("mailto:") :]))
    return same_address_form(uri if "@" in uri and ":" not in uri else parameters.get("EMAIL", ""))


def _whole(value: Any) -> int:
    """Return a property as a whole number, 0 where it is none or below 0."""
    try:
        return max(0, int(value))
    except (TypeError, ValueError):
        return 0


def _instant(value: Any) -> datetime | None:
    """Return the time of a property in UTC; one without a zone is taken for UTC. None where there is none."""
    try:
        found = value.dt
    except (AttributeError, ValueError):
        return None
    if isinstance(found, datetime):
        return found.replace(tzinfo=UTC) if found.utcoffset() is None else found.astimezone(UTC)
    return datetime(found.year, found.month, found.day, tzinfo=UTC) if isinstance(found, date) else None


def _lines(text: str) -> str:
    """Return hostile text as lines without controls, at most MOST_COMMENT characters."""
    lines = (one_line(line) for line in text[: 4 * MOST_COMMENT].splitlines())
    return "\n".join(filter(None, lines))[:MOST_COMMENT]
