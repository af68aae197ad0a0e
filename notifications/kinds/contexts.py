"""Gather what the templates of mail may name, for every mail about a session.

Each context is made from one registration, nomination or interest, so that no mail can name anybody but its reader
(and, in a nomination, the person who proposed them). What only one kind names is in the module of that kind.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import Person
from foundation import database_clock
from foundation.dates import local, long_day, plain_day, time_span, zone_words
from foundation.links import absolute
from foundation.text import ordinal
from notifications.calendars.snapshots import link_for, place_words
from notifications.models import Notice, counts_of
from registrations.models import Registration
from registrations.models.leaving_keys import path_of_leaving
from sessions_app.display.panel import opening_words
from sessions_app.models import Meeting, Mode, Session
from sessions_app.models.linking import LINK_COMES, lacks_link
from sessions_app.models.numbering import Numbered

MOST_NEXT_DATES = 4
OF_A_REGISTRATION = {
    "registration_url": "the link to what the person has",
    "withdrawal_url": "the link to give the place up",
}


def session_context(
    notice: Notice,
    session: Session,
    name: str,
    meetings: list[Meeting] | None = None,
    *,
    joins: bool = False,
    offers_dates: bool = False,
    mode: str = "",
) -> dict[str, Any]:
    """Return what every mail about a session may name, read by `name`, who takes part as `mode` says.

    `meetings` are those of an invitation, its own first; without them all held meetings are named. The links to join
    are for people who are invited, and for a mail that `joins` its reader to what starts soon. `offers_dates` names the
    next dates of the workshop.
    """
    numbers = session.part_numbers()
    invited = joins or notice.method == Notice.Method.REQUEST
    facts = counts_of(session) | notice.facts
    return {
        "kind": notice.kind,
        "method": notice.method,
        "name": name,
        "session": session,
        "title": session.workshop.title,
        "day": plain_day(session.starts_at, session.time_zone),
        "long_day": long_day(session.starts_at, session.time_zone),
        "decided_day": long_day(session.confirm_by, session.time_zone),
        "decided_weekday": f"{local(session.confirm_by, session.time_zone):%A}",
        "meetings": [
            meeting_context(one, session, numbers, invited, mode) for one in meetings or session.held_meetings
        ],
        "part": numbers[meetings[0].pk].words if meetings else "",
        "facilitators": [facilitator.byline for facilitator in session.led_by],
        "good_to_know": session.workshop.good_to_know(session.format),
        "pre_work": session.workshop.pre_work,
        "next_dates": next_dates(session, notice.registration) if offers_dates else [],
        "session_url": absolute(session.get_absolute_url()),
        "workshop_url": absolute(session.workshop.get_absolute_url()),
        "office_name": settings.OFFICE_NAME,
        "institution_name": settings.INSTITUTION_NAME,
        "dots": tuple(seat < facts["count"] for seat in range(facts["minimum"])),
    } | facts


def registration_context(
    notice: Notice,
    meeting: Meeting | None = None,
    *,
    introduces: bool = False,
    joins: bool = False,
    offers_dates: bool = False,
) -> dict[str, Any]:
    """Return what every mail about a registration may name; `meeting` is the one a mail without invitation is about.

    Each of several meetings has an invitation of its own. A mail that `introduces` the session shows all meetings to
    come, where it carries the invitation to the first of them.
    """
    registration = notice.registration
    meeting = notice.thread.meeting if notice.method else meeting
    shown = [meeting] if meeting else None
    to_come = [one for one in registration.session.held_meetings if one.ends_at > database_clock.now()]
    if introduces and meeting in to_come[:1]:
        shown = to_come
    name = first_name(registration.person)
    session, mode = registration.session, registration.mode
    return session_context(notice, session, name, shown, joins=joins, offers_dates=offers_dates, mode=mode) | {
        "registration_url": absolute(registration.get_absolute_url()),
        "withdrawal_url": absolute(path_of_leaving(registration)),
        "choose_url": absolute(reverse("transfer", args=[registration.uuid])) if registration.may_rebook else "",
        "pre_work_url": pre_work_url(registration),
        "seat_url": absolute(reverse("seat", args=[registration.uuid])),
        "place_in_line": ordinal(notice.facts["place"]) if "place" in notice.facts else "",
        "moved_to": day_of(registration.moved_to) if registration.moved_to else "",
    }


def first_name(person: Person | None) -> str:
    """Return how a mail greets its reader; empty where the name is not known."""
    return person.get_short_name() if person and (person.addressed_as or person.name) else ""


def meeting_context(
    meeting: Meeting, session: Session, numbers: dict[int, Numbered], invited: bool, mode: str = ""
) -> dict[str, str]:
    """Return the words about one meeting; `numbers` are the session's `part_numbers`, `mode` how the reader takes part.

    A subject says `part` alone, for a title may be one that its reader wants hidden there; the mail itself `heading`.
    """
    part = numbers[meeting.pk]
    zone = meeting.time_zone
    return {
        "day": long_day(meeting.starts_at, zone, database_clock.now().year),
        "times": time_span(meeting.starts_at, meeting.ends_at, zone),
        "zone": zone_words(zone, meeting.starts_at),
        "place": place_words(meeting, session.format, mode),
        "directions": meeting.venue.directions if meeting.venue and mode != Mode.ONLINE else "",
        "join_link": link_for(meeting, mode) if invited else "",
        "link_comes": LINK_COMES if invited and mode != Mode.ROOM and lacks_link(meeting, session.format) else "",
        "part": part.words,
        "part_title": part.title,
        "heading": part.heading,
    }


def opening_with_zone(session: Session, now: datetime) -> str:
    """Return “on Monday, May 6 at 9:00 AM, Central time”: when registering begins."""
    return f"{opening_words(session, now)}, {zone_words(session.time_zone, session.registration_opens_at)}"


def pre_work_url(registration: Registration) -> str:
    """Return the URL of the pre-work; "" if there is none, or the person has read it."""
    return absolute(reverse("pre_work", args=[registration.uuid])) if registration.has_pre_work_to_do else ""


def next_dates(session: Session, registration: Registration | None = None) -> list[dict[str, str]]:
    """Return the next dates of the same workshop that still take registrations, soonest first, four at most.

    For a person who has a registration, or had one in a cancelled session, the link leads to the page that moves it.
    """
    page = ""
    if registration and (registration.is_active or registration.may_rebook):
        page = absolute(reverse("transfer", args=[registration.uuid]))
    now = database_clock.now()
    return [
        {
            "day": long_day(other.starts_at, other.time_zone, now.year),
            "times": time_span(other.starts_at, other.ends_at, other.time_zone),
            "url": f"{page}?to={other.code}" if page else absolute(other.get_absolute_url()),
        }
        for other in session.other_dates[:MOST_NEXT_DATES]
    ]


def day_of(registration: Registration) -> str:
    """Return the day of a registration's session: “Tuesday, May 14”."""
    return long_day(registration.session.starts_at, registration.session.time_zone)
