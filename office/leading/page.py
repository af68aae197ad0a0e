"""Who leads, in the admin: what each facilitator was asked and said, and that the office has seen to a no."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from foundation import database_clock
from foundation.dates import day_and_time
from office.base import OwnPage, ReadOnlyAdmin, acting
from office.lookups import ChosenFilter
from sessions_app.models import Leading, Session

ALL = "admin:sessions_app_leading_changelist"


class AnswerFilter(ChosenFilter):
    """By what facilitators said, of sessions to come that may still be held."""

    title = "answer"
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("waiting", "Said no, and waits for you"),
            ("asked", "Asked, no answer yet"),
            ("yes", "Said yes"),
            ("unreached", "Asked, and no address is known"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Leading]) -> QuerySet[Leading]:
        now = database_clock.now()
        if self.value() == "waiting":
            return queryset.filter(pk__in=Leading.objects.waiting(now).order_by().values("pk"))
        if self.value() is None:
            return queryset
        ahead = queryset.filter(ended_at=None, session__status__in=Session.RUNNING, session__ends_at__gt=now)
        if self.value() == "yes":
            return ahead.filter(answer=Leading.Answer.ACCEPTED)
        asked = ahead.filter(answer=Leading.Answer.NONE)
        return asked.filter(facilitator__person=None, facilitator__email="") if self.value() == "unreached" else asked


@admin.register(Leading)
class LeadingAdmin(ReadOnlyAdmin):
    """What facilitators were asked. The rows are read; one press says that the office has seen to a no."""

    office_may = ("view", "change")
    list_display = ["session", "facilitator", "said", "answered", "reason", "seen_to"]
    list_filter = [AnswerFilter]
    list_select_related = ["session__workshop", "facilitator__person"]
    search_fields = ["facilitator__name", "session__workshop__title", "session__code"]
    ordering = ["session__starts_at", "pk"]
    fields = ["session_link", "facilitator", "said", "asked_at", "answered", "reason", "seen_to"]
    readonly_fields = ["session_link", "facilitator", "said", "asked_at", "answered", "reason", "seen_to"]
    view_on_site = False

    def own_pages(self) -> list[OwnPage]:
        return [("<int:pk>/settle/", self.settle_view, "settle")]

    @admin.display(description="session")
    def session_link(self, leading: Leading) -> SafeString:
        page = reverse("admin:sessions_app_session_change", args=[leading.session_id])
        return format_html('<a href="{}">{}</a>', page, leading.session)

    @admin.display(description="answer", ordering="answer")
    def said(self, leading: Leading) -> str:
        is_unreached = leading.stands and not leading.answer and not leading.facilitator.address
        return "No address to ask at" if is_unreached else leading.words

    @admin.display(description="answered", ordering="answered_at")
    def answered(self, leading: Leading) -> str:
        return day_and_time(leading.answered_at, leading.session.time_zone)

    @admin.display(description="seen to", boolean=True)
    def seen_to(self, leading: Leading) -> bool | None:
        return leading.settled_at is not None if leading.is_declined else None

    def settle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that the office has seen to it that a facilitator said no. POST alone."""
        if not request.user.has_perm("sessions_app.change_leading"):
            raise PermissionDenied
        leading = get_object_or_404(Leading.objects.select_related("session__workshop", "facilitator__person"), pk=pk)
        if request.method != "POST":
            return redirect("admin:sessions_app_leading_change", pk)
        leading.settle(acting(request))
        messages.success(request, f"Seen to: {leading.facilitator} does not lead {leading.session}.")
        return redirect(ALL)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        may = request.user.has_perm("sessions_app.change_leading")
        context["waits"] = may and obj is not None and obj.is_declined and obj.settled_at is None
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)
