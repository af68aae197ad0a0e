"""Paragraphs: what people write in their own words, over several lines."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class ParagraphsField(forms.CharField):
    """Some paragraphs. Refuses more than `most` characters, a line break being one, and what no page can show."""

    def __init__(self, *, most: int, rows: int = 4, **kwargs: Any) -> None:
        messages = {"null_characters_not_allowed": "Take the control characters out."} | kwargs.pop(
            "error_messages", {}
        )
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), error_messages=messages, **kwargs)
        self.most = most

    def clean(self, value: Any) -> str:
        value = super().clean(value).replace("\r\n", "\n")
        if len(value) > self.most:
            raise ValidationError(
                f"This has {len(value):,} characters, and there is room for {self.most:,}. Make it shorter.",
                code="max_length",
            )
        return value
