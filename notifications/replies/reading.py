"""Read a mail that came in: bytes in, plain values out, whatever the bytes are.

Everything here is a claim of the person or program that wrote the mail; `applying.py` decides what becomes of it. The
calendar is looked for in the mail itself, never in a mail attached to it nor in a delivery report, where it would be
our own.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser

from foundation.text import one_line
from notifications.replies.authentication import is_proven
from notifications.replies.calendar_replies import CalendarReply, read_reply
from notifications.replies.delivery_reports import FailedRecipient, failed_recipients, parts_of
from notifications.replies.headers import decoded, header, is_automatic, sender_of

MOST_BYTES = 1024 * 1024
# No calendar program writes a longer answer, and reading one takes time.
MOST_CALENDAR_BYTES = 200_000
HEADER_BYTES = 64 * 1024
DEEPEST = 8
MOST_BOUNDARIES = 40
CALENDAR_TYPES = ("text/calendar", "application/ics")
NOT_OPENED = ("message/rfc822", "message/global", "multipart/report")


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
    known = _read_headers(raw, authserv_id)
    if len(raw) > MOST_BYTES:
        return replace(known, problem="It is larger than 1 MB.")
    if raw.lower().count(b"boundary") > MOST_BOUNDARIES:
        return replace(known, problem="It has too many parts.")
    try:
        mail = message_from_bytes(raw)
        if mail.get_content_type() == "multipart/report":
            return replace(known, is_automatic=True, failed_recipients=tuple(failed_recipients(mail)))
        return _read_parts(mail, known)
    except Exception:
        return replace(known, problem="It could not be taken apart.")


def _read_headers(raw: bytes, authserv_id: str) -> IncomingMail:
    headers = BytesHeaderParser().parsebytes(raw[:HEADER_BYTES])
    message_id = "".join(header(headers, "Message-ID").split())
    sender = sender_of(headers)
    results = [one_line(str(line)) for line in headers.get_all("Authentication-Results", [])]
    return IncomingMail(
        message_id=message_id if 0 < len(message_id) <= 255 else _digest(raw),
        sender=sender,
        subject=decoded(header(headers, "Subject"))[:255],
        is_automatic=is_automatic(headers),
        is_proven=bool(sender) and is_proven(results, sender.rpartition("@")[2], authserv_id),
    )


def _digest(raw: bytes) -> str:
    """Return what stands in for a missing Message-ID: the same bytes have the same one."""
    return f"<{hashlib.sha256(raw).hexdigest()}@digest.invalid>"


def _read_parts(mail: Message, known: IncomingMail) -> IncomingMail:
    """Return `known` with the calendar's `reply`, or with the `problem` that keeps it from being read.

    A mail without a calendar has neither.
    """
    try:
        leaves = list(_leaves(mail))
    except ValueError:
        return replace(known, problem=f"Its parts are nested more than {DEEPEST} deep.")
    calendars = [part for part in leaves if part.get_content_type() == CALENDAR_TYPES[0]]
    if not calendars:
        # Apple and others attach the calendar alone; Google attaches it beside the real part.
        calendars = [part for part in leaves if part.get_content_type() == CALENDAR_TYPES[1]]
    if not calendars:
        if any(_is_tnef(part) for part in leaves):
            return replace(known, problem="It holds only winmail.dat (TNEF), which just Outlook reads.")
        return known
    if len(calendars) > 1:
        return replace(known, problem="It holds more than one calendar.")
    content = calendars[0].get_payload(decode=True) or b""
    if not isinstance(content, bytes):
        return replace(known, problem="Its calendar cannot be read.")
    if len(content) > MOST_CALENDAR_BYTES:
        return replace(known, problem="Its calendar is too large.")
    method = str(calendars[0].get_param("method") or "")
    try:
        return replace(known, reply=read_reply(content, calendars[0].get_content_charset(), method))
    except Exception:
        return replace(known, problem="Its calendar cannot be read.")


def _leaves(mail: Message) -> Iterator[Message]:
    """Yield the parts that hold something, in order. Raises ValueError for parts nested more than DEEPEST deep."""
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
            open_parts += [(inner, depth + 1) for inner in reversed(parts_of(part))]
        else:
            yield part


def _is_tnef(part: Message) -> bool:
    name = str(part.get_filename() or "").lower()
    return part.get_content_type() in ("application/ms-tnef", "application/vnd.ms-tnef") or name == "winmail.dat"
