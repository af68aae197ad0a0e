"""A page per decision under a session: GET asks, POST calls the one verb."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path

from office.base import DONE, REFUSED, carry_out
from office.sessions.changes import STALE, AddMeetingForm, CancelMeetingForm, RelocateForm, RescheduleForm
from office.sessions.forms import CancelForm, DecisionForm, ExtendForm, PublishForm, RunAnywayForm
from sessions_app.models import Session

PAGES: dict[str, type[DecisionForm]] = {
    "publish": PublishForm,
    "run-anyway": RunAnywayForm,
    "extend": ExtendForm,
    "reschedule": RescheduleForm,
    "relocate": RelocateForm,
    "add-meeting": AddMeetingForm,
    "cancel-meeting": CancelMeetingForm,
    "cancel": CancelForm,
}
CHANGES = ["reschedule", "relocate", "add-meeting"]


def open_pages(session: Session) -> list[tuple[str, str]]:
    """Return the decisions the office may take on `session` now, as URL name and words."""
    changes = CHANGES
    if session.is_running and session.meetings.count() > 1:
        changes = [*CHANGES, "cancel-meeting"]
    names = {
        Session.Status.DRAFT: ["publish"],
        Session.Status.OPEN: ["run-anyway", "extend", *changes, "cancel"],
        Session.Status.CONFIRMED: [*changes, "cancel"],
    }.get(session.status, [])
    return [(f"admin:sessions_app_session_{name}", PAGES[name].title) for name in names]


class DecisionPages:
    """Add the pages to SessionAdmin."""

    def get_urls(self):
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(self.decision_view(form)),
                name=f"sessions_app_session_{name}",
            )
            for name, form in PAGES.items()
        ]
        return own + super().get_urls()

    def decision_view(self, form_class: type[DecisionForm]):
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            return self.decide(request, pk, form_class)

        return view

    def decide(self, request: HttpRequest, pk: int, form_class: type[DecisionForm]) -> HttpResponse:
        """Show the page; on POST call the verb and go back to the session. A refusal is shown with what was typed."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        session = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method != "POST" and form_class.title not in [words for _, words in open_pages(session)]:
            state = session.get_status_display().lower()
            messages.warning(request, f"“{form_class.title}” is not open: this session is {state}.")
            return redirect("admin:sessions_app_session_change", pk)
        form = form_class(request.POST if request.method == "POST" else None, session=session)
        status = 200
        if getattr(form, "is_stale", False):
            messages.warning(request, STALE)
            status = REFUSED
        elif request.method == "POST":

            def act():
                messages.success(request, form.act(by=request.user))

            status = carry_out(form, act, Session.Refused)
            if status == DONE:
                return redirect("admin:sessions_app_session_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": form.title,
            "subtitle": str(session),
            "opts": self.opts,
            "original": session,
            "form": form,
        }
        return TemplateResponse(request, form.page, context, status=status)
