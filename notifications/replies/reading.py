"""Read a mail that came in: bytes in, plain values out, whatever the bytes are.

Everything here is a claim of the person or program that wrote the mail; `applying.py` decides what becomes of it. The
calendar is looked for in the mail itself, never in a mail attached to it nor in a delivery report, where it would be
our own.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from notifications.replies.authentication import is_proven
from notifications.replies.calendar_replies import ANSWER_METHODS, MOST_COMMENT, CalendarReply, read_reply
from notifications.replies.delivery_reports import FailedDelivery, failed_delivery
from notifications.replies.headers import answered_ids, decoded, is_automatic, message_id_of, sender_of
from notifications.replies.parts import Part, TooManyParts, head_is_too_long, leaves, lines_of, mail_of

MOST_BYTES = 1024 * 1024
# No calendar program writes a longer answer.
MOST_CALENDAR_BYTES = 200_000
CALENDAR_TYPES = ("text/calendar", "application/ics")
REPORT = "multipart/report"
UNREADABLE = "Its calendar cannot be read."


@dataclass(frozen=True)
class IncomingMail:
    """What is said in one mail. `sender` is the one address of its one From, or "" where there is none or several.

    `is_proven` tells whether our own mail server found the sender's domain to be the one in From (DMARC). `answers` are
    the Message-IDs of the mails it says it answers, `words` are the beginning of its text. `problem` is a sentence
    where the mail holds something that could not be read.
    """

    message_id: str
    sender: str = ""
    subject: str = ""
    is_automatic: bool = False
    is_proven: bool = False
    answers: tuple[str, ...] = field(default=())
    words: str = ""
    reply: CalendarReply | None = None
    failed: FailedDelivery | None = None
    problem: str = ""


def read(raw: bytes, authserv_id: str) -> IncomingMail:
    """Return what `raw` says. Never raises. `authserv_id` names our mail server in Authentication-Results, or is ""."""
    known = IncomingMail(_digest(raw))
    if not raw.strip():
        return replace(known, problem="It is empty.")
    # No input is known to raise. What an unknown one cannot do is stop the mail behind it.
    try:
        mail = mail_of(raw)
        known = _read_headers(mail, known.message_id, authserv_id)
        if len(raw) > MOST_BYTES:
            return replace(known, problem="It is larger than 1 MB.")
        if head_is_too_long(raw):
            return replace(known, problem="Its headers are longer than 64 kB.")
        return _read_parts(mail, known)
    except TooManyParts as error:
        return replace(known, problem=str(error))
    except Exception:
        return replace(known, problem="It could not be taken apart.")


def _read_headers(mail: Part, digest: str, authserv_id: str) -> IncomingMail:
    sender = sender_of(mail)
    domain = sender.rpartition("@")[2]
    return IncomingMail(
        message_id=message_id_of(mail) or digest,
        sender=sender,
        subject=decoded(mail.first("Subject"))[:255],
        is_automatic=is_automatic(mail),
        is_proven=bool(sender) and is_proven(mail.all("Authentication-Results"), domain, authserv_id),
        answers=answered_ids(mail),
    )


def _digest(raw: bytes) -> str:
    """Return what stands in for a missing Message-ID: the same bytes have the same one."""
    return f"<{hashlib.sha256(raw).hexdigest()}@digest.invalid>"


def _read_parts(mail: Part, known: IncomingMail) -> IncomingMail:
    """Return `known` with what the parts say: an answer before a report, and a report before any other calendar.

    A mail that holds none of them is returned as it is.
    """
    parts = list(leaves(mail, not_opened=(REPORT,)))
    texts = (part for part in parts if part.type == "text/plain" and not _is_calendar(part))
    known = replace(known, words=next((lines_of(next(text.texts()), MOST_COMMENT) for text in texts), ""))
    found = _read_calendars([part for part in parts if _is_calendar(part)], known)
    if found.reply and found.reply.method in ANSWER_METHODS:
        return found
    for report in (part for part in parts if part.type == REPORT):
        found = replace(found, is_automatic=True)
        if failed := failed_delivery(report):
            return replace(found, failed=failed, reply=None, problem="")
    if not found.reply and not found.problem and any(_is_tnef(part) for part in parts):
        return replace(known, problem="It holds only winmail.dat (TNEF), which just Outlook reads.")
    return found


def _is_calendar(part: Part) -> bool:
    named = decoded(part.file_name).lower().endswith(".ics")
    return part.type in CALENDAR_TYPES or (named and not part.type.startswith(("message/", "multipart/")))


def _read_calendars(parts: Iterable[Part], known: IncomingMail) -> IncomingMail:
    """Return `known` with the one answer its calendars hold, or a calendar that is no answer, or else a `problem`.

    Programs send the same answer twice, as an alternative to the text and as a file; what is beside an answer and is no
    answer says nothing.
    """
    replies: list[CalendarReply] = []
    problem = ""
    for part in parts:
        if len(part.content) > MOST_CALENDAR_BYTES:
            problem = "Its calendar is too large."
            continue
        try:
            replies.append(read_reply(part))
        except ValueError:
            problem = problem or UNREADABLE
    answers = [reply for reply in replies if reply.method in ANSWER_METHODS]
    if len({replace(answer, comment="") for answer in answers}) > 1:
        return replace(known, problem="It holds two answers that differ.")
    if answers:
        return replace(known, reply=next((answer for answer in answers if answer.comment), answers[0]))
    return replace(known, problem=problem, reply=None if problem or not replies else replies[0])


def _is_tnef(part: Part) -> bool:
    return part.type in ("application/ms-tnef", "application/vnd.ms-tnef") or part.file_name.lower() == "winmail.dat"
