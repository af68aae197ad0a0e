"""The inbox of requests, oldest first, one request with its decisions, and the rules the office sets."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from foundation import database_clock
from foundation.dates import day_and_time
from office.base import OfficeAdmin, OwnPage, ReadOnlyAdmin, acting, carry_out
from office.lookups import ChosenFilter
from office.requests.decisions import AssignForm, DeclineForm, ReplyForm, RequestDecisionForm
from office.requests.scheduling import ScheduleRequestForm
from sessions_app.models import RequestRules, Session, SessionRequest

REQUEST = "admin:sessions_app_sessionrequest_change"
PAGES: dict[str, type[RequestDecisionForm]] = {
    "schedule": ScheduleRequestForm,
    "reply": ReplyForm,
    "assign": AssignForm,
    "decline": DeclineForm,
}


class RequestStateFilter(ChosenFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("waiting", "Waiting"), ("mine", "Waiting, mine"), ("ended", "Ended")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "mine":
            return queryset.waiting().filter(assigned_to=acting(request))
        if self.value() == "ended":
            return queryset.exclude(status=SessionRequest.Status.WAITING)
        return queryset.waiting() if self.value() else queryset


@admin.register(SessionRequest)
class SessionRequestAdmin(ReadOnlyAdmin):
    """What teams ask for. The rows are read; a page per decision changes them."""

    office_may = ("view", "change")
    list_display = ["title", "team", "asked", "state", "too_soon", "assigned_to"]
    list_filter = [RequestStateFilter]
    list_select_related = ["workshop", "unit", "by", "assigned_to"]
    search_fields = ["workshop__title", "topic", "by__name", "by__email", "unit__name"]
    date_hierarchy = "asked_at"
    ordering = ["asked_at", "pk"]
    view_on_site = False  # there is a link to what they see, in words
    readonly_fields = [
        "asked_by",
        "asked",
        "state",
        "team",
        "times",
        "place",
        "what_they_hope",
        "who_asks_too",
        "colleagues",
        "answered",
        "what_came_of_it",
    ]
    fields = [*readonly_fields]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SessionRequest]:
        return super().get_queryset(request).prefetch_related("windows")

    def own_pages(self) -> list[OwnPage]:
        return [
            (f"<int:pk>/{name}/", partial(self.decide, form_class=form_class), name)
            for name, form_class in PAGES.items()
        ]

    def may_decide(self, request: HttpRequest) -> bool:
        return acting(request).has_perm("sessions_app.change_sessionrequest")

    def decide(self, request: HttpRequest, pk: int, form_class: type[RequestDecisionForm]) -> HttpResponse:
        """Show the page; on POST call the verb and go back to the request. A refusal is shown with what was typed."""
        if not self.may_decide(request):
            raise PermissionDenied
        every = self.get_queryset(request).select_related("workshop", "unit", "campus", "by", "assigned_to")
        asked = get_object_or_404(every, pk=pk)
        if request.method != "POST" and not asked.is_waiting:
            state = asked.get_status_display().lower()
            messages.warning(request, f"“{form_class.title}” is not open: this request is {state}.")
            return redirect(REQUEST, pk)
        more = {"window": window_of(request)} if form_class is ScheduleRequestForm else {}
        form = form_class(request.POST if request.method == "POST" else None, request=asked, **more)
        status = HTTPStatus.OK
        if request.method == "POST":

            def act() -> None:
                messages.success(request, form.act(by=acting(request)))

            status = carry_out(form, act, (SessionRequest.Refused, Session.Refused))
            if status == HTTPStatus.FOUND:
                return redirect(REQUEST, pk)
            if status == HTTPStatus.CONFLICT:
                asked.refresh_from_db()
        now = database_clock.now()
        said = {"original": asked, "form": form, "windows": [each.words(now.year) for each in asked.windows.all()]}
        return self.page(request, form.page, form.title, status, subtitle=str(asked), **said)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        is_open = obj is not None and obj.is_waiting and self.may_decide(request)
        context["open_pages"] = [(page_name(name), form.title) for name, form in PAGES.items()] if is_open else []
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    # ---- what is shown ----

    @admin.display(description="asks for", ordering="workshop__title")
    def title(self, asked: SessionRequest) -> str:
        return asked.title

    @admin.display(description="asked by")
    def asked_by(self, asked: SessionRequest) -> str:
        return f"{asked.by.name} ({asked.by.email})" if asked.by.name else asked.by.email

    @admin.display(description="team")
    def team(self, asked: SessionRequest) -> str:
        people = "1 person" if asked.people == 1 else f"{asked.people} people"
        team = f"{people}, {asked.unit}" if asked.unit else people
        return f"{team}. Why fewer: {asked.why_fewer}" if asked.why_fewer else team

    @admin.display(description="asked", ordering="asked_at")
    def asked(self, asked: SessionRequest) -> str:
        day = day_and_time(asked.asked_at, asked.time_zone)
        days = (database_clock.now() - asked.asked_at).days
        if not asked.is_waiting or not days:
            return day
        return f"{day}, yesterday" if days == 1 else f"{day}, {days} days ago"

    @admin.display(description="state")
    def state(self, asked: SessionRequest) -> str:
        if not asked.is_waiting:
            return asked.get_status_display()
        answered = "Waiting, answered" if asked.answered_at else "Waiting"
        return f"{answered}, with {asked.assigned_to}" if asked.assigned_to else answered

    @admin.display(description="too soon", boolean=False)
    def too_soon(self, asked: SessionRequest) -> str:
        return "Too soon" if asked.is_waiting and asked.is_too_soon else ""

    @admin.display(description="times that would suit")
    def times(self, asked: SessionRequest) -> str:
        lines = [
            (f"{window}, too soon" if window.starts_at < asked.time_for_it else str(window),)
            for window in asked.windows.all()
        ]
        return format_html_join(mark_safe("<br>"), "{}", lines)

    @admin.display(description="where")
    def place(self, asked: SessionRequest) -> str:
        return f"{asked.get_where_display()}, {asked.campus}" if asked.campus else asked.get_where_display()

    @admin.display(description="what they hope for")
    def what_they_hope(self, asked: SessionRequest) -> str:
        return asked.hopes

    @admin.display(description="colleagues")
    def colleagues(self, asked: SessionRequest) -> str:
        return ", ".join(asked.addresses) or "No address given, or erased since"

    @admin.display(description="the person who asks")
    def who_asks_too(self, asked: SessionRequest) -> str:
        return "Takes part" if asked.takes_part else "Does not take part"

    @admin.display(description="our answer")
    def answered(self, asked: SessionRequest) -> str:
        return asked.answer or "None so far"

    @admin.display(description="what came of it")
    def what_came_of_it(self, asked: SessionRequest) -> str:
        if asked.session:
            url = reverse("admin:sessions_app_session_change", args=[asked.session.pk])
            return format_html('<a href="{}">{}</a>', url, asked.session)
        return asked.decline_reason or "Nothing so far"


def page_name(name: str) -> str:
    return f"admin:sessions_app_sessionrequest_{name}"


def window_of(request: HttpRequest) -> int:
    """Return which of the team's times the address of the page asks for, 1 where it asks for none there can be."""
    asked = request.GET.get("window", "")
    return int(asked) if asked in ("1", "2", "3") else 1


@admin.register(RequestRules)
class RequestRulesAdmin(OfficeAdmin):
    """The one row of rules: the list leads to it."""

    office_may = ("view", "add", "change")
    fields = ["is_open", "closed_words", "lead_days", "most_waiting", "most_of_a_person"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Go on to the row, or to the form that makes it. Raises PermissionDenied for people who may not see it."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if request.method == "GET" and not request.GET:
            if rules := RequestRules.objects.first():
                return redirect("admin:sessions_app_requestrules_change", rules.pk)
            if self.has_add_permission(request):
                return redirect("admin:sessions_app_requestrules_add")
        return super().changelist_view(request, extra_context)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        """Go on to the row where there is one. Asked here and not as a permission, which every page would ask.

        Raises PermissionDenied for people who may not make one.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        if rules := RequestRules.objects.first():
            return redirect("admin:sessions_app_requestrules_change", rules.pk)
        return super().add_view(request, form_url, extra_context)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: RequestRules, form: Any, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)
