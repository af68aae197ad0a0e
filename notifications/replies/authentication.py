"""Tell whether our own mail server proved who sent a mail: the header Authentication-Results (RFC 8601 section 2.2).

A mail server may repeat in it what the sender wrote, and a sender may write the same header in our server's name. So
only the topmost header of our server counts, only where it follows the grammar to its end, and only where the letters
`dmarc=` stand in it once, whatever they are part of: a server that repeats an address without its quotation marks would
let that address speak for it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from notifications.replies.headers import same_address_form
from notifications.replies.structured import QUOTED, split_at, unquoted, without_comments

# In the place of a name: our server writes none, as Exchange Online does, and its header is the topmost of all.
TOPMOST_UNNAMED = "topmost-unnamed"

LONGEST = 10_000  # characters; no server writes a tenth of it
DMARC_RESULT = re.compile(r"dmarc\s*+(?:/\s*+[0-9]+\s*+)?=", re.IGNORECASE)
KEYWORD = r"[A-Za-z0-9_-]++"
SERVER = re.compile(rf'\s*+({QUOTED}|[^\s";=]++)(?:\s++[0-9]++)?\s*+', re.DOTALL)
METHOD = re.compile(rf"\s*+({KEYWORD})\s*+(?:/\s*+[0-9]++\s*+)?=\s*+({KEYWORD})(?=\s|$)", re.DOTALL)
# Microsoft leaves out what kind of property it is ("action=none"), and others its value.
PROPERTY = re.compile(rf'\s++({KEYWORD}(?:\s*+\.\s*+{KEYWORD})?)\s*+=\s*+((?:{QUOTED}|[^\s";])++|$)', re.DOTALL)


@dataclass(frozen=True)
class Result:
    """What one method found: `dmarc=pass` with its properties, each a name in lower case and a value."""

    method: str
    value: str
    properties: tuple[tuple[str, str], ...]


def is_proven(lines: Iterable[str], domain: str, authserv_id: str) -> bool:
    """Tell whether our own server says dmarc=pass for `domain`.

    `lines` are the values of all headers Authentication-Results, the topmost first. `authserv_id` is the name by which
    our server signs its header, or TOPMOST_UNNAMED; "" proves nothing. A header that does not parse proves nothing, and
    neither does what stands below it, for it may be ours.
    """
    if not authserv_id:
        return False
    named = "" if authserv_id.lower() == TOPMOST_UNNAMED else authserv_id.lower()
    for value in lines:
        line = " ".join(value.split())
        parsed = parse(line)
        if parsed is None:
            return False
        server, results = parsed
        if server.lower() == named:
            return len(DMARC_RESULT.findall(line)) == 1 and _has_passed(results, domain)
        if not named:
            return False
    return False


def _has_passed(results: list[Result], domain: str) -> bool:
    found = [result for result in results if result.method == "dmarc"]
    if len(found) != 1 or found[0].value != "pass":
        return False
    domains = [value for name, value in found[0].properties if name == "header.from"]
    return len(domains) == 1 and _same_domain(domains[0], domain)


def _same_domain(one: str, other: str) -> bool:
    return same_address_form(f"x@{one}") == f"x@{other}"


def parse(line: str) -> tuple[str, list[Result]] | None:
    """Return the name of the server, "" where the header begins with a result, and the results.

    Returns None for what does not follow the grammar, is longer than LONGEST or holds a letter that nobody sees.
    """
    words = without_comments(line) if len(line) <= LONGEST and line.isprintable() else None
    if words is None:
        return None
    first, *rest = split_at(";", words)
    named = SERVER.fullmatch(first)
    pieces = [piece for piece in (rest if named else [first, *rest]) if piece.strip()]
    if not named and not first.strip():
        return None
    if [piece.strip().lower() for piece in pieces] == ["none"]:
        pieces = []
    results = [_result(piece) for piece in pieces]
    whole = [result for result in results if result]
    return (unquoted(named[1]) if named else "", whole) if len(whole) == len(results) else None


def _result(piece: str) -> Result | None:
    found = METHOD.match(piece)
    if found is None:
        return None
    piece, at, properties = piece.rstrip(), found.end(), []
    while at < len(piece):
        one = PROPERTY.match(piece, at)
        if one is None:
            return None
        properties.append(("".join(one[1].split()).lower(), unquoted(one[2])))
        at = one.end()
    return Result(found[1].lower(), found[2].lower(), tuple(properties))
