"""The forms about what a person needs to take part: asking, and answering."""

from typing import Any

from django import forms

from foundation.values.paragraphs import ParagraphsField
from registrations.models import Accommodation, ToPrepare


class NeedsField(ParagraphsField):
    """Some paragraphs about what somebody needs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=Accommodation.MOST, **kwargs)


class AccommodationForm(forms.Form):
    """What a person needs to take part."""

    needs = NeedsField(
        label="What do you need to take part?",
        error_messages={"required": "Say what you need. To take it back, delete it below."},
    )
    keep_for_next = forms.BooleanField(
        label="Keep this for my next registration",
        required=False,
        help_text="It stands in the form when you register again, until 30 days after this session.",
    )


class AnswerForm(forms.Form):
    """The answer to what was asked at `asked_at`."""

    answer = NeedsField(
        label="Answer",
        help_text="This person reads it on the page of their registration, and nobody else but you who arrange access.",
        error_messages={"required": "Say what you have arranged, or will."},
    )
    asked_at = forms.DateTimeField(widget=forms.HiddenInput)


class ToPrepareForm(forms.Form):
    """What the people who lead a session prepare, and what was ticked when the form was shown."""

    things = forms.MultipleChoiceField(
        label="What the people who lead it prepare",
        choices=ToPrepare.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    shown = forms.MultipleChoiceField(choices=ToPrepare.choices, required=False, widget=forms.MultipleHiddenInput)
