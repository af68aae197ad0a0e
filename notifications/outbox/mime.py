"""Build the mail that goes out, in the MIME shape in which mail programs find an invitation (calendar.md section 3).

An invitation travels twice, byte for byte the same: as the last alternative, where Outlook and Gmail look for it, and
as an attached file for programs that look only there. The file is `application/ics`, so that no program acts on both.
"""

import quopri
import re
import secrets
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.policy import Compat32
from email.utils import formataddr, formatdate
from functools import lru_cache
from typing import Any

from django.core.mail import EmailMultiAlternatives

from foundation import database_clock
from foundation.text import REMEMBERED, one_line
from notifications.calendars.writing import Mailbox

MESSAGE_ID = re.compile(r"<([!-;=?A-~]+@[!-;=?A-~]+)>")
MOST_ON_A_LINE = 76  # characters


class Utf8(Charset):
    """Write parts in seven bits: a relay that cannot take eight would rewrite them, and break the signature.

    `quopri` does at once what the email package does character by character.
    """

    def __init__(self) -> None:
        super().__init__("utf-8")
        self.body_encoding = QP

    def body_encode(self, string: str | bytes | None) -> Any:
        """Return a body, which the email package hands over as bytes, in quoted-printable."""
        assert isinstance(string, bytes)
        return quopri.encodestring(string).decode("ascii")


class OneLineHeaders(Compat32):
    """Write a header that fits on one line as it is, which is faster than the email package's search for folds."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the header line as bytes; `value` is a string, or a Header that has its own folds."""
        fits = isinstance(value, str) and value.isascii() and value == value.strip() and "\n" not in value
        if fits and len(name) + len(value) < MOST_ON_A_LINE - len(": "):
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


class OutgoingMail(EmailMultiAlternatives):
    """Fold a long subject with the room that `Subject: ` takes, so that no mail program shows it with a blank in front.

    Its boundaries occur in no part: quoted-printable and base64 never have `=_` (RFC 2045 section 6.7). The email
    package would search the parts with a new regular expression for each mail, and so crowd out the compiled ones.
    """

    def message(self) -> Any:  # type: ignore[override] # the stubs are of a newer Django, which passes a policy
        """Return the mail as the email package has it, ready to be sent."""
        built = super().message()
        built.policy = OneLineHeaders()
        built.replace_header("Subject", Header(str(self.subject), header_name="Subject"))
        for part in built.walk():
            if part.is_multipart():
                part.set_boundary(f"=_{secrets.token_hex(16)}")
        return built


def build_mail(
    *,
    sender: Mailbox,
    recipient: Mailbox,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    calendar: bytes = b"",
    method: str = "",
    returns_to: str = "",
) -> EmailMultiAlternatives:
    """Return one mail to one recipient, with an invitation where `calendar` holds one of that `method`.

    A mail that cannot be delivered comes back to the address `returns_to`, or else to the sender. `message_id` is given
    in its angle brackets. Names and the subject are brought onto one line each. Raises ValueError for what is no
    Message-ID, and where `method` is not the METHOD inside `calendar`.
    """
    known_id = MESSAGE_ID.fullmatch(message_id)
    if not known_id:
        raise ValueError(f"{message_id!r} is not a Message-ID.")
    if (calendar or method) and not (method.isalpha() and f"\r\nMETHOD:{method}\r\n".encode() in calendar):
        raise ValueError(f"The calendar part does not say METHOD:{method}.")
    mail = OutgoingMail(
        _header_text(subject),
        text,
        # The envelope takes bare addresses; names are for the headers.
        Mailbox("", returns_to).ascii_address if returns_to else sender.ascii_address,
        [recipient.ascii_address],
        headers={
            "From": _header(sender),
            "To": _header(recipient),
            "Date": formatdate(database_clock.now().timestamp()),
            "Message-ID": message_id,
            # Message-IDs are sometimes replaced on the way, and a duplicate must stay recognizable.
            "X-Quorum-Notice": known_id[1],
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply, DR, RN, NRN",
        },
    )
    mail.encoding = Utf8()
    mail.attach_alternative(html, "text/html")
    if calendar:
        # Django writes the charset itself, and would write it twice.
        mail.attach_alternative(calendar.decode("utf-8"), f"text/calendar; method={method}")
        mail.attach(_file(calendar))
    return mail


@lru_cache(REMEMBERED)
def _header(mailbox: Mailbox) -> str:
    """Return `Name <address>` in ASCII on one line."""
    name = _header_text(mailbox.name)
    written = name if name.isascii() else Header(name, "utf-8").encode().replace("\n", "")
    return formataddr((written, mailbox.ascii_address))


def _header_text(text: str) -> str:
    """Return `text` on one line, and such that no mail program takes any of it for an encoded word (RFC 2047)."""
    return one_line(text).replace("=?", "= ?")


def _file(calendar: bytes) -> MIMEBase:
    part = MIMEBase("application", "ics", name="invite.ics")
    part.set_payload(calendar)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename="invite.ics")
    return part
