"""The filter of the home page: shape only; what it means for a query is said in filters/."""

from typing import Any

from django import forms
from django.http import QueryDict

from accounts.models import Campus, Person
from catalog.models import Action, Format, Program, Topic, Workshop
from foundation.naming import label_of


class FilterForm(forms.Form):
    """The fields that may stand in the query string. Each of them may be missing, and stands there once.

    Fields narrow each other: a topic and a campus show what is about the one and on the other. Two values of one field
    would have to widen it; they are refused, and so the address says in one way what is shown.
    """

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
    program = forms.ModelChoiceField(Program.objects.published(), to_field_name="slug", required=False)
    action = forms.ModelChoiceField(Action.objects.all(), to_field_name="slug", required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)

    UNKNOWN = {
        "status": "There is no such state of a session.",
        "format": "There is no such format.",
        "audience": "There is no such audience.",
        "topic": "There is no such topic.",
        "campus": "There is no such campus.",
        "program": "There is no such program.",
        "action": "There is no such action.",
        "page": "There is no such page.",
    }
    SEVERAL = {
        "q": "Search for one thing at a time.",
        "status": "Choose one state of a session at a time.",
        "format": "Choose one format at a time.",
        "audience": "Choose one audience at a time.",
        "topic": "Choose one topic at a time.",
        "campus": "Choose one campus at a time.",
        "program": "Choose one program at a time.",
        "action": "Choose one action at a time.",
        "page": "Choose one page at a time.",
    }

    def clean(self) -> dict[str, Any]:
        """Refuse a field that stands in the address with several values, whatever they are."""
        for name in self.fields:
            if isinstance(self.data, QueryDict) and len(set(self.data.getlist(name))) > 1:
                self.errors.pop(name, None)
                self.add_error(name, forms.ValidationError(self.SEVERAL[name], code="several"))
        return self.cleaned_data

    @property
    def sentences(self) -> list[str]:
        """Return what is wrong, in one sentence for each field."""
        return [
            str(errors[0]) if errors.as_data()[0].code == "several" else self.UNKNOWN.get(name, str(errors[0]))
            for name, errors in self.errors.items()
        ]

    @property
    def audience_words(self) -> str:
        """Return the chosen audience as a sentence has it: “residents and fellows”."""
        field = Workshop.AUDIENCE_FIELDS.get(self.cleaned_data.get("audience") or "")
        return label_of(Workshop, field) if field else ""

    @property
    def narrowed_to(self) -> str:
        """What the list is narrowed to in a sentence: “on Implicit Bias at Rochester for residents”; or “”."""
        named = {
            "in": self.cleaned_data.get("program"),
            "on": self.cleaned_data.get("topic"),
            "at": self.cleaned_data.get("campus"),
            "for": self.audience_words,
        }
        return " ".join(f"{word} {value}" for word, value in named.items() if value)


def in_address(value: Any) -> str:
    """Return how a cleaned value stands in the address: a model by its slug, or by its key."""
    return str(getattr(value, "slug", getattr(value, "pk", value)))
