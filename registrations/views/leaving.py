"""The page that a person's own mail leads to: leave this session, without signing in.

The mail may have been passed on. So the page shows what stood in the mail (which session, which day), names nobody, and
links to nothing that is the person's alone without the way through the sign-in. A GET, as of a program that scans mail,
changes nothing.
"""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from foundation import database_clock
from registrations.display.leaving import before_leaving_by_mail
from registrations.display.titles import discreet_title_and_day
from registrations.models import Registration
from registrations.models.leaving_keys import opened_by, path_of_leaving

# What the page says, and with which status.
ASKS, KEPT, OVER, UNKNOWN = "asks", "kept", "over", "unknown"
LEFT, ENDED, MOVED, CANCELLED, NO_SEAT_CAME = "left", "ended", "moved", "cancelled", "no_seat_came"
STATUSES = {OVER: HTTPStatus.GONE, UNKNOWN: HTTPStatus.NOT_FOUND}


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: HttpRequest, uuid: UUID, key: str) -> HttpResponse:
    """GET asks, POST withdraws and leads to what the page says then. GET with `keep` says that nothing has changed.

    A key of another registration, or a part of one, is 404; a session that is over is 410. A place that has ended
    already is a calm page, and nothing is changed.
    """
    registration, now = opened_by(uuid, key), database_clock.now()
    if registration is None:
        return _page(request, UNKNOWN)
    if request.method != "POST" or _state_of(registration, now) != ASKS:
        state = _state_of(registration, now)
        keeps = state == ASKS and "keep" in request.GET
        return _page(request, KEPT if keeps else state, registration, now)
    try:
        registration.withdraw(by=registration.person, now=now)
    except Registration.SessionOver:
        return _page(request, OVER, registration, now)
    return redirect(path_of_leaving(registration))


def _state_of(registration: Registration, now: datetime) -> str:
    """Return what the page says of the registration: that it has ended, and how, or else what leaving means."""
    if registration.moved_to_id:
        return MOVED
    if registration.is_active:
        return ASKS if registration.session.has_meeting_ahead(now) else OVER
    if registration.status == Registration.Status.SESSION_CANCELLED:
        return CANCELLED
    if registration.status == Registration.Status.WAITLIST_CLOSED:
        return NO_SEAT_CAME
    return LEFT if registration.gave_up else ENDED


def _page(
    request: HttpRequest, state: str, registration: Registration | None = None, now: datetime | None = None
) -> HttpResponse:
    context: dict[str, object] = {"nav": "my", "state": state}
    if registration and now:
        context |= {
            "registration": registration,
            "titled": discreet_title_and_day(registration, now),
            "meaning": before_leaving_by_mail(registration, now) if state == ASKS else "",
        }
    response = render(request, "registrations/leaving.html", context, status=STATUSES.get(state, HTTPStatus.OK))
    # The address is the key. Not even a log of our own server is to have it as a referrer; “no-referrer” would take the
    # origin from the form too, which is then refused as one of another site.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
