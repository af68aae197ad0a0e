"""What somebody leads: the list of it, and the page of one session with what there is to prepare.

Who comes is shown to the people who lead a session, from a week before it until a week after it, on a press of theirs
that is put on record. A page that is only looked at names nobody.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.sign_in import SignedInRequest
from foundation import database_clock
from foundation.dates import long_day
from foundation.text import number_words
from registrations.display.led import counts_of_people, people_expected
from registrations.models import AccessPlan, RosterReading
from registrations.models.access_plan import LEAST
from registrations.views.own import by_month
from sessions_app.display.leading import meetings_led
from sessions_app.display.rows import listing
from sessions_app.models import Session
from sessions_app.models.leading import WEEK, may_check_in, may_see_names
from sessions_app.models.leading_keys import path_of_leading

MOST_PAST = 50


@never_cache
@require_safe
def leading_list(request: SignedInRequest) -> HttpResponse:
    """List what the viewer leads: to come, soonest first, and past. 404 for people who are no facilitator."""
    facilitator = getattr(request.user, "facilitator", None)
    if facilitator is None:
        raise Http404("Leads nothing.")
    now = database_clock.now()
    led = listing(_led_by(request))
    coming = list(led.filter(ends_at__gt=now).order_by("starts_at", "pk"))
    past = led.filter(ends_at__lte=now).exclude(status=Session.Status.CANCELLED).order_by("-starts_at", "-pk")
    asked = {one.session_id: one for one in facilitator.leadings.filter(session__in=[one.pk for one in coming])}
    context = {
        "nav": "my",
        "now": now,
        "facilitator": facilitator,
        "months": by_month(coming, now),
        "past": by_month(past[:MOST_PAST], now),
        "asked": asked,
    }
    return render(request, "registrations/leading/list.html", context)


@never_cache
@require_safe
def leading_session(request: SignedInRequest, code: str) -> HttpResponse:
    """Show one session that the viewer leads, without a name; 404 for everybody else."""
    return _page(request, _own(request, code), database_clock.now())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leading_names(request: SignedInRequest, code: str) -> HttpResponse:
    """POST shows the same page with who is registered, and puts that on record. Outside of the weeks it is a 409."""
    session, now = _own(request, code), database_clock.now()
    if request.method != "POST":
        return redirect("leading_session", code=code)
    if not may_see_names(session, now):
        return _page(request, session, now, status=HTTPStatus.CONFLICT)
    RosterReading.objects.note(session, request.user, now)
    return _page(request, session, now, people=people_expected(session))


def _led_by(request: SignedInRequest) -> Any:
    """Return the sessions that the viewer leads: not those that are being prepared."""
    led = Session.objects.filter(facilitators__person=request.user.pk)
    return led.exclude(status=Session.Status.DRAFT)


def _own(request: SignedInRequest, code: str) -> Session:
    led: QuerySet[Session] = _led_by(request).in_full()
    return get_object_or_404(led, code=code)


def _page(
    request: SignedInRequest, session: Session, now: datetime, status: int = HTTPStatus.OK, people: Any = None
) -> HttpResponse:
    own = session.leadings.select_related("facilitator__person").filter(facilitator__person=request.user).first()
    is_ahead = session.is_running and session.has_meeting_ahead(now)
    shows_names, zone = may_see_names(session, now), session.time_zone
    context = {
        "nav": "my",
        "now": now,
        "session": session,
        "asked": own,
        "answer_path": path_of_leading(own) if own else "",
        "meetings": meetings_led(session, now),
        "others": [one for one in session.led_by if one.person_id != request.user.pk],
        "counts": counts_of_people(session, now),
        "access": AccessPlan.objects.told_for(session) if is_ahead else None,
        "tells_access_from": number_words(LEAST),
        "may_see_names": shows_names,
        "names_from": long_day(session.starts_at - WEEK, zone),
        "names_until": long_day(session.ends_at + WEEK - timedelta(seconds=1), zone),
        "names_are_over": now >= session.ends_at + WEEK,
        "may_check_in": session.is_confirmed and may_check_in(request.user, session, now),
        "is_ahead": is_ahead,
        "people": people,
        "refused": status == HTTPStatus.CONFLICT,
    }
    return render(request, "registrations/leading/session.html", context, status=status)
