"""Read the headers of a received mail: who wrote it, whether a machine did, and whether the sender is proven."""

import re
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from foundation.text import one_line

LONGEST_ADDRESS = 254
COMMENT_TOKEN = re.compile(r"\\.|[()]|[^()\\]+|\\")
RESULT = re.compile(r"^\s*([\w-]+)(?:\s*/\s*\d+)?\s*=\s*([\w-]+)(.*)$", re.DOTALL)
FROM_DOMAIN = re.compile(r"\bheader\.from\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)


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


def is_proven(headers: Message, domain: str, authserv_id: str) -> bool:
    """Tell whether the topmost Authentication-Results of our own server says dmarc=pass for `domain` (RFC 8601).

    `authserv_id` is the name by which our server signs that header; "" proves nothing. A sender may write the same
    header in our server's name, but ours stands above it.
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
    """Return a header without its comments (RFC 5322 section 3.2.2), in one pass: an attacker nests them deep."""
    outside, depth = [], 0
    for token in COMMENT_TOKEN.findall(words):
        if token == "(":
            depth += 1
        elif token == ")" and depth:
            depth -= 1
            outside.append(" ")
        elif not depth:
            outside.append(token)
    return "".join(outside)
