"""The school's own sign-in on pages: its buttons, and what of a profile comes from there."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

from accounts.models import Person
from accounts.school.record import fields_held

register = template.Library()
LABELS = {"name": "Name", "role": "Role", "unit": "Department or unit", "campus": "Campus"}


@register.inclusion_tag("account/_school_buttons.html")
def school_buttons(next_url: str = "") -> dict[str, Any]:
    """Show a link for each of the school's providers that leads there, and from there to `next_url`."""
    query = {"next": next_url} if next_url else {}
    buttons = [(label, reverse(f"school_{name}", query=query)) for name, label in settings.SCHOOL_PROVIDERS.items()]
    return {"buttons": buttons}


@register.inclusion_tag("mfa/_second_step_at_school.html")
def second_step_at_school() -> dict[str, Any]:
    """Show the links by which somebody of the office signs in with the school’s second step, if that is accepted."""
    query = {"next": reverse("admin:index"), "step": "second"}
    accepted = settings.SCHOOL_PROVIDERS if settings.SCHOOL_SECOND_FACTOR else {}
    return {"buttons": [(label, reverse(f"school_{name}", query=query)) for name, label in accepted.items()]}


@register.simple_tag
def ways_in() -> dict[str, Any]:
    """Return which ways to sign in are open: `buttons`, with their `names` in words, and `by_code`."""
    names = list(dict.fromkeys(settings.SCHOOL_PROVIDERS.values()))
    return {"buttons": bool(names), "names": " or ".join(names), "by_code": settings.SIGN_IN_BY_CODE}


@register.inclusion_tag("accounts/_from_the_school.html")
def from_the_school(person: Person) -> dict[str, Any]:
    """Show what of the profile of `person` is the school's to say, where there is such."""
    shown = {name: person.get_role_display() if name == "role" else getattr(person, name) for name in LABELS}
    held = [(LABELS[name], shown[name]) for name in LABELS if name in fields_held(person)]
    return {"held": held, "ways": ways_in()}
