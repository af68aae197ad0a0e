"""Who comes, in the admin: the roster of a session, and each person's registrations beside the person."""

from datetime import datetime

from allauth.core import ratelimit
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts.models import Person
from foundation.dates import clock, short_day
from foundation.record import record
from foundation.text import ordinal
from office.base import DONE, REFUSED, ReadOnlyAdmin, carry_out
from office.people import ByAddress
from office.spreadsheet import as_csv
from registrations.models import Accommodation, Registration
from sessions_app.models import Session

TOO_MANY = 429


def at_words(at: datetime, session: Session) -> str:
    return f"{short_day(at, session.time_zone, 0)}, {clock(at, session.time_zone)}"


class Roster:
    """The people of one session: those with a seat by name, and those waiting in order with their place."""

    COLUMNS = ["Name", "Pronouns", "E-mail", "Role", "Unit", "Campus", "Status", "Place in line", "Registered at"]

    def __init__(self, session: Session):
        people = session.registrations.active().select_related("person__unit", "person__campus").order_by("position")
        active = list(people)
        for registration in active:
            registration.session = session
            registration.registered_words = at_words(registration.registered_at, session)
            read_at = registration.pre_work_done_at
            registration.pre_work_words = f"Read {at_words(read_at, session)}" if read_at else "Not read yet"
        self.session = session
        self.registered = [one for one in active if one.is_registered]
        self.registered.sort(key=lambda one: str(one.person).casefold())
        self.waiting = [one for one in active if one.is_waitlisted]
        self.left_late = self._left_late(session)
        self.has_pre_work = session.workshop.pre_work.strip() != ""
        self.have_read = sum(one.pre_work_done_at is not None for one in self.registered)

    def _left_late(self, session: Session) -> list[Registration]:
        """Return those who gave up a seat in the last 24 hours before the start, in order of leaving."""
        late = list(
            session.registrations.filter(left_late=True).select_related("person__unit").order_by("withdrawn_at")
        )
        for registration in late:
            registration.withdrawn_words = at_words(registration.withdrawn_at, session)
        return late

    def rows(self):
        """Yield the heading and a row per person, for a spreadsheet."""
        yield self.COLUMNS
        for registration in self.registered:
            yield self._row(registration, "")
        for place, registration in enumerate(self.waiting, 1):
            yield self._row(registration, place)

    def _row(self, registration: Registration, place) -> list:
        person = registration.person
        return [
            person.name,
            person.pronouns,
            person.email,
            person.get_role_display(),
            person.unit,
            person.campus,
            registration.get_status_display(),
            place,
            registration.registered_words,
        ]


class RegisterForm(ByAddress):
    """Register somebody."""


