"""The form to choose another date."""

from django import forms
from django.core.validators import validate_slug

from registrations.forms.mode import AnyModeField
from sessions_app.models import Session

CHOOSE = "Choose one of the dates"


class TransferForm(forms.Form):
    """Ask for the code of another date. Whether the person may move there is for the verb."""

    to = forms.CharField(validators=[validate_slug], error_messages=dict.fromkeys(["required", "invalid"], CHOOSE))
    mode = AnyModeField()

    def clean_to(self) -> Session:
        found = Session.objects.select_related("workshop", "for_campus").filter(code=self.cleaned_data["to"]).first()
        if found is None:
            raise forms.ValidationError(CHOOSE)
        return found
