"""Access requests in the admin: a list without words for the Accommodations group, and one page to read and answer.

Permissions open nothing here and neither does being a superuser: only membership of the group does.
"""

from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.models import Person
from accounts.sealed import Unreadable
from foundation import database_clock
from foundation.dates import day_and_time
from foundation.text import number_words
from office.base import OwnPage, ReadOnlyAdmin, acting, posted_with
from office.home.waiting import Line
from office.lookups import ChosenFilter
from registrations.forms.access import AnswerForm, ToPrepareForm
from registrations.models import AccessPlan, Accommodation
from registrations.models.access_plan import LEAST
from sessions_app.models import Session

ALL = "admin:registrations_accommodation_changelist"
PREPARE = "admin:registrations_accommodation_preparing"
# On the home of the office, of those who read them.
NEEDS_A_HAND = [
    Line(
        lambda now: Accommodation.objects.waiting(now),
        lambda person: person.arranges_access,
        ALL,
        "state=waiting",
        "1 access request to answer",
        "{count} access requests to answer",
    )
]


class StateFilter(ChosenFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("waiting", "Waiting for an answer")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.waiting(database_clock.now()) if self.value() == "waiting" else queryset


@admin.register(Accommodation)
class AccommodationAdmin(ReadOnlyAdmin):
    office_may = ()
    list_display = ["session", "person", "asked", "state", "last_day", "to_prepare"]
    list_filter = [StateFilter]
    list_select_related = ["registration__session__workshop", "registration__person"]
    ordering = ["registration__session__starts_at", "pk"]

    # ---- who may ----

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return isinstance(request.user, Person) and request.user.arranges_access

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    # ---- the list ----

    @admin.display(description="session")
    def session(self, accommodation: Accommodation) -> str:
        return str(accommodation.registration.session)

    @admin.display(description="person")
    def person(self, accommodation: Accommodation) -> str:
        return str(accommodation.registration.person)

    @admin.display(description="asked")
    def asked(self, accommodation: Accommodation) -> str:
        return day_and_time(accommodation.asked_at, accommodation.registration.session.time_zone)

    @admin.display(description="state")
    def state(self, accommodation: Accommodation) -> str:
        if not accommodation.registration.is_active:
            return f"No longer needed: {accommodation.registration.get_status_display().lower()}"
        if accommodation.is_answered:
            return "Answered"
        return "Changed after the answer" if accommodation.answered_at else "Waiting for an answer"

    @admin.display(description="needed by")
    def last_day(self, accommodation: Accommodation) -> str:
        session = accommodation.registration.session
        return day_and_time(session.starts_at, session.time_zone)

    @admin.display(description="who leads it")
    def to_prepare(self, accommodation: Accommodation) -> SafeString:
        page = reverse(PREPARE, args=[accommodation.registration.session_id])
        return format_html('<a href="{}">What they prepare</a>', page)

    # ---- one request ----

    def own_pages(self) -> list[OwnPage]:
        return [
            ("<int:pk>/reading/", require_POST(self.reading_view), "reading"),
            ("<int:pk>/answer/", require_POST(self.answer_view), "answer"),
            ("preparing/<int:session_pk>/", self.preparing_view, "preparing"),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show whose request it is, and offer to read it: no words on a GET, because reading is put on record."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        accommodation = self.get_object(request, object_id)
        if accommodation is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined] # Django's; the stubs lack it
                request, self.opts, object_id
            )
        return self._request_page(request, accommodation)

    def reading_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the words, with the form to answer them."""
        return self._reading(request, self._request_of(request, pk))

    @method_decorator(sensitive_post_parameters("answer"))
    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer what was read. A refusal is 409 and a form that is not valid 422, both with what was typed."""
        accommodation = self._request_of(request, pk)
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self._reading(request, accommodation, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            accommodation.reply(form.cleaned_data["answer"], acting(request), form.cleaned_data["asked_at"])
        except Accommodation.ChangedSince as refusal:
            return self._changed(request, pk, form, str(refusal))
        page = reverse(PREPARE, args=[accommodation.registration.session_id])
        said = "Answered. The person is told that there is an answer. Say next what the people who lead it prepare:"
        messages.success(request, format_html('{} <a href="{}">what to prepare</a>.', said, page))
        return redirect(ALL)

    def _changed(self, request: HttpRequest, pk: int, form: AnswerForm, refusal: str) -> HttpResponse:
        accommodation = self.get_queryset(request).filter(pk=pk).first()
        if accommodation is None:
            messages.error(request, refusal)
            return redirect(ALL)
        # The next answer is given knowing what is asked now.
        form.data = posted_with(form, "asked_at", accommodation.asked_at.isoformat())
        form.add_error(None, refusal)
        return self._reading(request, accommodation, form, HTTPStatus.CONFLICT)

    def _request_of(self, request: HttpRequest, pk: int) -> Accommodation:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).select_related(*self.list_select_related), pk=pk)

    def _reading(
        self,
        request: HttpRequest,
        accommodation: Accommodation,
        form: AnswerForm | None = None,
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        accommodation.read(by=acting(request))
        try:
            needs, answer = accommodation.needs, accommodation.answer
        except Unreadable as problem:
            return self._request_page(request, accommodation, problem=str(problem), status=status)
        form = form or AnswerForm(initial={"answer": answer, "asked_at": accommodation.asked_at.isoformat()})
        return self._request_page(request, accommodation, needs=needs, form=form, status=status)

    def _request_page(
        self, request: HttpRequest, accommodation: Accommodation, status: int = HTTPStatus.OK, **said: Any
    ) -> HttpResponse:
        return self.page(
            request,
            "accommodations/request",
            str(accommodation),
            status,
            original=accommodation,
            registration=accommodation.registration,
            session=accommodation.registration.session,
            asked=self.asked(accommodation),
            state=self.state(accommodation),
            **said,
        )

    # ---- what to prepare ----

    def preparing_view(self, request: HttpRequest, session_pk: int) -> HttpResponse:
        """Show and change what the people who lead a session prepare: what, never for whom."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        known = Session.objects.exclude(status=Session.Status.DRAFT).select_related("workshop")
        session = get_object_or_404(known, pk=session_pk)
        try:
            now = AccessPlan.objects.things_of(session)
        except Unreadable as problem:
            return self._preparing(request, session, ToPrepareForm(), problem=str(problem))
        if request.method != "POST":
            return self._preparing(request, session, ToPrepareForm(initial={"things": now, "shown": now}))
        form = ToPrepareForm(request.POST)
        if not form.is_valid():
            return self._preparing(request, session, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        AccessPlan.objects.change(session, form.cleaned_data["things"], form.cleaned_data["shown"], acting(request))
        messages.success(request, "Saved. Nobody is written to: it stands on the page of the people who lead it.")
        return redirect(ALL)

    def _preparing(
        self, request: HttpRequest, session: Session, form: ToPrepareForm, status: int = HTTPStatus.OK, **said: Any
    ) -> HttpResponse:
        is_told, title = session.seats_taken >= LEAST, f"What to prepare: {session}"
        context = {"session": session, "form": form, "is_told": is_told, "least": number_words(LEAST)}
        return self.page(request, "accommodations/preparing", title, status, **context, **said)
