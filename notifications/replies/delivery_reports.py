"""Read a delivery report (RFC 3464): that a mail of ours failed for good, why, and which mail it was."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from notifications.replies.parts import Part, leaves, mail_of, part_of
from notifications.replies.structured import without_comments

STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
# What holds the mail a report is about, or its headers alone.
MAIL_TYPES = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
FOLD = re.compile(rb"\n[ \t]+")
ACTION = re.compile(rb"^action[ \t]*:[^\n]{0,200}", re.IGNORECASE | re.MULTILINE)
ENHANCED_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
ID = re.compile(r"<?([!-;=?-~]{1,253})>?")


@dataclass(frozen=True)
class FailedDelivery:
    """Why a mail failed for good, and the ids of that mail in angle brackets, our own header first."""

    words: str
    message_ids: tuple[str, ...]


def failed_delivery(report: Part) -> FailedDelivery | None:
    """Return what a multipart/report says of the first recipient it names as failed. None for delays and successes.

    Each mail of ours has one recipient, so a report about it has one, or those that one stands for: which address is
    named says nothing. Raises TooManyParts.
    """
    parts = list(leaves(report))
    for status in parts:
        words = _why_failed(status.content) if status.type in STATUS_TYPES else None
        if words is not None:
            return FailedDelivery(words, tuple(_message_ids(parts)))
    return None


def _why_failed(content: bytes) -> str | None:
    """Return why a recipient was not reached, "" where that is not said; None where nobody was missed for good."""
    content = FOLD.sub(b" ", content.replace(b"\r\n", b"\n"))
    for line in ACTION.finditer(content):
        # Failed is final, whatever the status (RFC 3464 section 2.3.3): a relay that gave up after days says 4.4.7.
        if b"failed" in line[0].lower() and part_of(line[0]).word("Action") == "failed":
            before, behind = (
                content[: line.start()].rpartition(b"\n\n")[2],
                content[line.start() :].partition(b"\n\n")[0],
            )
            block = part_of((before + behind).strip())
            code = ENHANCED_STATUS.search(block.first("Status"))
            typed = block.first("Diagnostic-Code")
            return f"{code[1] if code else ''} {typed.partition(';')[2].strip() or typed}".strip()[:500]
    return None


def _message_ids(parts: list[Part]) -> Iterator[str]:
    """Yield the ids of the mail a report is about: our own header outlives a changed Message-ID."""
    for name in ("X-Quorum-Notice", "Message-ID"):
        for part in parts:
            value = mail_of(part.content).first(name) if part.type in MAIL_TYPES else ""
            if found := ID.search(without_comments(value) or ""):
                yield f"<{found[1]}>"
