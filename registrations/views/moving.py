"""The page where a person moves to another date of the same workshop."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from foundation import database_clock
from foundation.text import ordinal
from registrations.clash import ACCEPT, Clash, warn_of_overlap
from registrations.display.exchanging import exchange
from registrations.display.joining import after_joining_beside, after_moving, after_registering
from registrations.display.offering import Offers, offers_to
from registrations.display.titles import day_of, title_and_day
from registrations.forms.mode import said_how
from registrations.forms.moving import CHOOSE, TransferForm
from registrations.models import Accommodation, Registration
from registrations.views.viewer import SignedInRequest, own_registration
from sessions_app.display.rows import listing
from sessions_app.models import Session

MOST_DATES = 50
WAIT = "wait"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """GET lists the other dates, POST moves the registration to one of them; `?to=` has one open.

    If the date is full, the page asks whether to join its waitlist and keep this registration; if it overlaps with
    another session of the person, it asks whether that is meant. After a session was cancelled the person gets a seat
    on the other date, or joins its waitlist. A refusal is 409 with its sentence.
    """
    own, now = own_registration(request, uuid), database_clock.now()
    own.number = own.place_in_line if own.is_waitlisted else 0
    if request.method != "POST":
        if not own.is_active and not own.may_rebook:
            return redirect(own)
        return _page(request, own, now, request.GET.get("to", ""))
    form = TransferForm(request.POST)
    if not form.is_valid():
        return _page(request, own, now, refusal=f"{CHOOSE}.", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    to = form.cleaned_data["to"]
    move = _move_or_wait if WAIT in request.POST else Registration.transfer
    if own.status == Registration.Status.SESSION_CANCELLED:
        move = Registration.rebook
    try:
        with transaction.atomic():
            moved = move(own, to, request.user, now, said_how(form))
            # A second press is answered as the first was.
            if ACCEPT not in request.POST and moved.registered_at == now:
                warn_of_overlap(moved, now)
    except Clash as clash:
        # What the verb wrote was undone.
        own.refresh_from_db()
        to.refresh_from_db()
        return _page(request, own, now, to.code, clash=clash, mode=said_how(form), status=HTTPStatus.CONFLICT)
    except Registration.SessionFull:
        return _page(request, own, now, to.code, full=to, mode=said_how(form), status=HTTPStatus.CONFLICT)
    except Registration.Refused as refusal:
        return _page(request, own, now, to.code, refusal=str(refusal), status=HTTPStatus.CONFLICT)
    if moved.is_registered:
        messages.success(request, after_moving(moved, now))
    elif not own.is_active:
        messages.success(request, after_registering(moved, now))
    else:
        messages.success(request, after_joining_beside(moved, own, now))
    return redirect(moved.session)


@transaction.atomic
def _move_or_wait(own: Registration, to: Session, by: Person, now: datetime, mode: str) -> Registration:
    """Move if there is a seat by now, otherwise join the waitlist there, once, and keep this registration.

    What was asked for with this registration is asked for there too.
    """
    if to.registrations.waitlisted().filter(person=own.person).exists():
        return Registration.objects.register(own.person, to, now=now)
    try:
        return own.transfer(to, by, now, mode)
    except Registration.SessionFull:
        waiting = Registration.objects.register(own.person, to, now=now, mode=own.mode_there(to, mode))
        Accommodation.objects.carry(waiting, beside=own, now=now)
        return waiting


def _offers(own: Registration, now: datetime, wanted: str) -> list[Offers]:
    """Return the other dates that take registrations, an unlisted one if it is `wanted`. Two queries."""
    shown = Q(listed=True) | Q(code=wanted if wanted.isalnum() else "")
    others = Session.objects.public().joinable(now).filter(shown, workshop=own.session.workshop_id)
    dates = list(listing(others.exclude(pk=own.session_id)).order_by("starts_at", "pk")[:MOST_DATES])
    there = Registration.objects.active().filter(person=own.person, session__in=dates).order_by().numbered()
    return offers_to(own, dates, {one.session_id: one for one in there}, now)


def _page(
    request: HttpRequest,
    own: Registration,
    now: datetime,
    wanted: str = "",
    full: Session | None = None,
    clash: Clash | None = None,
    refusal: str = "",
    mode: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the dates with `wanted` open; or ask about one of them, which is `full` (in the `mode`) or a `clash`."""
    asked_about = full or (clash and clash.session)
    may_move = own.is_active or own.may_rebook
    kinds = _offers(own, now, wanted) if may_move and not asked_about else []
    context = {
        "nav": "my",
        "now": now,
        "registration": own,
        "own": own if own.is_active else None,
        "session": own.session,
        "day": day_of(own.session, own.session.starts_at, now),
        "in_line": ordinal(own.number) if own.is_waitlisted else "",
        "kinds": kinds,
        "wanted": wanted,
        "only_date": sum(len(kind.offers) for kind in kinds) == 1,
        "full": full,
        "asked_about": asked_about,
        "chosen": title_and_day(asked_about, now) if asked_about else "",
        "means": exchange(own, asked_about, now, mode) if asked_about and may_move else None,
        "wait": WAIT,
        "clash": clash,
        "accept": ACCEPT,
        "mode": mode,
        "waits": WAIT in request.POST,
        "refusal": refusal,
        "asked": own.may_rebook and Accommodation.objects.of(own) is not None,
    }
    return render(request, "registrations/transfer.html", context, status=status)
