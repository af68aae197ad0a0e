"""The office's own questions on the page of a workshop, in order."""

from typing import Any

from django import forms
from django.http import HttpRequest

from catalog.models import Workshop
from office.base import PartInline
from office.catalog.parts import InOrderForm
from outcomes.models import EvaluationQuestion

MOST_QUESTIONS = 10


class QuestionForm(InOrderForm):
    class Meta:
        widgets = {"choices": forms.Textarea(attrs={"rows": 4, "cols": 40})}
        error_messages = {"text": {"required": "Write the question."}}


class EvaluationQuestionInline(PartInline):
    """What people are asked after a session of the workshop, besides whether it was worth it and the objectives."""

    model = EvaluationQuestion
    form = QuestionForm
    fields = ["text", ("position", "kind"), "choices"]
    max_num = MOST_QUESTIONS
    verbose_name = "question of your own"
    verbose_name_plural = "questions of your own in the evaluation, in order"

    def get_formset(self, request: HttpRequest, obj: Workshop | None = None, **kwargs: Any) -> Any:
        has_some = obj is not None and obj.evaluation_questions.exists()
        self.classes = [] if has_some else ["collapse"]
        return super().get_formset(request, obj, **kwargs)

    def get_extra(self, request: HttpRequest, obj: Workshop | None = None, **kwargs: Any) -> int:
        return 1


def words_of(workshop: Workshop) -> str:
    """Return the questions as the record and a stale form tell them."""
    told = []
    for number, one in enumerate(workshop.evaluation_questions.all(), 1):
        choices = " / ".join(one.choices.splitlines())
        told.append(f"{number}. {one.text} ({choices or one.get_kind_display()})")
    return " ".join(told) or "nothing"
