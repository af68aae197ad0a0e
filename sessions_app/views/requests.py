"""Asking for a session of one's own: the form, the page of one request, and withdrawing it."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from accounts.sign_in import SignedInRequest
from foundation import database_clock
from sessions_app.models import RequestRules, SessionRequest
from sessions_app.requests import typed
from sessions_app.requests.form import RequestForm


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    """GET the form, POST asks. Signed out, a form that is right waits until its person has signed in.

    A form that is not right is 422, too many is 429, and a refusal, or a form while requests are closed, 409.
    """
    person, now = request.user if isinstance(request.user, Person) else None, database_clock.now()
    if request.method != "POST":
        return _form_page(request, _fresh_form(request, person, now), person)
    form = RequestForm(request.POST, by=person, now=now)
    if refusal := _refusal(person):
        return _form_page(request, form, person, str(refusal), HTTPStatus.CONFLICT)
    if not form.is_valid():
        status = HTTPStatus.TOO_MANY_REQUESTS if form.is_rate_limited else HTTPStatus.UNPROCESSABLE_ENTITY
        return _form_page(request, form, person, status=status)
    if person is None:
        typed.wait_in(request.session, request.POST, set(form.fields))
        messages.info(request, "Sign in to send it. What you typed is kept for an hour.")
        return redirect(reverse("account_login", query={"next": reverse("request_new")}))
    try:
        asked = SessionRequest.objects.ask(person, form.wanted, now=now)
    except SessionRequest.Refused as refusal:
        return _form_page(request, form, person, str(refusal), HTTPStatus.CONFLICT)
    typed.forget_in(request.session)
    return redirect(asked)


def _fresh_form(request: HttpRequest, person: Person | None, now: datetime) -> RequestForm:
    """Return the form with what was typed before signing in, or with what is known of the person."""
    kept = typed.waiting_in(request.session)
    if kept:
        # A box that was not ticked sends nothing.
        return RequestForm(initial={"takes_part": False} | kept, by=person, now=now)
    known = {"unit": person.unit_id, "campus": person.campus_id} if person else {}
    return RequestForm(initial=known | {"workshop": request.GET.get("workshop", "")}, by=person, now=now)


def _refusal(person: Person | None) -> SessionRequest.Refused | None:
    """Return why no request of `person` (None: signed out) is taken now, or None if it is."""
    try:
        SessionRequest.refuse_unless_taken(person, RequestRules.objects.current())
    except SessionRequest.Refused as refusal:
        return refusal
    return None


def _form_page(
    request: HttpRequest, form: RequestForm, person: Person | None, refusal: str = "", status: int = 200
) -> HttpResponse:
    closed = _refusal(person)
    context = {
        "nav": "workshops",
        "form": form,
        "refusal": refusal or str(closed or ""),
        "is_open": closed is None,
        "rules": RequestRules.objects.current(),
        "was_kept": bool(person) and not form.is_bound and bool(typed.waiting_in(request.session)),
        "mine": SessionRequest.objects.waiting().filter(by=person).select_related("workshop") if person else (),
    }
    return render(request, "sessions_app/requests/new.html", context, status=status)


# ---- one request ----


@never_cache
@require_http_methods(["GET", "HEAD"])
def session_request(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show a request to the person who made it, and to the office."""
    seen = SessionRequest.objects.seen_by(request.user)
    everything = seen.select_related("workshop", "unit", "campus", "by", "assigned_to", "session__workshop")
    own, now = get_object_or_404(everything.prefetch_related("windows"), uuid=uuid), database_clock.now()
    context = {
        "nav": "workshops",
        "now": now,
        "asked": own,
        "is_mine": own.by == request.user,
        "session": own.session,
        "here": [own.session] if own.session else [],
        "windows": [window.words(now.year) for window in own.windows.all()],
    }
    return render(request, "sessions_app/requests/request.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_withdrawal(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """GET asks, POST withdraws. A refusal is 409."""
    own = get_object_or_404(SessionRequest.objects.filter(by=request.user).select_related("workshop"), uuid=uuid)
    refusal = ""
    if request.method == "POST":
        try:
            own.withdraw(by=request.user)
        except SessionRequest.Refused as error:
            refusal = str(error)
        else:
            messages.success(request, "Your request is withdrawn.")
            return redirect(own)
    elif not own.is_waiting:
        return redirect(own)
    status = HTTPStatus.CONFLICT if refusal else HTTPStatus.OK
    context = {"nav": "workshops", "asked": own, "refusal": refusal}
    return render(request, "sessions_app/requests/withdrawal.html", context, status=status)
