"""The office's search: one box, and what was found by kind. Of each kind, only to people who may see its list."""

from http import HTTPStatus
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from foundation import database_clock
from office.base import acting
from office.home import finding
from office.sessions.order import soonest_first

# So many are shown of each kind; a link leads to the list of all.
MOST = 10


class SearchForm(forms.Form):
    q = forms.CharField(
        label="Search people, sessions and workshops",
        max_length=200,
        error_messages={"max_length": "That is too long to search for. Use a few words of at most 200 characters."},
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class Found(NamedTuple):
    """What was found of one kind: at most ten rows, whether there are more, and the list that has them all."""

    kind: str
    rows: list[Any]
    more: bool
    address: str


def search(request: HttpRequest) -> HttpResponse:
    """Show the box, and what was found of each kind. One query for each, and one for who leads the sessions."""
    form, found = SearchForm(request.GET if "q" in request.GET else None), None
    status = HTTPStatus.OK
    if form.is_bound and form.is_valid():
        found = look_for(form.cleaned_data["q"], request)
    elif form.is_bound and request.GET["q"].strip():
        status = HTTPStatus.BAD_REQUEST
    shown = {"form": form, "found": found, "any": found and any(each.rows for each in found)}
    context = {**admin.site.each_context(request), "title": "Search", **shown}
    return TemplateResponse(request, "office/home/search.html", context, status=status)


def look_for(term: str, request: HttpRequest) -> list[Found]:
    """Return what is found by `term` of each kind that the person may see."""
    person, now = acting(request), database_clock.now()
    found = []
    if person.has_perm("accounts.view_person"):
        people = finding.people(term).select_related("unit").order_by("name", "email")
        found.append(_first("People", people, "accounts_person", term))
    if person.has_perm("sessions_app.view_session"):
        sessions = finding.sessions(term).select_related("workshop").prefetch_related("facilitators")
        found.append(_first("Sessions", sessions.order_by(*soonest_first(now)), "sessions_app_session", term))
    if person.has_perm("catalog.view_workshop"):
        workshops = finding.workshops(term).order_by(F("title"), "pk")
        found.append(_first("Workshops", workshops, "catalog_workshop", term))
    return found


def _first(kind: str, rows: QuerySet[Any], noun: str, term: str) -> Found:
    first = list(rows[: MOST + 1])
    every = f"{reverse(f'admin:{noun}_changelist')}?{urlencode({'q': term})}"
    return Found(kind, first[:MOST], len(first) > MOST, every)
