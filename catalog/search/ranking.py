"""Rank documents by what somebody typed. Pure: documents in, the ones that were found out, best first.

1. Letters are compared without case, accents and punctuation.
2. Every word that was typed is looked for among the words of all documents: the word itself, or one that begins with it
   or, for five letters and more, contains it. Two words in a row count as the one they make ("micro aggressions").
3. Only a word that is found nowhere is taken for a misspelling, and the nearest words stand in for it: one letter away,
   two from eight letters on.
4. A document is found if it has all the words. If none has, and three or more were typed, one of them may be missing.
   Words that say little, such as “the” and “training”, need not be there, but count.
5. A document's place follows from the weight of the fields its words stand in, and from how much of its title was
   typed.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property, lru_cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalog.search.documents import Document, Weight

MOST_WORDS = 8
MOST_CHARACTERS = 100
# Documents, and whole sets of them, whose words are remembered in the process under exactly what they say.
REMEMBERED, REMEMBERED_SETS = 4096, 4

# How good a found word is, by how it was found.
EXACT, SAME_STEM, BEGINS, CONTAINS, MISSPELLED, PART_MISSPELLED = 1.0, 0.95, 0.8, 0.5, 0.6, 0.45
SHORTEST_BEGINNING, SHORTEST_MIDDLE, SHORTEST_MISSPELLED, SHORTEST_PART_MISSPELLED, LONG = 2, 5, 4, 6, 8
# What is added where all that was typed is the title, begins it, or stands in it; and where the whole title was typed.
IS_TITLE, BEGINS_TITLE, IN_TITLE, TITLE_COVERED = 12.0, 5.0, 3.0, 4.0
SAYS_LITTLE = 0.25
ONE_MAY_BE_MISSING = 3

LITTLE_WORDS = frozenset(
    words
    for line in (
        "a about an and any are as at be by for from how i in is it me my of on or our the there to we what when where",
        "which who with you your",
        "class classes course courses event events learn program programs seminar seminars session sessions training",
        "trainings workshop workshops",
    )
    for words in line.split()
)
# Letters that no decomposition takes an accent from.
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
# What is longer than any word is cut into several.
WORD = re.compile(r"[^\W_]{1,40}")
APOSTROPHES = re.compile("['’‘ʼ`]")


def plain(text: str) -> str:
    """Return `text` in small letters, without accents and apostrophes: “Résumé’s” is “resumes”."""
    text = APOSTROPHES.sub("", text).casefold()
    if text.isascii():
        return text
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).translate(PLAIN).casefold()


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of `text` in order, as they are compared."""
    return tuple(WORD.findall(plain(text)))


def stem(word: str) -> str:
    """Return `word` without the ending of a plural: “allies” is “ally”."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


class Prepared(NamedTuple):
    """A document ready to be searched: the words of its title in order, and the largest weight of each of its words."""

    title: tuple[str, ...]
    weights: Mapping[str, int]


@lru_cache(REMEMBERED)
def prepared(document: Document) -> Prepared:
    title = words_of(document.title)
    weights: dict[str, int] = {}
    for weight, text in sorted(((Weight.SUMMARY, document.summary), *document.fields)):
        weights.update(dict.fromkeys(words_of(text), int(weight)))
    # “Well being” is found by “wellbeing”.
    weights.update(dict.fromkeys((*pairs(title), *title), int(Weight.TITLE)))
    return Prepared(title, weights)


def pairs(words: Sequence[str]) -> Iterator[str]:
    """Yield each two words in a row as the one they make."""
    return (one + following for one, following in zip(words, words[1:], strict=False))


class Vocabulary:
    """All words of a set of documents, and which of them are like one that was typed."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.words: frozenset[str] = frozenset().union(*(prepared(document).weights for document in documents))
        self.pieces: dict[int, dict[str, dict[str, list[str]]]] = {}

    @cached_property
    def stems(self) -> Mapping[str, Sequence[str]]:
        found = defaultdict(list)
        for word in self.words:
            found[stem(word)].append(word)
        return found

    def like(self, typed: str) -> dict[str, float]:
        """Return the words that `typed` stands for as it is spelled, each with how good it is."""
        found: dict[str, float] = {}
        if len(typed) >= SHORTEST_MIDDLE:
            found |= {word: CONTAINS for word in self.words if typed in word}
        if len(typed) >= SHORTEST_BEGINNING:
            found |= {word: BEGINS for word in self.words if word.startswith(typed)}
        found |= dict.fromkeys(self.stems.get(stem(typed), ()), SAME_STEM)
        if typed in self.words:
            found[typed] = EXACT
        return found

    def misspelled(self, typed: str) -> dict[str, float]:
        """Return the words that `typed` may be a misspelling of, or of whose beginning or end it may be one."""
        length = len(typed)
        if length < SHORTEST_MISSPELLED or not typed.isalpha():
            return {}
        most = 2 if length >= LONG else 1
        # A misspelled word begins as the right one, or has its first two letters swapped: “dental” is no “mental”.
        choices = {
            piece: words
            for size in range(length - most, length + most + 1)
            for letter in typed[:2]
            for piece, words in self.pieces_of(size).get(letter, {}).items()
            if letter == typed[0] or piece[1] == typed[0]
        }
        near = [
            (word, distance, piece == word)
            for piece, distance, _ in process.extract(
                typed, list(choices), scorer=OSA.distance, score_cutoff=most, limit=None
            )
            for word in choices[piece]
            if piece == word or length >= SHORTEST_PART_MISSPELLED
        ]
        nearest = min((distance for _, distance, _ in near), default=0)
        parts = {word: PART_MISSPELLED for word, distance, _ in near if distance == nearest}
        return parts | {word: MISSPELLED for word, distance, is_whole in near if is_whole and distance == nearest}

    def pieces_of(self, size: int) -> Mapping[str, Mapping[str, list[str]]]:
        """Return by their first letter the beginnings and ends of `size` letters, each with the words that have it."""
        if size not in self.pieces:
            pieces: dict[str, dict[str, list[str]]] = defaultdict(dict)
            for word in self.words:
                if len(word) >= size:
                    for piece in (word[:size], word[-size:]):
                        pieces[piece[0]].setdefault(piece, []).append(word)
            self.pieces[size] = pieces
        return self.pieces[size]


