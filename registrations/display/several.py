"""What the page shows where a person chooses a date of each workshop of a program. A fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, cast

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import Person
from catalog.models import Program, Workshop
from foundation.text import ordinal
from registrations import eligibility
from registrations.display import ways
from registrations.display.titles import day_of
from registrations.models import PriorAttendance, Registration
from sessions_app.display.meter import Meter, State, meter, state_of
from sessions_app.display.rows import COLUMNS, listing, place_of, times_of
from sessions_app.models import Session

if TYPE_CHECKING:
    from sessions_app.display.rows import ListedSession

MOST_DATES = 400


class Date(NamedTuple):
    """One date to choose, or the sentence that says why not."""

    session: Session
    when: str
    place: str
    meter: Meter
    why_not: str

    @property
    def code(self) -> str:
        return self.session.code


class Offer(NamedTuple):
    """One workshop of the program: what the person `has` of it already, or why it is not for them, or its dates."""

    workshop: Workshop
    has: str
    why_not: str
    after: list[Workshop]
    dates: list[Date]

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"date-{self.workshop.pk}"

    @property
    def is_asked(self) -> bool:
        """True where there is a date to choose."""
        return any(not date.why_not for date in self.dates)


class Past(NamedTuple):
    """What a person has had and has, for what comes after it."""

    registrations: dict[int, list[Registration]]
    elsewhere: set[int]

    def covers(self, workshop: int, before: datetime | None = None) -> bool:
        """Tell whether the person has taken a workshop elsewhere, or has a seat in it, which ends `before` then."""
        own = [one.session for one in self.registrations[workshop] if one.is_registered]
        return workshop in self.elsewhere or any(before is None or one.ends_at <= before for one in own)


def offers(
    program: Program, person: Person | None, now: datetime, chosen: Collection[str] = (), is_pressed: bool = False
) -> list[Offer]:
    """Return the published workshops of `program` in order, for `person`, or for somebody who is signed out.

    A date in `chosen`, by its code, is shown whatever has become of it; once the button `is_pressed` also where the
    person has the workshop already, so that a second press is answered as the first was.
    """
    entries = program.entries.filter(workshop__status=Workshop.Status.PUBLISHED).select_related("workshop")
    workshops = [entry.workshop for entry in entries.prefetch_related("workshop__requires")]
    dates = _dates(workshops, now, chosen)
    past = _past(person, [*workshops, *(first for one in workshops for first in one.requires.all())])
    return [_offer(workshop, dates, past, person, now, chosen, is_pressed) for workshop in workshops]


def _dates(workshops: list[Workshop], now: datetime, chosen: Collection[str]) -> dict[int, list["ListedSession"]]:
    """Return the dates of each workshop that take registrations, and the `chosen` ones. One query."""
    there = Session.objects.listed().joinable(now).filter(workshop__in=workshops).order_by()
    wanted = Q(pk__in=there.values("pk"))
    if codes := [code for code in chosen if code.isascii() and code.isalnum()]:
        wanted |= Q(code__in=codes)
    found = Session.objects.public().filter(wanted, workshop__in=workshops)
    # The campus too, beside what a row shows.
    shown = listing(found).select_related("for_campus").only(*COLUMNS, "for_campus", "for_campus__name")
    dates: dict[int, list[ListedSession]] = defaultdict(list)
    by_id = {workshop.pk: workshop for workshop in workshops}
    for date in shown.order_by("starts_at", "pk")[:MOST_DATES]:
        date.workshop = by_id[date.workshop_id]
        dates[date.workshop_id].append(cast("ListedSession", date))
    return dates


def _past(person: Person | None, workshops: Iterable[Workshop]) -> Past:
    """Return what the person has of these workshops. Two queries, none for somebody who is signed out."""
    past = Past(defaultdict(list), set())
    if person is None:
        return past
    ids = {workshop.pk for workshop in workshops}
    own = Registration.objects.active().filter(person=person, session__workshop__in=ids)
    for one in own.select_related("session").order_by("session__starts_at", "pk").numbered():
        past.registrations[one.session.workshop_id].append(one)
    taken = PriorAttendance.objects.filter(person=person, workshop__in=ids).order_by()
    past.elsewhere.update(taken.values_list("workshop", flat=True))
    return past


def _offer(
    workshop: Workshop,
    dates: dict[int, list["ListedSession"]],
    past: Past,
    person: Person | None,
    now: datetime,
    chosen: Collection[str],
    is_pressed: bool,
) -> Offer:
    has = _has(workshop, past, now)
    if has and not is_pressed:
        return Offer(workshop, has, "", [], [])
    after = [first for first in workshop.requires.all() if not past.covers(first.pk)]
    shown = [
        Date(
            date,
            f"{day_of(date, date.starts_at, now)}, {times_of(date, settings.TIME_ZONE)}",
            place_of(date.format, date.building, date.room),
            meter(date, now),
            "" if date.code in chosen else _why_not(date, dates, past, person, now),
        )
        for date in dates[workshop.pk]
    ]
    mine = [date for date in shown if date.code in chosen]
    if has:
        return Offer(workshop, has, "", [], mine)
    if person and person.role and (for_others := eligibility.why_not_in(person, workshop)):
        return Offer(workshop, "", for_others.linked, after, mine)
    # What stands against each date alike is said once.
    reasons = {date.why_not for date in shown}
    is_full = any(date.meter.state is State.FULL for date in shown)
    same = reasons.pop() if len(reasons) == 1 and not is_full else ""
    return Offer(workshop, "", same, after, shown)


def _has(workshop: Workshop, past: Past, now: datetime) -> str:
    """Say what the person has of the workshop already: a seat or a place in line to come, or that it is behind them."""
    own = past.registrations[workshop.pk]
    for one in own:
        if one.session.ends_at > now and one.session.is_running:
            day, url = day_of(one.session, one.session.starts_at, now), one.get_absolute_url()
            if one.is_registered:
                return format_html('You have a seat on <a href="{}">{}</a>.', url, day)
            return format_html('You are {} on the waitlist for <a href="{}">{}</a>.', ordinal(one.number), url, day)
    for one in reversed(own):
        if one.is_registered:
            day = day_of(one.session, one.session.starts_at, now)
            return format_html('You took it on <a href="{}">{}</a>.', one.get_absolute_url(), day)
    return "You have taken it elsewhere." if workshop.pk in past.elsewhere else ""


def _why_not(
    date: Session, dates: dict[int, list["ListedSession"]], past: Past, person: Person | None, now: datetime
) -> str:
    """Return why the date cannot be chosen here: it is full, for another campus, or before what it comes after."""
    if state_of(date, now) is State.FULL:
        url = reverse("register", args=[date.code])
        return format_html('No seat is free. <a href="{}">Join its waitlist</a>', url)
    if person is None:
        return ""
    if date.for_campus_id and person.campus_id and date.for_campus_id != person.campus_id:
        return ways.for_campus(str(date.for_campus)).linked
    missing = [first for first in date.workshop.requires.all() if not past.covers(first.pk, date.starts_at)]
    here = [first for first in missing if any(one.ends_at <= date.starts_at for one in dates[first.pk])]
    return ways.comes_first(missing).linked if len(here) < len(missing) else ""
