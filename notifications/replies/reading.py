"""Read a mail that came in: bytes in, plain values out, whatever the bytes are.

Everything here is a claim of whoever wrote the mail; what becomes of it is decided in `answers`. The calendar is looked
for in the mail itself, never in a message attached to it nor in a delivery report, where it would be our own.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from urllib.parse import unquote

from icalendar import Calendar, Event

from foundation.text import one_line

MOST_BYTES = 1024 * 1024
# No calendar program writes an answer of more; reading one takes time.
MOST_CALENDAR_BYTES = 200_000
HEADER_BYTES = 64 * 1024
DEEPEST = 8
MOST_BOUNDARIES = 40
MOST_COMMENT = 1000
LONGEST_ADDRESS = 254
CALENDAR_TYPES = ("text/calendar", "application/ics")
NOT_OPENED = ("message/rfc822", "message/global", "multipart/report")
COMMENT_TOKEN = re.compile(r"\\.|[()]|[^()\\]+|\\")
RESULT = re.compile(r"^\s*([\w-]+)(?:\s*/\s*\d+)?\s*=\s*([\w-]+)(.*)$", re.DOTALL)
FROM_DOMAIN = re.compile(r"\bheader\.from\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)
ENHANCED_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


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
class FailedRecipient:
    """One recipient to whom a message could not be delivered for good (RFC 3464), and the ids of that message."""

    recipient: str
    words: str
    message_ids: tuple[str, ...]


@dataclass(frozen=True)
class IncomingMail:
    """What is said in one mail. `sender` is the one address of its one From, or "" where there is none or several.

    `is_proven` tells whether our own mail server found the sender's domain to be the one in From (DMARC). `problem` is
    a sentence where the mail holds something that could not be read.
    """

    message_id: str
    sender: str = ""
    subject: str = ""
    is_automatic: bool = False
    is_proven: bool = False
    reply: CalendarReply | None = None
    failed_recipients: tuple[FailedRecipient, ...] = field(default=())
    problem: str = ""


def read(raw: bytes, authserv_id: str) -> IncomingMail:
    """Return what `raw` says. Never raises. `authserv_id` names our mail server in Authentication-Results, or is ""."""
    try:
        return _read(raw, authserv_id)
    # The standard library's parser and icalendar raise many kinds of errors on what people and attackers send.
    except Exception:
        return IncomingMail(_digest(raw), problem="It could not be taken apart.")


def _read(raw: bytes, authserv_id: str) -> IncomingMail:
    if not raw.strip():
        return IncomingMail(_digest(raw), problem="It is empty.")
    headers = BytesHeaderParser().parsebytes(raw[:HEADER_BYTES])
    known = _of_headers(headers, raw, authserv_id)
    if len(raw) > MOST_BYTES:
        return IncomingMail(**known, problem="It is larger than 1 MB.")
    if raw.lower().count(b"boundary") > MOST_BOUNDARIES:
        return IncomingMail(**known, problem="It has too many parts.")
    try:
        mail = message_from_bytes(raw)
        if mail.get_content_type() == "multipart/report":
            return IncomingMail(**known | {"is_automatic": True}, failed_recipients=tuple(_failed_recipients(mail)))
        return IncomingMail(**known, **_of_parts(mail))
    except Exception:
        return IncomingMail(**known, problem="It could not be taken apart.")


def _digest(raw: bytes) -> str:
    return f"<{hashlib.sha256(raw).hexdigest()}@digest.invalid>"


# ---- the headers ----


def _of_headers(headers: Message, raw: bytes, authserv_id: str) -> dict:
    message_id = "".join(_header(headers, "Message-ID").split())
    sender = _sender(headers)
    return {
        "message_id": message_id if 0 < len(message_id) <= 255 else _digest(raw),
        "sender": sender,
        "subject": _decoded(_header(headers, "Subject"))[:255],
        "is_automatic": _is_automatic(headers),
        "is_proven": bool(sender) and _is_proven(headers, sender.rpartition("@")[2], authserv_id),
    }


def _header(headers: Message, name: str) -> str:
    """Return the words of the first header of that name on one line, or ""."""
    return one_line(str(headers.get(name, "")))


def _decoded(words: str) -> str:
    """Return encoded words (RFC 2047) as they read."""
    try:
        return one_line(str(make_header(decode_header(words))))
    except (LookupError, ValueError):
        return words


def _sender(headers: Message) -> str:
    """Return the address of the one From with one address in it, else ""."""
    lines = headers.get_all("From", [])
    found = [address for _, address in getaddresses([str(line) for line in lines]) if address]
    if len(lines) != 1 or len(found) != 1:
        return ""
    return same_address_form(found[0])


def same_address_form(address: str) -> str:
    """Return an address as it is compared: lower case, an international domain in ASCII. "" for what is none."""
    local, at, domain = one_line(address).lower().rpartition("@")
    if not local or not domain or len(address) > LONGEST_ADDRESS or " " in local + domain:
        return ""
    try:
        return local + at + (domain if domain.isascii() else domain.encode("idna").decode("ascii"))
    except UnicodeError:
        return ""


def _is_automatic(headers: Message) -> bool:
    """Tell whether a machine wrote it: nothing answers such a mail (RFC 3834, calendar.md 8.5)."""
    if _header(headers, "Auto-Submitted").split(";")[0].strip().lower() not in ("", "no"):
        return True
    if _header(headers, "Precedence").lower() in ("bulk", "list", "junk", "auto_reply"):
        return True
    if any(name.lower().startswith("list-") for name in headers):
        return True
    return "Return-Path" in headers and _header(headers, "Return-Path").replace(" ", "") in ("<>", "")


def _is_proven(headers: Message, domain: str, authserv_id: str) -> bool:
    """Tell whether the topmost Authentication-Results of our own server says dmarc=pass for `domain` (RFC 8601).

    Ours stands above whatever a sender wrote into the mail in our server's name.
    """
    if not authserv_id:
        return False
    for line in headers.get_all("Authentication-Results", []):
        server, *results = _without_comments(one_line(str(line))).split(";")
        if not server.split() or server.split()[0].strip('"').lower() != authserv_id.lower():
            continue
        found = [match.groups() for match in map(RESULT.match, results) if match]
        dmarc = [(result, rest) for method, result, rest in found if method.lower() == "dmarc"]
        if len(dmarc) != 1 or dmarc[0][0].lower() != "pass":
            return False
        of = FROM_DOMAIN.search(dmarc[0][1])
        return of is not None and same_address_form(f"x@{of[1]}") == f"x@{domain}"
    return False


def _without_comments(words: str) -> str:
    """Return a header without its comments (RFC 5322 section 3.2.2), in one pass: whoever writes to us nests them."""
    kept, depth = [], 0
    for token in COMMENT_TOKEN.findall(words):
        if token == "(":
            depth += 1
        elif token == ")" and depth:
            depth -= 1
            kept.append(" ")
        elif not depth:
            kept.append(token)
    return "".join(kept)


# ---- the calendar ----


def _leaves(mail: Message) -> Iterator[Message]:
    """Yield the parts that hold something, in order. Raise ValueError for what is nested too deep."""
    open_parts = [(mail, 1)]
    while open_parts:
        part, depth = open_parts.pop()
        if depth > DEEPEST:
            raise ValueError("nested too deep")
        if depth > 1 and part.get_content_type() in NOT_OPENED:
            continue
        if part.get_content_maintype() == "message":
            continue
        if part.is_multipart():
            open_parts += [(inner, depth + 1) for inner in reversed(part.get_payload())]
        else:
            yield part


def _of_parts(mail: Message) -> dict:
    """Return the calendar's `reply`, or the `problem` that keeps it from being read, or nothing where there is none."""
    try:
        leaves = list(_leaves(mail))
    except ValueError:
        return {"problem": f"Its parts are nested more than {DEEPEST} deep."}
    calendars = [part for part in leaves if part.get_content_type() == CALENDAR_TYPES[0]]
    if not calendars:
        # Apple and others attach the calendar alone; Google attaches it beside the real part.
        calendars = [part for part in leaves if part.get_content_type() == CALENDAR_TYPES[1]]
    if not calendars:
        if any(_is_tnef(part) for part in leaves):
            return {"problem": "It holds only winmail.dat (TNEF), which just Outlook reads."}
        return {}
    if len(calendars) > 1:
        return {"problem": "It holds more than one calendar."}
    content = calendars[0].get_payload(decode=True) or b""
    if len(content) > MOST_CALENDAR_BYTES:
        return {"problem": "Its calendar is too large."}
    try:
        calendar = Calendar.from_ical(_text(content, calendars[0].get_content_charset()))
        return {"reply": _reply(calendar, str(calendars[0].get_param("method") or ""))}
    except Exception:
        return {"problem": "Its calendar cannot be read."}


