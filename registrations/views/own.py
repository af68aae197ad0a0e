"""The pages of a person's own registrations: one of them, giving it up, and all of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Person
from foundation import database_clock
from foundation.dates import local
from foundation.links import absolute
from registrations.display.access import access_line
from registrations.display.joining import SAME_PRESS, call_for_people
from registrations.display.leaving import after_leaving, before_leaving
from registrations.display.pre_work import pre_work_line
from registrations.display.ticket import joined_today, meetings_of, pre_work_words, rooms_of
from registrations.display.titles import discreet_title_and_day
from registrations.models import Registration
from registrations.models.preparation import has_pre_work
from registrations.views.viewer import SignedInRequest, own_registration
from sessions_app.display.preview import NEUTRAL
from sessions_app.display.rows import listing
from sessions_app.models import Meeting, Mode, Session
from sessions_app.models.deciding import AT_RISK

DAY = timedelta(days=1)


@never_cache
@require_safe
def registration(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show what the person has: when, where, how to join, what to do before, and the ways out."""
    return ticket_page(request, own_registration(request, uuid), database_clock.now())


def ticket_page(
    request: SignedInRequest, own: Registration, now: datetime, refusal: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    """Answer with the page of `own`, the viewer's registration; `refusal` says why what they asked for was not done."""
    session, every = own.session, own.session.all_meetings
    own.number = own.place_in_line if own.is_waitlisted else 0
    is_ahead = not session.has_started(now)
    context = {
        "nav": "my",
        "now": now,
        "refusal": refusal,
        "registration": own,
        "own": own if own.is_active else None,
        "session": session,
        "meetings": meetings_of(own, every, now),
        "rooms": rooms_of(every) if own.is_active and own.mode != Mode.ONLINE else [],
        "seat_is_open": own.is_waitlisted and session.has_seat_for_the_quickest(now, own.mode),
        "is_ahead": own.is_active and is_ahead,
        "may_leave": own.is_active and session.has_meeting_ahead(now),
        "may_rebook": own.may_rebook,
        "successor": own.successor,
        "access": access_line(own, now),
        "pre_work": pre_work_words(own, now),
        "pre_work_line": pre_work_line(own, now),
        "has_pre_work": own.is_active and is_ahead and has_pre_work(session, now),
        "address": _address_to_share(own) if own.is_active and session.takes_registrations(now) else "",
    }
    return render(request, "registrations/registration.html", context, status=status)


def _address_to_share(own: Registration) -> str:
    """Return the address of the session for colleagues; for a person who wants neutral titles one whose preview is."""
    address = absolute(own.session.get_absolute_url())
    return f"{address}?{NEUTRAL}" if own.person.discreet_titles else address


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """GET asks, POST withdraws. A refusal is 409 with the sentence that says why.

    From an old page of a registration that has ended it leads to the one the person has instead.
    """
    own, now = own_registration(request, uuid), database_clock.now()
    if request.method != "POST":
        if not own.is_active:
            return redirect(own)
        return _withdrawal_page(request, own, now)
    try:
        own.withdraw(by=request.user, now=now)
    except Registration.Refused as refusal:
        return _withdrawal_page(request, own, now, refusal=str(refusal), status=HTTPStatus.CONFLICT)
    if own.status == Registration.Status.SESSION_CANCELLED:
        messages.info(request, "This session was cancelled, so there is no place to give up.")
        return redirect(own.session)
    if instead := own.session.registrations.active().filter(person=own.person).first() or own.successor:
        messages.info(request, "That place had ended already, and this is the one you have now. Nothing was changed.")
        return redirect(instead)
    if own.gave_up and not own.moved_to and own.withdrawn_at and own.withdrawn_at > now - SAME_PRESS:
        messages.success(request, after_leaving(own, now))
    else:
        messages.info(request, "Your place here had ended already. Nothing was changed.")
    return redirect(own.session)


def _withdrawal_page(
    request: HttpRequest, own: Registration, now: datetime, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "nav": "my",
        "registration": own,
        "session": own.session,
        "titled": discreet_title_and_day(own, now),
        "meaning": before_leaving(own, now),
        "refusal": refusal,
    }
    return render(request, "registrations/withdrawal.html", context, status=status)


# ---- my training ----


@never_cache
@require_safe
def my_training(request: SignedInRequest) -> HttpResponse:
    """List the viewer's sessions: to come (also cancelled ones, so that nobody goes there), and past, newest first."""
    now = database_clock.now()
    given_up = (Registration.Status.WITHDRAWN, Registration.Status.WAITLIST_CLOSED)
    standing = request.user.registrations.exclude(status__in=given_up).order_by("position").numbered()
    own = {registration.session_id: registration for registration in standing}
    sessions = listing(Session.objects.filter(pk__in=own))
    coming = list(sessions.filter(ends_at__gt=now).order_by("starts_at", "pk"))
    seated = [registration.session_id for registration in own.values() if registration.is_registered]
    past = sessions.filter(pk__in=seated, ends_at__lte=now).order_by("-starts_at", "-pk")
    short = min((one for one in coming if is_short(one, own[one.pk], now)), key=_decided_at, default=None)
    context = {
        "nav": "my",
        "now": now,
        "months": by_month(coming, now),
        "past": by_month(past, now),
        "own": own,
        "links": joined_today(_meetings_soon(request.user, now), now),
        "short": short,
        "call": call_for_people(short, now) if short else "",
    }
    return render(request, "registrations/my_training.html", context)


def _meetings_soon(person: Person, now: datetime) -> QuerySet[Meeting]:
    """Return the meetings within a day that `person` has the link to join of, soonest first."""
    may_join = {"status": Registration.Status.REGISTERED, "session__status": Session.Status.CONFIRMED}
    seats = person.registrations.filter(**may_join).exclude(mode=Mode.ROOM)
    soon = Meeting.objects.filter(session__in=seats.values("session"), ends_at__gt=now, starts_at__lt=now + DAY)
    return soon.exclude(join_link="").order_by("starts_at", "pk")


def by_month(sessions: Iterable[Session], now: datetime) -> list[tuple[str, list[Session]]]:
    """Return the sessions in their order under “May” and so on, with the year if it is not the current one."""

    def name(session: Session) -> str:
        starts = local(session.starts_at, session.time_zone)
        return f"{starts:%B}" if starts.year == local(now, session.time_zone).year else f"{starts:%B %Y}"

    months = groupby(sessions, key=name)
    return [(month, list(of_month)) for month, of_month in months]


def is_short(session: Session, own: Registration, now: datetime) -> bool:
    """Tell whether a session where the person has a seat needs people and is decided within three days."""
    is_gathering = session.status == Session.Status.OPEN and session.seats_taken < session.minimum
    is_near = now < session.confirm_by <= now + AT_RISK and session.takes_registrations(now)
    return own.is_registered and is_gathering and is_near


def _decided_at(session: Session) -> datetime:
    return session.confirm_by
