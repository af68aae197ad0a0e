"""The forms about a person. They check shape and keep what was typed; who may sign in is for accounts/sign_in.py."""

from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.core import context
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import sign_in
from accounts.models import Campus, Person, Unit
from accounts.school.record import fields_held
from accounts.signals import DECIDING, person_changed, person_changes_now, titles_chosen
from foundation import database_clock
from foundation.values.addresses import AddressFormField
from foundation.values.lines import OneLineField

NAME_MISSING = "Enter your name"
ROLE_MISSING = "Choose the one that fits you best"
EMAIL_WRONG = "Enter your work or school email address, like name@example.edu"
EMAIL_ELSEWHERE = "That address has no access here. Use your work or school address."
CODES_OFF = "No codes are mailed here. Sign in with your school’s account."
CODE_MISSING = "Enter the six-digit code from the email"
CODE_WRONG = "That code is not right. Check the newest email, or send a new code."


def name_field(**kwargs: Any) -> OneLineField:
    """Return the field for a person's name."""
    messages = {"required": NAME_MISSING, "max_length": "Enter a name of at most 120 characters"}
    widget = forms.TextInput(attrs={"autocomplete": "name"})
    return OneLineField(label="Name", max_length=120, widget=widget, error_messages=messages, **kwargs)


def role_field(**kwargs: Any) -> forms.ChoiceField:
    """Return the field for a person's role: five radio buttons."""
    messages = {"required": ROLE_MISSING, "invalid_choice": ROLE_MISSING}
    choices = Person.Role.choices
    return forms.ChoiceField(label="I am", choices=choices, widget=forms.RadioSelect, error_messages=messages, **kwargs)


def unit_field(**kwargs: Any) -> forms.ModelChoiceField:
    """Return the field for a person's unit: a select, because a phone shows its own wheel for it."""
    return forms.ModelChoiceField(
        Unit.objects.all(),
        label="Department or unit (optional)",
        required=False,
        empty_label="Not listed, or none",
        error_messages={"invalid_choice": "Choose a department from the list, or leave it empty"},
        **kwargs,
    )


def campus_field(**kwargs: Any) -> forms.ModelChoiceField:
    """Return the field for a person's campus."""
    return forms.ModelChoiceField(
        Campus.objects.all(),
        label="Campus (optional)",
        required=False,
        empty_label="None in particular",
        error_messages={"invalid_choice": "Choose a campus from the list, or leave it empty"},
        **kwargs,
    )


class SignInForm(RequestLoginCodeForm):
    """Ask for a school address. Refuses other addresses, and the same one asked for too often (code `rate_limited`)."""

    email = AddressFormField(
        label="Work or school email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
        error_messages=dict.fromkeys(["required", "invalid", "max_length", "null_characters_not_allowed"], EMAIL_WRONG),
    )

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if not settings.SIGN_IN_BY_CODE:
            raise ValidationError(CODES_OFF, code="off")
        if not sign_in.may_ask(email):
            raise ValidationError(EMAIL_ELSEWHERE, code="elsewhere")
        return email

    def clean(self) -> dict:
        cleaned = super().clean()
        # Only a form that is right in everything else sends a mail, so only that one is counted.
        if not self.errors and not self._may_send(cleaned["email"]):
            self.add_error("email", get_adapter().validation_error("rate_limited"))
        return cleaned

    def _may_send(self, email: str) -> bool:
        return sign_in.may_send(context.request, email)

    @property
    def is_rate_limited(self) -> bool:
        return self.has_error("email", code="rate_limited")


class CodeForm(ConfirmLoginCodeForm):
    """Ask for the code mailed to `email`, or its spare one. Blanks and dashes in it do not matter.

    A code that `was_refused` is shown with that, and not compared once more.
    """

    MOST = 64

    code = forms.CharField(
        label="Code",
        max_length=MOST,
        help_text="Six digits, in the newest email from us.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
        error_messages=dict.fromkeys(["max_length", "null_characters_not_allowed"], CODE_WRONG)
        | {"required": CODE_MISSING},
    )

    def __init__(self, *args: Any, email: str, was_refused: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email, self.was_refused = email, was_refused

    def clean_code(self) -> str:
        if self.was_refused:
            raise ValidationError(CODE_WRONG)
        code = "".join(self.cleaned_data["code"].split()).replace("-", "")
        self.cleaned_data["code"] = code
        try:
            return super().clean_code()
        except ValidationError:
            if sign_in.use_spare_code(self.email, code):
                return code
            raise


class ProfileForm(forms.ModelForm):
    """Ask what a person says about themselves."""

    name = name_field()
    addressed_as = OneLineField(
        label="How should we address you? (optional)",
        max_length=60,
        required=False,
        help_text="Our mail begins with it: Dr. Doe, or Jane.",
        error_messages={"max_length": "Enter at most 60 characters"},
    )
    pronouns = OneLineField(
        label="Pronouns (optional)",
        max_length=40,
        required=False,
        error_messages={"max_length": "Enter at most 40 characters"},
    )
    role = role_field()
    unit = unit_field()
    campus = campus_field()

    discreet_titles = forms.BooleanField(
        label="Use a neutral title in my calendar",
        required=False,
        help_text="If others see your calendar: its entries, and the subjects of our mail, can say “Training session” "
        "instead of the title. The real one then stands only inside the mail and on your pages. We send an update for "
        "each entry you have already.",
    )

    class Meta:
        model = Person
        fields = ["name", "addressed_as", "pronouns", "role", "unit", "campus", "discreet_titles"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What the school says is shown beside the form, and nothing that is posted changes it.
        for name in fields_held(self.instance):
            del self.fields[name]

    def seats_lost(self, now: datetime) -> list:
        """Return the seats that a valid form would cost the person: those in sessions that are for others."""
        if not DECIDING.intersection(self.changed_data):
            return []
        return self.instance.registrations.out_of_reach_of(self.instance, now)

    def save(self, commit: bool = True) -> Person:
        """Write these fields and no others, and say so if one of them decides what the person may attend."""
        if commit:
            with transaction.atomic():
                now, chooses_titles = database_clock.now(), "discreet_titles" in self.changed_data
                if chooses_titles:
                    self.instance.discreet_titles_chosen_at = now
                if chooses_titles or DECIDING.intersection(self.changed_data):
                    person_changes_now.send(Person, person=self.instance)
                self.instance.save(update_fields=[*self.fields, "discreet_titles_chosen_at"])
                if DECIDING.intersection(self.changed_data):
                    person_changed.send(Person, person=self.instance)
                if chooses_titles:
                    titles_chosen.send(Person, person=self.instance, now=now)
        return self.instance
