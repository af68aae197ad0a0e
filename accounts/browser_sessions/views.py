"""The page on which a person sees where they are signed in, and ends it."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.browser_sessions.sign_ins import sign_ins_of
from accounts.sign_in import SignedInRequest
from foundation import database_clock
from foundation.dates import long_day_and_time, zone_words

HOUR = timedelta(hours=1)
ENDED = "That sign-in is ended."
OTHERS_ENDED = "You are signed out everywhere but here."


@require_safe
def sign_ins(request: SignedInRequest) -> HttpResponse:
    """Show where the person is signed in, this browser first, in the zone of their campus."""
    person, now = request.user, database_clock.now()
    zone = person.campus.time_zone if person.campus else settings.TIME_ZONE
    found = [
        (one, long_day_and_time(one.began_at, zone, now), long_day_and_time(one.last_used_at, zone, now))
        for one in sign_ins_of(person, request, now)
    ]
    context = {
        "sign_ins": found,
        "others": len(found) - 1,
        "zone": zone_words(zone, now),
        "hours": settings.OFFICE_IDLE // HOUR,
    }
    return render(request, "accounts/sign_ins.html", context)


@require_POST
def end_sign_in(request: SignedInRequest, name: str) -> HttpResponse:
    """End one of the person's sign-ins, this one too. One that has ended already is no mistake."""
    if not request.user.end_sign_in(name):
        messages.info(request, "That sign-in had ended already.")
    else:
        messages.success(request, ENDED)
    return redirect("sign_ins")


@require_POST
def end_other_sign_ins(request: SignedInRequest) -> HttpResponse:
    """End all of the person's sign-ins but this one."""
    request.user.end_sign_ins(but=request.session.session_key)
    messages.success(request, OTHERS_ENDED)
    return redirect("sign_ins")
