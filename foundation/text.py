"""Numbers in words, and the text of strangers on one line. Pure functions, remembered."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# What turns the direction of writing, in the groups of Unicode.
DIRECTION_MARKS = "\u200e\u200f"
EMBEDDINGS = "\u202a\u202b\u202c\u202d\u202e"
ISOLATES = "\u2066\u2067\u2068\u2069"
# These turn all text that follows them, beyond the field they were typed in.
BIDI_OVERRIDES = EMBEDDINGS + ISOLATES
BIDI_CONTROLS = "\u061c" + DIRECTION_MARKS + BIDI_OVERRIDES
# Dropped from every text; some readers take the last one, the byte order mark, for the file's own.
UNSEEN = BIDI_CONTROLS + "\ufeff"
# Names of people, sessions and places: the mail of one session says the same of them many times.
REMEMBERED = 4096
# What ends a sentence, and what may stand after it.
ENDING, CLOSING = tuple(".!?…:"), "\"'”’»)]"


def ordinal(number: int) -> str:
    """“1st”, “2nd”, “3rd”, “4th”, “11th”."""
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
ORDINALS = ["", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]


def number_words(number: int) -> str:
    """“six”; figures above twelve."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def ordinal_words(number: int) -> str:
    """“sixth”; “11th” above ten."""
    return ORDINALS[number] if 0 < number < len(ORDINALS) else ordinal(number)


def listed(names: Sequence[str]) -> str:
    """“Bias”, “Bias and Belonging”, “Bias, Belonging and Allyship”; empty for none."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def with_full_stop(text: str) -> str:
    """Return what somebody typed so that another sentence can follow it: “Snow.” of “Snow”."""
    said = text.strip()
    return said if not said or said.rstrip(CLOSING)[-1:] in ENDING else f"{said}."


@lru_cache(REMEMBERED)
def one_line(text: str) -> str:
    """Return `text` on one line: breaks and runs of space become a single space; controls, lone surrogates, byte
    order marks and the marks that turn the direction of writing are dropped."""
    letters = (
        letter
        for letter in text
        if letter.isspace() or (unicodedata.category(letter) not in ("Cc", "Cs") and letter not in UNSEEN)
    )
    return " ".join("".join(letters).split())


def shown(text: str) -> str:
    """Return what somebody typed so that it can be repeated on one line: short, and printable throughout."""
    text = text if len(text) <= 60 else text[:59] + "…"
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
