"""Registering, signed in or not."""

from contextlib import nullcontext
from copy import copy
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from accounts.pressed.press import keep
from accounts.sign_in import send_code
from catalog.doors import check_door
from foundation import database_clock
from foundation.dates import time_span, zone_words
from registrations import eligibility
from registrations.clash import ACCEPT, Clash, find_clash
from registrations.display.access import and_access
from registrations.display.joining import after_pressing, before_registering, would_wait
from registrations.display.titles import day_of
from registrations.display.ways import on_a_page
from registrations.forms.mode import refuse_another_mode, said_how, would_rather_wait
from registrations.forms.registering import SEAT, WAIT, NewcomerForm, ProfileGapsForm, promised_in
from registrations.models import Accommodation, Registration
from registrations.newcomers import Intent, complete_profile
from registrations.views.refusals import refusal_of
from sessions_app.display.length import whole_length
from sessions_app.display.rows import place_in
from sessions_app.models import Session
from sessions_app.models.changes import numbers_of

# What is looked at before the verb reads the session under its lock.
READ = ("code", "for_campus", "format", "room_capacity", "accommodation_lead_days", "starts_at", "time_zone")
SIGN_IN_TO_REGISTER = "You were signed out before this was sent. Sign in, and it is done when you enter the code."


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, code: str) -> HttpResponse:
    """GET the form, POST registers: at once if signed in, otherwise when the mailed code is accepted.

    Somebody of whom it is known that they may not register is told why by the GET, instead of the form. A refusal is
    409 with the form as it was typed; a form that is not valid is 422.
    """
    person, now = request.user, database_clock.now()
    if isinstance(person, Person) and request.method == "POST":
        return _register_person(request, code, person)
    session = get_object_or_404(Session.objects.public(), code=code)
    check_door(person, session.workshop, by_code=True)
    if not isinstance(person, Person):
        return _register_newcomer(request, session)
    existing = session.registrations.active().filter(person=person).first()
    if existing:
        return redirect(existing)
    form = ProfileGapsForm(person=person, session=session)
    if session.takes_registrations(now) and (hindrance := eligibility.why_not_known(person, session)):
        return _form_page(request, session, form, now, refusal=hindrance.linked, is_for_viewer=False)
    return _form_page(request, session, form, now, find_clash(person, session, now))


