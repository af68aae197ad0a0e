"""Take a structured header apart (RFC 5322 section 3.2): comments, quoted strings, and what stands between them.

Everything is one pass over the text: strangers write it, and may write much of it.
"""

import re

QUOTED = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
OUTSIDE = re.compile(rf'[^"()\\]++|{QUOTED}|[()]', re.DOTALL)
INSIDE = re.compile(r"[^()\\]++|\\.|[()]", re.DOTALL)
QUOTED_STRING = re.compile(rf'({QUOTED})|"(.*+)', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def without_comments(text: str) -> str | None:
    """Return `text` with a space for each comment (RFC 5322 section 3.2.2), which may hold comments itself.

    A parenthesis inside a quoted string begins no comment, and a quotation mark inside a comment no quoted string.
    Returns None where one of both has no end, or where something is escaped outside of both.
    """
    outside, depth, at = [], 0, 0
    while at < len(text):
        token = (INSIDE if depth else OUTSIDE).match(text, at)
        if token is None:
            return None
        at = token.end()
        if token[0] == "(":
            depth += 1
        elif token[0] == ")":
            depth -= 1
            if depth < 0:
                return None
            if not depth:
                outside.append(" ")
        elif not depth:
            outside.append(token[0])
    return None if depth else "".join(outside)


def split_at(mark: str, text: str) -> list[str]:
    """Return the pieces of `text` between the places where `mark`, one character, stands outside a quoted string.

    A quoted string without its end is taken to end with the text.
    """
    piece = re.compile(rf'(?:[^"{mark}]++|{QUOTED}|".*+)*+', re.DOTALL)
    pieces, at = [], -1
    while at < len(text):
        found = piece.match(text, at + 1)
        if found is None:
            break
        pieces.append(found[0])
        at = found.end()
    return pieces


def unquoted(text: str) -> str:
    """Return `text` without the marks of its quoted strings and without their escapes."""
    return QUOTED_STRING.sub(lambda found: ESCAPED.sub(r"\1", found[1][1:-1] if found[1] else found[2]), text)
