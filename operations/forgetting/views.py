"""The pages about what is kept: the public one, and a person's own: their export, and their erasure."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.browser_sessions.sign_ins import NOTE
from accounts.models import Person
from accounts.second_factor import has_second_factor
from accounts.sign_in import SignedInRequest
from foundation import database_clock
from operations.forgetting.erasing import NotErased, erase, foresee, refuse_unless_erasable
from operations.forgetting.kinds import ALL
from operations.forgetting.mine import export_of

# So long a sign-in counts as recent: what follows cannot be taken back.
RECENT = timedelta(minutes=15)
ERASED = "You are erased here. Cancellations of what you had are on their way to your address, and then it goes too."
TOO_OFTEN = "You have saved this many times just now. Wait an hour, and try again."


@login_not_required
@require_safe
def what_we_keep(request: HttpRequest) -> HttpResponse:
    """Show what is kept, and for how long, to everybody."""
    rows = [{"what": kind.what, "how_long": kind.how_long(), "then": kind.then} for kind in ALL]
    return render(request, "operations/what_we_keep.html", {"rows": rows})


@never_cache
@require_safe
def my_data(request: SignedInRequest) -> HttpResponse:
    """Show what the person can do about what is kept of them."""
    return render(request, "operations/my_data.html", {"nav": "profile"})


@never_cache
@require_POST
def own_export(request: SignedInRequest) -> HttpResponse:
    """Give the person everything that names them, as a ZIP file."""
    if not ratelimit.consume(request, action="own_export", user=request.user):
        context = {"nav": "profile", "refusal": TOO_OFTEN}
        return render(request, "operations/my_data.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response = HttpResponse(export_of(request.user, database_clock.now()), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_erasure(request: SignedInRequest) -> HttpResponseBase:
    """Show what goes, what stays and why (GET); POST erases the person who is signed in. A refusal is 409.

    It asks for a second factor where there is one, and else for a sign-in of the last quarter of an hour.
    """
    person, now = Person.objects.get(pk=request.user.pk), database_clock.now()
    try:
        refuse_unless_erasable(person, person, now)
        if request.method != "POST":
            return _page(request, {"foreseen": foresee(person, now), "is_recent": _is_recent(request, now)})
        if not _is_recent(request, now):
            return _page(request, {"foreseen": foresee(person, now)}, HTTPStatus.FORBIDDEN)
        erase(person, by=person, now=now)
    except NotErased as refusal:
        status = HTTPStatus.CONFLICT if request.method == "POST" else HTTPStatus.OK
        return _page(request, {"refusal": str(refusal)}, status)
    logout(request)
    messages.success(request, ERASED)
    return redirect("home")


def _is_recent(request: SignedInRequest, now: datetime) -> bool:
    """Tell whether it is certain that this is the person. Where they have a second factor, allauth asks for it."""
    if has_second_factor(request.user):
        raise_if_reauthentication_required(request, app="allauth.mfa")
        return True
    at = request.session.get(NOTE, {}).get("at")
    return bool(at) and now - datetime.fromisoformat(at) < RECENT


def _page(request: SignedInRequest, said: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    said = {"nav": "profile", "years": settings.ATTENDANCE_YEARS, **said}
    return render(request, "operations/erasure.html", said, status=status)


@require_POST
def sign_in_again(request: SignedInRequest) -> HttpResponse:
    """Sign the person out, and lead to the page where they sign in; from there to their erasure."""
    logout(request)
    return redirect(reverse("account_login", query={"next": reverse("own_erasure")}))
