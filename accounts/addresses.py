"""The pages of a new address: the link in each of the two mails, and the page of the person who is signed in.

GET shows, POST changes. The link of the old address only stops: a mail that comes back, or is passed on, says no yes
for anybody.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import AddressChange
from accounts.sign_in import SignedInRequest
from foundation import database_clock
from foundation.dates import long_day_and_time

YES, STOP = "yes", "stop"
CHOOSE = "Choose one of the buttons."


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def address_change_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is asked to the reader of a mail (GET); POST `answer` stop, or yes from the new address."""
    change = AddressChange.objects.opened_by(token)
    if change is None:
        raise Http404
    is_old = change.is_opened_by_old(token)
    if request.method != "POST":
        return _page(request, change, is_old)
    answer, refusal, status = request.POST.get("answer"), "", HTTPStatus.OK
    try:
        if answer == STOP:
            change.stop(by=None)
        elif answer == YES and not is_old:
            change.confirm_new()
        else:
            refusal, status = CHOOSE, HTTPStatus.UNPROCESSABLE_ENTITY
    except AddressChange.Refused as problem:
        refusal, status = str(problem), HTTPStatus.CONFLICT
    return _page(request, change, is_old, refusal, status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address_change(request: SignedInRequest) -> HttpResponse:
    """Show the person the change of address that waits for them (GET); POST `answer` yes or stop."""
    change, answer = AddressChange.objects.of(request.user), request.POST.get("answer")
    if request.method != "POST" or change is None:
        return render(request, "accounts/address_change.html", _context(change) | {"nav": "profile"})
    if answer not in (YES, STOP):
        context = _context(change) | {"nav": "profile", "refusal": CHOOSE}
        return render(request, "accounts/address_change.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        if answer == YES:
            change.confirm_old()
            messages.success(request, "You said yes to the new address.")
        else:
            change.stop(by=request.user)
            messages.success(request, f"Stopped. You sign in with {change.old_address}, as before.")
    except AddressChange.Refused as problem:
        messages.error(request, str(problem))
    return redirect("address_change")


def _page(
    request: HttpRequest, change: AddressChange, is_old: bool, refusal: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    context = _context(change) | {"nav": "sign-in", "is_old": is_old, "refusal": refusal}
    return render(request, "accounts/address_change_link.html", context, status=status)


def _context(change: AddressChange | None) -> dict[str, Any]:
    if change is None:
        return {"change": None}
    return {
        "change": change,
        "asked_by": "" if change.asked_by in (None, change.person) else str(change.asked_by),
        "asked_at": _in_words(change.asked_at),
        "takes_hold_at": _in_words(change.takes_hold_at_the_earliest),
        "lapses_at": _in_words(change.lapses_at),
    }


def _in_words(at: datetime) -> str:
    return long_day_and_time(at, settings.TIME_ZONE, database_clock.now())
