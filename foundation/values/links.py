"""Links to the web that people type: a plain link has no character that nobody sees, and a browser opens it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models

from foundation.values.lines import without_invisible

LINK_WRONG = "Enter a link that starts with https://, and nothing else."
validate_url = URLValidator(["http", "https"])


def read_link(text: str) -> str:
    """Return a typed link without characters nobody sees and without the space around it.

    Raises ValidationError for what a browser does not open, and for what cannot be printed on one line.
    """
    link = without_invisible(text).strip()
    try:
        validate_url(link)
    except ValidationError:
        raise ValidationError(LINK_WRONG, code="invalid") from None
    if not link.isprintable() or any(letter.isspace() for letter in link):
        raise ValidationError(LINK_WRONG, code="invalid")
    return link


class LinkFormField(forms.URLField):
    """A link as typed; one without a scheme is taken to begin with https://."""

    default_error_messages = {"invalid": LINK_WRONG}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"assume_scheme": "https"} | kwargs)

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(without_invisible(value) if isinstance(value, str) else value)
        return read_link(typed) if typed else typed


class LinkField(models.URLField):
    """A link in a row. A migration knows it as the URLField it is in the database."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Return the plain link. Raises ValidationError for what is none."""
        return super().clean(read_link(value) if value else value, model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": LinkFormField} | kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs
