"""The office's own questions in the evaluations of a workshop."""

from django.core.exceptions import ValidationError
from django.db import models

from catalog.models import Workshop
from foundation.values.lines import LineField, read_line
from outcomes.evaluations.questions import Kind, Question

MOST_CHOICES = 12
LONGEST_CHOICE = 100


def read_choices(text: str) -> list[str]:
    """Return the answers that `text` offers, one on each line. Raises ValidationError for one that is no line."""
    return [line for line in (read_line(one) for one in text.splitlines()) if line]


class EvaluationQuestion(models.Model):
    """One question that the office asks after each session of a workshop, besides those that are always asked."""

    class Kind(models.TextChoices):
        CHOICE = Kind.CHOICE.value, Kind.CHOICE.label
        SCALE = Kind.SCALE.value, Kind.SCALE.label
        WORDS = Kind.WORDS.value, Kind.WORDS.label

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="evaluation_questions")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField("answered by", max_length=10, choices=Kind.choices, default=Kind.WORDS)
    text = LineField("question", max_length=240)
    choices = models.TextField(
        "answers to choose from", blank=True, help_text="One on each line, for “one of several answers” alone."
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="choice") & ~models.Q(choices="")
                | models.Q(kind__in=["scale", "words"], choices=""),
                name="evaluation_question_has_its_choices",
            )
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """Refuse a choice among fewer than two answers, among too many or too long ones, and among two that are one."""
        if self.kind != self.Kind.CHOICE:
            self.choices = ""
            return
        try:
            choices = read_choices(self.choices)
        except ValidationError as problem:
            raise ValidationError({"choices": problem.messages}) from None
        if len(choices) < 2:
            raise ValidationError({"choices": "Write two answers at least, each on a line of its own."})
        if len(choices) > MOST_CHOICES:
            raise ValidationError({"choices": f"There are {len(choices)} answers; {MOST_CHOICES} are the most."})
        if max(map(len, choices)) > LONGEST_CHOICE:
            raise ValidationError({"choices": f"An answer has at most {LONGEST_CHOICE} characters."})
        if len({choice.casefold() for choice in choices}) < len(choices):
            raise ValidationError({"choices": "The same answer stands there twice."})
        self.choices = "\n".join(choices)

    @property
    def as_question(self) -> Question:
        return Question(self.kind, self.text, tuple(self.choices.splitlines()))
