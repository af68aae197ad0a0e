"""What somebody of the office reads where their group ends: why, who may, and whom to ask."""

from http import HTTPStatus
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.models import Person
from accounts.models.groups import OfficeGroup, managers
from accounts.second_factor import is_office_page
from foundation.text import listed
from office.groups.may import groups_allowed
from registrations.models import Accommodation

MOST_NAMED = 5
# What a page of the admin needs, by the end of its URL's name; a change form opens to people who may only look.
NEEDS = {"changelist": "view", "history": "view", "change": "view", "add": "add", "delete": "delete"}
DOES = {"view": "open", "add": "add", "change": "change", "delete": "delete"}


def is_of_the_office(request: HttpRequest) -> bool:
    """Tell whether the page that was refused is one of the office, and its reader too."""
    page, user = request.resolver_match, getattr(request, "user", None)
    if page is None or not isinstance(user, Person) or not (user.is_active and user.is_staff):
        return False
    return is_office_page(page)


def refused_page(request: HttpRequest, status: int = HTTPStatus.FORBIDDEN) -> HttpResponse:
    """Answer with the page that says why this is not for its reader, or that they have no group yet: whom to ask."""
    person = request.user
    assert isinstance(person, Person)
    mine = sorted(person.groups.values_list("name", flat=True))
    has_any = bool(mine or person.is_superuser or person.get_all_permissions())
    context = {
        **admin.site.each_context(request),
        "title": "Your group does not do this" if has_any else "You have no group yet",
        "has_any": has_any,
        "mine": [OfficeGroup(name).label for name in mine if name in OfficeGroup.values],
        "why": _why(request, mine) if has_any else "",
        "groups": [group.label for group in OfficeGroup],
        "to_ask": list(managers().exclude(pk=person.pk).order_by("name", "email")[:MOST_NAMED]),
    }
    return TemplateResponse(request, "office/groups/refused.html", context, status=status)


def _why(request: HttpRequest, mine: list[str]) -> str:
    """Say in a sentence who may what the reader may not."""
    model, action = _asked(request)
    if model is Accommodation:
        return f"Only people in the group {OfficeGroup.ACCOMMODATIONS.value} open access requests."
    if model is None or not action:
        return "This page does more than your group may."
    opts = model._meta
    may = groups_allowed(f"{opts.app_label}.{get_permission_codename(action, opts)}")
    what = str(opts.verbose_name_plural)
    if not may:
        return f"Nobody may {DOES[action]} {what} on this page."
    if set(may).intersection(mine):
        return f"Your group may {DOES[action]} {what}, but not this one."
    return f"Of the office, only {listed(may)} may {DOES[action]} {what}."


def _asked(request: HttpRequest) -> tuple[type[models.Model] | None, str]:
    """Return what a page of the admin is about and what it needs, as far as its URL's name tells."""
    name = str(request.resolver_match.url_name) if request.resolver_match else ""
    for model in admin.site._registry:
        before, found, end = name.partition(f"{model._meta.app_label}_{model._meta.model_name}_")
        if found and not before:
            action = NEEDS.get(end, "")
            return model, "change" if end == "change" and request.method == "POST" else action
    return None, ""


def index_or_no_group(request: HttpRequest, index: Any, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Show the office's home, or to somebody without a group whom to ask for one."""
    person = request.user
    assert isinstance(person, Person)
    # Asked of the permissions first: the page asks for them anyway.
    if not (person.is_superuser or person.get_all_permissions() or person.groups.exists()):
        return refused_page(request, HTTPStatus.OK)
    response: HttpResponse = index(request, extra_context)
    return response
