"""The registration form, in the two shapes it has. Whether there is a seat is for `Registration.objects.register`."""

from django import forms

from accounts.forms import SignInForm, name_field, role_field, unit_field


class ProfileGapsForm(forms.Form):
    """Ask a signed-in person for what their profile lacks; with a complete profile it has no field."""

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        if person.profile_is_complete:
            return
        if not person.name:
            self.fields["name"] = name_field()
        if not person.role:
            self.fields["role"] = role_field()
        if not person.unit_id:
            self.fields["unit"] = unit_field()

    @property
    def profile(self) -> dict:
        """What was said, as fields of a Person."""
        return profile_of(self)


class NewcomerForm(SignInForm):
    """Ask somebody who is signed out for name, school email, role and unit."""

    name = name_field()
    role = role_field()
    unit = unit_field()

    field_order = ["name", "email", "role", "unit"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = "Your calendar invitation goes here."

    @property
    def profile(self) -> dict:
        """What was said, as fields of a Person."""
        return profile_of(self)


def profile_of(form: forms.Form) -> dict:
    said = form.cleaned_data
    unit = said.get("unit")
    return {"name": said.get("name", ""), "role": said.get("role", ""), "unit_id": unit.pk if unit else None}
