"""The page on which two accounts of one person become one: both sides, what moves, what collides; a second press."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import Person
from foundation.values.addresses import AddressFormField
from office.base import OfficeAdmin, acting
from office.people.by_address import ByAddress
from operations.merging_people.merge import Refused, merge_people, plan

TITLE = "Merge with another account"


class OtherAccountForm(ByAddress):
    """The account that goes, by its address."""

    title, button = TITLE, "Show what follows"
    email = AddressFormField(
        label="Address of the account that goes",
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
        error_messages={"required": "Enter the address of the other account of this person."},
    )


def merging_page(office: OfficeAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Ask which account goes; show both and what follows; and once that is agreed to, merge them."""
    kept: Person = get_object_or_404(office.get_queryset(request), pk=pk)
    if not office.has_change_permission(request, kept):
        raise PermissionDenied
    form = OtherAccountForm(request.POST if request.method == "POST" else None)
    shown: dict[str, Any] = {"subtitle": str(kept), "original": kept, "form": form}
    if request.method != "POST":
        return office.page(request, "people/merging", TITLE, **shown)
    if not form.is_valid():
        return office.page(request, "people/merging", TITLE, HTTPStatus.BAD_REQUEST, **shown)
    gone = form.person
    if not office.has_change_permission(request, gone):
        raise PermissionDenied
    status = HTTPStatus.OK
    try:
        if agreed := request.POST.get("agreed", ""):
            address = gone.email
            merge_people(kept, gone, acting(request), agreed)
            messages.success(
                request, f"The account {address} was merged into this one, and is gone. Both addresses are told."
            )
            return redirect("admin:accounts_person_change", pk)
    except Refused as refusal:
        status, shown["problem"] = HTTPStatus.CONFLICT, str(refusal)
    try:
        would = plan(kept, gone, acting(request))
    except Refused as refusal:
        form.add_error("email", str(refusal))
        return office.page(request, "people/merging", TITLE, HTTPStatus.CONFLICT, **shown)
    shown |= {"gone": gone, "sides": [("stays", kept), ("goes", gone)], "would": would}
    return office.page(request, "people/merging", TITLE, status, **shown)
