"""Read one cell of a schedule: each function takes its text, and raises ValueError with a sentence for the row."""

import re
from collections.abc import Iterator
from typing import cast

from django.core.exceptions import ValidationError

from catalog.models import Format, Workshop
from foundation.text import shown
from foundation.values.addresses import read_address
from foundation.values.lines import NOT_READABLE, read_line
from foundation.values.links import read_link
from foundation.values.zones import read_zone
from sessions_app.models import Meeting

MOST_SEATS = 32767  # what a PositiveSmallIntegerField holds
TITLE_LENGTH = cast(int, Workshop._meta.get_field("title").max_length)
NAME_LENGTH = 150  # what a name in the attendance holds
CODE = re.compile(r"[a-z0-9]{8}")
LINK_LENGTH = cast(int, Meeting._meta.get_field("join_link").max_length)
FORMATS = {
    words.casefold(): value for value, label in Format.choices for words in (value, value.replace("_", " "), label)
}


def title_of(text: str) -> str:
    """Return the title of a workshop, as it is kept."""
    try:
        title = read_line(text)
    except ValidationError as error:
        if error.message == NOT_READABLE:
            raise ValueError("The title has no letter that can be read. Type it again.") from None
        raise ValueError("The title contains a control character, such as NUL. Type it again.") from None
    if not title:
        raise ValueError("The workshop has no title.")
    if len(title) > TITLE_LENGTH:
        raise ValueError(f"The title has {len(title)} characters. Shorten it to {TITLE_LENGTH}.")
    return title


def zone_named(name: str) -> str:
    """Return the IANA zone of this name."""
    try:
        return read_zone(name)
    except ValidationError as error:
        raise ValueError(error.message) from None


def format_of(text: str) -> str:
    """Return the format that is named, by its value or by its words; "" where the cell says nothing."""
    if not text:
        return ""
    if text.casefold() not in FORMATS:
        raise ValueError(
            f"“{shown(text)}” is not a format. Write {', '.join(Format.values[:-1])} or {Format.values[-1]}."
        )
    return FORMATS[text.casefold()]


def number_of(text: str, column: str, least: int = 1) -> int | None:
    """Return a number of people, None where the cell says nothing."""
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", text) or not least <= int(text) <= MOST_SEATS:
        raise ValueError(f"“{shown(text)}” is no number of people for “{column}”. Write a whole number from {least}.")
    return int(text)


def code_of(text: str) -> str:
    """Return the code of a session as typed, or out of the address of its page."""
    code = text.rstrip("/").rpartition("/")[2].casefold()
    if code and not CODE.fullmatch(code):
        raise ValueError(f"“{shown(text)}” is not the code of a session: eight letters and digits, from its address.")
    return code


def names_of(text: str) -> Iterator[str]:
    """Yield the names in a cell, with semicolons between them."""
    for part in filter(None, (part.strip() for part in text.split(";"))):
        try:
            yield read_line(part)
        except ValidationError:
            raise ValueError(f"“{shown(part)}” is not a name.") from None


def attendees_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield the people in a cell, with semicolons between them: “Ada Okafor”, an address, or both."""
    for part in names_of(text):
        name, address = part, ""
        if "@" in part:
            before, _, last = part.rpartition(" ")
            name, address = before.strip(), last.strip("<>()")
            try:
                address = read_address(address)
            except ValidationError:
                raise ValueError(f"“{shown(last)}” is not an e-mail address. Write it like name@school.edu.") from None
        if len(name) > NAME_LENGTH:
            raise ValueError(f"“{shown(name)}” is too long for a name. Put semicolons between people.")
        yield name, address


def link_of(text: str) -> str:
    """Return the link to join; "" where the cell says nothing."""
    if not text:
        return ""
    if len(text) > LINK_LENGTH:
        raise ValueError(f"The link has {len(text)} characters. Shorten it to {LINK_LENGTH}.")
    try:
        return read_link(text)
    except ValidationError:
        if not text.isprintable():
            raise ValueError(f"“{shown(text)}” contains a character no link has. Copy the link again.") from None
        raise ValueError(f"“{shown(text)}” is not a link. It starts with https://.") from None
