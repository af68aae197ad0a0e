"""What the office reads of a closed evaluation: each question with its figures, its chart and its sentence.

Nothing is shown of fewer than five answers: the rows do not have it (a CHECK holds that).
"""

from dataclasses import dataclass, field
from typing import Any

from foundation.dates import local
from outcomes.evaluations.charts import Chart, Course, bars, course
from outcomes.evaluations.questions import STEPS, Kind, Question
from outcomes.evaluations.sheets import in_alphabet
from outcomes.models import Evaluation

# As many sessions as one chart has room for, the latest.
MOST_IN_A_CHART = 24


@dataclass(frozen=True)
class Result:
    """One question with what came of it. `rows` are those of the table: a label and one count, or before and now."""

    question: Question
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    chart: Chart | None = None
    words: list[str] = field(default_factory=list)
    sentence: str = ""

    @property
    def is_pair(self) -> bool:
        return self.question.kind == Kind.PAIR

    @property
    def is_words(self) -> bool:
        return self.question.kind == Kind.WORDS


def results_of(evaluation: Evaluation) -> list[Result]:
    """Return each question of `evaluation` with its results; an empty list where none are shown."""
    return [_result(question, counted) for question, counted in evaluation.results_by_question()]


def _result(question: Question, counted: dict[str, Any]) -> Result:
    if question.kind == Kind.WORDS:
        return Result(question, words=counted["words"])
    if question.kind == Kind.PAIR:
        return of_pairs(question, counted["pairs"])
    labels = list(question.choices) or [str(step) for step in STEPS]
    short = [str(number) for number in range(1, len(labels) + 1)] if question.choices else labels
    rows = list(zip(short, labels, counted["counts"], strict=True))
    return Result(question, rows, bars(short, now=counted["counts"]))


def before_and_now(pairs: list[list[int]]) -> tuple[list[int], list[int]]:
    """Return how many said each step before, and now."""
    return [sum(row) for row in pairs], [sum(column) for column in zip(*pairs, strict=True)]


def average(counts: list[int]) -> float:
    """Return the average step of so many answers of each. Some are there."""
    return sum(step * count for step, count in zip(STEPS, counts, strict=True)) / sum(counts)


def of_pairs(question: Question, pairs: list[list[int]]) -> Result:
    """Return the result of an objective."""
    before, now = before_and_now(pairs)
    steps = [str(step) for step in STEPS]
    rows = list(zip(steps, before, now, strict=True))
    more = sum(pairs[was][now_is] for was in range(len(STEPS)) for now_is in range(was + 1, len(STEPS)))
    total = sum(before)
    sentence = (
        f"On average {average(before):.1f} before and {average(now):.1f} now. "
        f"{more} of {total} rate themselves higher now than before."
    )
    return Result(question, rows, bars(steps, before=before, now=now), sentence=sentence)


@dataclass(frozen=True)
class Objective:
    """One objective over the sessions of its workshop: rows of session, answers, average before and now; its course."""

    text: str
    rows: list[tuple[Evaluation, str, int, str, str]]
    course: Course
    all_together: Result


def over_time(evaluations: list[Evaluation]) -> list[Objective]:
    """Return each objective that was rated in `evaluations`, which have results, oldest first.

    An objective whose words have changed is another one.
    """
    found: dict[str, list[tuple[Evaluation, list[list[int]]]]] = {}
    for evaluation in evaluations:
        for question, counted in evaluation.results_by_question():
            if question.kind == Kind.PAIR:
                found.setdefault(question.text, []).append((evaluation, counted["pairs"]))
    return [_objective(text, rated) for text, rated in found.items()]


def words_over_time(evaluations: list[Evaluation]) -> list[Result]:
    """Return what was written to each question of words in `evaluations`, of all sessions in one alphabet."""
    found: dict[str, list[str]] = {}
    for evaluation in evaluations:
        for question, counted in evaluation.results_by_question():
            if question.kind == Kind.WORDS:
                found.setdefault(question.text, []).extend(counted["words"])
    return [Result(Question(Kind.WORDS, text), words=in_alphabet(words)) for text, words in found.items() if words]


def _objective(text: str, rated: list[tuple[Evaluation, list[list[int]]]]) -> Objective:
    rows, points = [], []
    together = [[0] * len(STEPS) for _ in STEPS]
    for evaluation, pairs in rated:
        session = evaluation.session
        start = local(session.starts_at, session.time_zone)
        was, now_is = (average(counts) for counts in before_and_now(pairs))
        label = f"{start:%b} {start.day}"
        points.append((session.starts_at, label, was, now_is))
        rows.append((evaluation, f"{label}, {start.year}", sum(map(sum, pairs)), f"{was:.1f}", f"{now_is:.1f}"))
        together = [[a + b for a, b in zip(*both, strict=True)] for both in zip(together, pairs, strict=True)]
    question = Question(Kind.PAIR, text)
    return Objective(text, rows, course(points[-MOST_IN_A_CHART:]), of_pairs(question, together))
