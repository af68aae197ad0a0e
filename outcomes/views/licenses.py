"""The page where people say that they want credit that asks for a license number, and give or delete the number."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.sealed import Unreadable
from accounts.sign_in import SignedInRequest
from foundation.values.lines import OneLineField
from outcomes.models import CreditKind, License


class LicenseForm(forms.Form):
    """The number of one license."""

    number = OneLineField(
        label="License number",
        max_length=License.MOST,
        error_messages={
            "required": "Enter the number as it stands on your license. To take it back, delete it.",
            "max_length": f"A license number has at most {License.MOST} characters.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@never_cache
@require_safe
def licenses(request: SignedInRequest) -> HttpResponse:
    """List the kinds of credit that ask for a license number, with what the viewer has given."""
    return _page(request)


@never_cache
@sensitive_post_parameters("number")
@require_http_methods(["GET", "HEAD", "POST"])
def license_of(request: SignedInRequest, kind: int) -> HttpResponse:
    """GET asks for the number, POST keeps it. A form that is not valid is 422, as typed."""
    wanted = get_object_or_404(CreditKind.objects.filter(is_active=True, asks_license=True), pk=kind)
    given, unreadable = License.objects.of(request.user).filter(kind=wanted).first(), ""
    number = ""
    try:
        number = given.number if given else ""
    except Unreadable as problem:
        unreadable = str(problem)
    form = LicenseForm(request.POST if request.method == "POST" else None, initial={"number": number})
    status = HTTPStatus.OK
    if request.method == "POST":
        if form.is_valid():
            License.objects.give(request.user, wanted, form.cleaned_data["number"])
            messages.success(request, f"Saved. You want {wanted}, and we have the number of your license.")
            return redirect("licenses")
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context: dict[str, Any] = {"nav": "my", "kind": wanted, "given": given, "form": form, "unreadable": unreadable}
    return render(request, "outcomes/license.html", context, status=status)


@require_POST
def license_deletion(request: SignedInRequest, kind: int) -> HttpResponse:
    """Delete the number. Possible at any time, also of a kind that is given no more."""
    wanted = get_object_or_404(CreditKind, pk=kind)
    License.objects.take_back(request.user, wanted)
    messages.success(request, "Deleted. Nobody can read the number any more.")
    return redirect("licenses")


def _page(request: HttpRequest, status: int = HTTPStatus.OK) -> HttpResponse:
    given = {one.kind_id: one for one in License.objects.of(request.user)}  # type: ignore[arg-type]
    kinds = CreditKind.objects.filter(asks_license=True)
    rows = [(kind, given.get(kind.pk)) for kind in kinds if kind.is_active or kind.pk in given]
    return render(request, "outcomes/licenses.html", {"nav": "my", "rows": rows}, status=status)
