"""Proposing colleagues, and what a proposed colleague answers."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from foundation import database_clock
from registrations.clash import ACCEPT, Clash, find_clash, warn_of_clash
from registrations.display.access import ask_by_words
from registrations.display.joining import after_registering, before_registering, would_wait
from registrations.display.nominating import after_nominating
from registrations.forms.mode import said_how
from registrations.forms.nominating import NominateForm
from registrations.forms.registering import ProfileGapsForm
from registrations.models import Nomination, Registration
from registrations.newcomers import complete_profile
from registrations.views.refusals import refusal_of
from registrations.views.registering import summary
from registrations.views.viewer import SignedInRequest
from sessions_app.models import Session


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def nominate(request: SignedInRequest, code: str) -> HttpResponse:
    """GET the form, POST proposes colleagues. Addresses that are not right: 422, too often: 429, refused: 409."""
    session = get_object_or_404(Session.objects.public().select_related("workshop"), code=code)
    now = database_clock.now()
    if request.method != "POST":
        return _form_page(request, session, NominateForm(by=request.user), now)
    form = NominateForm(request.POST, by=request.user)
    if not form.is_valid():
        status = HTTPStatus.TOO_MANY_REQUESTS if form.is_rate_limited else HTTPStatus.UNPROCESSABLE_ENTITY
        return _form_page(request, session, form, now, status=status)
    emails = form.cleaned_data["addresses"]
    try:
        made = Nomination.objects.nominate(emails, session, by=request.user, now=now)
    except (Nomination.Refused, Registration.Refused) as refusal:
        return _form_page(request, session, form, now, refusal=str(refusal), status=HTTPStatus.CONFLICT)
    messages.success(request, after_nominating(made, emails, session, now))
    return redirect("nominate", session.code)


def _form_page(
    request: SignedInRequest, session: Session, form: NominateForm, now: datetime, refusal: str = "", status: int = 200
) -> HttpResponse:
    refused = refusal_of(Nomination.refuse_unless_may_nominate, request.user, session, now)
    mine = session.registrations.registered().filter(person=request.user)
    is_gathering = session.status == Session.Status.OPEN and session.seats_taken < session.minimum
    context = {
        "form": form,
        "refusal": refusal or refused,
        # The invitation to copy says that the viewer is registered, and how many more people are needed.
        "may_write": is_gathering and mine.exists(),
        "may_nominate": not refused,
        "here": [session],
        "most": Nomination.MOST_AT_ONCE,
    }
    return render(request, "registrations/nominate.html", summary(session, now) | context, status=status)


# ---- the answer ----


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def nomination(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """GET shows the nomination; POST `answer` is accept or decline. A refusal is 409, a bad form 422."""
    mine = Nomination.objects.told_to(request.user).select_related("session__workshop", "by", "registration")
    own, now = get_object_or_404(mine, uuid=uuid), database_clock.now()
    # Not request.user: what a refused registration wrote on it would show in the header.
    person = Person.objects.get(pk=request.user.pk)
    if request.method != "POST":
        return _answer_page(request, own, ProfileGapsForm(person=person, session=own.session), now)
    answer = request.POST.get("answer")
    if answer == "decline":
        return _decline(request, own, person, now)
    form = ProfileGapsForm(request.POST, person=person, session=own.session)
    if answer != "accept":
        refusal = "Choose whether you accept or decline."
        return _answer_page(request, own, form, now, refusal, HTTPStatus.UNPROCESSABLE_ENTITY)
    if own.is_open and not form.is_valid():
        return _answer_page(request, own, form, now, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with transaction.atomic():
            if own.is_open:
                complete_profile(person, own.session, **form.profile)
                if ACCEPT not in request.POST:
                    warn_of_clash(person, own.session, now)
            registration = own.accept(person, now=now, mode=said_how(form))
    except Clash:
        return _answer_page(request, own, form, now, status=HTTPStatus.CONFLICT)
    except (Nomination.Refused, Registration.Refused) as refusal:
        return _answer_page(request, own, form, now, str(refusal), HTTPStatus.CONFLICT)
    if not registration.is_active:
        messages.info(request, "You accepted this before. This is what became of it.")
        return redirect(registration)
    messages.success(request, after_registering(registration, now))
    return redirect(own.session)


def _decline(request: SignedInRequest, own: Nomination, person: Person, now: datetime) -> HttpResponse:
    try:
        own.decline(person, now=now)
    except Nomination.Refused as refusal:
        return _answer_page(
            request, own, ProfileGapsForm(person=person, session=own.session), now, str(refusal), HTTPStatus.CONFLICT
        )
    return redirect(own)


def _answer_page(
    request: SignedInRequest,
    own: Nomination,
    form: ProfileGapsForm,
    now: datetime,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    session = own.session
    own.refresh_from_db(fields=["status", "registration"])
    registration = session.registrations.active().filter(person=request.user).first()
    is_open = own.is_open and registration is None and session.takes_registrations(now)
    # Asked on a page of its own, once they have accepted.
    form.fields.pop("needs", None)
    context = {
        "nomination": own,
        "form": form,
        "registration": registration,
        "here": [session],
        "refusal": refusal or ("" if registration else _why_not_register(session, now)),
        "is_open": is_open,
        "access_by": ask_by_words(session, now) if is_open else "",
        "clash": find_clash(request.user, session, now) if is_open else None,
        "accept": ACCEPT,
        "waits": would_wait(session, now),
        "would_be": before_registering(session, now),
    }
    return render(request, "registrations/nomination.html", summary(session, now) | context, status=status)


def _why_not_register(session: Session, now: datetime) -> str:
    try:
        Registration.refuse_unless_joinable(Person(), session, now)
    except Registration.NotEligible:
        return ""
    except Registration.Refused as refusal:
        return str(refusal)
    return ""
