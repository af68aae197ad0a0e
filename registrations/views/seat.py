"""Taking a seat that stands open in the last 24 hours before the start."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from foundation import database_clock
from foundation.text import ordinal
from registrations.display.joining import after_taking
from registrations.display.ticket import meetings_of
from registrations.display.titles import discreet_title_and_day
from registrations.eligibility import why_not
from registrations.models import Registration
from registrations.views.viewer import SignedInRequest, own_registration


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """GET asks, POST takes the seat if nobody was quicker. A refusal is 409 with the sentence that says why."""
    own, now = own_registration(request, uuid), database_clock.now()
    if request.method != "POST":
        return _page(request, own, now) if own.is_waitlisted else redirect(own)
    try:
        own.take_seat(now=now)
    except Registration.Refused as refusal:
        return _page(request, own, now, refusal=str(refusal), status=HTTPStatus.CONFLICT)
    messages.success(request, after_taking(own, now))
    return redirect(own.session)


def _page(request: HttpRequest, own: Registration, now: datetime, refusal: str = "", status: int = 200) -> HttpResponse:
    session = own.session
    own.number = own.place_in_line if own.is_waitlisted else 0
    is_open = own.is_waitlisted and session.has_seat_for_the_quickest(now, own.mode)
    problem = why_not(own.person, session) if is_open else ""
    context = {
        "nav": "my",
        "now": now,
        "registration": own,
        "session": session,
        "titled": discreet_title_and_day(own, now),
        "meetings": meetings_of(own, session.all_meetings, now),
        "in_line": ordinal(own.number) if own.is_waitlisted else "",
        "is_open": is_open and not problem,
        "is_in_last_day": session.is_in_last_day(now),
        "refusal": refusal or problem,
    }
    return render(request, "registrations/seat.html", context, status=status)
