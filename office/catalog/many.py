"""What the office does to many workshops at once: publish their drafts."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.models import Person
from catalog.models import Workshop
from foundation.text import number_words
from office.base import OfficeAdmin
from office.many.asking import Line, ManyForm, ask, one_by_one
from sessions_app.models import Session


class PublishWorkshops(ManyForm):
    title, button = "Publish the selected workshops", "Publish them"

    def lines(self) -> list[Line]:
        there = "It is published already."
        return [Line(one, _becomes(one), refusal=there if one.is_published else "") for one in self.chosen]

    def act(self, lines: Sequence[Line], by: Person) -> list[tuple[Any, str]]:
        def publish(line: Line) -> None:
            assert isinstance(line.noun, Workshop)
            line.noun.publish(by)

        return one_by_one(lines, publish, Workshop.DoesNotExist)

    def done(self, many: int) -> str:
        return "One workshop is published." if many == 1 else f"{many} workshops are published."


def _becomes(workshop: Any) -> list[str]:
    """Return what publishing a workshop does, and what it lacks; it is counted by `ManyWorkshops`."""
    said = ["It is in the catalog, and people may ask for a date."]
    if workshop.drafts == 1:
        said.append("Its one draft of a session stays a draft: publish it next.")
    elif workshop.drafts:
        said.append(f"Its {number_words(workshop.drafts)} drafts of sessions stay drafts: publish them next.")
    if workshop.running:
        said.append("Its published sessions can be found again, and people can register.")
    if not workshop.summary:
        said.append("It has no summary yet.")
    if not workshop.has_objectives:
        said.append("It has no objectives yet.")
    return said


class ManyWorkshops(OfficeAdmin):
    """The actions of the list of workshops."""

    MANY = ("publish_selected",)

    @admin.action(description="Publish selected workshops", permissions=["change"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Workshop]) -> HttpResponse | None:
        counted = queryset.annotate(
            drafts=Count("sessions", filter=Q(sessions__status=Session.Status.DRAFT), distinct=True),
            running=Count("sessions", filter=Q(sessions__status__in=Session.RUNNING), distinct=True),
            has_objectives=Count("objectives", distinct=True),
        )
        return ask(self, request, counted.order_by("title"), PublishWorkshops, "publish_selected")
