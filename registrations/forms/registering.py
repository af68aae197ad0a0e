"""The registration form, for somebody who is signed in and for somebody who is not."""

from typing import Any

from django import forms

from accounts.forms import SignInForm, campus_field, name_field, role_field, unit_field
from accounts.models import Person
from registrations.forms.access import NeedsField
from registrations.forms.mode import ask_how
from sessions_app.models import Session


class ProfileGapsForm(forms.Form):
    """Ask a signed-in person for what their profile lacks, and for what they need to take part."""

    def __init__(self, *args: Any, person: Person, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= gaps_of(person, for_campus=bool(session.for_campus_id))
        ask_how(self, session)
        self.fields["needs"] = NeedsField(label="Access needs (optional)", required=False)

    @property
    def profile(self) -> dict[str, Any]:
        """What was said, as fields of a Person."""
        return profile_of(self)


class NewcomerForm(SignInForm):
    """Ask somebody who is signed out for name, school email, role and unit, and for the campus if it decides."""

    name = name_field()
    role = role_field()
    unit = unit_field()

    field_order = ["name", "email", "role", "unit"]

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if session.for_campus_id:
            self.fields["campus"] = campus_field()
        self.fields["email"].help_text = "Your calendar invitation goes here."
        ask_how(self, session)

    @property
    def profile(self) -> dict[str, Any]:
        """What was said, as fields of a Person."""
        return profile_of(self)


def gaps_of(person: Person, for_campus: bool) -> dict[str, forms.Field]:
    """Return the fields for what the profile of `person` lacks; the campus only where it decides."""
    gaps: dict[str, forms.Field] = {}
    if for_campus and not person.campus_id:
        gaps["campus"] = campus_field()
    if not person.profile_is_complete:
        if not person.name:
            gaps["name"] = name_field()
        if not person.role:
            gaps["role"] = role_field()
        if not person.unit_id:
            gaps["unit"] = unit_field()
    return gaps


def profile_of(form: forms.Form) -> dict[str, Any]:
    """Return what was said in a valid `form`, as fields of a Person: name, role, unit_id, campus_id."""
    said = form.cleaned_data
    unit, campus = said.get("unit"), said.get("campus")
    return {
        "name": said.get("name", ""),
        "role": said.get("role", ""),
        "unit_id": unit.pk if unit else None,
        "campus_id": campus.pk if campus else None,
    }
