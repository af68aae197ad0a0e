"""Take a received mail apart into its headers and parts (RFC 5322, RFC 2045 to 2047), whatever its bytes are.

The parsers of the standard library are not used: they go over the same bytes again for every part that holds others
and for every semicolon of a header, so a mail of 1 MB can cost a minute. Here each byte is read once for each level of
parts, and there are at most DEEPEST levels.
"""

import binascii
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from foundation.text import one_line
from notifications.replies.structured import split_at, unquoted, without_comments

MOST_HEADER_BYTES = 64 * 1024  # of all headers of one part
LONGEST_HEADER = 2000  # characters, of a header that is not weighed as a whole
DEEPEST = 8
MOST_PARTS = 100
HEAD_END = re.compile(rb"(?:\A|\n)\r?\n")
HEADER = re.compile(r"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
TYPE = re.compile(r"\s*([\w.+-]+)\s*/\s*([\w.+-]+)\s*", re.ASCII)
# Some charsets of Python take a time that grows with the square of the text.
CHARSETS = re.compile(r"(us-ascii|utf-?(8|16|32)|iso-?8859|windows|cp|koi8|gb|big5|euc|shift|iso-2022)[\w-]*", re.I)
NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))

# What strangers write is not remembered, as names are: it would push these out, and may be long.
line_of = one_line.__wrapped__


class TooManyParts(ValueError):
    """A mail has more parts, or parts nested deeper, than anybody's answer. The words are a sentence for the office."""


