"""Everything a decision needs on one page: how it stands, who could be asked to come, and each choice with its mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accounts.models import Person, Unit
from foundation import database_clock
from foundation.dates import day_and_time, local
from foundation.text import number_words
from notifications.kinds import KINDS
from notifications.kinds.calling import CALL
from notifications.kinds.registrations import CANCELLED, CONFIRMED
from notifications.models import Notice
from notifications.outbox.preview import preview
from office.base import OfficeAdmin, acting
from office.consequences import people_words
from office.sessions.decisions import CancelForm, DecisionForm, ExtendForm, RunAnywayForm
from registrations.calling.whom import Candidate, candidates, units
from registrations.models import Call
from sessions_app.models import Session

PAGE = "admin:sessions_app_session_decide"
DAY = timedelta(days=1)
NOBODY_CHOSEN = "Choose who is asked to come: nobody was."


@dataclass
class Choice:
    """One thing the office may decide: the form, where it is sent, and the mail that people get."""

    name: str
    form: DecisionForm
    url: str
    mail: Notice | None = None


def decide_page(request: HttpRequest, pk: int, *, office: OfficeAdmin) -> HttpResponse:
    """Show how it stands, who could be asked, and the choices; POST asks those selected, or shows a mail as typed.

    The choices themselves are pressed at the pages of their own, which show what was typed again where it is refused.
    """
    if not office.has_change_permission(request):
        raise PermissionDenied
    session = get_object_or_404(_sessions(office, request), pk=pk)
    now = database_clock.now()
    if not session.is_running or session.has_started(now):
        messages.warning(
            request, f"There is nothing to decide: this session is {session.get_status_display().lower()}."
        )
        return redirect("admin:sessions_app_session_change", pk)
    if session.is_merging:
        return redirect("admin:sessions_app_session_merge", pk)
    status, may_call = HTTPStatus.OK, request.user.has_perm("registrations.view_registration")
    unit = _unit(request)
    found = candidates(session, now, unit) if may_call else []
    if request.method == "POST" and "call" in request.POST and may_call:
        try:
            _call(request, session, found, now)
            return redirect(PAGE, pk)
        except Call.Refused as refusal:
            messages.error(request, str(refusal))
            status = HTTPStatus.CONFLICT
    reader = acting(request)
    said = {
        "original": session,
        "subtitle": str(session),
        "stands": stands_words(session),
        "left": left_words(session, now),
        "choices": _choices(session, reader, request.POST if "show" in request.POST else None),
        "merges_with": list(_others(session, now)),
        "candidates": found,
        "chosen": request.POST.getlist("person"),
        "units": units(session, now) if may_call else [],
        "unit": unit,
        "may_call": may_call,
        "why_nobody": _why_nobody(session, now),
        "call_mail": preview(CALL, reader, session, facts={"why": Call.Why.INTERESTED.value}),
    }
    return office.page(request, "decide/decide", "Decide", status, **said)


def _sessions(office: OfficeAdmin, request: HttpRequest) -> QuerySet[Session]:
    return office.get_queryset(request).select_related("workshop", "merges_into")


def _others(session: Session, now: datetime) -> QuerySet[Session]:
    """Return the other dates of the workshop that are still to come, soonest first."""
    others = Session.objects.running().filter(workshop=session.workshop_id, starts_at__gt=now).exclude(pk=session.pk)
    return others.select_related("workshop").order_by("starts_at", "pk")[:5]


def stands_words(session: Session) -> str:
    """Say how many have registered and how many are missing."""
    count, missing = session.seats_taken, session.minimum - session.seats_taken
    have = f"{count} of {session.minimum} have registered"
    waits = "" if session.waiting_count == 0 else f" {session.waiting_count} on the waitlist."
    if session.is_confirmed:
        return f"It is confirmed, with {count} registered.{waits}"
    return f"{have}: {number_words(missing)} more needed.{waits}" if missing > 0 else f"{have}: it is enough.{waits}"


def left_words(session: Session, now: datetime) -> str:
    """Say when it is decided by itself, and how many days are left until then."""
    at, zone = session.confirm_by, session.time_zone
    words = day_and_time(at, zone)
    if session.is_confirmed:
        return f"It starts on {day_and_time(session.starts_at, zone)}."
    if at <= now:
        return f"It was to be decided on {words}."
    days = (local(at, zone).date() - local(now, zone).date()).days
    if days == 0:
        return f"It is decided today: {words}."
    if days == 1:
        return f"One day is left: it is decided on {words}."
    return f"{number_words(days).capitalize()} days are left: it is decided on {words}."


def _choices(session: Session, reader: Person, typed: Any) -> list[Choice]:
    """Return the choices there are, with what was `typed` to see a mail with it."""
    if session.is_confirmed:
        kinds: list[tuple[str, type[DecisionForm]]] = [("cancel", CancelForm)]
    else:
        kinds = [("run-anyway", RunAnywayForm), ("extend", ExtendForm), ("cancel", CancelForm)]
        kinds = kinds if session.seats_taken else kinds[1:]
    shown = typed.get("show") if typed else None
    made = []
    for name, form_class in kinds:
        form = form_class(session=session, auto_id=f"{name}-%s")
        form.use_required_attribute = False
        if shown == name:
            form.initial = {**form.initial, **{field: typed.get(field, "") for field in form.fields if field in typed}}
        url = reverse(f"admin:sessions_app_session_{name}", args=[session.pk])
        made.append(Choice(name, form, url, _mail(name, form, session, reader)))
    return made


def _mail(name: str, form: forms.Form, session: Session, reader: Person) -> Notice | None:
    """Return the mail that people with a seat get after this choice, as it stands; None where nobody gets one."""
    if session.seats_taken + session.waiting_count == 0:
        return None
    if name == "run-anyway":
        return preview(CONFIRMED, reader, session)
    if name == "cancel":
        reason = str(form.initial.get("reason", "")).strip() or "The reason you give."
        facts = {"count": session.seats_taken, "by_rule": False, "reason": reason}
        return preview(CANCELLED, reader, session, facts=facts)
    kind = KINDS.get("extended")
    return preview(kind, reader, session) if kind else None


# ---- asking people to come ----


def _unit(request: HttpRequest) -> Unit | None:
    key = request.POST.get("unit") or request.GET.get("unit") or ""
    return Unit.objects.filter(pk=key).first() if key.isascii() and key.isdigit() and len(key) < 10 else None


def _why_nobody(session: Session, now: datetime) -> str:
    try:
        Call.refuse_unless_callable(session, now)
    except Call.Refused as refusal:
        return str(refusal)
    return ""


def _call(request: HttpRequest, session: Session, found: list[Candidate], now: datetime) -> None:
    """Ask the people selected. Raises Call.Refused where nobody is, or nobody can be asked."""
    chosen = set(request.POST.getlist("person"))
    people = [(one.person, one.why) for one in found if str(one.person.pk) in chosen]
    Call.refuse_unless_callable(session, now)
    if not chosen:
        raise Call.Refused(NOBODY_CHOSEN)
    made = Call.objects.call(session, people, by=acting(request), now=now)
    left_out = len(chosen) - len(made)
    messages.success(
        request, f"{people_words(len(made)).capitalize()} {'is' if len(made) == 1 else 'are'} being asked."
    )
    if left_out:
        messages.warning(
            request, f"Not asked: {people_words(left_out)}, who may not be asked, or were asked a moment ago."
        )
