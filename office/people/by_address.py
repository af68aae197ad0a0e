"""Name somebody who has an account, by address."""

from django import forms

from accounts.models import Person
from foundation.values.addresses import AddressFormField


class ByAddress(forms.Form):
    """Name somebody who has an account, by address. A valid form has the `person`."""

    person: Person

    email = AddressFormField(
        label="E-mail address", error_messages={"required": "Enter the address of somebody with an account."}
    )

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        person = Person.objects.filter(email=email).exclude(email=Person.objects.RULE_ADDRESS).first()
        if person is None:
            raise forms.ValidationError("Nobody has this address. Add the person under People first.")
        self.person = person
        return email
