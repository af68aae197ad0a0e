"""DOIs that people type: the plain form is the name alone, without the address or the word in front of it."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from foundation.text import shown
from foundation.values.lines import without_invisible

# The DOI Handbook, section 2.2: a directory code 10 and a registrant code, then anything printable after a slash. All
# that are given out have four to nine digits first.
DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/\S+", re.ASCII)
BEFORE_IT = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:\s*", re.IGNORECASE)
MOST = 200


def read_doi(text: str) -> str:
    """Return a typed DOI as its name alone, `10.36834/cmej.71566`, from that, from its link or from “doi: ...”.

    Raises ValidationError for what is none.
    """
    typed = without_invisible(text).strip()
    found = BEFORE_IT.match(typed)
    doi = typed[found.end() :] if found else typed
    if not DOI.fullmatch(doi) or not doi.isprintable() or len(doi) > MOST:
        raise ValidationError(
            f"“{shown(typed)}” is not a DOI. Copy it as the article gives it, such as 10.1000/182.", code="invalid"
        )
    return doi


class DoiFormField(forms.CharField):
    """A DOI as typed."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        return read_doi(typed) if typed else typed


class DoiField(models.CharField):
    """A DOI in a row. A migration knows it as the CharField it is in the database."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Return the plain DOI. Raises ValidationError for what is none."""
        return super().clean(read_doi(value) if value else value, model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        # Its link may be typed, which is longer than the DOI.
        return super().formfield(**{"form_class": DoiFormField, "max_length": None} | kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
