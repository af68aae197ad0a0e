"""Workshops in the admin, with their objectives in order."""

from django import forms
from django.contrib import admin

from accounts.desk import DeskAdmin, DeskForm, NamedAdmin, PartInline
from catalog.models import Facilitator, Objective, Topic, Workshop
from catalog.reminder_days import in_order

LAST = 32767


class ObjectiveForm(forms.ModelForm):
    position = forms.IntegerField(
        label="Order", required=False, min_value=1, max_value=LAST, widget=forms.NumberInput(attrs={"size": 3})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.pop("position", None)

    def clean_position(self) -> int:
        """A row without a number comes last."""
        return self.cleaned_data["position"] or LAST


class ObjectiveInline(PartInline):
    model = Objective
    form = ObjectiveForm
    fields = [("position", "text")]
    extra = 3
    verbose_name_plural = "objectives, in order"


class WorkshopForm(DeskForm):
    class Meta:
        widgets = {
            "summary": forms.TextInput(attrs={"class": "vTextField"}),
            "topics": forms.CheckboxSelectMultiple,
            "facilitators": forms.CheckboxSelectMultiple,
            "requires": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "requires" in self.fields and self.instance.pk:
            self.fields["requires"].queryset = Workshop.objects.exclude(pk=self.instance.pk)

    def clean_requires(self):
        """Refuse a circle: two workshops that come after each other could never be taken."""
        chosen = self.cleaned_data["requires"]
        before, seen = set(chosen), set()
        while before:
            seen |= before
            before = set(Workshop.objects.filter(prepares_for__in=before)) - seen
        if self.instance.pk and self.instance in seen:
            raise forms.ValidationError("One of these comes after this workshop itself, directly or through another.")
        return chosen

    def clean_reminder_days(self) -> str:
        return in_order(self.cleaned_data["reminder_days"])

    def clean(self):
        cleaned = super().clean()
        minimum, capacity = cleaned.get("default_minimum"), cleaned.get("default_capacity")
        if minimum and capacity and minimum > capacity:
            self.add_error("default_minimum", f"The minimum cannot be larger than the capacity, {capacity}.")
        return cleaned


@admin.register(Workshop)
class WorkshopAdmin(NamedAdmin):
    form = WorkshopForm
    list_display = ["title", "status", "format", "minutes", "default_minimum", "default_capacity"]
    list_filter = ["status", "format", "topics"]
    search_fields = ["title", "summary", "description"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [ObjectiveInline]
    fieldsets = [
        (None, {"fields": ["title", "slug", "status", "summary", "description"]}),
        ("How", {"fields": ["minutes", "format", "pre_work", "reminder_days", "topics", "facilitators"]}),
        (
            "Who it is for",
            {"fields": ["for_faculty", "for_staff", "for_residents", "for_students", "for_others", "requires"]},
        ),
        (
            "Sessions start from",
            {
                "fields": ["default_minimum", "default_capacity"],
                "description": "A session needs its minimum to be confirmed; each session may have its own.",
            },
        ),
    ]

    def words(self, obj) -> dict[str, str]:
        objectives = [f"{number}. {one.text}" for number, one in enumerate(obj.objectives.all(), 1)]
        return super().words(obj) | {"Objectives": " ".join(objectives) or "nothing"}

    def view_on_site(self, obj) -> str:
        return obj.get_absolute_url()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for position, objective in enumerate(form.instance.objectives.all(), 1):
            if objective.position != position:
                objective.position = position
                objective.save(update_fields=["position"])


@admin.register(Topic)
class TopicAdmin(DeskAdmin):
    list_display = ["name"]
    fields = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    office_may = ("view", "add", "change", "delete")


@admin.register(Facilitator)
class FacilitatorAdmin(NamedAdmin):
    list_display = ["name", "credentials", "pronouns", "title"]
    fields = ["name", "credentials", "pronouns", "title"]
    search_fields = ["name", "title"]
    office_may = ("view", "add", "change", "delete")

    def has_delete_permission(self, request, obj=None):
        """Not while they lead a session to come: its people have them in their calendars."""
        leads = obj is not None and obj.sessions.running().exists()
        return not leads and super().has_delete_permission(request, obj)
