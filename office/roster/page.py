"""Who comes, in the admin: the roster of a session, and each person's registrations beside the person."""

from functools import partial
from http import HTTPStatus
from typing import Any

from allauth.core import ratelimit
from csp.constants import SELF
from csp.decorators import csp_update
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
from foundation.record import record
from office.attendance_reports.deciding import decide
from office.attendance_reports.page import report_page
from office.base import OwnPage, ReadOnlyAdmin, acting, carry_out
from office.lists.large import LargeList, PeriodFilter
from office.people.by_address import ByAddress
from office.roster.files import FILES
from office.roster.one import AskedOne
from office.roster.people import Roster
from office.roster.persons import PAGES, ROSTER, PersonForm, decide_for_person
from office.roster.several import pasted_page, several_page
from office.roster.ticked import ticked_page
from office.roster.writing import write_page, written_page, written_to
from registrations.models import Accommodation, Registration, RosterReading
from sessions_app.models import Mode, Session

HOW_MISSING = "Say whether they take part in the room or online."


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
        of_persons: list[OwnPage] = [
            (f"<int:pk>/{name.replace('_', '-')}/", partial(self.person_view, form_class=form_class), name)
            for name, form_class in PAGES.items()
        ]
        return [
            ("roster/<int:session_pk>/", self.roster_view, "roster"),
            ("roster/<int:session_pk>/csv/", require_POST(partial(self.file_view, form="csv")), "csv"),
            ("roster/<int:session_pk>/xlsx/", require_POST(partial(self.file_view, form="xlsx")), "xlsx"),
            ("roster/<int:session_pk>/people/", self.several_view, "several"),
            ("roster/<int:session_pk>/people/<int:pk>/", self.pasted_view, "pasted"),
            ("roster/<int:session_pk>/ticked/", require_POST(self.ticked_view), "ticked"),
            ("roster/<int:session_pk>/write/", self.write_view, "write"),
            ("roster/<int:session_pk>/mail/<int:pk>/", self.written_view, "written"),
            ("roster/<int:session_pk>/report/", self.report_view, "report"),
            ("roster/<int:session_pk>/decide/", require_POST(self.decide_view), "decide"),
            *of_persons,
        ]

    def _refuse_unless_may(self, request: HttpRequest, action: str) -> None:
        if not request.user.has_perm(f"registrations.{action}_registration"):
            raise PermissionDenied

    def _session(self, pk: int) -> Session:
        return get_object_or_404(Session.objects.select_related("workshop"), pk=pk)

    def roster_view(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """Show who comes; POST registers one more person."""
        self._refuse_unless_may(request, "view")
        session, status = self._session(session_pk), HTTPStatus.OK
        form, asked = RegisterForm(session=session), None
        if request.method == "POST":
            self._refuse_unless_may(request, "change")
            form, by = RegisterForm(request.POST, session=session), acting(request)
            asked = AskedOne(form)

            def register() -> None:
                asked.look_ahead(session, lambda: self._register(form.person, self._session(session_pk), by, form.mode))
                if request.POST.get("agreed") == asked.agreement:
                    messages.success(request, self._register(form.person, session, by, form.mode))

            status = carry_out(form, register, Registration.Refused, "email")
            if status == HTTPStatus.FOUND and request.POST.get("agreed") == asked.agreement:
                return redirect(ROSTER, session_pk)
            status = HTTPStatus.OK if status == HTTPStatus.FOUND else status
        return self._roster_page(request, session, form, status, asked)

    def _roster_page(
        self,
        request: HttpRequest,
        session: Session,
        form: RegisterForm,
        status: int,
        asked: AskedOne | None = None,
    ) -> HttpResponse:
        now = database_clock.now()
        RosterReading.objects.note(session, acting(request), now)
        return self.page(
            request,
            "roster/roster",
            "Roster",
            status,
            subtitle=str(session),
            session=session,
            roster=Roster(session),
            written=written_to(session),
            form=form,
            asked=asked if asked and asked.said else None,
            may_change=request.user.has_perm("registrations.change_registration"),
            takes_people=session.is_running and not session.has_started(now),
            lets_leave=session.is_running and session.has_meeting_ahead(now),
        )

    @transaction.atomic
    def _register(self, person: Person, session: Session, by: Person, mode: str) -> str:
        session.lock()
        if session.registrations.active().filter(person=person).exists():
            return f"{person} is already in this session."
        registration = Registration.objects.register_for_the_office(person, session, by=by, mode=mode)
        Accommodation.objects.carry(registration)
        if registration.is_registered:
            sentence = f"{person} has a seat."
        else:
            sentence = f"{person} is on the waitlist, place {registration.place_in_line}."
        return sentence

    @method_decorator(transaction.atomic)
    def file_view(self, request: HttpRequest, session_pk: int, form: str) -> HttpResponse:
        """Answer with the roster as a file of that form, and put on record who took it.

        A person who takes many is refused (429).
        """
        self._refuse_unless_may(request, "view")
        session = self._session(session_pk)
        if not ratelimit.consume(request, action="roster", user=request.user):
            messages.error(request, "You have downloaded many rosters within the hour. Wait a little, then try again.")
            return self._roster_page(request, session, RegisterForm(session=session), HTTPStatus.TOO_MANY_REQUESTS)
        roster = Roster(session)
        count = len(roster.registered) + len(roster.waiting)
        record(acting(request), session, f"Roster downloaded, {count} {'person' if count == 1 else 'people'}.")
        write, content_type = FILES[form]
        response = HttpResponse(write(roster.rows()), content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="roster-{session.code}.{form}"'
        return response

    def several_view(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """Register several people from pasted names and addresses, once the office has seen what comes of each line."""
        self._refuse_unless_may(request, "change")
        return several_page(self, request, self._session(session_pk))

    def pasted_view(self, request: HttpRequest, session_pk: int, pk: int) -> HttpResponse:
        """Show how far a worker is that registers many people."""
        self._refuse_unless_may(request, "change")
        return pasted_page(self, request, self._session(session_pk), pk)

    def ticked_view(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """Withdraw the people who are ticked, or move them to another date, once the office has seen what it does."""
        self._refuse_unless_may(request, "change")
        return ticked_page(self, request, self._session(session_pk))

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def write_view(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """Write to the people of the session, once the office has seen the mail."""
        self._refuse_unless_may(request, "change")
        return write_page(self, request, self._session(session_pk))

    def written_view(self, request: HttpRequest, session_pk: int, pk: int) -> HttpResponse:
        """Show a mail that was written to the people of the session."""
        self._refuse_unless_may(request, "view")
        return written_page(self, request, self._session(session_pk), pk)

    def report_view(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """Take attendance from a report: POST shows what it says, and the second one writes it."""
        self._refuse_unless_may(request, "change")
        return report_page(self, request, self._session(session_pk))

    def decide_view(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """Say of somebody whom a report left open whether they were there."""
        self._refuse_unless_may(request, "change")
        return decide(request, self._session(session_pk))

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def person_view(self, request: HttpRequest, pk: int, form_class: type[PersonForm]) -> HttpResponse:
        """Do something for one person, once the office has seen what it says to them."""
        return decide_for_person(request, pk, office=self, form_class=form_class)
