"""Kinds of credit in the admin, and what a meeting of a workshop or of one session is worth."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from catalog.models import Workshop
from office.base import OfficeAdmin, PartInline, model_choice
from outcomes.models import CreditKind, CreditOffer
from outcomes.models.credit import validate_hours
from sessions_app.models import Session


@admin.register(CreditKind)
class CreditKindAdmin(OfficeAdmin):
    list_display = ["name", "unit", "asks_license", "is_active"]
    list_filter = ["is_active", "asks_license"]
    search_fields = ["name", "statement"]
    fields = ["name", "statement", "unit", "asks_license", "is_active"]
    office_may = ("view", "add", "change", "delete")
    instead = "Switch it off instead: then it is given no more, and certificates keep it."

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "statement":
            field.widget = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        return field


class CreditForm(forms.ModelForm):
    hours = forms.DecimalField(
        label="Hours a meeting",
        validators=[validate_hours],
        help_text="In quarters, such as 1.5.",
        error_messages={
            "required": "Say how many hours a meeting is worth.",
            "invalid": "Enter hours as a number in quarters, such as 1.5.",
        },
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "hours" in self.initial:
            self.initial["hours"] = self.initial["hours"].normalize()
        kinds = CreditKind.objects.filter(is_active=True)
        if self.instance.kind_id:
            kinds = kinds | CreditKind.objects.filter(pk=self.instance.kind_id)
        model_choice(self, "kind").queryset = kinds


class CreditFormSet(BaseInlineFormSet):
    """What a meeting is worth, a row for each kind of credit."""

    def get_unique_error_message(self, unique_check: Any) -> str:
        return "Each kind of credit stands here once: put the hours together into one row."


class CreditInline(PartInline):
    model = CreditOffer
    form = CreditForm
    formset = CreditFormSet
    fields = [("kind", "hours", "needs_evaluation")]
    verbose_name, verbose_name_plural = "credit", "credit for each meeting attended"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditOffer]:
        return super().get_queryset(request).select_related("kind")


class SessionCreditInline(CreditInline):
    verbose_name_plural = "credit of this session, instead of all credit of its workshop"


def credit_words(obj: Workshop | Session) -> str:
    """Return what a meeting of `obj` is worth, as the record tells it."""
    offers = obj.credit_offers.select_related("kind")
    words = [f"{offer}, with the evaluation" if offer.needs_evaluation else str(offer) for offer in offers]
    return "; ".join(words) or "nothing"
