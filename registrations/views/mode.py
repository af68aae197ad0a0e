"""Switching between the room and online, with one press on the page of a registration."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from foundation import database_clock
from registrations.display.modes import after_switching
from registrations.display.titles import title_and_day
from registrations.models import Registration
from registrations.views.viewer import SignedInRequest, own_registration

# The name of what the button posts that asks to switch later, and keeps the seat until then.
LATER = "later"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mode(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """POST `mode` switches to it, with `later` once a seat is free. GET leads to the page with the button.

    Refused: 409 where no seat is free, with the way to ask for one, 400 for a mode that the session does not have.
    """
    own, now = own_registration(request, uuid), database_clock.now()
    if request.method != "POST":
        return redirect(own)
    switch = own.ask_to_switch if LATER in request.POST else own.switch
    try:
        switch(request.POST.get("mode", ""), by=request.user, now=now)
    except (Registration.HowMissing, Registration.NoSuchMode) as refusal:
        return _refused(request, own, refusal, HTTPStatus.BAD_REQUEST)
    except Registration.Refused as refusal:
        return _refused(request, own, refusal, HTTPStatus.CONFLICT)
    messages.success(request, after_switching(own))
    return redirect(own)


def _refused(request: SignedInRequest, own: Registration, refusal: Exception, status: int) -> HttpResponse:
    now = database_clock.now()
    own.refresh_from_db()
    context = {
        "nav": "my",
        "now": now,
        "registration": own,
        "session": own.session,
        "titled": title_and_day(own.session, now),
        "refusal": str(refusal),
    }
    return render(request, "registrations/mode.html", context, status=status)
