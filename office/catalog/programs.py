"""Programs in the admin: words, rule, categories, and the workshops in order.

The rule, the categories and the workshops are typed on one page and checked together, as they will be once saved.
"""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from catalog import order
from catalog.models import Program, ProgramCategory, ProgramWorkshop, Workshop
from catalog.program_rule import ProgramRule, RuleKind, Wanted
from foundation.values.lines import OneLineField
from office.base import MOST, OfficeAdmin, OfficeForm, PartInline
from office.catalog.parts import InOrderForm


class ProgramForm(OfficeForm):
    class Meta:
        widgets = {
            "lead": forms.TextInput(attrs={"size": 80}),
            "partners": forms.CheckboxSelectMultiple,
            "rule": forms.RadioSelect,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        rule, needed = cleaned.get("rule"), cleaned.get("needed")
        if rule == RuleKind.SOME and needed is None and "needed" not in self.errors:
            self.add_error("needed", "Say how many workshops it takes.")
        elif rule and rule != RuleKind.SOME and needed is not None:
            self.add_error("needed", "Leave this blank: the number belongs to “So many of its workshops”.")
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc] # Django's own, which its stubs do not know
        # The rows below are checked against the rule, where there is one that can be read.
        self.instance.is_typed_well = not self.errors


class CategoryFormSet(BaseInlineFormSet):
    """The categories. What is typed is kept on the program for the rows of its workshops."""

    def clean(self) -> None:
        super().clean()
        named = [form for form in self.forms if form.cleaned_data.get("name") and not is_deleted(form)]
        names = Counter(form.cleaned_data["name"].casefold() for form in named)
        if twice := [form.cleaned_data["name"] for form in named if names[form.cleaned_data["name"].casefold()] > 1]:
            raise forms.ValidationError(f"“{twice[0]}” is named twice: a category stands in a program once.")

    def wanted(self) -> dict[str, tuple[str, int]]:
        """Return name and number of each category that stays, by what an entry may call it.

        A row that was renamed is also found by the name it had: the entries need not be typed once more.
        """
        stay = [form for form in self.forms if getattr(form, "cleaned_data", {}).get("name") and not is_deleted(form)]
        typed = [(form.cleaned_data["name"], form.cleaned_data.get("needed") or 1, form) for form in stay]
        before = {
            form.initial["name"].casefold(): (name, needed) for name, needed, form in typed if "name" in form.initial
        }
        return before | {name.casefold(): (name, needed) for name, needed, _ in typed}

    def is_valid(self) -> bool:
        is_valid = super().is_valid()
        self.instance.typed_categories = self.wanted() if is_valid else None
        return is_valid


class CategoryForm(forms.ModelForm):
    needed = forms.IntegerField(label="How many", min_value=1, max_value=MOST, initial=1)


class CategoryInline(PartInline):
    model = ProgramCategory
    form = CategoryForm
    formset = CategoryFormSet
    fields = [("name", "needed")]
    extra = 2
    verbose_name, verbose_name_plural = "category", "categories, where people take so many of each"


