"""The forms of a resource: itself with its file, where it belongs, and its citation."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.forms.models import BaseInlineFormSet

from foundation import database_clock
from library.models import Citation, Resource, StoredFile
from library.uploads import MAY_BE, Upload, read_upload
from office.base import OfficeForm, model_choice
from sessions_app.models import Session

# Sessions longer ago are in no list to choose from; what was chosen stays.
CHOSEN_FROM = timedelta(days=120)


class ResourceForm(OfficeForm):
    upload = forms.FileField(
        label="New file", required=False, help_text=f"{MAY_BE[:1].upper()}{MAY_BE[1:]}, 5 MB at most."
    )
    take_file_away = forms.BooleanField(label="Take the file away", required=False)

    class Meta:
        widgets = {
            "summary": forms.TextInput(attrs={"class": "vTextField"}),
            "topics": forms.CheckboxSelectMultiple,
            "actions": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        file = StoredFile.objects.filter(resource=self.instance.pk).defer("content").first()
        if file is None:
            self.fields.pop("take_file_away", None)
        elif "take_file_away" in self.fields:
            self.fields["take_file_away"].help_text = f"It has one now: {file}."

    def clean_upload(self) -> Upload | None:
        """Return what was uploaded, told by its content. Refuses what may not be stored."""
        file = self.cleaned_data["upload"]
        return read_upload(file) if isinstance(file, UploadedFile) else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        access, released, days = (cleaned.get(name) for name in ("access", "released", "days_before"))
        if released == Resource.Released.BEFORE and not days and "days_before" not in self.errors:
            self.add_error("days_before", "Say how many days before the session it is released.")
        if released != Resource.Released.BEFORE and days:
            self.add_error("days_before", "Leave this empty, or choose that it is released before the session.")
        if released != Resource.Released.ALWAYS and access in (Resource.Access.EVERYBODY, Resource.Access.SIGNED_IN):
            self.add_error(
                "released",
                "Before or after a session is only for people with a seat in it, or who took part. Choose them above, "
                "or release it at any time.",
            )
        if released == Resource.Released.BEFORE and access == Resource.Access.ATTENDED:
            self.add_error("released", "Nobody has taken part before the session. Choose people with a seat.")
        if cleaned.get("kind") == Resource.Kind.PRE_WORK and (
            access == Resource.Access.ATTENDED or released == Resource.Released.AFTER
        ):
            self.add_error("kind", "Pre-work is read before the session, and this would open only after it.")
        return cleaned


class PlacementForm(forms.ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "workshop").required = False
        chosen = self.instance.session_id
        model_choice(self, "session").queryset = sessions_to_choose(chosen)

    def clean(self) -> dict[str, Any]:
        """Fill in the workshop of a chosen session. Refuses a row with neither."""
        cleaned = super().clean() or self.cleaned_data
        workshop, session = cleaned.get("workshop"), cleaned.get("session")
        if session and not workshop:
            cleaned["workshop"] = session.workshop
        elif not workshop and not self.errors:
            self.add_error("workshop", "Choose a workshop, or a session of one.")
        return cleaned


def sessions_to_choose(chosen: int | None) -> QuerySet[Session]:
    """Return the sessions to come, those without a date, those of the last months, and the one chosen already."""
    since = database_clock.now() - CHOSEN_FROM
    shown = Q(ends_at__gt=since) | Q(ends_at=None) | Q(pk=chosen)
    return Session.objects.filter(shown).select_related("workshop")


class PlacementFormSet(BaseInlineFormSet):
    """The rows of where a resource belongs. What is for people of a session has to belong somewhere."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        rows = [
            form for form in self.forms if form.cleaned_data.get("workshop") and not form.cleaned_data.get("DELETE")
        ]
        if not rows and self.instance.access in Resource.BY_SESSION:
            raise ValidationError(
                "It is for people of a session: choose its workshop or session here, or nobody could open it."
            )


class CitationForm(forms.ModelForm):
    class Meta:
        model = Citation
        fields = ["type", "authors", "title", "journal", "publisher", "year", "volume", "issue", "pages", "doi", "url"]
        widgets = {"authors": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})}
