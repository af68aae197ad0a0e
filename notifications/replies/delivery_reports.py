"""Read a delivery report (RFC 3464): which recipients a mail of ours did not reach for good, and which mail it was."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser

from notifications.replies.headers import header, same_address_form

ENHANCED_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True)
class FailedRecipient:
    """One recipient to whom a mail could not be delivered for good (RFC 3464), and the Message-IDs of that mail."""

    recipient: str
    words: str
    message_ids: tuple[str, ...]


def parts_of(mail: Message) -> list[Message]:
    """Return the parts of a mail or of one of its parts; none where it holds something itself."""
    payload = mail.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def failed_recipients(report: Message) -> Iterator[FailedRecipient]:
    """Yield each recipient that a delivery report names as failed for good. Delays and successes are none."""
    parts = parts_of(report)
    if str(report.get_param("report-type") or "").lower() != "delivery-status":
        return
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return
    message_ids = tuple(_message_ids(parts))
    for recipient in parts_of(status):
        address = _typed(recipient, "Original-Recipient") or _typed(recipient, "Final-Recipient")
        code = ENHANCED_STATUS.search(header(recipient, "Status"))
        # Failed is final, whatever the status (RFC 3464 section 2.3.3): a relay that gave up after days says 4.4.7.
        if address and header(recipient, "Action").lower() == "failed":
            words = f"{code[1] if code else ''} {_without_type(header(recipient, 'Diagnostic-Code'))}".strip()
            yield FailedRecipient(address, words[:500], message_ids)


def _typed(recipient: Message, name: str) -> str:
    """Return the address in `rfc822; somebody@example.edu`."""
    return same_address_form(_without_type(header(recipient, name)).strip("<> "))


def _without_type(typed: str) -> str:
    return typed.partition(";")[2].strip() or typed


def _message_ids(parts: list[Message]) -> Iterator[str]:
    """Yield the ids of the mail a report is about, in angle brackets: our own header outlives a changed Message-ID."""
    for part in parts:
        inside = parts_of(part)
        if part.get_content_type() in ("message/rfc822", "message/global") and inside:
            headers = inside[0]
        elif part.get_content_type() in ("text/rfc822-headers", "message/global-headers"):
            raw = part.get_payload(decode=True)
            headers = BytesHeaderParser().parsebytes(raw if isinstance(raw, bytes) else b"")
        else:
            continue
        for name in ("X-Quorum-Notice", "Message-ID"):
            if found := header(headers, name).strip("<> "):
                yield f"<{found}>"
