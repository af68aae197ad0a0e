"""What colleagues did lately, from the change log: one sentence each, the newest first.

A person reads of what they may see: of people, say, only with the permission to see people. Of access requests nobody
reads here, not even people who answer them: that one was asked is private. What people did to their own things is not
what colleagues did, and is left out unless it is asked for.
"""

from datetime import datetime, time, timedelta
from functools import cached_property
from http import HTTPStatus
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.models import Person
from foundation.dates import day_and_time
from foundation.values.days import validate_day
from foundation.values.zones import zone_of
from office.base import acting
from office.sessions.history import MAY_SEE_NAMES, NAMES_A_PERSON
from registrations.models import Accommodation

ON_A_PAGE = 50
PRIVATE = (Accommodation,)
COLLEAGUES, EVERYBODY = "colleagues", "everybody"
NONE_SUCH = "Choose one of these."


def subjects(request: HttpRequest) -> dict[int, str]:
    """Return what the person may read of: the plural of each noun by the key of its content type."""
    nouns = [
        model
        for model, page in admin.site._registry.items()
        if model not in PRIVATE and page.has_view_permission(request)
    ]
    types = ContentType.objects.get_for_models(*nouns, for_concrete_models=False)
    words = {kind.pk: str(model._meta.verbose_name_plural) for model, kind in types.items()}
    return dict(sorted(words.items(), key=lambda one: one[1].casefold()))


class ActivityForm(forms.Form):
    """Which activity: whose, about what, on which day of the portal's calendar, and before which entry."""

    by = forms.ChoiceField(label="Who", required=False, error_messages={"invalid_choice": NONE_SUCH})
    about = forms.ChoiceField(label="About", required=False, error_messages={"invalid_choice": NONE_SUCH})
    day = forms.DateField(
        required=False,
        validators=[validate_day],
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write the day like 2027-05-14."},
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, subjects: dict[int, str]) -> None:
        super().__init__(data)
        self.subjects = subjects
        who = [(str(one.pk), str(one)) for one in self.colleagues]
        self.fields["by"].choices = [("", f"Colleagues and {settings.PRODUCT_NAME}"), (EVERYBODY, "Everybody"), *who]  # type: ignore[attr-defined]
        about = [(str(key), words[:1].upper() + words[1:]) for key, words in subjects.items()]
        self.fields["about"].choices = [("", "Everything"), *about]  # type: ignore[attr-defined]

    @cached_property
    def colleagues(self) -> list[Person]:
        """Return the people of the office, and Quorum, which acts for the rule."""
        return list(Person.objects.filter(_of_the_office("")).order_by("name", "email"))

    @property
    def is_narrow(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("by", "about", "day"))

    def entries(self) -> QuerySet[LogEntry]:
        """Return the entries that a valid form asks for, the newest first."""
        chosen = self.cleaned_data
        found = LogEntry.objects.filter(content_type__in=[chosen["about"]] if chosen["about"] else list(self.subjects))
        if not chosen["by"]:
            found = found.filter(user__in=[one.pk for one in self.colleagues])
        elif chosen["by"] != EVERYBODY:
            found = found.filter(user=chosen["by"])
        if chosen["day"]:
            begins = datetime.combine(chosen["day"], time.min, zone_of(settings.TIME_ZONE))
            found = found.filter(action_time__gte=begins, action_time__lt=begins + timedelta(days=1))
        if chosen["before"]:
            found = found.filter(pk__lt=chosen["before"])
        return found.select_related("user", "content_type").order_by("-pk")


def _of_the_office(path: str) -> Q:
    is_rule = Q(**{f"{path}email": Person.objects.RULE_ADDRESS})
    return Q(**{f"{path}is_staff": True}) | Q(**{f"{path}is_superuser": True}) | is_rule


class Entry(NamedTuple):
    """One entry: when, who, the thing with its page if it has one, what kind of thing, and the sentence."""

    when: str
    who: str
    thing: str
    address: str
    noun: str
    sentence: str


def entry(row: LogEntry) -> Entry:
    """Return what is shown of `row`."""
    noun = row.content_type.model_class() if row.content_type else None
    said = row.get_change_message()
    if row.action_flag == DELETION:
        said = f"Deleted. {said}".strip()
    elif row.action_flag == ADDITION:
        said = said or "Added."
    return Entry(
        day_and_time(row.action_time, settings.TIME_ZONE),
        str(row.user),
        row.object_repr,
        "" if row.action_flag == DELETION else row.get_admin_url() or "",
        str(noun._meta.verbose_name) if noun else "",
        said,
    )


def activity(request: HttpRequest) -> HttpResponse:
    """Show what was done, fifty entries to a page. A filter that cannot be read is 400, and says what is wrong."""
    acting(request)
    form = ActivityForm(request.GET, subjects=subjects(request))
    status, rows = HTTPStatus.OK, []
    if form.is_valid():
        entries = form.entries()
        if not acting(request).has_perm(MAY_SEE_NAMES):
            entries = entries.exclude(change_message__contains=NAMES_A_PERSON)
        rows = list(entries[: ON_A_PAGE + 1])
    else:
        status = HTTPStatus.BAD_REQUEST
    shown = {
        "form": form,
        "entries": [entry(row) for row in rows[:ON_A_PAGE]],
        "older": rows[ON_A_PAGE - 1].pk if len(rows) > ON_A_PAGE else None,
    }
    context = {**admin.site.each_context(request), "title": "Activity", **shown}
    return TemplateResponse(request, "office/home/activity.html", context, status=status)
