"""The forms about what a person needs to take part: asking, and answering."""

from typing import Any

from django import forms

from registrations.models import Accommodation


class NeedsField(forms.CharField):
    """Some paragraphs about what somebody needs. Refuses more than 4,000 characters, a line break being one."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {"null_characters_not_allowed": "Take the control characters out."} | kwargs.pop(
            "error_messages", {}
        )
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), error_messages=messages, **kwargs)

    def clean(self, value: Any) -> str:
        value = super().clean(value).replace("\r\n", "\n")
        if len(value) > Accommodation.MOST:
            raise forms.ValidationError(
                f"This has {len(value):,} characters, and there is room for {Accommodation.MOST:,}. Make it shorter.",
                code="max_length",
            )
        return value


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
