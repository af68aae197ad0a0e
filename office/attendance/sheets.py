"""The tick list of a meeting: who was there, by one form; closing it; and corrections of what is closed."""

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from office.base import OwnPage, ReadOnlyAdmin, acting, carry_out
from outcomes.attended import sheet_of
from outcomes.checking_in.roll import Line, Roll, attendance_of, is_open, registration_of, roll_of
from outcomes.models import Attendance, AttendanceSheet
from outcomes.models.attendance import CORRECTED_FREELY
from registrations.models import Registration
from sessions_app.models import Meeting

LIST = "admin:outcomes_attendancesheet_list"
MAY_TICK = "registrations.change_registration"


class TicksForm(forms.Form):
    """What was ticked: `here` are the keys of lines, and `was` those that were ticked when the page was made.

    Only what differs between the two is said, so that ticks made elsewhere since then stay.
    """

    reason = forms.CharField(
        label="Why it is corrected",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text="For the record; needed from 30 days after the meeting on.",
    )

    @property
    def here(self) -> set[str]:
        return set(self._keys("here"))

    @property
    def was(self) -> set[str]:
        return set(self._keys("was"))

    def _keys(self, name: str) -> Iterable[str]:
        return (key for key in self.data.getlist(name) if "\0" not in key)  # type: ignore[attr-defined] # a QueryDict


