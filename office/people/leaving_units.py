"""The page on which a unit goes: deleted, or merged into the one that takes its place. It asks first."""

from http import HTTPStatus
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import Unit
from foundation.text import number_words
from office.base import OfficeAdmin, acting, carry_out, model_choice
from office.consequences import AsksFirst, people_words
from office.lists.choosing import MOST_TO_LOOK_THROUGH

LIST = "admin:accounts_unit_changelist"


class LeavingForm(AsksFirst):
    """A unit that goes, and what takes its place. Valid once it was said what that does, and somebody said yes."""

    title = "Merge or delete this unit"
    button = "Merge or delete"
    is_grave = True
    into = forms.ModelChoiceField(
        Unit.objects.all(),
        required=False,
        label="What takes its place",
        empty_label="Nothing: it is deleted, and its people name no unit any more",
    )

    class Meta:
        model = Unit
        fields: list[str] = []

    def __init__(self, *args: Any, office: OfficeAdmin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = model_choice(self, "into")
        field.queryset = Unit.objects.exclude(pk=self.instance.pk)
        if Unit.objects.order_by()[: MOST_TO_LOOK_THROUGH + 1].count() > MOST_TO_LOOK_THROUGH:
            field.widget = AutocompleteSelect(Unit._meta.get_field("parent"), office.admin_site)
            field.widget.choices = field.choices

    @property
    def told(self) -> list[str]:
        """The sentences above the form."""
        return [f"{self.instance} goes. Choose the unit that takes its place, or nothing, and read first what follows."]

    def has_changed(self) -> bool:
        return True

    def consequences(self) -> list[str]:
        unit, into = self.instance, self.cleaned_data["into"]
        said = of_a_unit_merged(unit, into) if into else of_a_unit_deleted(unit)
        return [*said, "Nobody is written to. It cannot be undone."]

    def act(self, by: Any) -> str:
        """Let the unit go, and return the sentence for afterwards. Raises Unit.Refused."""
        unit, into = self.instance, self.cleaned_data["into"]
        name = str(unit)
        if into:
            unit.merge_into(into, by=by)
            return f"{name} was merged into {into}."
        unit.remove(by=by)
        return f"{name} was deleted."


class _Followers(NamedTuple):
    """How many of each follow a unit that goes."""

    people: int
    requests: int
    champions: int

    @classmethod
    def of(cls, unit: Unit) -> "_Followers":
        return cls(unit.people.count(), unit.session_requests.count(), unit.champions.standing().count())


def _of_its_parts(unit: Unit, under: Unit | None) -> list[str]:
    parts, above = unit.children.count(), under or "no other unit"
    if not parts:
        return []
    if parts == 1:
        return [f"The one unit that is part of it is part of {above} from then on."]
    return [f"The {number_words(parts)} units that are part of it are part of {above} from then on."]


def of_a_unit_deleted(unit: Unit) -> list[str]:
    """Return what deleting a unit does to profiles, requests, champions and the units under it."""
    many = _Followers.of(unit)
    said = [f"{unit} is deleted, and empties the unit in the profile of {people_words(many.people)}."]
    if not many.people:
        said = [f"{unit} is deleted. Nobody’s profile names it."]
    if many.requests:
        said.append(f"Requests for a session that name it, and then name no unit: {many.requests}.")
    if many.champions:
        said.append(f"It is represented by {people_words(many.champions)}; that is deleted too.")
    return said + _of_its_parts(unit, unit.parent)


def of_a_unit_merged(unit: Unit, into: Unit) -> list[str]:
    """Return what merging a unit into another does to profiles, requests, champions, head counts and parts."""
    many = _Followers.of(unit)
    said = [f"{unit} goes, and the profile of {people_words(many.people)} names {into} instead."]
    if not many.people:
        said = [f"{unit} goes. Nobody’s profile names it."]
    if many.requests:
        said.append(f"Requests for a session that name it, and then name {into}: {many.requests}.")
    if many.champions:
        said.append(f"{into} is also represented by the champions of {unit}: {many.champions}.")
    if unit.head_count and into.head_count and unit.head_count != into.head_count:
        said.append(f"The head count of {into} stays {into.head_count}; {unit} had {unit.head_count}.")
    elif unit.head_count and not into.head_count:
        said.append(f"The head count {unit.head_count} comes along.")
    if into.is_under(unit):
        said.append(f"{into} was part of {unit}, and is part of {unit.parent or 'no other unit'} from then on.")
    return said + _of_its_parts(unit, into)


def leaving_page(office: OfficeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show what becomes of a unit that goes; on POST ask first, then call the verb."""
    unit = get_object_or_404(Unit.objects.select_related("parent"), pk=pk)
    if not office.has_delete_permission(request, unit):
        raise PermissionDenied
    form = LeavingForm(request.POST if request.method == "POST" else None, instance=unit, office=office)
    status = HTTPStatus.OK
    if request.method == "POST":

        def act() -> None:
            messages.success(request, form.act(acting(request)))

        status = carry_out(form, act, Unit.Refused)
        if status == HTTPStatus.FOUND:
            return redirect(LIST)
    return office.page(request, "units/leaving", form.title, status, subtitle=str(unit), original=unit, form=form)
