"""Placeholders in the office's own words for a kind of mail: each is the name of a fact in braces.

Nothing in a wording is run: a placeholder is exchanged for its fact and that is all. The frame around the words stays:
the greeting, the session's details, the buttons, the way out and the signature. So no wording can lose those.
"""

import re
import unicodedata
from collections.abc import Mapping

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from foundation.text import BIDI_CONTROLS
from notifications.models.kind import STANDARD_WORDS, Kind

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
LINK = re.compile(r".*_url")
LINE_BREAK = re.compile(r"\r\n?|\n")

IN_EVERY_KIND = {
    "title": "the title of the workshop",
    "day": "the first day of the session, short: Tue May 14",
    "long_day": "the same in full: Tuesday, May 14",
    "decided_day": "the day by which it is decided whether the session takes place",
    "count": "how many had registered",
    "minimum": "how many the session needs",
    "office_name": "the name of the office",
    "institution_name": "the name of the institution",
}
LINKS = {
    "session_url": "the link to the session’s page",
    "workshop_url": "the link to the workshop’s page",
}
ALL_THE_SAME = {STANDARD_WORDS: "the standard words, as they would stand here"}


class Unusable(Exception):
    """A wording cannot be used for a mail; `str(error)` says why, for the office."""


def in_subject(kind: Kind) -> Mapping[str, str]:
    """Return the placeholders of a subject, each with what it stands for."""
    return IN_EVERY_KIND if kind.subject_placeholders is None else kind.subject_placeholders


def in_words(kind: Kind) -> dict[str, str]:
    """Return the placeholders of the words, each with what it stands for."""
    links = LINKS if kind.subject_placeholders is None else {}
    return {**in_subject(kind), **links, **kind.placeholders, **ALL_THE_SAME}


def names_title(kind: Kind) -> bool:
    """Tell whether the subject must hold the title: people get mail about several workshops."""
    return "title" in in_subject(kind)


def problems(kind: Kind, subject: str, words: str) -> dict[str, list[str]]:
    """Return what is wrong with a wording: sentences by field (subject, words). An empty text means the standard."""
    found = {"subject": _misplaced(subject, in_subject(kind)), "words": _misplaced(words, in_words(kind))}
    if any(_is_control(character) for character in subject):
        found["subject"].append("The subject is one line, without control characters.")
    if any(_is_control(character) for character in words if character not in "\r\n\t"):
        found["words"].append("The words hold a control character.")
    if subject.strip() and names_title(kind) and "title" not in PLACEHOLDER.findall(subject):
        found["subject"].append("The subject must hold {title}: people get mail about several workshops.")
    missing = kind.required - set(PLACEHOLDER.findall(words))
    if words.strip() and missing and STANDARD_WORDS not in PLACEHOLDER.findall(words):
        names = " and ".join(f"{{{name}}}" for name in sorted(missing))
        instead = "" if missing == {STANDARD_WORDS} else f", or {{{STANDARD_WORDS}}}"
        found["words"].append(f"The words must hold {names}{instead}: people rely on it.")
    return {field: sentences for field, sentences in found.items() if sentences}


def _misplaced(text: str, known: Mapping[str, str]) -> list[str]:
    unknown = [name for name in dict.fromkeys(PLACEHOLDER.findall(text)) if name not in known]
    sentences = [f"There is no placeholder {{{name}}} here. There are: {_listed(known)}." for name in unknown]
    if any(brace in PLACEHOLDER.sub("", text) for brace in "{}"):
        sentences.append("A brace stands alone. Braces are only for placeholders, as in {title}.")
    return sentences


def _listed(known: Mapping[str, str]) -> str:
    return ", ".join(f"{{{name}}}" for name in known)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in BIDI_CONTROLS


def fill(text: str, facts: Mapping[str, object]) -> str:
    """Return `text` with each placeholder exchanged for its fact. Raises Unusable where a fact is missing."""
    filled = PLACEHOLDER.sub(lambda found: _fact(found[1], facts), text).strip()
    if not filled:
        raise Unusable("Nothing is left of it once the placeholders are filled in.")
    return filled


def fill_html(text: str, facts: Mapping[str, object]) -> SafeString:
    """Return the same as HTML: all of it escaped, URLs as links, a <br> for each line break. Raises Unusable."""
    parts = []
    for position, part in enumerate(PLACEHOLDER.split(text.strip())):
        if position % 2 == 0:
            parts.append(escape(part))
        elif LINK.fullmatch(part):
            parts.append(format_html('<a href="{0}" style="color:#0f5147;">{0}</a>', escape(_fact(part, facts))))
        else:
            parts.append(escape(_fact(part, facts)))
    return mark_safe(LINE_BREAK.sub("<br>", "".join(parts)))


def _fact(name: str, facts: Mapping[str, object]) -> str:
    fact = facts.get(name)
    if fact is None or fact == "":
        raise Unusable(f"This mail knows nothing for {{{name}}}.")
    return str(fact)