class MoveUpForm(forms.Form):
    """Say why somebody is moved to the front of the waitlist."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        max_length=1000,
        help_text="For the record; nobody who waits is shown it.",
        error_messages={"required": "Say why: the record needs a reason."},
    )


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    office_may = ("view", "change")
    list_display = ["person", "session", "status", "registered_at"]
    list_filter = ["status"]
    list_select_related = ["person", "session__workshop"]
    search_fields = ["person__name", "person__email", "session__workshop__title", "session__code"]
    date_hierarchy = "registered_at"
    ordering = ["-registered_at", "-pk"]
    fields = ["person", "session", "status", "position", "registered_at", "seated_at", "withdrawn_at", "moved_to"]

    def get_urls(self):
        pages = [
            ("roster/<int:session_pk>/", self.roster_view, "roster"),
            ("roster/<int:session_pk>/csv/", require_POST(self.csv_view), "csv"),
            ("<int:pk>/withdraw/", self.withdraw_view, "withdraw"),
            ("<int:pk>/move-up/", self.move_up_view, "move_up"),
        ]
        own = [
            path(url, self.admin_site.admin_view(view), name=f"registrations_registration_{name}")
            for url, view, name in pages
        ]
        return own + super().get_urls()

    def _refuse_unless_may(self, request: HttpRequest, action: str) -> None:
        if not request.user.has_perm(f"registrations.{action}_registration"):
            raise PermissionDenied

    def _roster_of(self, session_pk: int) -> Session:
        return get_object_or_404(Session.objects.select_related("workshop"), pk=session_pk)

    def roster_view(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """Show who comes; POST registers one more person."""
        self._refuse_unless_may(request, "view")
        session, form, status = self._roster_of(session_pk), RegisterForm(), 200
        if request.method == "POST":
            self._refuse_unless_may(request, "change")
            form = RegisterForm(request.POST)

            def register():
                messages.success(request, self._register(form.person, session, request.user))

            status = carry_out(form, register, Registration.Refused, "email")
            if status == DONE:
                return redirect("admin:registrations_registration_roster", session_pk)
        return self._roster_page(request, session, form, status)

    def _roster_page(self, request: HttpRequest, session: Session, form: RegisterForm, status: int) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Roster",
            "subtitle": str(session),
            "opts": self.opts,
            "session": session,
            "roster": Roster(session),
            "form": form,
            "may_change": request.user.has_perm("registrations.change_registration"),
        }
        return TemplateResponse(request, "office/roster/roster.html", context, status=status)

    @transaction.atomic
    def _register(self, person: Person, session: Session, by: Person) -> str:
        session.lock()
        if session.registrations.active().filter(person=person).exists():
            return f"{person} is already in this session."
        registration = Registration.objects.register(person, session)
        Accommodation.objects.carry(registration)
        if registration.is_registered:
            sentence = f"{person} has a seat."
        else:
            sentence = f"{person} is on the waitlist, place {registration.place_in_line}."
        record(by, registration, f"Registered by {by}.")
        return sentence

    @method_decorator(transaction.atomic)
    def csv_view(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """Answer with the roster as a file, and put on record who took it. Refuses (429) whoever takes very many."""
        self._refuse_unless_may(request, "view")
        session = self._roster_of(session_pk)
        if not ratelimit.consume(request, action="roster", user=request.user):
            messages.error(request, "You have downloaded many rosters within the hour. Wait a little, then try again.")
            return self._roster_page(request, session, RegisterForm(), TOO_MANY)
        roster = Roster(session)
        count = len(roster.registered) + len(roster.waiting)
        record(request.user, session, f"Roster downloaded, {count} {'person' if count == 1 else 'people'}.")
        response = HttpResponse(as_csv(roster.rows()), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="roster-{session.code}.csv"'
        return response

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask, and on POST withdraw somebody."""
        self._refuse_unless_may(request, "change")
        everything = Registration.objects.select_related("person", "session__workshop")
        registration = get_object_or_404(everything, pk=pk)
        problem, status = "", 200
        if request.method == "POST":
            try:
                registration.withdraw(by=request.user)
            except Registration.Refused as refusal:
                problem, status = str(refusal), REFUSED
            else:
                messages.success(request, f"{registration.person} is no longer in this session.")
                return redirect("admin:registrations_registration_roster", registration.session_id)
        context = {
            **self.admin_site.each_context(request),
            "title": "Withdraw",
            "subtitle": str(registration.session),
            "opts": self.opts,
            "registration": registration,
            "passes_on": registration.is_registered and not registration.session.has_started(timezone.now()),
            "problem": problem,
        }
        return TemplateResponse(request, "office/roster/withdraw.html", context, status=status)

    def move_up_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask why, and on POST put somebody first in line."""
        self._refuse_unless_may(request, "change")
        registration = get_object_or_404(Registration.objects.select_related("person", "session__workshop"), pk=pk)
        form, status = MoveUpForm(), 200
        if request.method == "POST":
            form = MoveUpForm(request.POST)

            def move_up():
                registration.move_up(by=request.user, reason=form.cleaned_data["reason"])
                messages.success(request, f"{registration.person} is first in line.")

            status = carry_out(form, move_up, Registration.Refused)
            if status == DONE:
                return redirect("admin:registrations_registration_roster", registration.session_id)
        context = {
            **self.admin_site.each_context(request),
            "title": "Move up",
            "subtitle": str(registration.session),
            "opts": self.opts,
            "registration": registration,
            "place": ordinal(registration.place_in_line) if registration.is_waitlisted else "",
            "form": form,
        }
        return TemplateResponse(request, "office/roster/move_up.html", context, status=status)
