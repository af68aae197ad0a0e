"""Who comes, in the admin: the roster of a session, and each person's registrations beside the person."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts.models import Person
from foundation import database_clock
from foundation.dates import day_and_time
from foundation.files.spreadsheet import as_csv
from foundation.record import record
from foundation.text import ordinal
from office.attendance_reports.deciding import decide
from office.attendance_reports.page import report_page
from office.base import OwnPage, ReadOnlyAdmin, acting, carry_out
from office.lists.large import LargeList, PeriodFilter
from office.people.page import ByAddress
from registrations.models import Accommodation, Registration
from registrations.models.preparation import has_pre_work
from sessions_app.models import Mode, Session

HOW_MISSING = "Say whether they take part in the room or online."
RATHER: dict[str, str] = {Mode.ROOM: "would rather be in the room", Mode.ONLINE: "would rather be online"}
ROSTER = "admin:registrations_registration_roster"


@dataclass(frozen=True)
class Line:
    """What the roster says of one registration, with times in the zone of its session."""

    registration: Registration
    zone: str
    # The 1-based number on the waitlist, among those who wait for the same; 0 for somebody with a seat.
    number: int = 0

    @property
    def pk(self) -> int:
        return self.registration.pk

    @property
    def person(self) -> Person:
        return self.registration.person

    @property
    def get_status_display(self) -> str:
        return self.registration.get_status_display()

    @property
    def mode_words(self) -> str:
        """Return how the person takes part where the session asks: “Online, would rather be in the room”."""
        words = self.registration.get_mode_display() or "In the room, has not said"
        return f"{words}, {RATHER[self.registration.wants]}" if self.registration.wants else words

    @property
    def registered_words(self) -> str:
        return day_and_time(self.registration.registered_at, self.zone)

    @property
    def pre_work_words(self) -> str:
        read_at = self.registration.pre_work_done_at
        return f"Read {day_and_time(read_at, self.zone)}" if read_at else "Not read yet"

    @property
    def withdrawn_words(self) -> str:
        return day_and_time(self.registration.withdrawn_at, self.zone)


class Roster:
    """The people of one session: those with a seat by name, and those waiting in order with their place in line.

    Where people say how they take part those in the room come first: they are the ones who sign at the door.
    """

    COLUMNS = ["Name", "Pronouns", "E-mail", "Role", "Unit", "Campus", "Status", "Place in line", "Registered at"]
    HOW = "Takes part"

    def __init__(self, session: Session) -> None:
        self.session = session
        people = session.registrations.active().select_related("person__unit", "person__campus").order_by("position")
        active = list(people)
        seated = sorted((one for one in active if one.is_registered), key=_in_the_room_by_name)
        # Those who gave up a seat in the last 24 hours before the start, in order of leaving.
        late = session.registrations.filter(left_late=True).select_related("person__unit").order_by("withdrawn_at")
        self.registered = self._lines(seated)
        self.asks_how = session.asks_how
        self.waiting = self._numbered(one for one in active if one.is_waitlisted)
        self.left_late = self._lines(late)
        self.has_pre_work = has_pre_work(session, database_clock.now())
        self.have_read = sum(one.pre_work_done_at is not None for one in seated)

    def _lines(self, registrations: Iterable[Registration]) -> list[Line]:
        return [Line(registration, self.session.time_zone) for registration in registrations]

    def _numbered(self, registrations: Iterable[Registration]) -> list[Line]:
        """Return a line for each of those who wait, in order, each with its place in the line of its mode."""
        before: Counter[str] = Counter()
        lines = []
        for one in registrations:
            mode = self.session.line_of(one.mode)
            before[mode] += 1
            lines.append(Line(one, self.session.time_zone, before[mode]))
        return lines

    @property
    def registered_in_words(self) -> str:
        """Return “15 registered”, or “15 registered: 12 in the room, 3 online”."""
        return f"{len(self.registered)} registered{self._of_each(self.registered)}"

    @property
    def waiting_in_words(self) -> str:
        """Return “3 on the waitlist”, or “3 on the waitlist: 2 for the room, 1 for online”."""
        return f"{len(self.waiting)} on the waitlist{self._of_each(self.waiting, 'for the room', 'for online')}"

    def _of_each(self, lines: list[Line], room: str = "in the room", online: str = "online") -> str:
        if not self.asks_how or not lines:
            return ""
        many = sum(line.registration.mode == Mode.ONLINE for line in lines)
        return f": {len(lines) - many} {room}, {many} {online}"

    def rows(self) -> Iterator[list]:
        """Yield the heading and a row per person, for a spreadsheet."""
        yield [*self.COLUMNS, self.HOW] if self.asks_how else self.COLUMNS
        for line in self.registered:
            yield self._row(line, "")
        for line in self.waiting:
            yield self._row(line, line.number)

    def _row(self, line: Line, position: int | str) -> list:
        person = line.person
        return [
            person.name,
            person.pronouns,
            person.email,
            person.get_role_display(),
            person.unit,
            person.campus,
            line.get_status_display,
            position,
            line.registered_words,
            *([line.mode_words] if self.asks_how else []),
        ]


def _in_the_room_by_name(registration: Registration) -> tuple[bool, str]:
    return registration.mode == Mode.ONLINE, str(registration.person).casefold()


class RegisterForm(ByAddress):
    """Register somebody, and say how they take part where the session asks."""

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if session.asks_how:
            self.fields["mode"] = forms.ChoiceField(
                label="Takes part", choices=[("", "Choose"), *Mode.choices], error_messages={"required": HOW_MISSING}
            )

    @property
    def mode(self) -> str:
        """What was chosen in a valid form, "" where nobody is asked."""
        return self.cleaned_data.get("mode", "")


class MoveUpForm(forms.Form):
    """Say why somebody is moved to the front of the waitlist."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        max_length=1000,
        help_text="For the record; nobody who waits is shown it.",
        error_messages={"required": "Say why: the record needs a reason."},
    )


