"""A page per decision under a session: GET asks, POST calls the one verb."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from office.base import OfficeAdmin, acting, carry_out
from office.sessions.changes import (
    STALE,
    AddMeetingForm,
    AssignPartsForm,
    CancelMeetingForm,
    RelocateForm,
    RescheduleForm,
)
from office.sessions.decisions import CancelForm, DecisionForm, PublishForm, RunAnywayForm
from office.sessions.extending import MoreTimeForm
from office.sessions.foreseen import ForeseeingForm
from office.sessions.holding import HOLDING
from sessions_app.models import Session

SESSION = "admin:sessions_app_session_change"
PAGES: dict[str, type[DecisionForm]] = {
    "publish": PublishForm,
    "run-anyway": RunAnywayForm,
    "extend": MoreTimeForm,
    "reschedule": RescheduleForm,
    "relocate": RelocateForm,
    **HOLDING,
    "parts": AssignPartsForm,
    "add-meeting": AddMeetingForm,
    "cancel-meeting": CancelMeetingForm,
    "cancel": CancelForm,
}
DECIDE = ("admin:sessions_app_session_decide", "Decide")
# What the page “Decide” offers by itself (office/decide/page.py).
ON_DECIDE = ("run-anyway", "extend", "cancel")
CHANGES = ["reschedule", "relocate", "add-meeting"]


def open_pages(session: Session) -> list[tuple[str, str]]:
    """Return the decisions the office may take on `session` now, as URL name and words."""
    changes = list(CHANGES)
    changes[2:2] = [name for name, form in HOLDING.items() if form.format != session.format]
    if session.is_running and session.workshop.parts.exists():
        changes.insert(changes.index("add-meeting"), "parts")
    if session.is_running and session.meetings.count() > 1:
        changes.append("cancel-meeting")
    by_status: dict[str, list[str]] = {
        Session.Status.DRAFT: ["publish"],
        Session.Status.OPEN: ["run-anyway", "extend", *changes, "cancel"],
        Session.Status.CONFIRMED: [*changes, "cancel"],
    }
    pages = [(f"admin:sessions_app_session_{name}", PAGES[name].title) for name in by_status.get(session.status, [])]
    return [DECIDE, *pages] if session.is_running else pages


def buttons(session: Session, now: datetime) -> list[tuple[str, str]]:
    """Return the pages that lead on from the page of `session`, as `open_pages`, each decision in one place.

    What stands on the page “Decide” is found there alone, while there is something to decide.
    """
    pages = open_pages(session)
    if DECIDE not in pages:
        return pages
    if session.has_started(now):
        return [page for page in pages if page != DECIDE]
    elsewhere = [PAGES[name].title for name in ON_DECIDE]
    return [page for page in pages if page[1] not in elsewhere]


def decide(request: HttpRequest, pk: int, *, office: OfficeAdmin, form_class: type[DecisionForm]) -> HttpResponse:
    """Show the page; on POST call the verb and go back to the session. A refusal is shown with what was typed."""
    if not office.has_change_permission(request):
        raise PermissionDenied
    session = get_object_or_404(office.get_queryset(request), pk=pk)
    if request.method != "POST" and form_class.title not in [words for _, words in open_pages(session)]:
        state = session.get_status_display().lower()
        messages.warning(request, f"“{form_class.title}” is not open: this session is {state}.")
        return redirect(SESSION, pk)
    reads: dict[str, Any] = {"reader": acting(request)} if issubclass(form_class, ForeseeingForm) else {}
    form = form_class(request.POST if request.method == "POST" else None, session=session, **reads)
    status = HTTPStatus.OK
    if form.is_stale:
        messages.warning(request, STALE)
        status = HTTPStatus.CONFLICT
    elif request.method == "POST":

        def act() -> None:
            messages.success(request, form.carry(by=acting(request)))

        status = carry_out(form, act, Session.Refused)
        if status == HTTPStatus.FOUND:
            return redirect(SESSION, pk)
    return office.page(request, form.page, form.title, status, subtitle=str(session), original=session, form=form)
