"""The page of a certificate, its file, and its holder's way to another name.

Anybody who has the code sees whether it is valid, and for what. Whose it is the holder sees, and people to whom the
holder gave the address that says so. Of one that has been revoked or replaced only the holder sees whose it was, and
why.
"""

from http import HTTPStatus
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.sign_in import SignedInRequest
from foundation.dates import long_day
from foundation.files.later import later
from foundation.values.lines import OneLineField
from outcomes.certificates.guesses import count_a_guess, guessed_too_often
from outcomes.certificates.keys import PARAMETER, address_of, address_with_name, shows_name
from outcomes.models import Certificate

PAPERS = ("letter", "a4")
draw = later("outcomes.certificates.pdf.draw")


class NameForm(forms.Form):
    """How somebody wants to be named on a certificate."""

    name = OneLineField(
        label="Your name on the certificate",
        max_length=200,
        error_messages={
            "required": "Enter the name that the certificate is to say.",
            "max_length": "A name has at most 200 characters here.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


@never_cache
@login_not_required
@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether it is valid, and for what. A code that is none is 404; a client that tries many gets 429."""
    found = _found(request, code)
    if found is None:
        return ratelimit.respond_429(request)
    is_holder, may_see = _sees(request, found)
    newer = found.replaced_by if is_holder else None
    context = {
        "nav": "my" if is_holder else "",
        "certificate": found,
        "credits": found.credits.all(),
        "is_holder": is_holder,
        "may_see_name": may_see,
        "issued": _day(found.issued_at),
        "ended": _day(found.revoked_at) if found.revoked_at else "",
        "newer": newer,
        "address": address_of(found),
        "address_with_name": address_with_name(found) if is_holder and found.is_valid else "",
        "key": request.GET.get(PARAMETER, "") if may_see and not is_holder else "",
    }
    return _private(render(request, "outcomes/certificate.html", context))


@never_cache
@login_not_required
@require_safe
def certificate_file(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with the file, for the holder and for people with the key; `?paper=a4` for that size.

    One that is not valid any more leads to its page, which says so.
    """
    found = _found(request, code)
    if found is None:
        return ratelimit.respond_429(request)
    paper = request.GET.get("paper", PAPERS[0])
    if paper not in PAPERS:
        raise BadRequest("A certificate is on Letter or A4.")
    _, may_see = _sees(request, found)
    if not may_see and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not may_see:
        raise Http404
    if not found.is_valid:
        return redirect(found)
    file = draw(
        found, list(found.credits.all()), paper, address_of(found), address_with_name(found), _day(found.issued_at)
    )
    response = HttpResponse(file, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="certificate-{found.code}.pdf"'
    return _private(response)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_name(request: SignedInRequest, code: str) -> HttpResponse:
    """GET asks the holder how they want to be named, POST issues the certificate again so.

    A form that is not valid is 422; a certificate that is not valid any more 409, with what was typed.
    """
    found = Certificate.objects.filter(code=code.lower(), person=request.user).first()
    if found is None:
        raise Http404
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": request.user.name})
    refusal, status = "", HTTPStatus.OK
    if request.method == "POST" and not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    elif request.method == "POST":
        try:
            newer = found.replace(by=request.user, name=form.cleaned_data["name"])
        except Certificate.NotValid as reason:
            refusal, status = str(reason), HTTPStatus.CONFLICT
        else:
            messages.success(request, _after(found, newer))
            return redirect(newer)
    elif not found.is_valid:
        return redirect(found)
    context: dict[str, Any] = {"nav": "my", "certificate": found, "form": form, "refusal": refusal}
    return _private(render(request, "outcomes/certificate_name.html", context, status=status))


def _after(before: Certificate, newer: Certificate) -> str:
    if newer == before:
        return "That is the name it has already. Nothing was changed."
    return "Issued again with that name, and with a new code. The old one now says that it was replaced."


def _found(request: HttpRequest, code: str) -> Certificate | None:
    """Return the certificate with this code; None for a client that has guessed too often. Raises Http404."""
    if guessed_too_often(request):
        return None
    rows = Certificate.objects.select_related("person", "replaced_by")
    found = rows.filter(code=code.lower()).first()
    if found is None:
        count_a_guess(request)
        raise Http404
    return found


def _sees(request: HttpRequest, found: Certificate) -> tuple[bool, bool]:
    """Tell whether the viewer is the holder, and whether they may see whose it is."""
    is_holder = found.person_id is not None and request.user.pk == found.person_id
    key = request.GET.get(PARAMETER, "")
    return is_holder, is_holder or (found.is_valid and shows_name(found, key))


def _day(instant: Any) -> str:
    return long_day(instant, settings.TIME_ZONE, 0)


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the address, which may hold the key, out of other sites' logs and out of search engines."""
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
