"""Read people out of pasted lines: a name, an address, or both, as mail programs and spreadsheets write them. Pure."""

import re
from typing import NamedTuple

from django.core.exceptions import ValidationError

from foundation.text import shown
from foundation.values.addresses import ADDRESS_WRONG
from foundation.values.lines import read_line, without_invisible
from foundation.values.pasted import LOOK_ALIKES, read_addresses

BREAKS = re.compile(r"[;\r\n\v\f\x85\u2028\u2029]+")
ADDRESS = re.compile(r"\S*@\S*")
AROUND = " \t,<>()[]\"'“”‘’:*•·–—-"
LONGEST_NAME = 120


class Pasted(NamedTuple):
    """One person as pasted: `typed` is the line for the page, and `problem` what is wrong with it, in a sentence."""

    typed: str
    name: str = ""
    address: str = ""
    problem: str = ""


def read_people(text: str) -> list[Pasted]:
    """Return the people in `text`, in its order: lines and semicolons separate them, and so do commas addresses."""
    found = []
    for line in BREAKS.split(text):
        if line.strip():
            found += _people_in(line)
    return found


def _people_in(line: str) -> list[Pasted]:
    typed = shown(" ".join(line.split()))
    plain = without_invisible(line).translate(LOOK_ALIKES)
    if "@" not in plain:
        return [_named(typed, plain)]
    addresses = read_addresses(plain).addresses
    if not addresses:
        return [Pasted(typed, problem=f"{typed} is no address. {ADDRESS_WRONG}")]
    if len(addresses) > 1:
        return [Pasted(address, address=address) for address in addresses]
    try:
        return [
            Pasted(typed, _in_order(read_line(ADDRESS.sub(" ", plain.replace("\t", " "))).strip(AROUND)), addresses[0])
        ]
    except ValidationError:
        return [Pasted(typed, address=addresses[0])]


def _named(typed: str, plain: str) -> Pasted:
    try:
        name = _in_order(read_line(plain).strip(AROUND))
    except ValidationError as wrong:
        return Pasted(typed, problem=f"{typed} is no name. {wrong.messages[0]}.")
    if not name:
        return Pasted(typed, problem="This line names nobody.")
    return Pasted(typed, name)


def _in_order(name: str) -> str:
    """Return “Jane Doe” of “Doe, Jane”, at most as long as a name may be."""
    last, comma, first = name.partition(",")
    if comma and "," not in first:
        name = f"{first.strip(AROUND)} {last.strip(AROUND)}".strip()
    return name[:LONGEST_NAME].strip()
