"""Names and titles: one line in any script, in the one form in which it is stored and compared.

No character that nobody sees makes a second title of one that reads the same. Those are dropped, but for the few that
change what is seen: joiners where the letters of Arabic or of a script of India would join otherwise and between the
parts of an emoji, and the marks that choose the form of an emoji or of a Han character.
"""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from foundation.text import BIDI_OVERRIDES, DIRECTION_MARKS

NOT_PRINTABLE = "Enter this on one line, without control characters"
NOT_READABLE = "Enter something that can be read"

# Unicode's Default_Ignorable_Code_Point, and what else is drawn as nothing, without the marks that turn the direction.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff" + DIRECTION_MARKS
)
# Letters that are drawn as a blank.
BLANKS = dict.fromkeys(map(ord, "\u2800\u3164\uffa0"), " ")
EMOJI = "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u27ff\u2900-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
ARABIC = "\u0620-\u074a\u0750-\u077f\u08a0-\u08c9"
# Letters of Arabic that are never joined to the next one: after them a joiner changes nothing.
RIGHT_JOINING = (
    "\u0622-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0673\u0675-\u0677\u0688-\u0699\u06c0\u06c3-\u06cb\u06cd\u06cf"
    "\u06d2\u06d3\u06d5\u06ee\u06ef"
)
# The signs of the scripts of India that take the vowel off a letter and join it to the next (combining class 9).
VIRAMAS = "".join(chr(code) for code in range(0x900, 0x12000) if unicodedata.combining(chr(code)) == 9)
HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
# In this order: flags of regions, styles of an emoji, keycaps, forms of a Han character, joiners.
SEEN = "|".join(
    [
        "(?<=\U0001f3f4)[\U000e0020-\U000e007e]+\U000e007f",
        f"(?<=[{EMOJI}])[\ufe0e\ufe0f]",
        "(?<=[0-9#*])\ufe0f(?=\u20e3)",
        f"(?<=[{HAN}])[\ufe00-\ufe02\U000e0100-\U000e01ef]",
        f"(?:(?<=[{EMOJI}])|(?<=[{EMOJI}]\ufe0f))\u200d(?=[{EMOJI}])",
        f"(?<=[{VIRAMAS}])[\u200c\u200d]",
        f"\u200d(?=[{VIRAMAS}])",
        f"(?<=[{ARABIC}])(?<![{RIGHT_JOINING}])\u200c(?=[{ARABIC}])",
        "(?<=[\u1820-\u18aa])[\u180b-\u180f]",
    ]
)
UNMEANT = re.compile(f"({SEEN})|[{INVISIBLE}]")
NEVER_SEEN = re.compile(f"[{INVISIBLE}{BIDI_OVERRIDES}]")


def plain_line(text: str) -> str:
    """Return `text` as it is stored: composed (NFC), without what nobody sees, with single spaces between words."""
    return " ".join(unicodedata.normalize("NFC", UNMEANT.sub(r"\1", text)).translate(BLANKS).split())


def line_key(text: str) -> str:
    """Return what all spellings of one line share: neither case nor spacing counts, nor any character nobody sees."""
    return " ".join(unicodedata.normalize("NFC", without_invisible(text)).translate(BLANKS).split()).casefold()


def without_invisible(text: str) -> str:
    """Return `text` without any character that nobody sees, for what needs none: addresses, links, dates, numbers."""
    return NEVER_SEEN.sub("", text)


def read_line(text: str) -> str:
    """Return the plain form of one typed line; "" for a line of nothing but space and what nobody sees.

    Raises ValidationError for line breaks, control characters, halves of characters, and marks that turn the direction
    of all that follows: each could forge what is printed. And for marks that belong to a letter, without one.
    """
    if any(_breaks_the_line(letter) for letter in text):
        raise ValidationError(NOT_PRINTABLE, code="not_printable")
    line = plain_line(text)
    if line and all(unicodedata.category(letter) in ("Mn", "Me", "Cf", "Zs") for letter in line):
        raise ValidationError(NOT_READABLE, code="not_readable")
    return line


def _breaks_the_line(letter: str) -> bool:
    is_control = unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") and letter != "\t"
    return is_control or letter in BIDI_OVERRIDES


class OneLineField(forms.CharField):
    """One line of text in any script, in its plain form. Refuses what `read_line` refuses."""

    def to_python(self, value: Any) -> Any:
        return read_line(super().to_python(value) or "")


class LineField(models.CharField):
    """One line of text in a row. A migration knows it as the CharField it is in the database."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Return the plain line. Raises ValidationError for what `read_line` refuses."""
        return super().clean(read_line(value) if isinstance(value, str) else value, model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": OneLineField} | kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
