"""The questions of an evaluation: read from the workshop when it opens, and kept as they were from then on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.db import models

from catalog.models import Workshop


class Kind(models.TextChoices):
    """What is answered: one of some choices, twice a number from 1 to 5, once such a number, or words."""

    CHOICE = "choice", "one of several answers"
    PAIR = "pair", "a number from 1 to 5, before and now"
    SCALE = "scale", "a number from 1 to 5"
    WORDS = "words", "some words"


# The numbers of a scale, and what its ends mean.
STEPS = (1, 2, 3, 4, 5)
LEAST_WORDS, MOST_WORDS = "not at all", "very well"
# What people write to one question: some ten short paragraphs.
MOST_LETTERS = 2_000


@dataclass(frozen=True)
class Question:
    """One question as people read it. `choices` are the answers of a CHOICE; one that `is_needed` is not left out."""

    kind: str
    text: str
    choices: tuple[str, ...] = ()
    is_needed: bool = False

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Self:
        """Return the question of `kept`, which `to_keep` made."""
        return cls(kept["kind"], kept["text"], tuple(kept["choices"]), kept["is_needed"])

    def to_keep(self) -> dict[str, Any]:
        """Return the question as JSON values."""
        return {"kind": self.kind, "text": self.text, "choices": list(self.choices), "is_needed": self.is_needed}


WORTH = Question(
    Kind.CHOICE,
    "Was it worth your time?",
    ("Well worth it", "Worth it", "Partly", "Hardly", "Not at all"),
    is_needed=True,
)
DIFFERENTLY = Question(Kind.WORDS, "What will you do differently?")
ELSE = Question(Kind.WORDS, "Anything else you want to tell us?")


def questions_of(workshop: Workshop) -> list[Question]:
    """Return what people are asked after a session of `workshop`, in order. Two queries.

    Whether it was worth the time; each objective before and now; what they will do differently; the office's own
    questions; anything else.
    """
    objectives = [Question(Kind.PAIR, one.text, is_needed=True) for one in workshop.objectives.all()]
    own = [one.as_question for one in workshop.evaluation_questions.all()]
    return [WORTH, *objectives, DIFFERENTLY, *own, ELSE]


def read_all(kept: Iterable[dict[str, Any]]) -> list[Question]:
    """Return the questions of an evaluation from its row."""
    return [Question.read(one) for one in kept]
