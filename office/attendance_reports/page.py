"""The page that takes attendance from a report: shown first, written on the second press."""

import re
from http import HTTPStatus

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from foundation import database_clock
from office.attendance_reports.forms import ReportForm
from office.base import OfficeAdmin, acting
from outcomes.models import Attendance
from outcomes.reports.applying import LEAVE_OUT, WALK_IN, Applied, NoSuchChoice, Review, apply
from outcomes.reports.report import Report
from sessions_app.models import Meeting, Session

ROSTER = "admin:registrations_registration_roster"
SALT = "attendance report"
# A form holds 2.5 MB, and the people of a report travel in one between the two presses.
MOST_PACKED = 2_000_000
# Of a line, and what was chosen for it.
CHOICE = re.compile(r"who-([0-9]{1,6})")


def report_page(office: OfficeAdmin, request: HttpRequest, session: Session) -> HttpResponse:
    """GET asks for a report. The first POST shows what it says, the second writes it."""
    now = database_clock.now()
    meetings = [one for one in session.meetings.all() if one.starts_at <= now]
    for meeting in meetings:
        meeting.session = session
    if request.method == "POST" and "report" in request.POST:
        return _second_press(office, request, session, meetings)
    if request.method != "POST":
        asked = [one.pk for one in meetings if str(one.pk) == request.GET.get("meeting")]
        initial = {"meeting": asked[0]} if asked else {}
        form = ReportForm(session=session, meetings=meetings, initial=initial)
        return _asking(office, request, session, form, meetings)
    form = ReportForm(request.POST, request.FILES, session=session, meetings=meetings)
    if not form.is_valid():
        return _asking(office, request, session, form, meetings, HTTPStatus.BAD_REQUEST)
    meeting = next(one for one in meetings if one == form.cleaned_data["meeting"])
    packed = signing.dumps([meeting.pk, form.report.packed()], salt=SALT, compress=True)
    if len(packed) > MOST_PACKED:
        form.add_error(None, "More people are in it than one meeting has. Choose the report of this meeting.")
        return _asking(office, request, session, form, meetings, HTTPStatus.BAD_REQUEST)
    return _showing(office, request, Review(form.report, meeting), packed)


def _asking(
    office: OfficeAdmin,
    request: HttpRequest,
    session: Session,
    form: ReportForm,
    meetings: list[Meeting],
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    said = {"session": session, "form": form, "has_begun": bool(meetings), "subtitle": str(session)}
    return office.page(request, "attendance_reports/ask", "Attendance from a report", status, **said)


def _showing(
    office: OfficeAdmin, request: HttpRequest, review: Review, packed: str, error: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    session = review.meeting.session
    said = {"session": session, "review": review, "packed": packed, "error": error, "subtitle": str(session)}
    said |= {"walk_in": WALK_IN, "leave_out": LEAVE_OUT}
    return office.page(request, "attendance_reports/review", "Attendance from a report", status, **said)


def _second_press(office: OfficeAdmin, request: HttpRequest, session: Session, meetings: list[Meeting]) -> HttpResponse:
    packed = request.POST["report"]
    try:
        key, values = signing.loads(packed, salt=SALT)
        meeting = next(one for one in meetings if one.pk == key)
    except (signing.BadSignature, StopIteration):
        form = ReportForm(session=session, meetings=meetings)
        messages.error(request, "This page can no longer tell what was in the report. Choose it again.")
        return _asking(office, request, session, form, meetings, HTTPStatus.BAD_REQUEST)
    report = Report.unpacked(values)
    chosen = ((CHOICE.fullmatch(name), str(value)) for name, value in request.POST.items())
    choices = {int(number[1]): value for number, value in chosen if number and value}
    try:
        applied = apply(report, meeting, choices, by=acting(request))
    except (NoSuchChoice, Attendance.Refused) as reason:
        still = {WALK_IN, LEAVE_OUT, *Review(report, meeting).seats}
        kept = {number: value for number, value in choices.items() if value in still}
        return _showing(office, request, Review(report, meeting, kept), packed, str(reason), HTTPStatus.CONFLICT)
    messages.success(request, _sentence(applied))
    return redirect(ROSTER, session.pk)


def _sentence(applied: Applied) -> str:
    if applied.is_nothing:
        return "Nothing has changed: all of this was written down before, or somebody of the office has said otherwise."
    people = applied.here + applied.walked_in
    here = "1 person was there." if people == 1 else f"{people} people were there."
    if not applied.unsure:
        return here
    return f"{here} {applied.unsure} to be decided: say below whether it counts."
