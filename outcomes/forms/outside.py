"""The form in which somebody tells of an activity elsewhere."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from foundation import database_clock
from foundation.dates import local
from foundation.files.uploads import Upload, read_file
from foundation.values.days import FIRST_DAY
from foundation.values.lines import OneLineField
from outcomes.models import CreditKind
from outcomes.models.credit import MOST, STEP
from outcomes.models.outside import Told

# A phone is asked for these kinds, and then turns a photo of its own format into one of them.
PROOFS = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
MAY_BE = "a PDF, or a PNG or JPEG picture"
IF_TOO_LARGE = "Make it smaller, or send only the page that shows it. Choose the file once more."
IN_QUARTERS = "Enter the hours in quarters, such as 1, 1.25 or 1.5: more than 0, and at most 100."


class OutsideForm(forms.Form):
    """What it was, when, how long, where, what it counts as, and the file that shows it."""

    title = OneLineField(label="What was it?", max_length=200, error_messages={"required": "Say what it was."})
    where = OneLineField(
        label="Where, or who gave it?",
        max_length=200,
        error_messages={"required": "Say where it was, or who gave it."},
    )
    happened_on = forms.DateField(
        label="Day",
        help_text="The last one, if it took several.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose the day.", "invalid": "Enter the day as a date, like 2026-05-14."},
    )
    hours = forms.DecimalField(
        label="Hours",
        help_text="In quarters, such as 1.5.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "q-narrow"}),
        error_messages={"required": "Say how many hours it took.", "invalid": IN_QUARTERS},
    )
    kind = forms.ModelChoiceField(
        label="What it should count as",
        queryset=CreditKind.objects.none(),
        required=False,
        empty_label="Hours, of no kind",
    )
    proof = forms.FileField(
        label="Proof",
        help_text="A certificate or a confirmation: a PDF or a picture, 5 MB at most. Only you and the office see it.",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(PROOFS.values())}),
        error_messages={
            "required": "Choose the file that shows it.",
            "empty": "This file is empty. Choose another one.",
            "max_length": "The name of this file is too long. Rename it.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ModelChoiceField)
        kind.queryset = CreditKind.objects.filter(is_active=True)

    def clean_hours(self) -> Decimal:
        hours: Decimal = self.cleaned_data["hours"]
        if not 0 < hours <= MOST or hours % STEP:
            raise ValidationError(IN_QUARTERS)
        return hours

    def clean_happened_on(self) -> Any:
        day, today = self.cleaned_data["happened_on"], local(database_clock.now(), settings.TIME_ZONE).date()
        # Where it is tomorrow already: the portal has one zone, and people may be in another.
        if day > today + timedelta(days=1):
            raise ValidationError("This day is to come. Tell us of it once you have been there.")
        if day < FIRST_DAY:
            raise ValidationError(f"Choose a day from the year {FIRST_DAY.year} on.")
        return day

    def clean_proof(self) -> Upload | None:
        """Return the file, told by its content. Refuses what is no PDF and no picture."""
        file = self.cleaned_data["proof"]
        return read_file(file, PROOFS, MAY_BE, IF_TOO_LARGE) if isinstance(file, UploadedFile) else None

    @property
    def told(self) -> Told:
        """What a valid form says."""
        said = self.cleaned_data
        return Told(said["title"], said["happened_on"], said["hours"], said["where"], said["kind"])
