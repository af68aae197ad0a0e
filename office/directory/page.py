"""The page that takes in people or units from a table: a dry run first, and on a second press what it said."""

import hashlib
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from foundation.files.rows import BrokenFile, as_text, read_rows
from office.base import OfficeAdmin, acting
from operations.directory.reading import MOST_PEOPLE, Directory, Unreadable, WrongCell, read_directory
from operations.directory.taking_in import Outcome, TooManyGone, take_in
from operations.directory.units import UnitsOutcome, take_in_units

LARGEST = 5_000_000  # bytes
MOST_ROWS = 5000
MOST_NAMED = 200
TITLE = "Import people or units"
TOO_MANY = (
    f"This table has more than {MOST_ROWS:,} rows. The people who run the portal take it in whole, with manage.py "
    "sync_people: in portions, everybody outside of a portion would count as gone."
)


class DirectoryForm(forms.Form):
    """A table of people or of units. A valid form has the `directory`, and its `text` for the second press."""

    file = forms.FileField(
        label="File",
        required=False,
        help_text="CSV or XLSX. Its first row names the columns. For people: email, and if you like name, role, unit "
        "and campus. For units: unit, and if you like part of and head count.",
    )
    text = forms.CharField(required=False, strip=False, max_length=LARGEST, widget=forms.HiddenInput)
    directory: Directory
    rows_as_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, text = cleaned.get("file"), cleaned.get("text") or ""
        if self.errors:
            return cleaned
        if not file and not text:
            raise ValidationError("Choose a file.")
        if file and file.size > LARGEST:
            raise ValidationError(f"This file is larger than {LARGEST // 1_000_000} MB. Is it the right one?")
        data = file.read() if file else text.encode()
        try:
            rows = read_rows(data, MOST_PEOPLE)
            self.directory = read_directory(data)
        except BrokenFile as error:
            raise ValidationError(str(WrongCell(error.row, "", str(error)))) from None
        except Unreadable as error:
            raise ValidationError(str(error)) from None
        if len(rows) > MOST_ROWS + 1:
            raise ValidationError(TOO_MANY)
        self.rows_as_text = as_text(rows)
        return cleaned


def directory_page(office: OfficeAdmin, request: HttpRequest) -> HttpResponse:
    """GET asks for a file. POST shows what would be done, and with what was shown agreed to does it."""
    if not office.has_add_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return office.page(request, "directory/import", TITLE, form=DirectoryForm())
    form = DirectoryForm(request.POST, request.FILES)
    if not form.is_valid():
        return office.page(request, "directory/import", TITLE, HTTPStatus.BAD_REQUEST, form=form)
    directory, anyway = form.directory, "anyway" in request.POST
    shown: dict[str, Any] = {"form": form, "directory": directory, "text": form.rows_as_text, "anyway": anyway}
    try:
        would = _do(directory, request, apply=False, anyway=anyway)
    except TooManyGone as refusal:
        shown |= {"wrong": directory.wrong[:MOST_NAMED], "too_many": str(refusal)}
        return office.page(request, "directory/preview", TITLE, HTTPStatus.CONFLICT, **shown)
    agreement = hashlib.sha256(f"{would}".encode()).hexdigest()[:16]
    if request.POST.get("agreed") == agreement:
        done = _do(directory, request, apply=True, anyway=anyway)
        messages.success(request, done_words(done))
        if busy := getattr(done, "busy", []):
            messages.warning(request, f"Not done, because somebody else was at work: {' '.join(busy[:MOST_NAMED])}")
        return redirect(f"admin:accounts_{'person' if directory.is_of_people else 'unit'}_changelist")
    wrong = sorted([*directory.wrong, *getattr(would, "wrong", [])])
    is_other = "agreed" in request.POST
    shown |= {"would": would, "agreement": agreement, "is_other": is_other}
    shown |= {"wrong": wrong[:MOST_NAMED], "more_wrong": max(0, len(wrong) - MOST_NAMED), "all_wrong": len(wrong)}
    return office.page(request, "directory/preview", TITLE, HTTPStatus.CONFLICT if is_other else HTTPStatus.OK, **shown)


def _do(directory: Directory, request: HttpRequest, *, apply: bool, anyway: bool) -> Outcome | UnitsOutcome:
    if directory.is_of_people:
        return take_in(directory, acting(request), apply=apply, anyway=anyway)
    return take_in_units(directory, acting(request), apply=apply)


def done_words(done: Outcome | UnitsOutcome) -> str:
    """Return the sentence for afterwards."""
    if isinstance(done, UnitsOutcome):
        return f"Units: {done.new} new, {done.changed} changed, {done.same} as before."
    said = f"People: {done.new} new, {done.changed} changed, {done.left} switched off, {done.same} as before."
    return f"{said} Waiting for you: {done.asked}." if done.asked else said
