"""The filter of the home page: shape only; what it means for a query is said in views."""

from django import forms

from accounts.models import Campus, Person
from catalog.models import Format, Topic, Workshop
from foundation.naming import label_of


class FilterForm(forms.Form):
    """The fields that may stand in the query string. Each of them may be missing."""

    class Status:
        NEEDS_PEOPLE, CONFIRMED = "needs-people", "confirmed"
        CHOICES = [(NEEDS_PEOPLE, "Needs people"), (CONFIRMED, "Confirmed")]

    q = forms.CharField(
        max_length=100,
        required=False,
        error_messages={
            "max_length": "Search for at most 100 characters.",
            "null_characters_not_allowed": "Search for words: that text has a character nobody can type.",
        },
    )
    status = forms.ChoiceField(choices=Status.CHOICES, required=False)
    format = forms.ChoiceField(choices=Format.choices, required=False)
    audience = forms.ChoiceField(choices=Person.Role.choices, required=False)
    topic = forms.ModelChoiceField(Topic.objects.all(), to_field_name="slug", required=False)
    campus = forms.ModelChoiceField(Campus.objects.all(), to_field_name="pk", required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)

    UNKNOWN = {
        "status": "There is no such state of a session.",
        "format": "There is no such format.",
        "audience": "There is no such audience.",
        "topic": "There is no such topic.",
        "campus": "There is no such campus.",
        "page": "There is no such page.",
    }

    @property
    def sentences(self) -> list[str]:
        """Return what is wrong, in one sentence for each field."""
        return [self.UNKNOWN.get(name, str(errors[0])) for name, errors in self.errors.items()]

    @property
    def audience_words(self) -> str:
        """Return the chosen audience as a sentence has it: “residents and fellows”."""
        field = Workshop.AUDIENCE_FIELDS.get(self.cleaned_data.get("audience") or "")
        return label_of(Workshop, field) if field else ""

    @property
    def narrowed_to(self) -> str:
        """The chosen topic, campus and audience in a sentence: “on Implicit Bias at Rochester for residents”; or “”."""
        named = {
            "on": self.cleaned_data.get("topic"),
            "at": self.cleaned_data.get("campus"),
            "for": self.audience_words,
        }
        return " ".join(f"{word} {value}" for word, value in named.items() if value)
