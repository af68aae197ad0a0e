"""My record: one page and two files, for its person and nobody else; and what they let the office hand on."""

import calendar
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.sign_in import SignedInRequest
from foundation import database_clock
from foundation.dates import plain_day
from outcomes.exports.purposes import HANDINGS, OF
from outcomes.models import Consent
from outcomes.models.consent import STATES
from outcomes.record.files import FORMS, neutral_for
from outcomes.record.whole import record_of

MONTHS = [(f"{number:02}", calendar.month_name[number]) for number in range(1, 13)]
NO_PROBLEM: Mapping[str, str] = MappingProxyType({})
DAYS = [f"{day:02}" for day in range(1, 32)]


@never_cache
@require_safe
def record(request: SignedInRequest) -> HttpResponse:
    """Show what the person took part in, what it counts for, what is asked of them, and who may be told."""
    return _page(request)


@never_cache
@require_safe
def record_file(request: SignedInRequest, form: str) -> HttpResponse:
    """Give the record as a file, "pdf" or "csv". `?titles=` says whether it names workshops: "full" or "neutral".

    Without it the person's own choice of neutral titles holds.
    """
    if form not in FORMS:
        raise Http404("There is no such file.")
    now = database_clock.now()
    content_type, write = FORMS[form]
    whole = record_of(request.user, now)
    response = HttpResponse(write(whole, neutral_for(request.user, request.GET.get("titles", "")), now), content_type)
    response["Content-Disposition"] = f'attachment; filename="my-record-{whole.today}.{form}"'
    return response


@require_POST
def consent(request: SignedInRequest, purpose: str) -> HttpResponse:
    """Agree that the office hands on what one completed, for one purpose. 422 where it lacks the birthday."""
    handing = OF.get(purpose)
    if handing is None:
        raise Http404("There is no such purpose.")
    birthday = f"{request.POST.get('month', '')}-{request.POST.get('day', '')}"
    try:
        Consent.objects.give(request.user, purpose, birthday, request.POST.get("state", ""))
    except Consent.Refused as refusal:
        return _page(request, {purpose: str(refusal)}, HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, f"You agree: {handing.title}. You can take it back here at any time.")
    return redirect("record")


@require_POST
def consent_withdrawal(request: SignedInRequest, purpose: str) -> HttpResponse:
    """Take it back: from now on nothing more is handed on."""
    if purpose not in OF:
        raise Http404("There is no such purpose.")
    for given in Consent.objects.of_person(request.user).standing().filter(purpose=purpose):
        given.revoke()
    messages.success(request, "Taken back. What was handed on before stays where it went; nothing more goes there.")
    return redirect("record")


def _page(
    request: SignedInRequest, problems: dict[str, str] | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    now, problems = database_clock.now(), problems or {}
    given = {one.purpose: one for one in Consent.objects.of_person(request.user).standing()}
    handings = [
        {
            "handing": one,
            "given_on": plain_day(given[one.purpose].given_at, settings.TIME_ZONE, 0) if one.purpose in given else "",
            "problem": problems.get(one.purpose, ""),
        }
        for one in HANDINGS
    ]
    context: dict[str, Any] = {
        "nav": "my",
        "record": record_of(request.user, now),
        "handings": handings,
        "months": MONTHS,
        "days": DAYS,
        "month": request.POST.get("month", ""),
        "day": request.POST.get("day", ""),
        "states": STATES,
        "state": request.POST.get("state", ""),
        "other_titles": "full" if request.user.discreet_titles else "neutral",
    }
    return render(request, "outcomes/record.html", context, status=status)
