"""The page of what a person is to read or do before a session, and of their word that they have."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from foundation import database_clock
from registrations.display.pre_work import pre_work_line
from registrations.display.titles import title_and_day
from registrations.models import Registration
from registrations.models.preparation import has_pre_work
from registrations.views.viewer import SignedInRequest, own_registration


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pre_work(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """GET shows the pre-work and notes nothing, POST notes that it is read. A refusal is 409 with its sentence."""
    own, now = own_registration(request, uuid), database_clock.now()
    if request.method != "POST":
        is_ahead = own.is_active and own.session.ends_at > now and has_pre_work(own.session, now)
        return _page(request, own, now) if is_ahead else redirect(own)
    try:
        own.finish_pre_work(now=now)
    except Registration.Refused as refusal:
        return _page(request, own, now, refusal=str(refusal), status=HTTPStatus.CONFLICT)
    messages.success(request, "Noted: you have read it. We don’t remind you of it.")
    return redirect(own)


def _page(request: HttpRequest, own: Registration, now: datetime, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {
        "nav": "my",
        "now": now,
        "registration": own,
        "session": own.session,
        "titled": title_and_day(own.session, now),
        "pre_work_line": pre_work_line(own, now),
        "refusal": refusal,
    }
    return render(request, "registrations/pre_work.html", context, status=status)