def _is_tnef(part: Message) -> bool:
    name = str(part.get_filename() or "").lower()
    return part.get_content_type() in ("application/ms-tnef", "application/vnd.ms-tnef") or name == "winmail.dat"


def _text(content: bytes, charset: str | None) -> str:
    """Return the words of a calendar, in its charset or else the one it must have been. Raise ValueError for none."""
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
    said = _parameters(attendee)
    partstat = said.get("PARTSTAT", "").upper()
    comments = [str(one) for one in _several(event.get("COMMENT"))] or [said.get("X-RESPONSE-COMMENT", "")]
    return CalendarReply(
        method=method,
        uid=str(event.get("UID", "")).strip(),
        sequence=_whole(event.get("SEQUENCE")),
        stamp=_instant(event.get("DTSTAMP")),
        attendee=_address(attendee, said),
        partstat=partstat,
        comment=_lines("\n".join(comments)),
        problem=_why_not_one(events, attendees, said, partstat),
    )


def _why_not_one(events: list[Event], attendees: list, said: dict[str, str], partstat: str) -> str:
    if len(events) != 1:
        return f"It holds {len(events) or 'no'} events."
    if "RECURRENCE-ID" in events[0]:
        return "It is about one occurrence of a series, and there is no series."
    if len(attendees) != 1:
        return f"It names {len(attendees) or 'no'} attendees."
    if "DELEGATED-FROM" in said:
        return "It is from somebody the invitation was delegated to."
    if "DELEGATED-TO" in said or partstat == "DELEGATED":
        return "The invitation was delegated to somebody else."
    return ""


