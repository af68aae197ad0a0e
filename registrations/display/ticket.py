"""What a ticket shows: each meeting with its place and its link to join, how to get there, and what to do before."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from catalog.models import Format
from foundation.dates import local, long_day, time_span, zone_words
from registrations.display.modes import place_for
from registrations.display.titles import day_of
from registrations.models import Registration
from sessions_app.models import Meeting, Mode
from sessions_app.models.changes import numbers_of
from sessions_app.models.linking import LINK_COMES
from sessions_app.models.numbering import Numbered

HOUR = timedelta(hours=1)
COMES_WITH_THE_INVITATION = "The link to join comes with your invitation, once the session is confirmed."


class Meets(NamedTuple):
    """One meeting: `iso` is its start for machines, and `about_joining` what is said where there is no `join_link`."""

    part: str
    iso: str
    day: str
    times: str
    zone: str
    place: str
    join_link: str
    is_today: bool
    about_joining: str
    is_over: bool


class Room(NamedTuple):
    """A place, how to get there and what helps there."""

    name: str
    directions: str
    access: str


def meetings_of(own: Registration, every: list[Meeting], now: datetime) -> list[Meets]:
    """Return those of `every` meeting of the session that are held, as the person of `own` sees them.

    What is said about joining is said of the first meeting that it is true of.
    """
    numbers, said, shown = numbers_of(every), set[str](), list[Meets]()
    for meeting in every:
        if meeting.is_cancelled:
            continue
        one = _meets(meeting, numbers[meeting.pk], own, now)
        shown.append(one._replace(about_joining="") if one.about_joining in said else one)
        said.add(one.about_joining)
    return shown


def rooms_of(every: list[Meeting]) -> list[Room]:
    """Return each room of the meetings once, where the office says how to get there or what helps."""
    venues = {meeting.venue_id: meeting.venue for meeting in every if meeting.venue and not meeting.is_cancelled}
    rooms = (Room(str(venue), venue.directions, venue.access) for venue in venues.values() if venue)
    return [room for room in rooms if room.directions or room.access]


def _meets(meeting: Meeting, numbered: Numbered, own: Registration, now: datetime) -> Meets:
    zone = meeting.time_zone
    link = meeting.join_link if may_join(own, meeting, now) else ""
    return Meets(
        part=numbered.short_heading,
        iso=local(meeting.starts_at, zone).isoformat(timespec="minutes"),
        day=long_day(meeting.starts_at, zone, local(now, zone).year),
        times=time_span(meeting.starts_at, meeting.ends_at, zone),
        zone=zone_words(zone, meeting.starts_at),
        place=place_for(meeting, own),
        join_link=link,
        is_today=is_today(meeting, now),
        about_joining="" if link else _about_joining(meeting, own, now),
        is_over=meeting.ends_at <= now,
    )


def may_join(own: Registration, meeting: Meeting, now: datetime) -> bool:
    """Tell whether the link to join is for this person: with a seat in a confirmed session, until the meeting ends.

    A person who takes part in the room has none.
    """
    is_invited = own.is_registered and own.session.is_confirmed and own.mode != Mode.ROOM
    return is_invited and meeting.ends_at > now


def is_today(meeting: Meeting, now: datetime) -> bool:
    """Tell whether the meeting is on this day of its own calendar, or begins within the hour, and is not over."""
    zone = meeting.time_zone
    is_near = local(meeting.starts_at, zone).date() <= local(now, zone).date() or meeting.starts_at <= now + HOUR
    return is_near and meeting.ends_at > now


def joined_today(meetings: Iterable[Meeting], now: datetime) -> dict[int, str]:
    """Return the link to join of the first of `meetings` that is today, by session id."""
    links: dict[int, str] = {}
    for meeting in meetings:
        if is_today(meeting, now):
            links.setdefault(meeting.session_id, meeting.join_link)
    return links


def _about_joining(meeting: Meeting, own: Registration, now: datetime) -> str:
    """Say when the link to join comes, to a person with a seat; a link is promised only where there is one."""
    is_for_them = own.is_registered and own.session.is_running and meeting.ends_at > now
    if not is_for_them or own.session.format == Format.IN_PERSON or own.mode == Mode.ROOM:
        return ""
    return COMES_WITH_THE_INVITATION if meeting.join_link else LINK_COMES


def pre_work_words(own: Registration, now: datetime) -> str:
    """“Read on Tue, May 7”, or that it is not read yet."""
    if own.pre_work_done_at:
        return f"Read on {day_of(own.session, own.pre_work_done_at, now)}"
    return "Not read yet"