@admin.register(Registration)
class RegistrationAdmin(LargeList, ReadOnlyAdmin):
    office_may = ("view", "change")
    list_display = ["person", "session", "status", "mode", "registered_at"]
    list_filter = [PeriodFilter, "status"]
    list_select_related = ["person", "session__workshop"]
    search_fields = ["person__name", "person__email", "session__workshop__title", "session__code"]
    period, search_people, search_sessions = "registered_at", "person", "session"
    ordering = ["-pk"]
    fields = [
        "person",
        "session",
        "status",
        "mode",
        "position",
        "registered_at",
        "seated_at",
        "withdrawn_at",
        "moved_to",
    ]

    # ---- the roster of a session ----

    def own_pages(self) -> list[OwnPage]:
        return [
            ("roster/<int:session_pk>/", self.roster_view, "roster"),
            ("roster/<int:session_pk>/csv/", require_POST(self.csv_view), "csv"),
            ("roster/<int:session_pk>/report/", self.report_view, "report"),
            ("roster/<int:session_pk>/decide/", require_POST(self.decide_view), "decide"),
            ("<int:pk>/withdraw/", self.withdraw_view, "withdraw"),
            ("<int:pk>/move-up/", self.move_up_view, "move_up"),
        ]

    def _refuse_unless_may(self, request: HttpRequest, action: str) -> None:
        if not request.user.has_perm(f"registrations.{action}_registration"):
            raise PermissionDenied

    def _session(self, pk: int) -> Session:
        return get_object_or_404(Session.objects.select_related("workshop"), pk=pk)

    def _registration(self, pk: int) -> Registration:
        return get_object_or_404(Registration.objects.select_related("person", "session__workshop"), pk=pk)

    def roster_view(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """Show who comes; POST registers one more person."""
        self._refuse_unless_may(request, "view")
        session, status = self._session(session_pk), HTTPStatus.OK
        form = RegisterForm(session=session)
        if request.method == "POST":
            self._refuse_unless_may(request, "change")
            form = RegisterForm(request.POST, session=session)

            def register() -> None:
                messages.success(request, self._register(form.person, session, acting(request), form.mode))

            status = carry_out(form, register, Registration.Refused, "email")
            if status == HTTPStatus.FOUND:
                return redirect(ROSTER, session_pk)
        return self._roster_page(request, session, form, status)

    def _roster_page(self, request: HttpRequest, session: Session, form: RegisterForm, status: int) -> HttpResponse:
        return self.page(
            request,
            "roster/roster",
            "Roster",
            status,
            subtitle=str(session),
            session=session,
            roster=Roster(session),
            form=form,
            may_change=request.user.has_perm("registrations.change_registration"),
        )

    @transaction.atomic
    def _register(self, person: Person, session: Session, by: Person, mode: str) -> str:
        session.lock()
        if session.registrations.active().filter(person=person).exists():
            return f"{person} is already in this session."
        registration = Registration.objects.register(person, session, mode=mode)
        Accommodation.objects.carry(registration)
        if registration.is_registered:
            sentence = f"{person} has a seat."
        else:
            sentence = f"{person} is on the waitlist, place {registration.place_in_line}."
        record(by, registration, f"Registered by {by}.")
        return sentence

    @method_decorator(transaction.atomic)
    def csv_view(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """Answer with the roster as a file, and put on record who took it. A person who takes many is refused (429)."""
        self._refuse_unless_may(request, "view")
        session = self._session(session_pk)
        if not ratelimit.consume(request, action="roster", user=request.user):
            messages.error(request, "You have downloaded many rosters within the hour. Wait a little, then try again.")
            return self._roster_page(request, session, RegisterForm(session=session), HTTPStatus.TOO_MANY_REQUESTS)
        roster = Roster(session)
        count = len(roster.registered) + len(roster.waiting)
        record(acting(request), session, f"Roster downloaded, {count} {'person' if count == 1 else 'people'}.")
        response = HttpResponse(as_csv(roster.rows()), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="roster-{session.code}.csv"'
        return response

    def report_view(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """Take attendance from a report: POST shows what it says, and the second one writes it."""
        self._refuse_unless_may(request, "change")
        return report_page(self, request, self._session(session_pk))

    def decide_view(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """Say of somebody whom a report left open whether they were there."""
        self._refuse_unless_may(request, "change")
        return decide(request, self._session(session_pk))

    # ---- one registration ----

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask whether to withdraw somebody, and on POST do it."""
        self._refuse_unless_may(request, "change")
        registration = self._registration(pk)
        problem, status = "", HTTPStatus.OK
        if request.method == "POST":
            try:
                registration.withdraw(by=acting(request))
            except Registration.Refused as refusal:
                problem, status = str(refusal), HTTPStatus.CONFLICT
            else:
                messages.success(request, f"{registration.person} is no longer in this session.")
                return redirect(ROSTER, registration.session_id)
        return self.page(
            request,
            "roster/withdraw",
            "Withdraw",
            status,
            subtitle=str(registration.session),
            registration=registration,
            passes_on=registration.is_registered and not registration.session.has_started(database_clock.now()),
            problem=problem,
        )

    def move_up_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask why, and on POST put somebody first in line."""
        self._refuse_unless_may(request, "change")
        registration, form, status = self._registration(pk), MoveUpForm(), HTTPStatus.OK
        if request.method == "POST":
            form = MoveUpForm(request.POST)

            def move_up() -> None:
                registration.move_up(by=acting(request), reason=form.cleaned_data["reason"])
                messages.success(request, f"{registration.person} is first in line.")

            status = carry_out(form, move_up, Registration.Refused)
            if status == HTTPStatus.FOUND:
                return redirect(ROSTER, registration.session_id)
        return self.page(
            request,
            "roster/move_up",
            "Move up",
            status,
            subtitle=str(registration.session),
            registration=registration,
            place=ordinal(registration.place_in_line) if registration.is_waitlisted else "",
            form=form,
        )
