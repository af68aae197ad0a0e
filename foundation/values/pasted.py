"""Read e-mail addresses out of pasted text, in any form a mail program or a spreadsheet writes them. Pure."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from django.core.exceptions import ValidationError

from foundation.values.addresses import read_address
from foundation.values.lines import without_invisible

LOOK_ALIKES = str.maketrans({"＠": "@", "，": ",", "；": ";", "“": '"', "”": '"', "‹": "<", "›": ">"})
QUOTED_NAME = re.compile(r'"[^"\n]*"\s*(?=<)')
BEFORE_ANGLE = re.compile(r"(?<!\s)\s+(?=<)")
COMMENT = re.compile(r"\([^()@]*\)")
ANGLES = re.compile(r"<([^<>]*)>")
AROUND = "<>()[]{}\"'`‘’.:*•·–—-"


class Pasted(NamedTuple):
    """What a text holds: `addresses`, in lower case and each once, and `wrong`, the pieces that are no address."""

    addresses: list[str]
    wrong: list[str]


def read_addresses(text: str) -> Pasted:
    """Return the addresses in `text`, in their order; commas, semicolons and lines separate them.

    Words before an address are its name: “Doe, Jane <jane@example.edu>”. “mailto:” and what follows “?” in such a link
    are left off. Nothing is dropped unsaid: what is neither an address nor a name stands in `wrong`.
    """
    text = without_invisible(text).translate(LOOK_ALIKES)
    text = COMMENT.sub(" ", BEFORE_ANGLE.sub(" ", QUOTED_NAME.sub("", text)))
    addresses: dict[str, None] = {}
    wrong: dict[str, None] = {}
    for chunk in re.split(r"[;\r\n\v\f\x85\u2028\u2029]+", text):
        for piece in _pieces(chunk):
            try:
                addresses.setdefault(read_address(_bare(piece)))
            except ValidationError:
                wrong.setdefault(piece.strip() or "<>")
    return Pasted(list(addresses), list(wrong))


def _pieces(chunk: str) -> Iterator[str]:
    """Yield what should each be one address. Names in front of angle brackets are left out."""
    rest = 0
    for found in ANGLES.finditer(chunk):
        before = chunk[rest : found.start()]
        # A name may hold a comma; only what has an @ of its own is another address.
        for part in before.split(","):
            if "@" in part:
                yield from _words(part, named=True)
        yield from found[1].split(",")
        rest = found.end()
    for part in chunk[rest:].split(","):
        yield from _words(part)


def _words(part: str, named: bool = False) -> Iterator[str]:
    """Yield the addresses of a part without brackets; `named` if its last words are the name of what follows."""
    part = part.strip()
    words = ("@".join(side.strip() for side in part.split("@")) if part.count("@") == 1 else part).split()
    found = [index for index, word in enumerate(words) if "@" in word]
    if not found:
        if part.strip(AROUND + " "):
            yield part
        return
    for index in found:
        yield words[index]
    after = " ".join(words[found[-1] + 1 :])
    if after.strip(AROUND) and not named:
        yield after


def _bare(piece: str) -> str:
    """Return the bare address of a piece like “mailto:Jane@Example.edu?subject=Hello” or “<jane@example.edu>.”"""
    bare = piece.strip().strip(AROUND)
    if bare.lower().startswith("mailto:"):
        bare = unquote(bare[len("mailto:") :].partition("?")[0]).strip().strip(AROUND)
    return bare