@dataclass(frozen=True)
class Part:
    """A mail, or one part of it: `headers` by name in lower case, unfolded and in order, and the bytes behind them."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Return the values of all headers of that name as they came, the topmost first."""
        return [value for known, value in self.headers if known == name.lower()]

    def first(self, name: str) -> str:
        """Return the topmost header of that name on one line, at most LONGEST_HEADER characters, or ""."""
        return next((line_of(value[:LONGEST_HEADER]) for value in self.all(name)), "")

    def word(self, name: str) -> str | None:
        """Return the first word of a header in lower case, without comments and parameters; "" where there is none.

        None where the header cannot be read.
        """
        words = without_comments(self.first(name))
        return None if words is None else split_at(";", words)[0].strip().lower()

    @cached_property
    def type(self) -> str:
        """The type in lower case, such as `text/calendar`; `text/plain` where none can be read."""
        found = TYPE.match(without_comments(self.first("Content-Type")) or self.first("Content-Type"))
        return f"{found[1]}/{found[2]}".lower() if found else "text/plain"

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The parameters of the type by name in lower case."""
        return _parameters(self.first("Content-Type"))

    @property
    def file_name(self) -> str:
        """The name the part has as a file, or ""."""
        return _parameters(self.first("Content-Disposition")).get("filename", "") or self.parameters.get("name", "")

    @cached_property
    def content(self) -> bytes:
        """The bytes of the part, freed from their encoding for transport; what is wrong in it is passed over."""
        encoding = self.word("Content-Transfer-Encoding")
        if encoding == "base64":
            letters = self.body.translate(None, NOT_BASE64)
            return binascii.a2b_base64(letters[: len(letters) - (len(letters) % 4 == 1)] + b"==")
        return binascii.a2b_qp(self.body) if encoding == "quoted-printable" else self.body

    def texts(self) -> Iterator[str]:
        """Yield what the content reads as: in the charset it says, and then in others it may have been written in."""
        stated = self.parameters.get("charset", "")
        for charset in (stated if CHARSETS.fullmatch(stated) else "utf-8", "utf-8", "utf-16", "latin-1"):
            with contextlib.suppress(LookupError, ValueError):
                yield self.content.decode(charset).replace("\0", "")

    @property
    def inside(self) -> "list[Part]":
        """The parts of a multipart (RFC 2046 section 5.1); none where it holds none or does not say what parts them."""
        boundary = self.parameters.get("boundary", "").rstrip()
        if not self.type.startswith("multipart/") or not boundary:
            return []
        return [part_of(piece) for piece in _split(self.body, boundary.encode("utf-8", "surrogateescape"))]


def lines_of(text: str, most: int) -> str:
    """Return hostile text as lines without controls, at most `most` characters."""
    lines = (line_of(line) for line in text[: 4 * most].splitlines())
    return "\n".join(filter(None, lines))[:most]


def mail_of(raw: bytes) -> Part:
    """Return a whole mail. Where its first line ends with CR CR LF, as some programs write, every line does."""
    first = raw[: max(raw.find(b"\n"), 0)]
    return part_of(raw.replace(b"\r\r\n", b"\r\n") if first.endswith(b"\r\r") else raw)


def part_of(raw: bytes) -> Part:
    """Return a part from its bytes. Of its headers no more than MOST_HEADER_BYTES are read."""
    end = HEAD_END.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    return Part(tuple(_headers(head[:MOST_HEADER_BYTES])), body)


def head_is_too_long(raw: bytes) -> bool:
    """Tell whether the headers of a mail take more than MOST_HEADER_BYTES."""
    return HEAD_END.search(raw, 0, MOST_HEADER_BYTES + 4) is None and len(raw) > MOST_HEADER_BYTES


def leaves(mail: Part, not_opened: tuple[str, ...] = ()) -> Iterator[Part]:
    """Yield the parts that hold something themselves, in order, and the multiparts of a type in `not_opened`.

    A mail within the mail is one part and not opened. Raises TooManyParts.
    """
    waiting, count = [(mail, 1)], 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if depth > DEEPEST:
            raise TooManyParts(f"Its parts are nested more than {DEEPEST} deep.")
        if count > MOST_PARTS:
            raise TooManyParts("It has too many parts.")
        inside = [] if part.type in not_opened else part.inside
        if inside:
            waiting += [(inner, depth + 1) for inner in reversed(inside)]
        else:
            yield part


def _headers(head: bytes) -> Iterator[tuple[str, str]]:
    """Yield each header by name in lower case, unfolded. A line that is no header is passed over: headers follow it."""
    name, lines = "", list[str]()
    for line in head.decode("utf-8", "surrogateescape").split("\n"):
        if line[:1] in (" ", "\t"):
            lines.append(line)
            continue
        if name:
            yield name, " ".join(lines)
        found = HEADER.fullmatch(line)
        name, lines = (found[1].lower(), [found[2]]) if found else ("", [])
    if name:
        yield name, " ".join(lines)


def _parameters(value: str) -> dict[str, str]:
    """Return the parameters of a header by name in lower case; of a name given twice, the first.

    A value in several pieces, and one that says its charset (RFC 2231), is put together.
    """
    found: dict[str, str] = {}
    words = without_comments(value)
    for piece in split_at(";", value if words is None else words)[1:]:
        written, sign, content = piece.partition("=")
        name, _, number = written.strip().lower().partition("*")
        content = unquoted(content.strip())
        if written.rstrip().endswith("*"):
            content = unquote(content.rpartition("'")[2])
        if number.rstrip("*") not in ("", "0"):
            found[name] = found.get(name, "") + content
        elif sign and name:
            found.setdefault(name, content)
    return found


def _split(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """Yield what stands between the lines of `boundary`; the last piece ends with the body where no line ends it."""
    mark, body = b"\n--" + boundary, b"\n" + body
    begin, at, count = -1, body.find(mark), 0
    while at >= 0 and count <= MOST_PARTS:
        end = body.find(b"\n", at + len(mark))
        end = len(body) if end < 0 else end
        behind = body[at + len(mark) : end].rstrip()
        if behind in (b"", b"--"):
            if begin >= 0:
                count += 1
                yield body[begin:at]
            begin = -1 if behind else min(end + 1, len(body))
            if behind:
                return
        at = body.find(mark, end)
    if begin >= 0 and count <= MOST_PARTS:
        yield body[begin:]
