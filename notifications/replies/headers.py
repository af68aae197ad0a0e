"""Read the headers of a received mail: which mail it is, who wrote it, whether a machine did, and what it answers."""

import re
from email.errors import MessageError
from email.header import decode_header, make_header

from notifications.replies.parts import Part, line_of
from notifications.replies.structured import QUOTED, without_comments

LONGEST_ADDRESS = 254
IN_FROM = re.compile(rf'<([^<>]*+)>|{QUOTED}|([^\s<>",]++)|[\s,]++|(.)', re.DOTALL)
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,253}>")


def decoded(words: str) -> str:
    """Return encoded words (RFC 2047) as they read; what cannot be decoded stays as it is."""
    try:
        return line_of(str(make_header(decode_header(words))))
    except (LookupError, ValueError, MessageError):
        return words


def message_id_of(mail: Part) -> str:
    """Return the one Message-ID of a mail in its angle brackets, or "" where there is none or no telling which."""
    found = [known for value in mail.all("Message-ID") for known in MESSAGE_ID.findall(value)]
    return found[0] if len(found) == 1 else ""


def answered_ids(mail: Part) -> tuple[str, ...]:
    """Return the Message-IDs of the mails that this one says it answers."""
    found = (MESSAGE_ID.findall(mail.first(name)) for name in ("In-Reply-To", "References"))
    return tuple(dict.fromkeys(known for ids in found for known in ids))


def sender_of(mail: Part) -> str:
    """Return the one address of the only From, else "".

    The address may stand there twice, as in `kai@x.org <kai@x.org>`, and a name may hold a comma, quoted or not. An
    address inside a quoted string or a comment is part of a name. A group (RFC 5322 section 3.4) has no one sender,
    and an address with a letter that nobody sees is nobody's.
    """
    values = mail.all("From")
    words = without_comments(" ".join(values[0].split())) if len(values) == 1 else None
    if words is None:
        return ""
    found = set()
    for angle, word, other in IN_FROM.findall(words):
        if other or ":" in word or ";" in word:
            return ""
        if angle or "@" in word:
            address = angle.strip() or word
            found.add(same_address_form(address) if address.isprintable() else "")
    return found.pop() if len(found) == 1 else ""


def same_address_form(address: str) -> str:
    """Return an address as it is compared: lower case, an international domain in ASCII. "" for what is no address."""
    if len(address) > LONGEST_ADDRESS:
        return ""
    local, at, domain = line_of(address).lower().rpartition("@")
    if not local or not domain or "@" in local or " " in local + domain:
        return ""
    try:
        return local + at + (domain if domain.isascii() else domain.encode("idna").decode("ascii"))
    except UnicodeError:
        return ""


def is_automatic(mail: Part) -> bool:
    """Tell whether a machine wrote the mail: nothing answers such a mail (RFC 3834, calendar.md 8.5)."""
    if mail.word("Auto-Submitted") not in ("", "no"):
        return True
    if mail.word("Precedence") in ("bulk", "list", "junk", "auto_reply"):
        return True
    if any(name.startswith("list-") for name, _ in mail.headers):
        return True
    return bool(mail.all("Return-Path")) and mail.word("Return-Path") in ("<>", "")
