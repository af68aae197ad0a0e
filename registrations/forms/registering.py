"""The registration form, in the two shapes it has, the one to change the date, and the one for colleagues.

Whether there is a seat is for the verbs of the models.
"""

from allauth.core import context, ratelimit
from django import forms
from django.core.validators import validate_slug

from accounts.forms import NOT_PRINTABLE, SignInForm, campus_field, name_field, role_field, unit_field
from accounts.models import Person
from registrations.forms.addresses import read_addresses
from registrations.models import Accommodation, Nomination
from sessions_app.models import Session

NO_ADDRESS = "Enter the address of at least one colleague"


class NeedsField(forms.CharField):
    """Some paragraphs about what somebody needs. Refuses more than 4,000 characters, a line break being one."""

    def __init__(self, **kwargs):
        messages = {"null_characters_not_allowed": "Take the control characters out."} | kwargs.pop(
            "error_messages", {}
        )
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), error_messages=messages, **kwargs)

    def clean(self, value: str) -> str:
        value = super().clean(value).replace("\r\n", "\n")
        if len(value) > Accommodation.MOST:
            raise forms.ValidationError(
                f"This has {len(value):,} characters, and there is room for {Accommodation.MOST:,}. Make it shorter.",
                code="max_length",
            )
        return value


class ProfileGapsForm(forms.Form):
    """Ask a signed-in person for what their profile lacks, and for what they need to take part."""

    def __init__(self, *args, person, session, **kwargs):
        super().__init__(*args, **kwargs)
        if session.for_campus_id and not person.campus_id:
            self.fields["campus"] = campus_field()
        if not person.profile_is_complete:
            if not person.name:
                self.fields["name"] = name_field()
            if not person.role:
                self.fields["role"] = role_field()
            if not person.unit_id:
                self.fields["unit"] = unit_field()
        self.fields["needs"] = NeedsField(label="Access needs (optional)", required=False)

    @property
    def profile(self) -> dict:
        """What was said, as fields of a Person."""
        return profile_of(self)


class NewcomerForm(SignInForm):
    """Ask somebody who is signed out for name, school email, role and unit, and for the campus if it decides."""

    name = name_field()
    role = role_field()
    unit = unit_field()

    field_order = ["name", "email", "role", "unit"]

    def __init__(self, *args, session, **kwargs):
        super().__init__(*args, **kwargs)
        if session.for_campus_id:
            self.fields["campus"] = campus_field()
        self.fields["email"].help_text = "Your calendar invitation goes here."

    @property
    def profile(self) -> dict:
        """What was said, as fields of a Person."""
        return profile_of(self)


class DateField(forms.ChoiceField):
    """One of the dates offered, or the code of another session: whether a place may move there is for the verb."""

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

    def __init__(self, *args, dates: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = dates

    def clean_to(self) -> Session:
        found = Session.objects.select_related("workshop", "for_campus").filter(code=self.cleaned_data["to"]).first()
        if found is None:
            raise forms.ValidationError("Choose one of the dates")
        return found


def profile_of(form: forms.Form) -> dict:
    said = form.cleaned_data
    unit, campus = said.get("unit"), said.get("campus")
    return {
        "name": said.get("name", ""),
        "role": said.get("role", ""),
        "unit_id": unit.pk if unit else None,
        "campus_id": campus.pk if campus else None,
    }


class NominateForm(forms.Form):
    """Ask for the addresses of colleagues, pasted in any form. `cleaned_data["addresses"]` has each once, lower case.

    Refuses what is no address, whoever `by` cannot propose, more than twenty at once, and asking too often
    (`is_rate_limited`): one sentence for each.
    """

    MOST_SENTENCES, LONGEST = 20, 20_000

    addresses = forms.CharField(
        label="School email addresses",
        max_length=LONGEST,
        help_text="Up to 20. Paste them as they are: with commas, semicolons or lines between, with names or without.",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={
            "required": NO_ADDRESS,
            "max_length": "That is too much text. Paste the addresses of at most 20 colleagues.",
            "null_characters_not_allowed": NOT_PRINTABLE,
        },
    )

    def __init__(self, *args, by: Person, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_addresses(self) -> list[str]:
        pasted = read_addresses(self.cleaned_data["addresses"])
        problems = [f"“{_shortened(piece)}” is not an email address." for piece in pasted.wrong]
        if len(pasted.addresses) > Nomination.MOST_AT_ONCE:
            many, most = len(pasted.addresses), Nomination.MOST_AT_ONCE
            problems.append(f"These are {many} addresses. Nominate at most {most} at once.")
        else:
            problems += filter(None, (Nomination.problem_with(email, self.by) for email in pasted.addresses))
        if not problems and not pasted.addresses:
            problems = [NO_ADDRESS]
        if len(problems) > self.MOST_SENTENCES:
            left = len(problems) - self.MOST_SENTENCES
            problems = [*problems[: self.MOST_SENTENCES], f"And {left} more are not right either."]
        if problems:
            raise forms.ValidationError([forms.ValidationError(problem, code="wrong") for problem in problems])
        return pasted.addresses

    def clean(self) -> dict:
        # Only a form that is right in everything else sends a mail, so only that one is counted.
        if not self.errors and not ratelimit.consume(context.request, action="nominate", user=self.by):
            sentence = "You have nominated many colleagues today. Try again tomorrow, or write to the office."
            self.add_error("addresses", forms.ValidationError(sentence, code="rate_limited"))
        return self.cleaned_data

    @property
    def is_rate_limited(self) -> bool:
        return self.has_error("addresses", code="rate_limited")


def _shortened(piece: str) -> str:
    return piece if len(piece) <= 80 else f"{piece[:80]}…"


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
