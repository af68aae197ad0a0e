"""Checking people in at the door, on a phone: `/sessions/<code>/check-in/`."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.second_factor import for_the_office
from accounts.sign_in import SignedInRequest
from foundation import database_clock
from foundation.dates import clock, short_day, time_span
from foundation.values.addresses import AddressFormField
from foundation.values.lines import OneLineField
from outcomes.checking_in import roll as rolls
from outcomes.checking_in.roll import Roll, roll_of
from outcomes.checking_in.who import leads_it_now
from outcomes.models import Attendance
from sessions_app.display.rows import place_in
from sessions_app.models import Meeting, Session

MAY_CHECK_IN = "registrations.change_registration"
# What a device that had no network kept is told by its age: the clock of a phone may be wrong.
OLDEST = timedelta(days=2)
NO_SUCH_LINE = "This person is no longer on the list. Load the page again."


class WalkInForm(forms.Form):
    """Ask for somebody who is not on the list: a name, the address of an account, or both."""

    name = OneLineField(label="Name", max_length=150, required=False)
    address = AddressFormField(label="E-mail (optional)", max_length=254, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["address"].widget.attrs["autocomplete"] = "off"
        self.fields["address"].help_text = "With the address of their account it stands in their own record."


@never_cache
@for_the_office(MAY_CHECK_IN, or_if=leads_it_now)
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: SignedInRequest, code: str) -> HttpResponse:
    """GET shows who is to come to a meeting and who is here; POST says that somebody is here, or takes it back.

    `meeting` is the key of one, else it is the one going on. POST `does` is here or undo, of the line `who`, or add,
    of the `name` or `address` of somebody who is not on the list; `age` is for how many seconds a device kept the tap.
    A script (Accept: application/json) gets what is said of everybody, a form the page at the line.
    """
    session = get_object_or_404(Session.objects.select_related("workshop"), code=code)
    now, asked = database_clock.now(), request.POST if request.method == "POST" else request.GET
    meeting = rolls.chosen_meeting(session, asked.get("meeting", ""), now)
    if meeting is None or session.status not in (Session.Status.CONFIRMED, Session.Status.COMPLETED):
        return render(request, "outcomes/not_held.html", {"nav": "office", "session": session}, status=HTTPStatus.OK)
    if request.method != "POST":
        return _states(roll_of(meeting)) if _is_script(request) else _page(request, meeting, now)
    if not rolls.is_open(meeting, now):
        return _refused(request, meeting, now, f"Nobody is here yet: this opens {_opens_words(meeting)}.")
    tapped_at = now - _age(asked.get("age", ""))
    if asked.get("does") == "add":
        return _add(request, meeting, now, tapped_at)
    who, does = asked.get("who", ""), asked.get("does", "")
    if does == "undo" and is_closed(meeting):
        return _refused(request, meeting, now, "This list is closed. Correct it on the roster.")
    verb = {"here": rolls.say_here, "undo": rolls.take_back}.get(does)
    said = verb(meeting, who, request.user, tapped_at) if verb else None
    # What is to be undone and is not there is undone.
    if verb is None or (said is None and not (does == "undo" and rolls.registration_of(meeting, who))):
        return _refused(request, meeting, now, NO_SUCH_LINE, HTTPStatus.BAD_REQUEST)
    return _done(request, meeting, who)


def _add(request: SignedInRequest, meeting: Meeting, now: datetime, tapped_at: datetime) -> HttpResponse:
    form = WalkInForm(request.POST)
    if not form.is_valid():
        return _page(request, meeting, now, form, status=HTTPStatus.BAD_REQUEST)
    try:
        said = Attendance.objects.walk_in(meeting, request.user, **form.cleaned_data, now=tapped_at)
    except Attendance.NobodyNamed as refusal:
        form.add_error("name", str(refusal))
        return _page(request, meeting, now, form, status=HTTPStatus.BAD_REQUEST)
    key = f"r-{said.registration.uuid}" if said.registration else f"w-{said.pk}"
    if not _is_script(request):
        messages.success(request, f"{said.person or said.name} is here.")
    return _done(request, meeting, key)


def is_closed(meeting: Meeting) -> bool:
    """Tell whether the office has closed the list of `meeting`."""
    return hasattr(meeting, "sheet") and meeting.sheet.is_closed


def _age(typed: str) -> timedelta:
    seconds = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 8 else 0
    return min(timedelta(seconds=seconds), OLDEST)


def _is_script(request: SignedInRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _done(request: SignedInRequest, meeting: Meeting, key: str) -> HttpResponse:
    if _is_script(request):
        return _states(roll_of(meeting))
    query = {"meeting": str(meeting.pk)} | ({"q": request.POST["q"]} if request.POST.get("q") else {})
    return redirect(f"{reverse('check_in', args=[meeting.session.code], query=query)}#{key}")


def _states(roll: Roll) -> JsonResponse:
    told = {"here": roll.here, "tally": roll.tally, "others": roll.others, "warning": roll.warning}
    return JsonResponse(told | {"lines": roll.states()})


def _refused(
    request: SignedInRequest, meeting: Meeting, now: datetime, refusal: str, status: int = HTTPStatus.CONFLICT
) -> HttpResponse:
    return _page(request, meeting, now, refusal=refusal, status=status)


def _page(
    request: SignedInRequest,
    meeting: Meeting,
    now: datetime,
    form: WalkInForm | None = None,
    refusal: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    if _is_script(request):
        errors = [str(sentence) for found in form.errors.values() for sentence in found] if form else []
        return JsonResponse({"refused": " ".join([refusal, *errors]).strip()}, status=status)
    session = meeting.session
    typed = (request.POST if request.method == "POST" else request.GET).get("q", "")
    roll = roll_of(meeting)
    meetings = list(session.meetings.all())
    context = {
        "nav": "office",
        "now": now,
        "session": session,
        "meeting": meeting,
        "when": _when(meeting, now),
        "where": place_in(session.format, meeting.venue),
        "others": [(one, _when(one, now)) for one in meetings if one.pk != meeting.pk],
        "roll": roll,
        "shown": roll.found(typed) if typed else roll,
        "typed": typed,
        "form": form or WalkInForm(initial=_typed_of_a_walk_in(request)),
        "refusal": refusal,
        "is_open": rolls.is_open(meeting, now),
        "opens": _opens_words(meeting),
        "is_closed": is_closed(meeting),
    }
    return render(request, "outcomes/check_in.html", context, status=status)


def _typed_of_a_walk_in(request: SignedInRequest) -> dict[str, str]:
    """Return what was typed of somebody who is not on the list, so that a page that refuses does not lose it."""
    return {name: request.POST[name] for name in WalkInForm.base_fields if name in request.POST}


def _when(meeting: Meeting, now: datetime) -> str:
    """“Tue, May 14, 12:30–2:00 PM”, with the title of its part."""
    day = short_day(meeting.starts_at, meeting.time_zone, now.year)
    times = time_span(meeting.starts_at, meeting.ends_at, meeting.time_zone)
    return f"{meeting.part}: {day}, {times}" if meeting.part else f"{day}, {times}"


def _opens_words(meeting: Meeting) -> str:
    at = meeting.starts_at - rolls.OPENS
    return f"on {short_day(at, meeting.time_zone, at.year)} at {clock(at, meeting.time_zone, 'noon')}"
