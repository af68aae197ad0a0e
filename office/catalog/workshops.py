"""Workshops in the admin, with their parts and objectives in order."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from catalog import order
from catalog.models import Objective, Offering, Part, Program, Workshop
from catalog.models.parts import in_words
from catalog.offerings import SAYS
from catalog.reminder_days import in_order
from foundation import database_clock
from office.base import MOST, NamedAdmin, NamedForm, PartInline, acting, model_choice
from office.catalog.many import ManyWorkshops
from office.catalog.parts import InOrderForm, PartFormSet, WorkshopPartInline
from office.consequences import of_a_draft_workshop, of_a_narrower_audience
from office.credit.kinds import CreditInline, credit_words
from office.evaluations.questions import EvaluationQuestionInline, words_of

AUDIENCE = tuple(Workshop.AUDIENCE_FIELDS.values())


class ObjectiveForm(InOrderForm):
    """An objective, of the whole workshop or of one of its parts."""

    def __init__(self, *args: Any, parts: Sequence[Part] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "part" not in self.fields:
            return
        choice = model_choice(self, "part")
        choice.queryset = Part.objects.filter(pk__in=[part.pk for part in parts])
        choice.choices = [("", "The whole workshop"), *((part.pk, str(part)) for part in parts)]


class ObjectiveFormSet(BaseInlineFormSet):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form_kwargs["parts"] = list(self.instance.parts.all()) if self.instance.pk else []

    def let_go(self) -> None:
        """Let objectives of a part that was deleted with the same press be of the whole workshop."""
        there = set(self.instance.parts.all())
        for form in self.forms:
            if form.instance.part_id and form.instance.part not in there:
                form.instance.part = None


class ObjectiveInline(PartInline):
    model = Objective
    form = ObjectiveForm
    formset = ObjectiveFormSet
    extra = 3
    verbose_name_plural = "objectives, in order"

    def get_fields(self, request: HttpRequest, obj: Workshop | None = None) -> Any:
        """Ask for the part only where the workshop has parts."""
        has_parts = obj is not None and obj.parts.exists()
        return ["text", ("position", "part") if has_parts else "position"]


class WorkshopForm(NamedForm):
    default_minimum = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST,
        help_text=f"Blank: {SAYS[Offering.TRAINING].minimum}; for a lecture {SAYS[Offering.LECTURE].minimum}.",
    )

    class Meta:
        widgets = {
            "summary": forms.TextInput(attrs={"class": "vTextField"}),
            "topics": forms.CheckboxSelectMultiple,
            "facilitators": forms.CheckboxSelectMultiple,
            "partners": forms.CheckboxSelectMultiple,
            "actions": forms.CheckboxSelectMultiple,
            "requires": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("requires", "successor"):
            if name in self.fields and self.instance.pk:
                model_choice(self, name).queryset = Workshop.objects.exclude(pk=self.instance.pk)

    def clean_reminder_days(self) -> str:
        return in_order(self.cleaned_data["reminder_days"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "default_minimum" in cleaned and cleaned["default_minimum"] is None and "offering" in cleaned:
            cleaned["default_minimum"] = SAYS[cleaned["offering"]].minimum
        minimum, capacity = cleaned.get("default_minimum"), cleaned.get("default_capacity")
        if minimum and capacity and minimum > capacity:
            self.add_error("default_minimum", f"The minimum cannot be larger than the capacity, {capacity}.")
        if cleaned.get("needs_attendance") and not cleaned.get("requires") and "requires" not in self.errors:
            self.add_error("needs_attendance", "Choose what it comes after, or take this away: nobody could register.")
        if self.instance.pk:
            self._refuse_circles()
            self._refuse_draft_that_programs_need()
        return cleaned

    def _refuse_circles(self) -> None:
        """Refuse what would go in a circle: workshops that come after each other could never be taken."""
        if not {"requires", "successor"}.intersection(self.changed_data):
            return
        order.lock_order()
        requires, successor = self.cleaned_data.get("requires"), self.cleaned_data.get("successor")
        if requires is not None and (circle := order.circle_of_requires(self.instance, requires)):
            self.add_error("requires", circle)
        if successor is not None and (circle := order.circle_of_successors(self.instance, successor)):
            self.add_error("successor", circle)

    def _refuse_draft_that_programs_need(self) -> None:
        """Refuse to take back a workshop without which nobody could complete a published program."""
        if self.cleaned_data.get("status") != Workshop.Status.DRAFT or "status" not in self.changed_data:
            return
        for program in Program.objects.published().with_entries().filter(entries__workshop=self.instance):
            rest = [entry for entry in program.offered if entry.workshop_id != self.instance.pk]
            flaw = program.rule_over(rest).flaw
            if flaw and not program.rule_over(program.offered).flaw:
                self.add_error("status", f"The program {program} needs this workshop. Without it: {flaw}")

    def roles(self) -> list[str]:
        """Return the roles it is for, as chosen."""
        return [role for role, field in Workshop.AUDIENCE_FIELDS.items() if self.cleaned_data[field]]

    def consequences(self) -> list[str]:
        """Return also the seats that a narrower audience costs people, and what becomes of sessions of a draft."""
        said = super().consequences()
        if set(AUDIENCE).intersection(self.changed_data):
            said += of_a_narrower_audience(self.instance.seats_of_others(self.roles(), database_clock.now()))
        if "status" in self.changed_data and self.cleaned_data["status"] == Workshop.Status.DRAFT:
            said += of_a_draft_workshop(self.instance)
        return said


@admin.register(Workshop)
class WorkshopAdmin(ManyWorkshops, NamedAdmin):
    actions = ManyWorkshops.MANY
    form = WorkshopForm
    list_display = ["title", "status", "offering", "format", "minutes", "default_minimum", "default_capacity"]
    list_filter = ["status", "offering", "format", "topics"]
    search_fields = ["title", "summary", "description"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [WorkshopPartInline, ObjectiveInline, EvaluationQuestionInline, CreditInline]
    other_verbs = AUDIENCE
    instead = "Make it a draft instead: then only the office sees it."
    fieldsets = [
        (
            None,
            {"fields": ["title", "slug", "status", "posture", "offering", "offering_name", "summary", "description"]},
        ),
        ("How", {"fields": ["minutes", "format", "pre_work", "reminder_days", "topics", "actions"]}),
        ("Who gives it", {"fields": ["facilitators", "sponsor", "partners"]}),
        (
            "What people read of it",
            {
                "fields": ["language", "is_interactive", "has_captions", "is_recorded", "recording_note"],
                "description": "Pages and mail say of a workshop what stands here, and nothing else.",
            },
        ),
        (
            "Who it is for",
            {"fields": [*AUDIENCE, "requires", "needs_attendance"]},
        ),
        ("What took its place", {"fields": ["successor"]}),
        ("Attendance", {"fields": ["may_miss_minutes"]}),
        (
            "Sessions start from",
            {
                "fields": ["default_minimum", "default_capacity"],
                "description": "A session needs its minimum to be confirmed; each session may have its own.",
            },
        ),
    ]

    def words(self, obj: Workshop) -> dict[str, str]:
        objectives = [
            f"{number}. {one.text} ({one.part})" if one.part else f"{number}. {one.text}"
            for number, one in enumerate(obj.objectives.select_related("part"), 1)
        ]
        parts = in_words([(part, part.title, part.minutes) for part in obj.parts.all()])
        told = {"Parts": parts, "Objectives": " ".join(objectives) or "nothing"}
        told |= {"Questions of your own": words_of(obj), "Credit": credit_words(obj)}
        return super().words(obj) | told

    def get_readonly_fields(self, request: HttpRequest, obj: Workshop | None = None) -> list[str]:
        """Show the length of a workshop with parts: it is that of the parts together."""
        return ["minutes"] if obj is not None and obj.parts.exists() else []

    def who_needs(self, obj: Workshop) -> list[Model]:
        """Return also the workshops that come after it and those that count as it, which the database would let go."""
        return [*super().who_needs(obj), *obj.prepares_for.all(), *obj.predecessors.all()]

    def view_on_site(self, obj: Workshop) -> str:
        return obj.get_absolute_url()

    def save_model(self, request: HttpRequest, obj: Workshop, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and set(AUDIENCE).intersection(form.changed_data):
            Workshop.objects.get(pk=obj.pk).admit(form.roles(), by=acting(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if isinstance(formset, PartFormSet):
            return formset.carry_out(form.instance, by=acting(request))
        if isinstance(formset, ObjectiveFormSet):
            formset.let_go()
        super().save_formset(request, form, formset, change)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Say what changed, but for the parts: their verb has put them on record."""
        if not add:
            form.before["Parts"] = self.words(form.instance)["Parts"]
        return super().construct_change_message(request, form, formsets, add)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for rows in (form.instance.objectives.all(), form.instance.evaluation_questions.all()):
            for position, row in enumerate(rows, 1):
                if row.position != position:
                    row.position = position
                    row.save(update_fields=["position"])
