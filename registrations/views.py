"""Registering, what one has, giving it up, and all of one's training."""

from datetime import datetime, timedelta
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Person
from accounts.sign_in import send_code
from registrations.forms import NewcomerForm, ProfileGapsForm
from registrations.intent import Intent, complete_profile
from registrations.models import Registration
from registrations.places import numbered
from registrations.sentences import (
    after_leaving,
    after_registering,
    before_leaving,
    before_registering,
    call_for_people,
    day_of,
    titled,
    would_wait,
)
from sessions_app.models import Meeting, Session
from sessions_app.rows import listing
from sessions_app.words import local, long_day, ordinal, time_span, zone_words

CONFLICT, UNPROCESSABLE, TOO_MANY = 409, 422, 429


# ---- registering ----


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, code: str) -> HttpResponse:
    """GET the form, POST registers: at once if signed in, otherwise when the mailed code is accepted.

    A refusal is 409 with the form as it was typed; a form that is not valid is 422.
    """
    session = get_object_or_404(Session.objects.public().select_related("workshop"), code=code)
    if request.user.is_authenticated:
        return _register_person(request, session)
    return _register_newcomer(request, session)


def _register_person(request: HttpRequest, session: Session) -> HttpResponse:
    # Not request.user: what a refused registration wrote on it would show in the header.
    person, now = Person.objects.get(pk=request.user.pk), timezone.now()
    form = ProfileGapsForm(request.POST or None, person=person)
    if request.method != "POST":
        existing = session.registrations.active().filter(person=person).first()
        return redirect(existing) if existing else _form_page(request, session, form, now)
    form = ProfileGapsForm(request.POST, person=person)
    if not form.is_valid():
        return _form_page(request, session, form, now, status=UNPROCESSABLE)
    try:
        with transaction.atomic():
            complete_profile(person, **form.profile)
            registration = Registration.objects.register(person, session, now=now)
    except Registration.Refused as refusal:
        return _form_page(request, session, form, now, refusal=str(refusal), status=CONFLICT)
    messages.success(request, after_registering(registration, now))
    return redirect(session)


def _register_newcomer(request: HttpRequest, session: Session) -> HttpResponse:
    now = timezone.now()
    if request.method != "POST":
        return _form_page(request, session, NewcomerForm(initial=_typed_before(request, session)), now)
    form = NewcomerForm(request.POST)
    if not form.is_valid():
        status = TOO_MANY if form.is_rate_limited else UNPROCESSABLE
        return _form_page(request, session, form, now, status=status)
    try:
        # Nobody should fetch a code from their mail to be told what is known now.
        Registration.refuse_unless_joinable(Person(role=form.cleaned_data["role"]), session, now)
    except Registration.Refused as refusal:
        return _form_page(request, session, form, now, refusal=str(refusal), status=CONFLICT)
    email, profile = form.cleaned_data["email"], form.profile
    intent = Intent(session.code, email, profile["name"], profile["role"], profile["unit_id"])
    intent.wait_in(request.session)
    send_code(request, email)
    return redirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': session.get_absolute_url()})}")


def _typed_before(request: HttpRequest, session: Session) -> dict:
    """Return what the same browser typed into this form within the hour, as when one returns to correct the address."""
    intent = Intent.waiting_in(request.session)
    if intent is None or intent.code != session.code:
        return {}
    return {"name": intent.name, "email": intent.email, "role": intent.role, "unit": intent.unit}


def _form_page(
    request: HttpRequest, session: Session, form, now: datetime, refusal: str = "", status: int = 200
) -> HttpResponse:
    if not refusal and not session.takes_registrations(now):
        refusal = _why_not(session, now)
    context = {
        "nav": "sessions",
        "now": now,
        "session": session,
        "day": day_of(session, session.starts_at, now),
        "times": time_span(session.starts_at, session.meetings.first().ends_at, session.time_zone),
        "zone": zone_words(session.time_zone, session.starts_at),
        "form": form,
        "refusal": refusal,
        "is_open": session.takes_registrations(now),
        "waits": would_wait(session),
        "would_be": before_registering(session),
    }
    return render(request, "registrations/register.html", context, status=status)


def _why_not(session: Session, now: datetime) -> str:
    try:
        Registration.refuse_unless_joinable(Person(), session, now)
    except Registration.Refused as refusal:
        return str(refusal)
    return ""


# ---- what one has, and giving it up ----


