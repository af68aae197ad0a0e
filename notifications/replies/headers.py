"""Read the headers of a received mail: who wrote it, and whether a machine did."""

from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from foundation.text import one_line

LONGEST_ADDRESS = 254


def header(headers: Message, name: str) -> str:
    """Return the first header of that name on one line, or ""."""
    return one_line(str(headers.get(name, "")))


def decoded(words: str) -> str:
    """Return encoded words (RFC 2047) as they read; what cannot be decoded stays as it is."""
    try:
        return one_line(str(make_header(decode_header(words))))
    except (LookupError, ValueError):
        return words


def sender_of(headers: Message) -> str:
    """Return the address of the only From with the only address in it, else ""."""
    lines = headers.get_all("From", [])
    found = [address for _, address in getaddresses([str(line) for line in lines]) if address]
    if len(lines) != 1 or len(found) != 1:
        return ""
    return same_address_form(found[0])


def same_address_form(address: str) -> str:
    """Return an address as it is compared: lower case, an international domain in ASCII. "" for what is no address."""
    local, at, domain = one_line(address).lower().rpartition("@")
    if not local or not domain or len(address) > LONGEST_ADDRESS or " " in local + domain:
        return ""
    try:
        return local + at + (domain if domain.isascii() else domain.encode("idna").decode("ascii"))
    except UnicodeError:
        return ""


def is_automatic(headers: Message) -> bool:
    """Tell whether a machine wrote the mail: nothing answers such a mail (RFC 3834, calendar.md 8.5)."""
    if header(headers, "Auto-Submitted").split(";")[0].strip().lower() not in ("", "no"):
        return True
    if header(headers, "Precedence").lower() in ("bulk", "list", "junk", "auto_reply"):
        return True
    if any(name.lower().startswith("list-") for name in headers):
        return True
    return "Return-Path" in headers and header(headers, "Return-Path").replace(" ", "") in ("<>", "")