class EntryForm(InOrderForm):
    category_name = OneLineField(label="Category", max_length=80, required=False)

    class Meta:
        error_messages = {"workshop": {"required": "Choose a workshop, or remove this row."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.category:
            self.initial["category_name"] = self.instance.category.name


class EntryFormSet(BaseInlineFormSet):
    """The workshops of a program. Here the whole is checked: each row is sound, and so is the rule over all of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles = [("", "---------"), *Workshop.objects.values_list("pk", "title")]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        choice = form.fields["workshop"]
        # Read once for all rows.
        choice.choices = self.titles
        # A workshop has a page of its own to be changed on.
        for link in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            setattr(choice.widget, link, False)

    def get_unique_error_message(self, unique_check: Any) -> str:
        return "A workshop stands in a program once: remove the row that has it a second time."

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        categories = self.instance.typed_categories
        if not self.instance.is_typed_well or categories is None:
            return
        rows = [(form, self._category(form, categories)) for form in self.staying()]
        if any(self.errors):
            return
        self._refuse_one_that_counts_as_another([form.cleaned_data["workshop"] for form, _ in rows])
        self._refuse_a_rule_nobody_can_meet(rows, categories)

    def staying(self) -> list[Any]:
        """Return the forms of the rows that will be there once this is saved."""
        return [form for form in self.forms if form.cleaned_data.get("workshop") and not is_deleted(form)]

    def _category(self, form: Any, categories: dict[str, tuple[str, int]]) -> str:
        """Return the name of the category that the row is in, empty for none. A name that is none is an error of it."""
        typed = form.cleaned_data.get("category_name", "")
        if not typed:
            return ""
        if typed.casefold() not in categories:
            form.add_error("category_name", f"There is no category “{typed}” above: add it, or choose one of those.")
            return ""
        return categories[typed.casefold()][0]

    def _refuse_one_that_counts_as_another(self, workshops: list[Workshop]) -> None:
        titles = {workshop.pk: workshop.title for workshop in workshops}
        for one, counting in order.counting_as(titles).items():
            for other in counting & set(titles) - {one}:
                raise forms.ValidationError(
                    f"{titles[other]} counts as {titles[one]}, so people who took it would be done with both: "
                    "keep one of them."
                )

    def _refuse_a_rule_nobody_can_meet(self, rows: list[Any], categories: dict[str, tuple[str, int]]) -> None:
        program = self.instance
        offered = [row for row in rows if row[0].cleaned_data["workshop"].is_published or not program.is_published]
        there = Counter(category for _, category in offered)
        wanted = tuple(Wanted(name, needed, there[name]) for name, needed in dict.fromkeys(categories.values()))
        flaw = ProgramRule(program.rule, len(offered), program.needed, program.within_months, wanted).flaw
        if flaw and len(offered) < len(rows):
            raise forms.ValidationError([flaw, "Workshops that are drafts do not count in a published program."])
        if flaw:
            raise forms.ValidationError(flaw)

    def put_into_categories(self) -> None:
        """Tie the saved rows to the saved categories, and number them in order."""
        categories = {one.name: one for one in self.instance.categories.all()}
        for form in self.staying():
            category = categories.get(self._category(form, self.instance.typed_categories))
            ProgramWorkshop.objects.filter(pk=form.instance.pk).update(category=category)
        for position, entry in enumerate(self.instance.entries.all(), 1):
            if entry.position != position:
                entry.position = position
                entry.save(update_fields=["position"])


class EntryInline(PartInline):
    model = ProgramWorkshop
    form = EntryForm
    formset = EntryFormSet
    fields = [("position", "workshop", "category_name")]
    extra = 3
    verbose_name, verbose_name_plural = "workshop", "workshops, in order"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProgramWorkshop]:
        return super().get_queryset(request).select_related("workshop", "category", "program")


@admin.register(Program)
class ProgramAdmin(OfficeAdmin):
    form = ProgramForm
    list_display = ["title", "status", "rule", "position"]
    list_filter = ["status", "rule"]
    search_fields = ["title", "lead", "description"]
    prepopulated_fields = {"slug": ["title"]}
    office_may = ("view", "add", "change", "delete")
    # The categories are saved before the workshops that fall into them.
    inlines = [CategoryInline, EntryInline]
    fieldsets = [
        (None, {"fields": ["title", "slug", "status", "position", "lead", "description"]}),
        ("Who gives it", {"fields": ["sponsor", "partners", "contact"]}),
        (
            "What it takes",
            {
                "fields": ["rule", "needed", "within_months"],
                "description": "Without a rule a program is a heading with words; with one, people can complete it.",
            },
        ),
    ]

    def words(self, obj: Program) -> dict[str, str]:
        entries = [
            f"{number}. {entry.workshop} ({entry.category})" if entry.category else f"{number}. {entry.workshop}"
            for number, entry in enumerate(obj.entries.select_related("workshop", "category"), 1)
        ]
        categories = [f"{one.needed} of {one}" for one in obj.categories.all()]
        return super().words(obj) | {
            "Categories": ", ".join(categories) or "nothing",
            "Workshops": " ".join(entries) or "nothing",
        }

    def view_on_site(self, obj: Program) -> str:
        return obj.get_absolute_url()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for formset in formsets:
            if isinstance(formset, EntryFormSet):
                formset.put_into_categories()


def is_deleted(form: forms.BaseForm) -> bool:
    return bool(form.cleaned_data.get(DELETION_FIELD_NAME))