def _several(value) -> list:
    """icalendar gives one value, or a list where a property occurs more than once."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _parameters(attendee) -> dict[str, str]:
    """Return the parameters of a property by name in upper case."""
    return {str(name).upper(): _flat(value) for name, value in getattr(attendee, "params", {}).items()}


def _flat(value) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _address(attendee, said: dict[str, str]) -> str:
    """Return the address of a calendar user: its mailto, or else the EMAIL that some calendars write beside an id."""
    uri = str(attendee).strip()
    if uri.lower().startswith("mailto:"):
        return same_address_form(unquote(uri[len("mailto:") :]))
    return same_address_form(uri if "@" in uri and ":" not in uri else said.get("EMAIL", ""))


def _whole(value) -> int:
    try:
        return max(0, int(value))
    except (TypeError, ValueError):
        return 0


def _instant(value) -> datetime | None:
    """Return the time of a property in UTC; one without a zone is taken for UTC. None where there is none."""
    try:
        found = value.dt
    except (AttributeError, ValueError):
        return None
    if isinstance(found, datetime):
        return found.replace(tzinfo=UTC) if found.utcoffset() is None else found.astimezone(UTC)
    return datetime(found.year, found.month, found.day, tzinfo=UTC) if isinstance(found, date) else None


def _lines(text: str) -> str:
    """Return hostile text as lines without controls, capped."""
    lines = (one_line(line) for line in text[: 4 * MOST_COMMENT].splitlines())
    return "\n".join(filter(None, lines))[:MOST_COMMENT]


# ---- what came back ----


def _failed_recipients(report: Message) -> Iterator[FailedRecipient]:
    """Yield each recipient that a delivery report names as failed for good. Delays and successes are none."""
    parts = report.get_payload()
    if str(report.get_param("report-type") or "").lower() != "delivery-status" or not isinstance(parts, list):
        return
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None or not isinstance(status.get_payload(), list):
        return
    message_ids = tuple(_returned_ids(parts))
    for recipient in status.get_payload():
        address = _typed(recipient, "Original-Recipient") or _typed(recipient, "Final-Recipient")
        code = ENHANCED_STATUS.search(_header(recipient, "Status"))
        # Final by RFC 3464 2.3.3, whatever the status: a relay that gave up after days says 4.4.7.
        if address and _header(recipient, "Action").lower() == "failed":
            words = f"{code[1] if code else ''} {_words_of(_header(recipient, 'Diagnostic-Code'))}".strip()
            yield FailedRecipient(address, words[:500], message_ids)


def _typed(recipient: Message, name: str) -> str:
    """Return the address in `rfc822; somebody@example.edu`."""
    return same_address_form(_words_of(_header(recipient, name)).strip("<> "))


def _words_of(typed: str) -> str:
    return typed.partition(";")[2].strip() or typed


def _returned_ids(parts: list[Message]) -> Iterator[str]:
    """Yield the ids of the message a report is about, in angle brackets: our own header outlives a changed one."""
    for part in parts:
        content = part.get_payload()
        if part.get_content_type() in ("message/rfc822", "message/global") and isinstance(content, list) and content:
            headers = content[0]
        elif part.get_content_type() in ("text/rfc822-headers", "message/global-headers"):
            headers = BytesHeaderParser().parsebytes(part.get_payload(decode=True) or b"")
        else:
            continue
        for name in ("X-Quorum-Notice", "Message-ID"):
            if found := _header(headers, name).strip("<> "):
                yield f"<{found}>"
