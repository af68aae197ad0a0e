"""The form with which a team asks for a session of its own. It checks shape; `SessionRequest.objects.ask` decides."""

from datetime import date, datetime, time, timedelta
from typing import Any

from allauth.core import context, ratelimit
from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.boundfield import BoundField

from accounts.models import Campus, Person, Unit
from accounts.sign_in import may_ask
from catalog.models import Workshop
from foundation.dates import length_words
from foundation.text import number_words
from foundation.values.days import validate_day
from foundation.values.lines import NOT_PRINTABLE, OneLineField
from foundation.values.paragraphs import ParagraphsField
from foundation.values.pasted import read_addresses
from foundation.values.zones import zone_of
from foundation.wall_clock import instant
from sessions_app.models import SessionRequest, Wanted, Where
from sessions_app.requests.minimum import minimum_of, sitting_of, workshops_for_teams

CHOICES = ("First choice", "Second choice", "Third choice")
PARTS = ("day", "starts", "ends")
MOST_SENTENCES = 20


def day_field() -> forms.DateField:
    return forms.DateField(
        label="Day",
        required=False,
        validators=[validate_day],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Enter a day, like 2027-05-14."},
    )


def time_field(label: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "Enter a time, like 13:30."},
    )


class RequestForm(forms.Form):
    """Ask what a team needs. `by` is None while its person is signed out; `now` decides what is past.

    Refuses fewer people than the minimum without a reason, addresses that cannot be nominated, and times that are past,
    too short or overlap: one sentence for each, at its field. `wanted` is the whole of a valid form.
    """

    workshop = forms.ModelChoiceField(
        Workshop.objects.none(),
        label="Workshop",
        to_field_name="slug",
        required=False,
        empty_label="A topic of our own",
        error_messages={"invalid_choice": "Choose a workshop from the list, or write a topic of your own."},
    )
    topic = OneLineField(
        label="A topic of your own",
        max_length=160,
        required=False,
        help_text="If none of our workshops is what you are looking for.",
        error_messages={"null_characters_not_allowed": NOT_PRINTABLE},
    )
    unit = forms.ModelChoiceField(
        Unit.objects.all(),
        label="Department or unit",
        required=False,
        empty_label="Not listed, or several",
        error_messages={"invalid_choice": "Choose a department from the list, or leave it empty."},
    )
    people = forms.IntegerField(
        label="How many people?",
        min_value=1,
        max_value=SessionRequest.MOST_PEOPLE,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "q-short"}),
        error_messages={
            "required": "Say how many people you are.",
            "invalid": "Enter a number, like 8.",
            "min_value": "Enter a number, like 8.",
            "max_value": f"Enter at most {SessionRequest.MOST_PEOPLE}. For more people, write to the office.",
        },
    )
    why_fewer = ParagraphsField(label="Why fewer?", most=1000, rows=2, required=False)
    where = forms.ChoiceField(
        label="Where would you like to meet?",
        choices=Where.choices,
        initial=Where.EITHER,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], "Choose one of the three."),
    )
    campus = forms.ModelChoiceField(
        Campus.objects.all(),
        label="Campus",
        required=False,
        empty_label="None in particular",
        error_messages={"invalid_choice": "Choose a campus from the list, or leave it empty."},
    )
    addresses = forms.CharField(
        label="Work or school email addresses of your colleagues (optional)",
        required=False,
        max_length=20_000,
        help_text="Now, or later from the session’s page. Once it is scheduled we write to each of them; nobody is "
        "registered without their yes. Paste them as they are.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={
            "max_length": f"That is too much text. Give at most {SessionRequest.MOST_ADDRESSES} addresses now.",
            "null_characters_not_allowed": NOT_PRINTABLE,
        },
    )
    takes_part = forms.BooleanField(
        label="I take part myself", required=False, initial=True, help_text="You are registered once it is scheduled."
    )
    hopes = ParagraphsField(
        label="What do you hope for? (optional)",
        most=4000,
        rows=5,
        required=False,
        help_text="What brought this up, and what should be different afterwards. Only the office reads it.",
    )

    def __init__(self, *args: Any, by: Person | None, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.now = by, now
        self.spans: list[tuple[datetime, datetime]] = []
        self.fields["workshop"].queryset = workshops_for_teams()  # type: ignore[attr-defined] # it is a ModelChoiceField
        least = number_words(minimum_of(None))
        self.fields[
            "people"
        ].help_text = f"A session takes place with at least {least}, unless its page says otherwise."
        self.fields["why_fewer"].help_text = f"Only if you are fewer than {least}."
        for number in range(1, SessionRequest.MOST_WINDOWS + 1):
            self.fields[f"day{number}"] = day_field()
            self.fields[f"starts{number}"] = time_field("From")
            self.fields[f"ends{number}"] = time_field("Until")

    @property
    def windows(self) -> list[tuple[str, list[BoundField]]]:
        """Return the fields of each window under what it is called."""
        return [(words, [self[f"{part}{number}"] for part in PARTS]) for number, words in enumerate(CHOICES, start=1)]

    @property
    def is_rate_limited(self) -> bool:
        return self.has_error(NON_FIELD_ERRORS, code="rate_limited")

    # ---- what is refused ----

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        self._clean_subject(cleaned)
        self._clean_people(cleaned)
        self._clean_windows(cleaned)
        # Only a form that is right in everything else sends a mail, so only that one is counted.
        if self.by and not self.errors and not ratelimit.consume(context.request, action="request", user=self.by):
            sentence = "You have asked for many sessions today. Try again tomorrow, or write to the office."
            raise forms.ValidationError(sentence, code="rate_limited")
        return cleaned

    def _clean_subject(self, cleaned: dict[str, Any]) -> None:
        workshop, topic = cleaned.get("workshop"), cleaned.get("topic")
        if self.has_error("workshop") or self.has_error("topic"):
            return
        if workshop and topic:
            self.add_error("topic", "Choose a workshop or write a topic of your own, not both. Empty one of them.")
        if not workshop and not topic:
            self.add_error("workshop", "Choose a workshop, or write a topic of your own below.")

    def _clean_people(self, cleaned: dict[str, Any]) -> None:
        people, addresses = cleaned.get("people"), cleaned.get("addresses") or []
        if people is None or self.has_error("workshop"):
            return
        least = minimum_of(cleaned.get("workshop"))
        if people >= least:
            cleaned["why_fewer"] = ""
        elif not cleaned.get("why_fewer") and not self.has_error("why_fewer"):
            words = number_words(least)
            self.add_error("why_fewer", f"This needs {words} people. Say why you are fewer, or ask others to join you.")
        if len(addresses) > people:
            self.add_error(
                "addresses", f"These are {len(addresses)} addresses, and you are {people}. Correct one of the two."
            )

    def clean_addresses(self) -> list[str]:
        pasted = read_addresses(self.cleaned_data["addresses"])
        most = SessionRequest.MOST_ADDRESSES
        problems = [f"“{piece[:80]}” is not an email address." for piece in pasted.wrong]
        if len(pasted.addresses) > most:
            problems.append(f"These are {len(pasted.addresses)} addresses. Give at most {most} now.")
        else:
            problems += filter(None, map(self._problem_with, pasted.addresses))
        if len(problems) > MOST_SENTENCES:
            left = len(problems) - MOST_SENTENCES
            problems = [*problems[:MOST_SENTENCES], f"And {left} more are not right either."]
        if problems:
            raise forms.ValidationError([forms.ValidationError(problem, code="wrong") for problem in problems])
        return pasted.addresses

    def _problem_with(self, email: str) -> str:
        if self.by and email == self.by.email:
            return f"{email} is your own address. Leave it out, and tick “I take part myself”."
        if not may_ask(email):
            return f"{email} has no access here. Use their work or school address."
        return ""

    # ---- the times ----

    @property
    def zone(self) -> str:
        """Return the zone the times are typed in: that of the campus, or the portal's."""
        campus = self.cleaned_data.get("campus")
        return zone_of(campus.time_zone).key if campus else settings.TIME_ZONE

    def _clean_windows(self, cleaned: dict[str, Any]) -> None:
        zone, workshop = self.zone, cleaned.get("workshop")
        shortest = sitting_of(workshop) if workshop else 0
        for number in range(1, SessionRequest.MOST_WINDOWS + 1):
            names = [f"{part}{number}" for part in PARTS]
            if any(self.has_error(name) for name in names):
                continue
            typed = [cleaned.get(name) for name in names]
            if any(part is not None for part in typed):
                self._clean_window(number, typed, zone, shortest)
        if not self.spans and not any(self.has_error(f"{part}{number}") for part in PARTS for number in (1, 2, 3)):
            self.add_error("day1", "Give at least one time that would suit you. Three make it easier to find one.")

    def _clean_window(self, number: int, typed: list[Any], zone: str, shortest: int) -> None:
        for part, value, words in zip(
            PARTS, typed, ("Say which day.", "Say from when.", "Say until when."), strict=True
        ):
            if value is None:
                self.add_error(f"{part}{number}", words)
        if None in typed:
            return
        day, starts, ends = typed
        if ends <= starts:
            self.add_error(f"ends{number}", "Until is later than from, on the same day.")
            return
        starts_at, ends_at = (
            self._instant(number, "starts", day, starts, zone),
            self._instant(number, "ends", day, ends, zone),
        )
        if starts_at is None or ends_at is None:
            return
        minutes = (ends_at - starts_at) // timedelta(minutes=1)
        if starts_at <= self.now:
            self.add_error(f"day{number}", "This time is in the past. Choose one to come.")
        elif minutes < shortest:
            self.add_error(
                f"ends{number}",
                f"This is {length_words(minutes)}, and a meeting of this workshop takes {length_words(shortest)}.",
            )
        elif any(starts_at < other_end and ends_at > other_start for other_start, other_end in self.spans):
            self.add_error(f"day{number}", "This overlaps with a time above. Choose another one, or leave it empty.")
        else:
            self.spans.append((starts_at, ends_at))

    def _instant(self, number: int, part: str, day: date, at: time, zone: str) -> datetime | None:
        try:
            return instant(day, at, zone)
        except ValueError as error:
            self.add_error(f"{part}{number}", str(error))
            return None

    # ---- what is asked ----

    @property
    def wanted(self) -> Wanted:
        """Return what a valid form asks for."""
        said = self.cleaned_data
        names = (
            "workshop",
            "topic",
            "unit",
            "campus",
            "people",
            "why_fewer",
            "addresses",
            "takes_part",
            "where",
            "hopes",
        )
        return Wanted(windows=self.spans, time_zone=self.zone, **{name: said[name] for name in names})
