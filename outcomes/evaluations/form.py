"""The form of an evaluation, made of its questions: one field each, two for an objective."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from foundation.text import BIDI_OVERRIDES
from foundation.values.paragraphs import ParagraphsField
from outcomes.evaluations.questions import LEAST_WORDS, MOST_LETTERS, MOST_WORDS, STEPS, Kind, Question
from outcomes.evaluations.sheets import Sheet

CHOOSE = "Choose the answer that fits best."
BEFORE, NOW = "Choose a number for before.", "Choose a number for now."
ENDS = {STEPS[0]: f"{STEPS[0]}, {LEAST_WORDS}", STEPS[-1]: f"{STEPS[-1]}, {MOST_WORDS}"}
# What turns the direction of all that follows it, on the page that the office reads.
TURNS = dict.fromkeys(map(ord, BIDI_OVERRIDES))


class WordsField(ParagraphsField):
    """Words in answer to a question, without what would turn other words around."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=MOST_LETTERS, rows=3, required=False, **kwargs)

    def clean(self, value: Any) -> str:
        return super().clean(value).translate(TURNS)


def one_of(words: Iterator[str] | tuple[str, ...], label: str, is_needed: bool, message: str = CHOOSE) -> Any:
    """Return a field of radio buttons whose values are 0, 1, 2 ..., and whose value is such a number or None."""
    return forms.TypedChoiceField(
        label=label,
        choices=[(str(number), each) for number, each in enumerate(words)],
        coerce=int,
        empty_value=None,
        required=is_needed,
        widget=forms.RadioSelect,
        error_messages={"required": message, "invalid_choice": message},
    )


def steps() -> Iterator[str]:
    """Yield what each step of a scale is called, the ends with what they mean."""
    return (ENDS.get(step, str(step)) for step in STEPS)


@dataclass(frozen=True)
class Row:
    """A question with its fields as the page shows them: one, or those of before and now."""

    question: Question
    fields: list[BoundField]
    opens_objectives: bool

    @property
    def errors(self) -> list[str]:
        return [str(error) for field in self.fields for error in field.errors]

    @property
    def is_pair(self) -> bool:
        return self.question.kind == Kind.PAIR

    @property
    def is_scale(self) -> bool:
        return self.question.kind == Kind.SCALE

    @property
    def is_words(self) -> bool:
        return self.question.kind == Kind.WORDS


class EvaluationForm(forms.Form):
    """All questions on one screen. Nothing says who answers."""

    def __init__(self, *args: Any, questions: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for number, question in enumerate(questions):
            self.fields.update(self._fields_of(number, question))

    @staticmethod
    def _fields_of(number: int, question: Question) -> dict[str, forms.Field]:
        name, is_needed = f"q{number}", question.is_needed
        if question.kind == Kind.WORDS:
            return {name: WordsField(label=question.text)}
        if question.kind == Kind.PAIR:
            return {
                f"{name}_before": one_of(steps(), "Before", is_needed, BEFORE),
                f"{name}_now": one_of(steps(), "Now", is_needed, NOW),
            }
        if question.kind == Kind.SCALE:
            return {name: one_of(steps(), question.text, is_needed)}
        return {name: one_of(question.choices, question.text, is_needed)}

    def rows(self) -> list[Row]:
        """Return the questions in order, each with its fields; the first objective opens their part of the page."""
        rows, is_open = [], False
        for number, question in enumerate(self.questions):
            is_pair = question.kind == Kind.PAIR
            ends = ("_before", "_now") if is_pair else ("",)
            rows.append(Row(question, [self[f"q{number}{end}"] for end in ends], is_pair and not is_open))
            is_open = is_open or is_pair
        return rows

    def sheet(self) -> Sheet:
        """Return the answers in the order of the questions (outcomes/evaluations/sheets.py)."""
        said = self.cleaned_data
        return [
            [said[f"q{number}_before"], said[f"q{number}_now"]] if question.kind == Kind.PAIR else said[f"q{number}"]
            for number, question in enumerate(self.questions)
        ]

    def words_typed(self) -> list[tuple[str, str]]:
        """Return each question with the words that were typed to it, for a page that can no longer take them."""
        found = [(row.question.text, str(row.fields[0].value() or "")) for row in self.rows() if row.is_words]
        return [(question, words) for question, words in found if words.strip()]
