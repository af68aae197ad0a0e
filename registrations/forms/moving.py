"""The form to choose another date."""

from typing import Any

from django import forms
from django.core.validators import validate_slug

from registrations.forms.mode import AnyModeField
from sessions_app.models import Session


class DateField(forms.ChoiceField):
    """One of the dates offered, or the code of another session: whether the person may move there is for the verb."""

    def valid_value(self, value: str) -> bool:
        return True


class TransferForm(forms.Form):
    """Ask for another date. `dates` are (code, words)."""

    to = DateField(
        label="Move my place to",
        widget=forms.RadioSelect,
        validators=[validate_slug],
        error_messages=dict.fromkeys(["required", "invalid"], "Choose one of the dates"),
    )

    def __init__(self, *args: Any, dates: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [code for code, _ in dates]
        if Session.objects.filter(code__in=codes, room_capacity__isnull=False).exists():
            self.fields["mode"] = AnyModeField(label="On a date online and in person I take part")
        to = self.fields["to"]
        assert isinstance(to, DateField)
        to.choices = dates

    def clean_to(self) -> Session:
        found = Session.objects.select_related("workshop", "for_campus").filter(code=self.cleaned_data["to"]).first()
        if found is None:
            raise forms.ValidationError("Choose one of the dates")
        return found
