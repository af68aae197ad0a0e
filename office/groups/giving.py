"""The page where a Manager says what somebody may do in the office: it asks first, and changes nobody’s own groups."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import Person
from accounts.models.groups import APPOINT, STEPS, NotGiven, OfficeGroup, put_into, step_of
from office.base import OfficeAdmin, acting, carry_out
from office.consequences import AsksFirst
from office.lookups import ChosenFilter

NOTHING = ("", "Nothing: the office is closed to them")
CHOICES = [NOTHING, *((step.value, step.label) for step in STEPS)]
NO_GROUP = "none"


def groups_in_words(person: Person) -> str:
    """Return the groups of somebody of the office in words, "" of anybody else."""
    if person.is_superuser:
        return "Everything"
    names = [group.name for group in person.groups.all()]
    return " and ".join(sorted(names)) or ("No group yet" if person.is_staff else "")


class GroupFilter(ChosenFilter):
    """People of the office by what they may do."""

    title = "group"
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((name, name) for name in OfficeGroup.values), (NO_GROUP, "No group yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        chosen = self.value()
        if chosen == NO_GROUP:
            return queryset.filter(is_staff=True, is_superuser=False, groups=None)
        return queryset.filter(groups__name=chosen) if chosen else queryset


class GivingForm(AsksFirst):
    """What somebody may do in the office. Valid once it was said what that lets them do, and somebody said yes."""

    title = "What they may do in the office"
    button = "Save"
    step = forms.ChoiceField(label="They may", required=False, widget=forms.RadioSelect, choices=CHOICES)
    arranges_access = forms.BooleanField(label=OfficeGroup.ACCOMMODATIONS.label, required=False)

    class Meta:
        model = Person
        fields: list[str] = []

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before, self.arranged = step_of(self.instance), self.instance.arranges_access
        self.initial.update(step=self.before, arranges_access=self.arranged)
        self.fields["step"].disabled = not by.has_perm(APPOINT)
        may_tick = by.arranges_access or self.arranged
        self.fields["arranges_access"].disabled = not may_tick
        if not may_tick:
            self.fields["arranges_access"].help_text = "Only somebody in this group puts another person into it."

    @property
    def told(self) -> list[str]:
        """The sentences above the form."""
        return [f"What {self.instance} ({self.instance.email}) may do in the office. It is on record who said so."]

    def consequences(self) -> list[str]:
        step, arranges = self.cleaned_data["step"], self.cleaned_data["arranges_access"]
        said = of_a_step(self.instance, self.before, step) if step != self.before else []
        if arranges and not self.arranged:
            said.append(f"{self.instance} reads and answers what people need to take part. Each reading is on record.")
        if self.arranged and not arranges:
            said.append(f"{self.instance} reads no access requests any more.")
            if not Person.objects.arranging_access().exclude(pk=self.instance.pk).exists():
                said.append("Nobody else is in the group Accommodations: requests then wait unread.")
        return said

    def act(self, by: Person) -> str:
        """Give and take the groups, and return the sentence for afterwards. Raises NotGiven."""
        person, cleaned = self.instance, self.cleaned_data
        put_into(person, cleaned["step"], arranges_access=cleaned["arranges_access"], by=by)
        now = groups_in_words(Person.objects.get(pk=person.pk))
        return f"{person} in the office: {now}." if now else f"The office is closed to {person}."


def of_a_step(person: Person, before: str, step: str) -> list[str]:
    """Return what another group lets somebody do, and what it takes away."""
    gives = {
        "": [f"The office is closed to {person}, at once."],
        OfficeGroup.VIEWER: [f"{person} sees workshops, sessions and figures, and nobody’s name."],
        OfficeGroup.SCHEDULER: [
            f"{person} plans, publishes, changes and cancels workshops and sessions. People who have a seat are told "
            "of what changes, in the office’s name."
        ],
        OfficeGroup.OFFICE: [
            f"{person} sees who registered and who was there, writes to people in the office’s name, and marks "
            "attendance."
        ],
        OfficeGroup.MANAGER: [
            f"{person} may do all that the office may, and says who else may what, you included.",
        ],
    }[step]
    if step and before and list(STEPS).index(OfficeGroup(step)) < list(STEPS).index(OfficeGroup(before)):
        return [*gives, f"What only the group {before} may, {person} may no longer do, at once."]
    if step and not before and not person.is_staff:
        return [*gives, f"{person} sets up a second step of signing in before the office opens."]
    return gives


def giving_page(office: OfficeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show what somebody may do; on POST ask first, then call the verb. A refusal is shown with what was chosen."""
    by = acting(request)
    if not (by.has_perm(APPOINT) or (by.arranges_access and office.has_view_permission(request))):
        raise PermissionDenied
    person = get_object_or_404(office.get_queryset(request), pk=pk)
    if person == by:
        messages.error(request, "Nobody changes what they may do themself. Another Manager does.")
        return redirect("admin:accounts_person_change", pk)
    form = GivingForm(request.POST if request.method == "POST" else None, instance=person, by=by)
    status = HTTPStatus.OK
    if request.method == "POST":

        def act() -> None:
            messages.success(request, form.act(by))

        status = carry_out(form, act, NotGiven)
        if status == HTTPStatus.FOUND:
            return redirect("admin:accounts_person_change", pk)
    return office.page(request, "groups/giving", form.title, status, subtitle=str(person), original=person, form=form)