@admin.register(AttendanceSheet)
class AttendanceSheetAdmin(ReadOnlyAdmin):
    list_display = ["meeting", "session", "closed_at", "closed_by"]
    list_select_related = ["meeting__session__workshop", "closed_by"]
    fields = ["meeting", "closed_at", "closed_by"]
    ordering = ["-closed_at", "-pk"]

    @admin.display(description="session")
    def session(self, sheet: AttendanceSheet) -> str:
        return str(sheet.meeting.session)

    def own_pages(self) -> list[OwnPage]:
        return [
            ("meeting/<int:meeting_pk>/", self.list_view, "list"),
            ("meeting/<int:meeting_pk>/close/", self.close_view, "close"),
        ]

    def _meeting(self, request: HttpRequest, pk: int) -> Meeting:
        """Return the meeting to people who may tick; raises PermissionDenied for others, Http404 for none."""
        if not request.user.has_perm(MAY_TICK):
            raise PermissionDenied
        return get_object_or_404(Meeting.objects.select_related("session__workshop", "part", "sheet"), pk=pk)

    def list_view(self, request: HttpRequest, meeting_pk: int) -> HttpResponse:
        """Show the tick list; POST says of everybody whose tick changed that they were there, or takes it back.

        Of a closed list the change is a correction: a tick taken away says absent.
        """
        meeting, now = self._meeting(request, meeting_pk), database_clock.now()
        form, status = TicksForm(), HTTPStatus.OK
        if request.method == "POST":
            form = TicksForm(request.POST)

            def tick() -> None:
                if not is_open(meeting, now):
                    raise Attendance.Refused("This meeting has not begun: nobody was there yet.")
                everybody = "everybody" in request.POST
                messages.success(request, self._tick(meeting, form, everybody, acting(request), now))

            status = carry_out(form, tick, Attendance.Refused, "reason")
            if status == HTTPStatus.FOUND:
                return redirect(LIST, meeting.pk)
        ticked = form.here if form.is_bound else None
        return self._list_page(request, meeting, form, ticked, now, status)

    def _tick(self, meeting: Meeting, form: TicksForm, everybody: bool, by: Person, now: datetime) -> str:
        """Say what was ticked, person by person, and return the sentence about it."""
        roll = roll_of(meeting)
        known = {line.key: line for line in roll.lines}
        new = (form.here - form.was) & set(known)
        if everybody:
            new |= {line.key for line in roll.registered if not line.state}
        gone = (form.was - form.here) & set(known)
        if (new or gone) and _is_closed(meeting):
            Attendance.refuse_without_reason(meeting, form.cleaned_data["reason"], now)
        for key in sorted(new, key=list(known).index):
            self._say_here(meeting, key, by, form.cleaned_data["reason"], now)
        for key in sorted(gone, key=list(known).index):
            self._say_not(meeting, key, by, form.cleaned_data["reason"], now)
        many = len(new) + len(gone)
        return "Nothing was changed." if not many else "1 tick was saved." if many == 1 else f"{many} ticks were saved."

    def _say_here(self, meeting: Meeting, key: str, by: Person, reason: str, now: datetime) -> None:
        state, said = Attendance.State.HERE, attendance_of(meeting, key)
        if said is not None and _is_closed(meeting):
            said.correct(state, by, reason, now)
        elif said is not None:
            said.say(state, Attendance.Source.ROSTER, by, now=now)
        elif registration := registration_of(meeting, key):
            source = Attendance.Source.CORRECTION if _is_closed(meeting) else Attendance.Source.ROSTER
            if registration.is_registered:
                made = Attendance.objects.mark(meeting, registration, state, source, by, now=now)
            else:
                made = Attendance.objects.walk_in(meeting, by, person=registration.person, source=source, now=now)
            if reason:
                record(by, made, f"Attendance corrected: {reason}")

    def _say_not(self, meeting: Meeting, key: str, by: Person, reason: str, now: datetime) -> None:
        said = attendance_of(meeting, key)
        if said is None or not said.is_here:
            return
        if _is_closed(meeting):
            said.correct(Attendance.State.ABSENT, by, reason, now)
        else:
            said.take_back(by)

    def _list_page(
        self,
        request: HttpRequest,
        meeting: Meeting,
        form: TicksForm,
        ticked: set[str] | None,
        now: datetime,
        status: int,
    ) -> HttpResponse:
        roll = roll_of(meeting)
        ticked = {line.key for line in roll.lines if line.is_here} if ticked is None else ticked
        closed = _is_closed(meeting)
        return self.page(
            request,
            "attendance/list",
            "Attendance",
            status,
            subtitle=f"{meeting.session.workshop.title}, {meeting}",
            meeting=meeting,
            session=meeting.session,
            roll=roll,
            groups=[
                ("Registered", roll.registered),
                ("Waited for a seat", roll.waited),
                ("Walked in", roll.walked_in),
            ],
            ticked=ticked,
            form=form,
            is_open=is_open(meeting, now),
            is_over=meeting.ends_at <= now,
            is_closed=closed,
            needs_reason=closed and now > meeting.ends_at + CORRECTED_FREELY,
            unknown=len(_unknown(roll)),
        )

    def close_view(self, request: HttpRequest, meeting_pk: int) -> HttpResponse:
        """Show who would be said to be absent, by name and in number; POST says so and closes the list.

        POST `absent` are the keys that the page showed: where somebody else was ticked or added since, it is shown
        once more.
        """
        meeting, now = self._meeting(request, meeting_pk), database_clock.now()
        if _is_closed(meeting):
            return redirect(LIST, meeting.pk)
        unknown, problem, status = _unknown(roll_of(meeting)), "", HTTPStatus.OK
        if meeting.ends_at > now:
            problem = "This meeting is not over yet: close its list afterwards."
            status = HTTPStatus.CONFLICT if request.method == "POST" else HTTPStatus.OK
        elif request.method == "POST":
            if set(request.POST.getlist("absent")) == {line.key for line in unknown}:
                absent = _registrations(meeting, unknown)
                sheet_of(meeting).close(by=acting(request), now=now, absent=absent)
                messages.success(request, "The list is closed.")
                return redirect(LIST, meeting.pk)
            problem, status = "This changed while you looked at it. Look once more.", HTTPStatus.CONFLICT
        return self.page(
            request,
            "attendance/close",
            "Close the list",
            status,
            subtitle=f"{meeting.session.workshop.title}, {meeting}",
            meeting=meeting,
            session=meeting.session,
            here=sum(line.is_here for line in roll_of(meeting).lines),
            unknown=unknown,
            problem=problem,
            may_close=meeting.ends_at <= now,
        )


def _is_closed(meeting: Meeting) -> bool:
    return hasattr(meeting, "sheet") and meeting.sheet.is_closed


def _unknown(roll: Roll) -> list[Line]:
    """Return the lines of people with a seat of whom nobody has said whether they were there."""
    decided = (Attendance.State.HERE, Attendance.State.ABSENT)
    return [line for line in roll.registered if line.state not in decided]


def _registrations(meeting: Meeting, lines: list[Line]) -> list[Registration]:
    uuids = [line.key.removeprefix("r-") for line in lines]
    return list(Registration.objects.filter(uuid__in=uuids, session=meeting.session_id).select_related("person"))
