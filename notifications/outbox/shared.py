"""What all readers of a session share in their mail is rendered once, and what is one's own is put in by named places.

Of the twenty and more values that a mail names, its readers differ in six: their name, and links of their own. A mail
is rendered with a token in the place of each; every later mail with the same other values is that one, with its own
values in these places. Nothing outlives the Notices that were claimed together: what is read once for all of them is
the same for all of them, and after them it is read and rendered once more.
"""

import logging
import re
from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Model
from django.template import Context, Engine, TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString

from notifications.models import Wording, placeholders
from notifications.models.placeholders import STANDARD_WORDS

logger = logging.getLogger(__name__)

# The values in which the readers of a session differ. Templates write them out, or ask whether they are there.
PLACES = ("name", "registration_url", "withdrawal_url", "choose_url", "pre_work_url", "seat_url")
# Of Unicode's private use. The ampersand shows whether the place is escaped.
OPEN, CLOSE = "\ue000", "\ue001"
PLACE = re.compile(f"{OPEN}([a-z_]+)(&amp;|&){CLOSE}")
BLANK_LINES = re.compile(r"\n\s*\n")
MOST_SUBJECT = 255


class Words(NamedTuple):
    """What a mail says: its subject, its plain text and its HTML."""

    subject: str
    text: str
    html: str


class Unshared(Exception):
    """A mail names a value that cannot be compared with another's."""


def words_of(kind: str, context: Mapping[str, Any], of_subject: Mapping[str, Any], wording: Wording | None) -> Words:
    """Return what a mail of `kind` says, in the office's own words where `wording` has some: the long way.

    `of_subject` is what the subject says otherwise than the mail. Raises placeholders.Unusable.
    """
    folder = f"notifications/{kind}"
    if wording and wording.subject:
        subject = placeholders.fill(wording.subject, {**context, **of_subject})
    else:
        subject = render_to_string(f"{folder}/subject.txt", {**context, **of_subject})
    subject = " ".join(subject.split())[:MOST_SUBJECT]
    context = {**context, "subject": subject}
    if wording and wording.words:
        facts = context | {STANDARD_WORDS: standard_words(kind, context)}
        context |= {
            "own_text": placeholders.fill(wording.words, facts),
            "own_html": placeholders.fill_html(wording.words, facts),
        }
    text = BLANK_LINES.sub("\n\n", render_to_string(f"{folder}/body.txt", context)).strip() + "\n"
    return Words(subject, text, render_to_string(f"{folder}/body.html", context))


def standard_words(kind: str, context: dict[str, Any]) -> str:
    """Return what the standard mail of `kind` says first, as plain text. Raises Unusable where it has none."""
    try:
        template = Engine.get_default().get_template(f"notifications/{kind}/_words.txt")
    except TemplateDoesNotExist:
        raise placeholders.Unusable("This mail has no standard words to repeat.") from None
    return " ".join(template.render(Context(context, autoescape=False)).split())


class Shared:
    """The mails that were rendered for Notices claimed together, each with places for what is one's own."""

    def __init__(self) -> None:
        # None for what was asked for once: most mail has one reader.
        self._letters: dict[Hashable, Words | None] = {}
        self._alone: set[Hashable] = set()
        # A model is the same while it is this very object, which therefore must not go.
        self._models: dict[int, Model] = {}

    def words_of(
        self, kind: str, context: Mapping[str, Any], of_subject: Mapping[str, Any], wording: Wording | None
    ) -> Words:
        """Return exactly what the function `words_of` returns."""
        own = {name: context[name] for name in PLACES if context.get(name)}
        key = self._key(kind, context, own, of_subject, wording)
        if key is None or key in self._alone:
            return words_of(kind, context, of_subject, wording)
        letter = self._letters.get(key)
        if letter is not None:
            return _filled(letter, own)
        words = words_of(kind, context, of_subject, wording)
        if key not in self._letters:
            self._letters[key] = None
            return words
        letter = words_of(kind, {**context, **{name: f"{OPEN}{name}&{CLOSE}" for name in own}}, of_subject, wording)
        if OPEN in letter.subject or _filled(letter, own) != words:
            # It says of somebody what hangs on more than what stands in its places.
            logger.error("%s mail is rendered for each reader: its places do not hold all that is theirs", kind)
            self._alone.add(key)
        else:
            self._letters[key] = letter
        return words

    def _key(
        self,
        kind: str,
        context: Mapping[str, Any],
        own: Mapping[str, Any],
        of_subject: Mapping[str, Any],
        wording: Wording | None,
    ) -> Hashable | None:
        """Return what a mail is remembered under: all but the values in its places. None where it has to be alone."""
        # The office's words are shortened for the preview, at a letter that depends on what is in them.
        if wording and wording.words and any(f"{{{name}}}" in wording.words for name in (*PLACES, STANDARD_WORDS)):
            return None
        if not all(_is_plain(value) for value in own.values()):
            return None
        others = {name: value for name, value in context.items() if name not in own}
        try:
            return kind, tuple(own), self._frozen(others), self._frozen(of_subject), id(wording)
        except Unshared:
            return None

    def _frozen(self, value: Any) -> Hashable:
        if isinstance(value, str | int | float | bool | date | None):
            return type(value), value
        if isinstance(value, Mapping):
            return tuple((name, self._frozen(each)) for name, each in value.items())
        if isinstance(value, list | tuple):
            return tuple(map(self._frozen, value))
        if isinstance(value, Model):
            self._models[id(value)] = value
            return id(value)
        raise Unshared


def _is_plain(value: Any) -> bool:
    """Tell whether a value stands in a mail as it is, but for being escaped: on one line, with single blanks."""
    if not isinstance(value, str) or isinstance(value, SafeString):
        return False
    return value.isprintable() and value == " ".join(value.split())


def _filled(letter: Words, own: Mapping[str, str]) -> Words:
    escaped = {name: str(escape(value)) for name, value in own.items()}

    def its(place: re.Match[str]) -> str:
        return (own if place[2] == "&" else escaped)[place[1]]

    return Words(letter.subject, PLACE.sub(its, letter.text), PLACE.sub(its, letter.html))
