"""Citations from a reference manager: what a RIS file holds, shown first, and drafts of what the office chooses."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from library.citations.ris import MOST_BYTES, Record, Unreadable, read_ris, text_of
from library.taking_in import Found, look_at, take_in
from office.base import OfficeAdmin, acting


class RisForm(forms.Form):
    """A RIS file, or its text. `records` are those it holds."""

    file = forms.FileField(
        label="RIS file", required=False, help_text="As Zotero, EndNote or a journal’s page export it."
    )
    text = forms.CharField(
        label="Or its text",
        required=False,
        strip=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
    )
    records: list[Record]

    def clean(self) -> dict[str, Any]:
        """Read the records. Refuses, with a sentence, what is no RIS."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        file, text = cleaned.get("file"), cleaned.get("text") or ""
        if not file and not text.strip():
            raise ValidationError("Choose a RIS file, or paste its text.")
        try:
            text = text_of(file.read()) if file else text
            self.records = read_ris(text)
        except Unreadable as refusal:
            raise ValidationError(str(refusal)) from None
        return cleaned | {"text": text}


def taking_in_page(office: OfficeAdmin, request: HttpRequest) -> HttpResponse:
    """GET asks for a file. POST shows what is in it, and, with records chosen, makes a draft of each of them."""
    if not office.has_add_permission(request):
        raise PermissionDenied
    title, template = "Import citations", "resources/import"
    if request.method != "POST":
        return office.page(request, template, title, form=RisForm())
    form = RisForm(request.POST, request.FILES)
    if not form.is_valid():
        return office.page(request, template, title, HTTPStatus.BAD_REQUEST, form=form)
    found, asked, error = look_at(form.records), "take_in" in request.POST, ""
    chosen = _chosen(request, found) if asked else [one for one in found if one.may_be_taken and not one.known]
    if asked and chosen:
        made = take_in(chosen, acting(request))
        many = "One draft is made." if len(made) == 1 else f"{len(made)} drafts are made."
        messages.success(request, f"{many} Say of each who may open it and where it belongs, and publish it.")
        drafts = urlencode({"status__exact": "draft"})
        return redirect(f"{reverse('admin:library_resource_changelist')}?{drafts}")
    if asked:
        error = "Choose at least one of the records."
    shown = {"form": form, "found": found, "chosen": {one.number for one in chosen}, "error": error}
    status = HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK
    return office.page(request, template, title, status, text=form.cleaned_data["text"], **shown)


def _chosen(request: HttpRequest, found: list[Found]) -> list[Found]:
    numbers = set(request.POST.getlist("record"))
    return [one for one in found if str(one.number) in numbers and one.may_be_taken]