vocabulary = lru_cache(REMEMBERED_SETS)(Vocabulary)


class Term(NamedTuple):
    """The typed words it stands for, by their places, and the words found for it with how good each of them is."""

    covers: tuple[int, ...]
    found: Mapping[str, float]


def terms_of(typed: Sequence[str], known: Vocabulary) -> list[Term]:
    """Return a term for each typed word and for each two in a row. What is found as it is spelled is not misspelled."""
    alone = [Term((place,), known.like(word)) for place, word in enumerate(typed)]
    together = [Term((place, place + 1), known.like(word)) for place, word in enumerate(pairs(typed))]
    spelled = {place for term in (*alone, *together) if term.found for place in term.covers}
    return [
        term if spelled.issuperset(term.covers) else term._replace(found=known.misspelled(word))
        for term, word in zip((*alone, *together), (*typed, *pairs(typed)), strict=True)
    ]


def rank(text: str, documents: Iterable[Document]) -> list[Document]:
    """Return those of `documents` that are found by `text`, the best first; none where it has no letter or digit.

    Of a longer text the first MOST_CHARACTERS characters and MOST_WORDS words count.
    """
    typed = tuple(dict.fromkeys(words_of(text[:MOST_CHARACTERS])))[:MOST_WORDS]
    documents = tuple(documents)
    if not typed:
        return []
    terms = terms_of(typed, vocabulary(documents))
    worth = [(document, worth_of(terms, prepared(document).weights)) for document in documents]
    needed = {place for place, word in enumerate(typed) if word not in LITTLE_WORDS} or set(range(len(typed)))
    found = [(document, values) for document, values in worth if needed <= values.keys()]
    if not found and len(needed) >= ONE_MAY_BE_MISSING:
        found = [(document, values) for document, values in worth if len(needed - values.keys()) == 1]
    words = frozenset(word for term in terms for word in term.found)

    def order(one: tuple[Document, Mapping[int, float]]) -> tuple[float, str, tuple[str, int]]:
        document, values = one
        score = sum(value * (1 if place in needed else SAYS_LITTLE) for place, value in values.items())
        return -score - title_bonus(typed, prepared(document).title, words), document.title, document.key

    return [document for document, _ in sorted(found, key=order)]


def worth_of(terms: Iterable[Term], weights: Mapping[str, int]) -> dict[int, float]:
    """Return what each typed word, by its place, is worth in a document of these weights; those it has, no others."""
    worth: dict[int, float] = {}
    for term in terms:
        for word in term.found.keys() & weights.keys():
            for place in term.covers:
                worth[place] = max(worth.get(place, 0), weights[word] * term.found[word])
    return worth


def title_bonus(typed: Sequence[str], title: Sequence[str], found: Set[str]) -> float:
    """Return what is added because so much of `title` was typed."""
    telling = [word for word in title if word not in LITTLE_WORDS] or title
    bonus = TITLE_COVERED * sum(word in found for word in telling) / (len(telling) or 1)
    text, whole = " ".join(typed), " ".join(title)
    if text == whole:
        return bonus + IS_TITLE
    if whole.startswith(text):
        return bonus + BEGINS_TITLE
    return bonus + IN_TITLE if f" {text}" in f" {whole}" else bonus
