"""The page that the mail about two dates that become one leads to: say yes or no, without signing in.

The mail may have been passed on. So the page shows what stood in the mail, names nobody, and links to nothing that is
the person's alone without the way through the sign-in. A GET, as of a program that scans mail, changes nothing.
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
from foundation.dates import local, long_day, long_day_and_time
from registrations.display.ticket import meetings_of
from registrations.display.titles import discreet_title_and_day
from registrations.merging.keys import offer_opened_by, path_of_answering
from registrations.models import MergeOffer, Registration
from sessions_app.models import Mode

# What the page says, and with which status.
ASKS, SAID_YES, SAID_NO = "asks", "yes", "no"
MOVED, OVER, UNKNOWN = "moved", "over", "unknown"
STATUSES = {OVER: HTTPStatus.GONE, UNKNOWN: HTTPStatus.NOT_FOUND}
CHOOSE = "Choose one of the two: yes or no."


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge_offer(request: HttpRequest, uuid: UUID, key: str) -> HttpResponse:
    """GET asks, POST takes the `answer` yes or no and leads to what the page says then.

    A key of another offer, or a part of one, is 404; an offer that has ended is 410. A refusal is 409 with its
    sentence, and what is neither yes nor no 422.
    """
    offer, now = offer_opened_by(uuid, key), database_clock.now()
    if offer is None:
        return _page(request, UNKNOWN)
    if request.method != "POST" or _state_of(offer, now) in (MOVED, OVER):
        return _page(request, _state_of(offer, now), offer, now)
    answer, mode = request.POST.get("answer", ""), request.POST.get("mode", "")
    try:
        if answer == MergeOffer.Answer.YES:
            offer.accept(now, mode)
        elif answer == MergeOffer.Answer.NO:
            offer.decline(now)
        else:
            return _page(request, ASKS, offer, now, CHOOSE, HTTPStatus.UNPROCESSABLE_ENTITY)
    except MergeOffer.Over:
        return _page(request, _state_of(offer, now), offer, now)
    except Registration.Refused as refusal:
        return _page(request, ASKS, offer, now, str(refusal), HTTPStatus.CONFLICT)
    return redirect(path_of_answering(offer))


def _state_of(offer: MergeOffer, now: datetime) -> str:
    """Return what the page says of the offer: that it has ended, and how, or what was answered."""
    by = offer.registration.session.merge_by
    if offer.has_moved:
        return MOVED
    if not offer.may_be_answered or by is None or by <= now:
        return OVER
    return offer.answer or ASKS


def _page(
    request: HttpRequest,
    state: str,
    offer: MergeOffer | None = None,
    now: datetime | None = None,
    refusal: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context: dict[str, object] = {"nav": "my", "state": state, "refusal": refusal}
    if offer and now:
        registration, into = offer.registration, offer.into
        by = registration.session.merge_by
        asks_how = into.asks_how and not registration.mode
        # As the person would see it there; nothing is saved.
        there = Registration(person=registration.person, session=into, mode=offer.mode or registration.mode)
        context |= {
            "offer": offer,
            "registration": registration,
            "session": into,
            "titled": discreet_title_and_day(registration, now),
            "day": long_day(into.starts_at, into.time_zone, local(now, into.time_zone).year),
            "by_words": long_day_and_time(by, registration.session.time_zone, now) if by else "",
            "reason": registration.session.cancel_reason,
            "meetings": meetings_of(there, into.all_meetings, now),
            "modes": Mode.choices if asks_how else [],
            "mode": request.POST.get("mode", offer.mode),
            "now": now,
        }
    response = render(request, "registrations/merge_offer.html", context, status=STATUSES.get(state, status))
    # The address is the key: see the page for leaving.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
