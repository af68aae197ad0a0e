"""What is handed on, in the admin: every file that was made, and the page that makes one."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from foundation import database_clock
from foundation.dates import local
from foundation.files.spreadsheet import as_csv, as_xlsx
from foundation.values.days import validate_day
from office.base import OwnPage, ReadOnlyAdmin, acting, model_choice
from outcomes.exports.purposes import HANDINGS
from outcomes.exports.rows import TooMany, agreeing, table_of
from outcomes.models import CreditKind, Export, Purpose

TOO_OFTEN = "You have made many files within the hour. Wait a little, then try again."
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITERS = {"xlsx": (EXCEL, as_xlsx), "csv": ("text/csv; charset=utf-8", as_csv)}


def day_field(label: str) -> forms.DateField:
    """Return the field for one end of the days of a file."""
    messages = {"required": "Choose the day.", "invalid": "Enter the day as a date, like 2026-05-14."}
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, validators=[validate_day], error_messages=messages)


class ExportForm(forms.Form):
    """For whom the file is, of which days, and how it is written."""

    purpose = forms.ChoiceField(
        label="For", choices=Purpose.choices, error_messages={"required": "Choose whom it is for."}
    )
    first_on = day_field("Sessions that ended from")
    last_on = day_field("Until, this day included")
    kind = forms.ModelChoiceField(
        label="Kind of credit",
        queryset=CreditKind.objects.none(),
        required=False,
        empty_label="All",
        help_text="For continuing education and PARS. A file for PARS has one.",
    )
    form = forms.ChoiceField(label="File", choices=[("xlsx", "Excel"), ("csv", "CSV")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "kind").queryset = CreditKind.objects.all()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", "This day is before the first one.")
        if cleaned.get("purpose") == Purpose.PARS and not cleaned.get("kind") and "kind" not in self.errors:
            self.add_error("kind", "Choose the kind of credit that PARS is told of.")
        return cleaned


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    """Every file: who made it and when, for whom, of which days, how many people and rows. Nothing changes it."""

    office_may = ("view", "add")
    list_display = ["made_at", "purpose", "first_on", "last_on", "people", "rows", "by"]
    list_filter = ["purpose"]
    list_select_related = ["by"]
    date_hierarchy = "made_at"
    ordering = ["-made_at", "-pk"]
    fields = ["purpose", "made_at", "by", "first_on", "last_on", "people", "rows"]

    def own_pages(self) -> list[OwnPage]:
        return [("new/", self.make, "make")]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        may_make = request.user.has_perm("outcomes.add_export")
        return super().changelist_view(request, {"may_make": may_make} | (extra_context or {}))

    def make(self, request: HttpRequest) -> HttpResponse:
        """Ask for whom, and of which days; POST gives the file and puts it on record.

        Only people who agree are in it.
        """
        if not request.user.has_perm("outcomes.add_export"):
            raise PermissionDenied
        if request.method != "POST":
            today = local(database_clock.now(), settings.TIME_ZONE).date()
            first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
            return self._form_page(request, ExportForm(initial={"first_on": first, "last_on": today}))
        form = ExportForm(request.POST)
        if not form.is_valid():
            return self._form_page(request, form, HTTPStatus.BAD_REQUEST)
        if not ratelimit.consume(request, action="roster", user=request.user):
            form.add_error(None, TOO_OFTEN)
            return self._form_page(request, form, HTTPStatus.TOO_MANY_REQUESTS)
        try:
            return self._file(request, form)
        except TooMany as refusal:
            form.add_error("last_on", str(refusal))
            return self._form_page(request, form, HTTPStatus.CONFLICT)

    @transaction.atomic
    def _file(self, request: HttpRequest, form: ExportForm) -> HttpResponse:
        said = form.cleaned_data
        purpose, days = said["purpose"], (said["first_on"], said["last_on"])
        table = table_of(purpose, *days, kind=said["kind"])
        if not table.many:
            messages.info(request, "Nobody who agrees completed anything in these days, so no file was made.")
            return self._form_page(request, form)
        content_type, write = WRITERS[said["form"]]
        Export.objects.note(purpose, acting(request), *days, people=table.people, rows=table.many)
        response = HttpResponse(write(table.rows), content_type=content_type)
        name = f"{purpose}-{days[0]}-{days[1]}.{said['form']}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _form_page(self, request: HttpRequest, form: ExportForm, status: int = HTTPStatus.OK) -> HttpResponse:
        who = [(one, agreeing(one.purpose).count()) for one in HANDINGS]
        return self.page(request, "record/export", "Make a file", status, form=form, who=who)
