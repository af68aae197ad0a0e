"""Mail about how a registration stands: registered, on the waitlist, confirmed, withdrawn, and what came of waiting."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q

from foundation import database_clock
from foundation.links import absolute
from notifications.kinds.contexts import OF_A_REGISTRATION, day_of, registration_context
from notifications.models import CalendarThread, Notice, counts_of
from notifications.models.kind import Carries, Example, Family, Kind, News
from registrations.clash import overlapping_seat
from registrations.models import Registration
from registrations.models.leaving_keys import path_of_leaving
from sessions_app.models import Session

CONFIRMED_OR_OVER = (Session.Status.CONFIRMED, Session.Status.COMPLETED)
WAITLISTED_PERSON = Registration.Status.WAITLISTED


# ---- what is owed ----


def owe_plain(kind: Kind, *registrations: Registration, event: str = "", **facts: Any) -> None:
    """Owe each of these people, of one session, one mail without a calendar part. `event` names what happened."""
    noted = counts_of(registrations[0].session) | facts
    Notice.objects.bulk_create([Notice.objects.owed(kind, one, dict(noted), event) for one in registrations])


def owe_invitations(kind: Kind, *registrations: Registration, **facts: Any) -> None:
    """Owe each of these people, of one session, one invitation per meeting."""
    noted, threads = counts_of(registrations[0].session) | facts, CalendarThread.objects.of_each(registrations)
    CalendarThread.objects.advance(threads)
    request = Notice.Method.REQUEST
    Notice.objects.bulk_create([Notice.objects.owed_calendar(kind, request, one, dict(noted)) for one in threads])


def owe_cancellations(
    kind: Kind, registrations: Sequence[Registration], ahead: Q, facts_of: Callable[[Registration], dict[str, Any]]
) -> None:
    """Owe each of these people, of one session, one cancellation per invitation, or one plain mail.

    That is for people of whom no invitation was ever written.

    A meeting that their own calendar declined is not cancelled there a second time: its UID is never used again. Only
    meetings `ahead` are taken off, by a condition on the thread; the others stay in the calendar.
    """
    held = CalendarThread.objects.announced().filter(ahead, meeting__cancelled_at=None)
    threads = held.filter(registration__in=[one.pk for one in registrations]).without_those_taken_off()
    CalendarThread.objects.advance(threads)
    of_each: dict[int, list[CalendarThread]] = defaultdict(list)
    for thread in threads:
        of_each[thread.registration_id].append(thread)
    notices = []
    for registration in registrations:
        noted = counts_of(registration.session) | facts_of(registration)
        for thread in of_each[registration.pk]:
            thread.registration = registration
            notices.append(Notice.objects.owed_calendar(kind, Notice.Method.CANCEL, thread, dict(noted)))
        if not of_each[registration.pk]:
            notices.append(Notice.objects.owed(kind, registration, noted))
    Notice.objects.bulk_create(notices)


# ---- what the templates may name ----


def introducing_context(notice: Notice) -> dict[str, Any]:
    """Return what a mail names that may be the first about a session."""
    return registration_context(notice, introduces=True)


def promotion_context(notice: Notice) -> dict[str, Any]:
    """Return what the mail about a seat from the waitlist names: also the seats on another date and at that time."""
    others = {"other_seat": other_seat(notice.registration), "overlap": overlap_with(notice.registration)}
    return registration_context(notice, introduces=True) | others


def seat_context(notice: Notice) -> dict[str, Any]:
    """Return what the mail about a seat that has opened names: also what the seat would overlap."""
    return registration_context(notice) | {"overlap": overlap_with(notice.registration)}


def context_with_dates(notice: Notice) -> dict[str, Any]:
    """Return what a mail names that offers the next dates of the workshop."""
    return registration_context(notice, offers_dates=True)


def other_seat(registration: Registration) -> dict[str, str] | None:
    """Return the day of the seat the person also has on another date of the workshop, and the URL to give it up."""
    seats = registration.person.registrations.registered().filter(
        session__workshop=registration.session.workshop_id, session__starts_at__gt=database_clock.now()
    )
    other = seats.exclude(pk=registration.pk).select_related("session").first()
    if other is None:
        return None
    return {"day": day_of(other), "url": absolute(path_of_leaving(other))}


def overlap_with(registration: Registration) -> dict[str, str] | None:
    """Return title and day of the seat that the person has at the same time, and the URL to give it up.

    The title is "" for a person who wants neutral titles: the other session is not what this mail is about.
    """
    held = overlapping_seat(registration, database_clock.now())
    if held is None:
        return None
    title = "" if registration.person.discreet_titles else held.session.workshop.title
    return {"title": title, "day": day_of(held), "url": absolute(path_of_leaving(held))}


# ---- the examples ----


def facts_of_ending(session: Session) -> dict[str, Any]:
    """Return the facts of a mail about the end of `session`; of one not cancelled, as if the rule cancelled it now."""
    is_cancelled = session.status == Session.Status.CANCELLED
    return {
        "count": session.cancelled_count if is_cancelled else session.seats_taken,
        "reason": session.cancel_reason,
        "by_rule": session.cancelled_by_rule if is_cancelled else True,
    }


def was_confirmed(session: Session) -> bool:
    """Tell whether the session was ever confirmed, so that people have invitations to it."""
    return session.confirmed_at is not None


REGISTERED = Kind(
    name="registered",
    label="Registered",
    family=Family.NEWS,
    news=News.STANDING,
    context=registration_context,
    placeholders=OF_A_REGISTRATION,
    required=frozenset({"decided_day"}),
    example=Example(facts=lambda session: {"count": max(1, session.seats_taken)}),
)
WAITLISTED = Kind(
    name="waitlisted",
    label="On the waitlist",
    family=Family.NEWS,
    news=News.STANDING,
    context=registration_context,
    placeholders={**OF_A_REGISTRATION, "place_in_line": "the place on the waitlist: 3rd"},
    required=frozenset({"place_in_line"}),
    example=Example(
        status=WAITLISTED_PERSON,
        facts=lambda session: {"place": max(1, session.waiting_count), "last_day": False, "seat_open": False},
    ),
)
PROMOTED = Kind(
    name="promoted",
    label="A seat from the waitlist",
    family=Family.NEWS,
    news=News.STANDING,
    carries=Carries.REQUEST,
    context=promotion_context,
    example=Example(facts=lambda session: {"how": ""}, carries=lambda session: session.status in CONFIRMED_OR_OVER),
)
CONFIRMED = Kind(
    name="confirmed",
    label="Session confirmed",
    family=Family.NEWS,
    carries=Carries.REQUEST,
    context=introducing_context,
    placeholders=OF_A_REGISTRATION,
    required=frozenset(),
    example=Example(
        fits=CONFIRMED_OR_OVER, facts=lambda session: {"count": max(1, session.confirmed_count or session.seats_taken)}
    ),
)
WITHDRAWN = Kind(
    name="withdrawn",
    label="Withdrawn",
    family=Family.NEWS,
    news=News.ENDING,
    carries=Carries.CANCEL,
    context=registration_context,
    example=Example(
        status=Registration.Status.WITHDRAWN,
        facts=lambda session: {"why": "", "by_office": False, "has_begun": False},
        carries=was_confirmed,
    ),
)
CANCELLED = Kind(
    name="cancelled",
    label="Session cancelled",
    family=Family.NEWS,
    news=News.ENDING,
    carries=Carries.CANCEL,
    context=context_with_dates,
    example=Example(
        fits=(Session.Status.CANCELLED,),
        status=Registration.Status.SESSION_CANCELLED,
        facts=lambda session: {"was_registered": True, **facts_of_ending(session)},
        carries=was_confirmed,
    ),
)
SEAT_OPENED = Kind(
    name="seat_opened",
    label="A seat has opened",
    family=Family.NEWS,
    context=seat_context,
    placeholders={**OF_A_REGISTRATION, "seat_url": "the link to take the seat"},
    required=frozenset(),
    example=Example(status=WAITLISTED_PERSON),
)
WAITLIST_CLOSED = Kind(
    name="waitlist_closed",
    label="Waitlist closed",
    family=Family.NEWS,
    news=News.ENDING,
    context=context_with_dates,
    required=frozenset(),
    example=Example(status=WAITLISTED_PERSON),
)

KINDS = (REGISTERED, WAITLISTED, PROMOTED, CONFIRMED, WITHDRAWN, CANCELLED, SEAT_OPENED, WAITLIST_CLOSED)