def _register_person(request: HttpRequest, code: str, viewer: Person) -> HttpResponse:
    # What the form asks depends on the campus. The verb reads all the rest once it holds the lock.
    session = get_object_or_404(Session.objects.only(*READ), code=code)
    # A copy: what a refused registration wrote on request.user would show in the header.
    person, now = copy(viewer), database_clock.now()
    form = ProfileGapsForm(request.POST, person=person, session=session)
    if not form.is_valid():
        session = get_object_or_404(Session.objects.public(), code=code)
        clash = find_clash(person, session, now)
        return _form_page(request, session, form, now, clash, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    registrations = Registration.objects
    register = registrations.register if ACCEPT in request.POST else registrations.register_unless_clash
    is_carried = bool(Accommodation.objects.carried_by(person))
    # Read now: after the verb nothing is to fail. A draft may have no start yet.
    access_by = session.accommodation_by if session.starts_at else None
    # Where there is nothing else to write the verb's own transaction is enough: with another around it others wait
    # longer.
    all_or_nothing = transaction.atomic() if form.has_changed() or is_carried else nullcontext()
    try:
        with all_or_nothing:
            refuse_another_mode(form, session)
            complete_profile(person, session, **form.profile)
            wants_seat = SEAT in request.POST and not would_rather_wait(form)
            registration = register(person, session, now=now, seat=wants_seat, mode=said_how(form))
            is_new, asked = registration.registered_at == now, None
            # Once: after it was deleted a second press does not ask for it again.
            if is_carried and is_new:
                asked = Accommodation.objects.carry(registration, now=now)
    except Registration.NotPublic as refusal:
        raise Http404 from refusal
    except Registration.NoSuchMode as refusal:
        return _form_page(request, session, form, now, refusal=str(refusal), status=HTTPStatus.BAD_REQUEST)
    except Registration.Refused as refusal:
        return _form_page(request, session, form, now, refusal=on_a_page(refusal), status=HTTPStatus.CONFLICT)
    except Clash as clash:
        return _form_page(request, session, form, now, clash, status=HTTPStatus.CONFLICT)
    promised = WAIT if would_rather_wait(form) else promised_in(request.POST)
    said = after_pressing(registration, now, promised)
    asked = asked if is_new else Accommodation.objects.of(registration)
    messages.success(request, and_access(said, registration, asked, now, access_by))
    return redirect(session)


def _register_newcomer(request: HttpRequest, session: Session) -> HttpResponse:
    now = database_clock.now()
    if request.method != "POST":
        if not settings.SIGN_IN_BY_CODE:
            return redirect(reverse("account_login", query={"next": request.path}))
        form = NewcomerForm(initial=_typed_before(request, session), session=session)
        return _form_page(request, session, form, now)
    if "email" not in request.POST:
        # The button of somebody whose sign-in had ended under it.
        return keep(request, session.get_absolute_url(), SIGN_IN_TO_REGISTER)
    form = NewcomerForm(request.POST, session=session)
    if not form.is_valid():
        status = HTTPStatus.TOO_MANY_REQUESTS if form.is_rate_limited else HTTPStatus.UNPROCESSABLE_ENTITY
        return _form_page(request, session, form, now, status=status)
    try:
        refuse_another_mode(form, session)
        # Nobody should fetch a code from their mail to be told what is known now.
        Registration.refuse_unless_joinable(
            Person(role=form.cleaned_data["role"], campus=form.cleaned_data.get("campus")), session, now
        )
    except Registration.Refused as refusal:
        return _form_page(request, session, form, now, refusal=on_a_page(refusal), status=HTTPStatus.CONFLICT)
    email, profile = form.cleaned_data["email"], form.profile
    said = (profile["name"], profile["role"], profile["unit_id"], profile["campus_id"])
    promised = WAIT if would_rather_wait(form) else promised_in(request.POST)
    Intent(session.code, email, *said, mode=said_how(form), promised=promised).wait_in(request.session)
    send_code(request, email)
    return redirect(reverse("account_confirm_login_code", query={"next": session.get_absolute_url()}))


def _typed_before(request: HttpRequest, session: Session) -> dict[str, Any]:
    """Return what the same browser typed into this form within the hour: they may return to correct it."""
    intent = Intent.waiting_in(request.session)
    if intent is None or intent.code != session.code:
        return {}
    return {
        "name": intent.name,
        "email": intent.email,
        "role": intent.role,
        "unit": intent.unit,
        "campus": intent.campus,
        "mode": intent.mode,
    }


def _form_page(
    request: HttpRequest,
    session: Session,
    form: ProfileGapsForm | NewcomerForm,
    now: datetime,
    clash: Clash | None = None,
    refusal: str = "",
    status: int = 200,
    is_for_viewer: bool = True,
) -> HttpResponse:
    if not refusal and not session.takes_registrations(now):
        refusal = refusal_of(Registration.refuse_unless_joinable, Person(), session, now)
    waits = would_wait(session, now)
    context = summary(session, now) | {
        "form": form,
        "refusal": refusal,
        "clash": clash,
        "accept": ACCEPT,
        "promise": WAIT if waits else SEAT,
        "is_open": is_for_viewer and session.takes_registrations(now),
        "is_for_viewer": is_for_viewer,
        "waits": waits,
        "would_be": before_registering(session, now),
    }
    return render(request, "registrations/register.html", context, status=status)


def summary(session: Session, now: datetime) -> dict[str, Any]:
    """Return what a page with a form says beside it about the session: every day, and where."""
    every = session.all_meetings
    meetings, numbers = [meeting for meeting in every if not meeting.is_cancelled], numbers_of(every)
    room = meetings[0].venue
    return {
        "nav": "sessions",
        "now": now,
        "session": session,
        "day": day_of(session, session.starts_at, now),
        "meetings": [
            (
                numbers[meeting.pk].short_heading,
                day_of(session, meeting.starts_at, now),
                time_span(meeting.starts_at, meeting.ends_at, session.time_zone),
            )
            for meeting in meetings
        ],
        "length": whole_length(meetings) if len(meetings) > 1 else "",
        "where": place_in(session.format, room),
        "zone": zone_words(session.time_zone, session.starts_at),
    }