def _own_registration(request: HttpRequest, uuid) -> Registration:
    """Return the registration if it is the viewer's; Http404 if it is another's or does not exist."""
    own = Registration.objects.filter(person=request.user).select_related("session__workshop", "person")
    return get_object_or_404(own, uuid=uuid)


@never_cache
@require_safe
def registration(request: HttpRequest, uuid) -> HttpResponse:
    """Show what the person has: state, when, where, place in line, and the way out."""
    own, now = _own_registration(request, uuid), timezone.now()
    meetings = own.session.meetings.select_related("venue__campus")
    own.number = own.place_in_line if own.is_waitlisted else 0
    context = {
        "nav": "my",
        "now": now,
        "registration": own,
        "place": own if own.is_active else None,
        "in_line": ordinal(own.number),
        "session": own.session,
        "meetings": [_meeting_words(meeting, own, now) for meeting in meetings],
        "may_leave": own.is_active and not own.session.has_started(now),
        "has_started": own.session.has_started(now),
    }
    return render(request, "registrations/registration.html", context)


def _meeting_words(meeting: Meeting, own: Registration, now: datetime) -> dict:
    """Return when and where one meeting is. The link to join is for whoever has a seat in a confirmed session."""
    zone, venue = meeting.time_zone, meeting.venue
    return {
        "day": long_day(meeting.starts_at, zone, local(now, zone).year),
        "times": time_span(meeting.starts_at, meeting.ends_at, zone),
        "zone": zone_words(zone, meeting.starts_at),
        "place": f"{venue}, {venue.campus}" if venue else "Online",
        "directions": venue.directions if venue else "",
        "access": venue.access if venue else "",
        "join_link": meeting.join_link if own.is_registered and own.session.is_confirmed else "",
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request: HttpRequest, uuid) -> HttpResponse:
    """GET asks, POST withdraws. A refusal is 409 with the sentence that says why."""
    own, now = _own_registration(request, uuid), timezone.now()
    if request.method != "POST":
        if not own.is_active:
            return redirect(own)
        return _withdrawal_page(request, own, now)
    try:
        own.withdraw(by=request.user, now=now)
    except Registration.Refused as refusal:
        return _withdrawal_page(request, own, now, refusal=str(refusal), status=CONFLICT)
    if own.status == Registration.Status.SESSION_CANCELLED:
        messages.info(request, "This session was cancelled, so there is no place to give up.")
    else:
        messages.success(request, after_leaving(own, now))
    return redirect(own.session)


def _withdrawal_page(
    request: HttpRequest, own: Registration, now: datetime, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "nav": "my",
        "registration": own,
        "session": own.session,
        "titled": titled(own.session, now),
        "meaning": before_leaving(own, now),
        "refusal": refusal,
    }
    return render(request, "registrations/withdrawal.html", context, status=status)


# ---- my training ----


@never_cache
@require_safe
def my_training(request: HttpRequest) -> HttpResponse:
    """List one's sessions: coming up (cancelled ones too, so that nobody goes there), and past, the newest first."""
    now = timezone.now()
    kept = request.user.registrations.exclude(status=Registration.Status.WITHDRAWN).order_by("position")
    places = {place.session_id: place for place in numbered(kept)}
    own = listing(Session.objects.filter(pk__in=places))
    coming = list(own.filter(ends_at__gt=now).order_by("starts_at", "pk"))
    seated = [place.session_id for place in places.values() if place.is_registered]
    past = own.filter(pk__in=seated, ends_at__lte=now).order_by("-starts_at", "-pk")
    short = min((one for one in coming if is_short(one, places[one.pk], now)), key=_decided_at, default=None)
    context = {
        "nav": "my",
        "now": now,
        "months": by_month(coming),
        "past": by_month(past),
        "places": places,
        "short": short,
        "call": call_for_people(short, now) if short else "",
    }
    return render(request, "registrations/my_training.html", context)


def by_month(sessions) -> list[tuple[str, list[Session]]]:
    """Return the sessions under “May 2024” and so on, in their order."""
    months = groupby(sessions, key=lambda session: f"{local(session.starts_at, session.time_zone):%B %Y}")
    return [(month, list(of_month)) for month, of_month in months]


def is_short(session: Session, place: Registration, now: datetime) -> bool:
    """Tell whether a session where one has a seat needs people and is decided within three days."""
    is_gathering = session.status == Session.Status.OPEN and session.seats_taken < session.minimum
    is_near = now < session.confirm_by <= now + timedelta(days=3) and session.takes_registrations(now)
    return place.is_registered and is_gathering and is_near


def _decided_at(session: Session) -> datetime:
    return session.confirm_by
