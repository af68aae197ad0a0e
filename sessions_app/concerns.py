"""What the office may want to know before it puts a date up: reminders, none of which refuses anything."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays
from django.conf import settings
from django.db.models import F

from catalog.models import Workshop
from foundation.dates import length_words, local, time_span
from sessions_app.models import Blackout, Meeting, Session, Venue
from sessions_app.models.linking import ONLINE
from sessions_app.models.venue import Span, overlap

NO_LINK = "There is no link to join."
DAY_BEGINS, DAY_ENDS = time(7), time(20)


@dataclass(frozen=True)
class Planned:
    """A meeting that may be put up: aware instants, and what is known of it. A page calls it `name`: “line 3”."""

    name: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    venue: Venue | None = None
    facilitators: frozenset[int] = field(default_factory=frozenset)
    capacity: int | None = None
    minutes: int | None = None
    workshop: int | None = None


def concerns(
    planned: Sequence[Planned], now: datetime, beside: int | None = None, besides: Collection[int] = ()
) -> list[list[str]]:
    """Return for each of `planned` what speaks against it, a sentence each. Three queries for any number, and
    one more where somebody leads one of them.

    `beside` is the key of a session that is not held against itself; `besides` are those of several.
    """
    if not planned:
        return []
    first, last = min(one.starts_at for one in planned), max(one.ends_at for one in planned)
    there = _there(first, last, {*besides} if beside is None else {*besides, beside})
    off = list(Blackout.objects.between((first - timedelta(days=1)).date(), (last + timedelta(days=1)).date()))
    seats = _seats_of_leaders(planned, first, last)
    # By day and by room, so that a long season is not held against itself row by row.
    on_day: dict[date, list[Meeting]] = defaultdict(list)
    for meeting in there:
        for day in _days(meeting):
            on_day[day].append(meeting)
    in_room: dict[int, list[Planned]] = defaultdict(list)
    found = []
    for one in planned:
        said = [*_of_the_day(one, now, off), *_of_the_size(one)]
        near = {meeting.pk: meeting for day in sorted(_days(one)) for meeting in on_day[day]}.values()
        said += [sentence for meeting in near if overlap(one, meeting) for sentence in _clashes(one, meeting)]
        said += _seated(one, seats)
        if one.venue:
            earlier = in_room[one.venue.pk]
            said += [
                f"{each.name.capitalize()} has the same room at that time." for each in earlier if overlap(one, each)
            ]
            earlier.append(one)
        found.append(said)
    return found


def _days(span: Span) -> set[date]:
    """Return the days, in UTC, on which a meeting begins and ends: it lasts less than one (wall_clock.LONGEST)."""
    return {span.starts_at.date(), span.ends_at.date()}


def _there(first: datetime, last: datetime, besides: Collection[int]) -> list[Meeting]:
    """Return the meetings from `first` to `last` of sessions that may be held, drafts included."""
    sessions = [*Session.RUNNING, Session.Status.DRAFT]
    meetings = Meeting.objects.filter(starts_at__lt=last, ends_at__gt=first, session__status__in=sessions)
    meetings = meetings.exclude(session__in=besides).select_related("session__workshop", "venue")
    return list(meetings.prefetch_related("session__facilitators").order_by("starts_at", "pk"))


def _seats_of_leaders(planned: Sequence[Planned], first: datetime, last: datetime) -> list[tuple[int, str, Meeting]]:
    """Return the meetings that people who lead one of `planned` have a seat in, with the key and name of each."""
    leaders = {pk for one in planned for pk in one.facilitators}
    if not leaders:
        return []
    seats = Meeting.objects.filter(
        starts_at__lt=last,
        ends_at__gt=first,
        session__status__in=Session.RUNNING,
        session__registrations__status="registered",
        session__registrations__person__facilitator__in=leaders,
    ).annotate(
        leader=F("session__registrations__person__facilitator"),
        leader_name=F("session__registrations__person__facilitator__name"),
    )
    found = seats.select_related("session__workshop").order_by("starts_at", "pk")
    return [(one.leader, one.leader_name, one) for one in found]


def _seated(one: Planned, seats: Iterable[tuple[int, str, Meeting]]) -> list[str]:
    return [
        f"{name} is registered for {meeting.session.workshop.title} at that time, "
        f"{time_span(meeting.starts_at, meeting.ends_at, one.time_zone)}."
        for leader, name, meeting in seats
        if leader in one.facilitators and overlap(one, meeting)
    ]


def _clashes(one: Planned, meeting: Meeting) -> Iterable[str]:
    span = time_span(meeting.starts_at, meeting.ends_at, one.time_zone)
    title = meeting.session.workshop.title
    if (meeting.session.workshop_id, meeting.starts_at) == (one.workshop, one.starts_at):
        yield f"This session is there already: {title}, {span}."
        return
    if one.venue is not None and one.venue == meeting.venue:
        yield _taken(meeting, span)
    for facilitator in meeting.session.facilitators.all():
        if facilitator.pk in one.facilitators:
            yield f"{facilitator} leads {title} at that time, {span}."


def _taken(meeting: Meeting, span: str) -> str:
    return f"{meeting.venue} is taken: {meeting.session.workshop.title}, {span}."


def of_the_places(session: Session, meetings: Sequence[Meeting]) -> list[str]:
    """Return what speaks against the rooms of `meetings`, which `session` is to move to: a sentence each. One query."""
    held = [meeting for meeting in meetings if meeting.venue]
    if not held:
        return []
    there = _there(min(one.starts_at for one in held), max(one.ends_at for one in held), [session.pk])
    said = []
    for one in held:
        said += [_too_small(one.venue, session.room_capacity or session.capacity)]
        for meeting in there:
            if one.venue == meeting.venue and overlap(one, meeting):
                said.append(_taken(meeting, time_span(meeting.starts_at, meeting.ends_at, one.time_zone)))
    return list(dict.fromkeys(filter(None, said)))


def of_the_leaders(session: Session, meetings: Sequence[Meeting], chosen: Iterable[int]) -> list[str]:
    """Return what facilitators have at the times of `meetings`, who are `chosen` to lead `session` too.

    A sentence each. Three queries.
    """
    leaders = frozenset(chosen)
    if not leaders or not meetings:
        return []
    planned = [Planned("", one.starts_at, one.ends_at, one.time_zone, facilitators=leaders) for one in meetings]
    first, last = min(one.starts_at for one in planned), max(one.ends_at for one in planned)
    there, seats = _there(first, last, [session.pk]), _seats_of_leaders(planned, first, last)
    said: list[str] = []
    for one in planned:
        said += [sentence for meeting in there if overlap(one, meeting) for sentence in _clashes(one, meeting)]
        said += _seated(one, seats)
    return list(dict.fromkeys(said))


def of_what_is_missing(workshop: Workshop, format: str, links: Iterable[str], is_led: bool) -> list[str]:
    """Return what people who look at the session will miss: a sentence each. One query.

    `links` are the links to join of its meetings; `is_led` says whether a facilitator is named.
    """
    said = []
    if format in ONLINE and not all(links):
        said.append(NO_LINK)
    if not is_led:
        said.append("Nobody is named who leads it.")
    if not workshop.summary:
        said.append(f"The workshop “{workshop}” has no summary.")
    if not workshop.objectives.all():
        said.append(f"The workshop “{workshop}” has no objectives.")
    return said


def too_small_rooms(session: Session, meetings: Iterable[Meeting]) -> list[str]:
    """Return which rooms of `meetings` hold fewer people than `session` has seats for: a sentence each."""
    seats = session.room_capacity or session.capacity
    return list(dict.fromkeys(filter(None, (_too_small(meeting.venue, seats) for meeting in meetings))))


def _too_small(venue: Venue | None, capacity: int | None) -> str:
    if venue and venue.capacity and capacity and capacity > venue.capacity:
        return f"{venue} holds {venue.capacity}, and the session {capacity}."
    return ""


def _of_the_size(one: Planned) -> Iterable[str]:
    if small := _too_small(one.venue, one.capacity):
        yield small
    lasts = (one.ends_at - one.starts_at) // timedelta(minutes=1)
    if one.minutes and not one.minutes * 0.5 <= lasts <= one.minutes * 2:
        yield f"It lasts {length_words(lasts)}; the workshop takes {length_words(one.minutes)}."


def _of_the_day(one: Planned, now: datetime, off: Sequence[Blackout]) -> Iterable[str]:
    starts, ends = local(one.starts_at, one.time_zone), local(one.ends_at, one.time_zone)
    if one.starts_at <= now:
        yield "It is in the past."
    if starts.weekday() > 4:
        yield f"It is a {starts:%A}."
    elif starts.time() < DAY_BEGINS or ends.time() > DAY_ENDS or ends.date() > starts.date():
        yield "It is outside working hours."
    if holiday := holiday_on(starts.date()):
        yield f"It is {holiday}."
    for blackout in off:
        if blackout.includes(starts.date()):
            yield f"No sessions are held then: {blackout.words}."


def holiday_on(day: date) -> str:
    """Return the name of the public holiday on `day` where the office is (setting HOLIDAYS), "" on other days."""
    return _holidays(settings.HOLIDAYS, day.year).get(day, "")


@lru_cache(50)
def _holidays(place: str, year: int) -> dict[date, str]:
    country, _, part = place.partition("-")
    return dict(holidays.country_holidays(country, subdiv=part or None, years=year, language="en_US")) if place else {}
