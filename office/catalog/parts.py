"""The parts of a workshop on its page in the admin: rows in order, saved by one verb."""

from typing import Any

from django import forms
from django.db import IntegrityError
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from accounts.models import Person
from catalog.models import Part, PartPlan, Workshop
from catalog.models.parts import MOST_PARTS, refuse_as_parts
from office.base import PartInline

LAST = 32767


class InOrderForm(forms.ModelForm):
    """A row that has its place by a number; one without a number comes last."""

    position = forms.IntegerField(
        label="Order", required=False, min_value=1, max_value=LAST, widget=forms.NumberInput(attrs={"size": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.pop("position", None)

    def clean_position(self) -> int:
        """Return the number typed; a row without one comes last."""
        return self.cleaned_data["position"] or LAST


class PartForm(InOrderForm):
    class Meta:
        error_messages = {"title": {"required": "Give this part a title."}}


class PartFormSet(BaseInlineFormSet):
    """The rows of all parts. What they say is carried out by `Part.objects.divide`, which refuses as `clean` does."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        for form in self.initial_forms:
            if form.cleaned_data.get(DELETION_FIELD_NAME):
                self._refuse(form.instance.refuse_if_held)
        self._refuse(lambda: refuse_as_parts(self.plans()))

    def _refuse(self, check: Any) -> None:
        try:
            check()
        except Part.Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def plans(self) -> list[PartPlan]:
        """Return the parts as typed, in the order of their numbers and then of the page."""
        said = [form for form in self.forms if form in self.initial_forms or form.has_changed()]
        stay = [form.cleaned_data for form in said if not form.cleaned_data.get(DELETION_FIELD_NAME)]
        in_order = sorted(stay, key=lambda typed: typed["position"])
        return [PartPlan(typed["title"], typed["minutes"], typed["id"]) for typed in in_order]

    def carry_out(self, workshop: Workshop, by: Person) -> None:
        """Let `workshop` have these parts. Raises IntegrityError where that was right until a moment ago."""
        try:
            Part.objects.divide(workshop, self.plans(), by=by)
        except Part.Refused as refusal:
            raise IntegrityError(str(refusal)) from refusal
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []


class WorkshopPartInline(PartInline):
    """The parts of a workshop. They are out of the way where it has none."""

    model = Part
    form = PartForm
    formset = PartFormSet
    fields = ["title", ("position", "minutes")]
    extra = 2
    max_num = MOST_PARTS
    verbose_name_plural = "parts, in order, for a workshop of several meetings"

    def get_formset(self, request: HttpRequest, obj: Workshop | None = None, **kwargs: Any) -> Any:
        has_parts = obj is not None and obj.parts.exists()
        self.classes = [] if has_parts else ["collapse"]
        formset = super().get_formset(request, obj, **kwargs)
        # Django would refuse to delete what a draft holds, too. `PartFormSet.clean` knows better, and says why.
        formset.form.hand_clean_DELETE = lambda form: None  # type: ignore[attr-defined] # the admin's own form has it
        return formset

    def get_extra(self, request: HttpRequest, obj: Workshop | None = None, **kwargs: Any) -> int:
        return 1 if obj is not None and obj.parts.exists() else self.extra
