"""The code of the day: shown in the room, and used by people who are there."""

from datetime import datetime
from http import HTTPStatus

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Person
from accounts.second_factor import for_the_office
from accounts.sign_in import SignedInRequest
from foundation import database_clock
from foundation.dates import clock, short_day, time_span
from outcomes.checking_in import code_of_the_day as codes
from outcomes.checking_in.code_of_the_day import Problem
from outcomes.checking_in.roll import chosen_meeting
from outcomes.checking_in.who import leads_it_now
from outcomes.views.check_in import MAY_CHECK_IN
from registrations.models import Registration
from sessions_app.models import Meeting, Session

TOO_OFTEN = "These were many wrong codes. Wait an hour, or ask the person at the door to check you in."
WRONG = "This is not the code. Look again: it has six characters, and changes with every meeting."
NOT_TYPED = "Enter the six characters that are shown or said at your session."


@never_cache
@for_the_office(MAY_CHECK_IN, or_if=leads_it_now)
@require_safe
def code_of_the_day(request: SignedInRequest, code: str) -> HttpResponse:
    """Show the code of a meeting and its QR code, to be seen across the room or printed. `meeting` as for check-in."""
    session = get_object_or_404(Session.objects.select_related("workshop"), code=code)
    now = database_clock.now()
    meeting = chosen_meeting(session, request.GET.get("meeting", ""), now)
    if meeting is None or session.status not in codes.HELD:
        raise Http404("Nothing is held.")
    day = short_day(meeting.starts_at, meeting.time_zone, now.year)
    context = {
        "nav": "office",
        "session": session,
        "meeting": meeting,
        "when": f"{day}, {time_span(meeting.starts_at, meeting.ends_at, meeting.time_zone)}",
        "day_code": codes.in_halves(codes.code_of(meeting)),
        "qr": codes.qr_svg(meeting),
        "address": codes.address_of(meeting).rpartition("/check-in/")[0].partition("://")[2] + "/check-in/",
        "works_from": clock(codes.works_from(meeting), meeting.time_zone, "noon"),
        "works_until": clock(codes.works_until(meeting), meeting.time_zone, "noon"),
        "is_over": codes.works_until(meeting) <= now,
    }
    return render(request, "outcomes/code_of_the_day.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_in_with(request: SignedInRequest, day_code: str = "") -> HttpResponse:
    """GET shows one button, and writes nothing; it does not say whether a code is right. POST `code` checks in.

    Refused: 400 for what is no code of now, 409 for a person without a seat, 429 after many wrong codes.
    """
    now, person = database_clock.now(), request.user
    if request.method != "POST":
        return _page(request, now, day_code)
    typed = request.POST.get("code", "")
    if not codes.read_code(typed):
        return _page(request, now, typed, NOT_TYPED, HTTPStatus.BAD_REQUEST)
    if not ratelimit.consume(request, action="wrong_code_of_the_day", user=person, dry_run=True):
        return _page(request, now, typed, TOO_OFTEN, HTTPStatus.TOO_MANY_REQUESTS)
    found = codes.find(person, typed, now)
    if found.problem is Problem.NOT_REGISTERED:
        assert found.meeting is not None
        return _page(request, now, typed, _without_a_seat(found.meeting, person), HTTPStatus.CONFLICT)
    if found.problem:
        ratelimit.consume(request, action="wrong_code_of_the_day", user=person)
        return _page(request, now, typed, _sentence(found, now), HTTPStatus.BAD_REQUEST)
    said = codes.check_in(person, found, now)
    assert found.registration is not None
    if not said.is_here:
        messages.info(request, "The office has noted that you were not here. If that is wrong, tell us below.")
    else:
        messages.success(request, f"You are checked in: {found.registration.session.workshop.title}.")
    return redirect(found.registration)


def _without_a_seat(meeting: Meeting, person: Person) -> str:
    title = meeting.session.workshop.title
    waits = Registration.objects.filter(person=person, session=meeting.session_id).exclude(
        status__in=(Registration.Status.WITHDRAWN, Registration.Status.SESSION_CANCELLED)
    )
    if waits.exists():
        return (
            f"You waited for a seat in {title} and have none. If you are here, ask the person at the door to add you."
        )
    return f"You are not registered for {title}. If you are here, ask the person at the door to add you."


def _sentence(found: codes.Found, now: datetime) -> str:
    meeting = found.meeting
    if meeting is None:
        return WRONG
    zone, title = meeting.time_zone, meeting.session.workshop.title
    if found.problem is Problem.EARLY:
        at = codes.works_from(meeting)
        day = short_day(at, zone, now.year)
        return f"This is the code of {title} on {day}. It works from {clock(at, zone, 'noon')} that day."
    at = codes.works_until(meeting)
    day = short_day(meeting.starts_at, zone, now.year)
    return f"This was the code of {title} on {day}. It worked until {clock(at, zone, 'noon')}."


def _page(
    request: SignedInRequest, now: datetime, typed: str, refusal: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    own = codes.meetings_now(request.user, now)
    is_code = len(codes.read_code(typed)) == codes.LENGTH and not refusal
    context = {
        "nav": "my",
        "typed": codes.in_halves(codes.read_code(typed)) if is_code else typed,
        "is_code": is_code,
        "going_on": [(meeting, _when(meeting)) for meeting in own],
        "refusal": refusal,
    }
    return render(request, "outcomes/check_in_with.html", context, status=status)


def _when(meeting: Meeting) -> str:
    return time_span(meeting.starts_at, meeting.ends_at, meeting.time_zone)
