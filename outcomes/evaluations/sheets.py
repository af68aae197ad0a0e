"""The sheets that people hand in: sealed together while an evaluation is open, and counted when it closes.

A sheet is a list with the answer to each question in order: the number of the chosen answer or step (from 0), two such
numbers for an objective (before, now), words, or None and "" for what was left out. Nothing else is in it.
"""

import json
from random import SystemRandom
from typing import Any

from accounts.sealed import ACCESS_NEEDS
from outcomes.evaluations.questions import STEPS, Kind, Question

Sheet = list[Any]
# A sheet takes as much room as any other in the seal: most do with one of these. So how much a seal grows does not
# tell how much the last person wrote.
ROOM = 2048

_random = SystemRandom()


def seal_together(sheets: list[Sheet]) -> str:
    """Return `sheets` in one seal, in an order of chance. Nothing in it can be told apart without the key."""
    shuffled = _random.sample(sheets, len(sheets))
    return ACCESS_NEEDS.seal("\n".join(_padded(json.dumps(sheet)) for sheet in shuffled))


def unseal_together(sealed: str) -> list[Sheet]:
    """Return the sheets of `seal_together`. Raises accounts.sealed.Unreadable if no key opens it."""
    return [json.loads(line) for line in ACCESS_NEEDS.unseal(sealed).split("\n") if line]


def _padded(line: str) -> str:
    return line.ljust(-(-len(line) // ROOM) * ROOM)


def count(questions: list[Question], sheets: list[Sheet]) -> list[dict[str, Any]]:
    """Return what is kept of `sheets`, question by question, so that no two answers of one sheet are side by side.

    `counts` of each choice or step; `pairs`, for an objective, with how many said each step before (the row) and now
    (the column); or `words`, in the order of the alphabet, which says nothing of who wrote first.
    """
    return [_counted(question, [sheet[at] for sheet in sheets]) for at, question in enumerate(questions)]


def _counted(question: Question, answers: list[Any]) -> dict[str, Any]:
    if question.kind == Kind.WORDS:
        return {"words": in_alphabet([words for words in answers if words])}
    if question.kind == Kind.PAIR:
        given = [tuple(pair) for pair in answers if pair]
        steps = range(len(STEPS))
        return {"pairs": [[given.count((before, now)) for now in steps] for before in steps]}
    options = range(len(question.choices) or len(STEPS))
    return {"counts": [answers.count(option) for option in options]}


def in_alphabet(words: list[str]) -> list[str]:
    """Return `words` in an order that says nothing of who wrote first."""
    return sorted(words, key=lambda each: (each.casefold(), each))


def complete(questions: list[Question], sheets: list[Sheet]) -> int:
    """Return how many of `sheets` rate every objective twice, before and now."""
    pairs = [at for at, question in enumerate(questions) if question.kind == Kind.PAIR]
    return sum(all(sheet[at] and None not in sheet[at] for at in pairs) for sheet in sheets)
