"""E-mail addresses: one that is accepted here can be written to, and can stand in an invitation.

Narrower than RFC 5321: no quoted local part and no address literal, which many servers and calendars refuse, and ASCII
only, because a letter outside of it in front of the @ needs a server that offers SMTPUTF8 (RFC 6531).
"""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models

from foundation.values.lines import without_invisible

ADDRESS_WRONG = "Enter an e-mail address like name@school.edu."
# RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.3: a path of 256 characters, of which two are its angle brackets.
MOST_LOCAL, MOST = 64, 254
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"(?P<local>{ATOM}(?:\.{ATOM})*)@{LABEL}(?:\.{LABEL})*")


def plain_address(text: str) -> str:
    """Return an address in the one form in which it is stored and compared: visible, in lower case, its domain in ASCII
    (IDNA). What is no address comes back as it is."""
    local, at, domain = without_invisible(text).strip().rpartition("@")
    text = local + at + plain_domain(domain)
    # Some letters that only look like ours become ours in lower case.
    return text.lower() if text.isascii() else text


def plain_domain(text: str) -> str:
    """Return a domain in lower case, an international one in its ASCII form (IDNA), `bücher.example` as
    `xn--bcher-kva.example`. What is no domain comes back as it is."""
    text = without_invisible(text).strip()
    try:
        return text.encode("idna").decode("ascii").lower() if not text.isascii() else text.lower()
    except UnicodeError:
        return text


def read_address(text: str) -> str:
    """Return a typed address in its plain form. Raises ValidationError for what we could not write to."""
    address = plain_address(text)
    found = ADDRESS.fullmatch(address)
    # Mail programs decode what stands between =? and ?= (RFC 2047), and would show another address.
    if not found or len(address) > MOST or len(found["local"]) > MOST_LOCAL or "=?" in address:
        raise ValidationError(ADDRESS_WRONG, code="invalid")
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationError(ADDRESS_WRONG, code="invalid") from None
    return address


class AddressFormField(forms.EmailField):
    """An address as typed, brought into its plain form. Whatever is wrong with it, it is `invalid`."""

    default_error_messages = {"invalid": ADDRESS_WRONG}

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        try:
            return read_address(typed) if typed else typed
        except ValidationError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class AddressField(models.EmailField):
    """An address in a row. A migration knows it as the EmailField it is in the database."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Return the plain address. Raises ValidationError for what is none."""
        return super().clean(read_address(value) if value else value, model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AddressFormField} | kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs
