"""The filter of the home page: shape only; what it means for a query is said in filters/."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.models import Campus, Person
from catalog.models import Action, Format, Program, Topic, Workshop
from foundation.dates import day_words
from foundation.naming import label_of
from foundation.values.days import validate_day
from foundation.values.months import read_month

# What several choices are called, and how a sentence has each of them.
WEEKDAYS = {
    "mon": ("Mon", "on Mondays"),
    "tue": ("Tue", "on Tuesdays"),
    "wed": ("Wed", "on Wednesdays"),
    "thu": ("Thu", "on Thursdays"),
    "fri": ("Fri", "on Fridays"),
    "sat": ("Sat", "on Saturdays"),
    "sun": ("Sun", "on Sundays"),
}
PARTS_OF_DAY = {
    "morning": ("Morning", "in the morning"),
    "noon": ("Noon", "at noon"),
    "afternoon": ("Afternoon", "in the afternoon"),
    "evening": ("Evening", "in the evening"),
}


class SeveralWords(forms.SelectMultiple):
    """Several words in one value, `tue+thu` in an address, or the same field several times."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return " ".join(super().value_from_datadict(data, files, name) or []).split()


class SeveralField(forms.MultipleChoiceField):
    """Several choices, which widen each other. Gives them in the order of `names` (value: name ...), each once."""

    widget = SeveralWords

    def __init__(self, names: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(choices=[(value, name) for value, (name, _) in names.items()], required=False)
        self.names = names

    def clean(self, value: Any) -> tuple[str, ...]:
        chosen = super().clean(value)
        return tuple(name for name in self.names if name in chosen)


class MonthField(forms.CharField):
    """A month as an address has it."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        return read_month(typed) if typed else None


class FilterForm(forms.Form):
    """The fields that may stand in the query string. Each of them may be missing.

    Fields narrow each other: a topic and a campus show what is about the one and on the other. Two values of one field
    would have to widen it: times of the day and weekdays do, of which people have several; elsewhere two are refused.
    So the address says in one way what is shown.
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
    when = SeveralField(PARTS_OF_DAY)
    weekday = SeveralField(WEEKDAYS)
    day = forms.DateField(
        input_formats=["%Y-%m-%d"],
        validators=[validate_day],
        required=False,
        error_messages={"invalid": "There is no such day. Write it like 2027-01-14."},
    )
    audience = forms.ChoiceField(choices=Person.Role.choices, required=False)
    topic = forms.ModelChoiceField(Topic.objects.all(), to_field_name="slug", required=False)
    campus = forms.ModelChoiceField(Campus.objects.all(), to_field_name="pk", required=False)
    program = forms.ModelChoiceField(Program.objects.published(), to_field_name="slug", required=False)
    action = forms.ModelChoiceField(Action.objects.all(), to_field_name="slug", required=False)
    view = forms.ChoiceField(choices=[("month", "Month")], required=False)
    m = MonthField(required=False)
    page = forms.IntegerField(min_value=1, max_value=100_000, required=False)

    # How the list or the month is shown, and not what is in it.
    NO_FILTERS = ("view", "m", "page")
    SEVERAL_AT_ONCE = {"when": PARTS_OF_DAY, "weekday": WEEKDAYS}
    UNKNOWN = {
        "status": "There is no such state of a session.",
        "format": "There is no such format.",
        "when": "There is no such time of the day. Choose morning, noon, afternoon or evening.",
        "weekday": "There is no such day of the week. Choose mon, tue, wed, thu, fri, sat or sun.",
        "audience": "There is no such audience.",
        "topic": "There is no such topic.",
        "campus": "There is no such campus.",
        "program": "There is no such program.",
        "action": "There is no such action.",
        "view": "There is no such view. Sessions are shown as a list or by month.",
        "page": "There is no such page.",
    }
    SEVERAL = {
        "q": "Search for one thing at a time.",
        "status": "Choose one state of a session at a time.",
        "format": "Choose one format at a time.",
        "day": "Choose one day at a time.",
        "audience": "Choose one audience at a time.",
        "topic": "Choose one topic at a time.",
        "campus": "Choose one campus at a time.",
        "program": "Choose one program at a time.",
        "action": "Choose one action at a time.",
        "view": "Choose one view at a time.",
        "m": "Choose one month at a time.",
        "page": "Choose one page at a time.",
    }

    def clean(self) -> dict[str, Any]:
        """Refuse a field that stands in the address with several values, whatever they are."""
        for name in self.SEVERAL:
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
        """What the list is narrowed to in a sentence: “on Bias at Rochester for residents on Tuesdays”; or “”."""
        named = {
            "in": self.cleaned_data.get("program"),
            "on": self.cleaned_data.get("topic"),
            "at": self.cleaned_data.get("campus"),
            "for": self.audience_words,
        }
        day = self.cleaned_data.get("day")
        times = [
            " or ".join(PARTS_OF_DAY[part][1] for part in self.cleaned_data.get("when", ())),
            " or ".join(WEEKDAYS[weekday][1] for weekday in self.cleaned_data.get("weekday", ())),
            f"on {day_words(day)}" if day else "",
        ]
        return " ".join([f"{word} {value}" for word, value in named.items() if value] + list(filter(None, times)))


def in_address(value: Any) -> str:
    """Return how a cleaned value stands in the address: a model by its slug, or by its key; several as words."""
    if isinstance(value, tuple):
        return " ".join(value)
    return str(getattr(value, "slug", getattr(value, "pk", value)))
