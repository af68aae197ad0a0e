"""What the page shows where a person chooses a date of each workshop of a program. A fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db.models import Q, prefetch_related_objects
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import Person
from catalog import order
from catalog.models import Program, Workshop
from registrations import eligibility
from registrations.display import ways
from registrations.display.titles import day_of
from registrations.models import PriorAttendance
from registrations.progress import State as Standing
from registrations.progress import Step, progress
from sessions_app.display.meter import Meter, State, meter, state_of
from sessions_app.display.rows import COLUMNS, listing, place_of, times_of
from sessions_app.models import Session

if TYPE_CHECKING:
    from sessions_app.display.rows import ListedSession

MOST_DATES = 400
# What is said and not asked.
HAD = (Standing.DONE, Standing.BOOKED, Standing.WAITING)


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
    """One workshop of the program: what the person `has` of it, why it is not for them, what it comes after, its dates.

    `is_open` while they neither have it nor is it for others.
    """

    workshop: Workshop
    has: str
    why_not: str
    after: list[Workshop]
    dates: list[Date]
    is_open: bool = True

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"date-{self.workshop.pk}"

    @property
    def is_asked(self) -> bool:
        """True where there is a date to choose."""
        return any(not date.why_not for date in self.dates)


class Before(NamedTuple):
    """What a person has for what comes after it: the ends of what they took part in or have a seat in by workshop, and
    what was taken elsewhere.

    `counting` has the workshops that count as one, by keys, and `attended` the ends of the sessions they were at.
    """

    counting: dict[int, set[int]]
    ends: dict[int, list[datetime]]
    attended: dict[int, list[datetime]]
    elsewhere: set[int]

    def lacking(self, workshop: Workshop, at: datetime | None = None) -> list[Workshop]:
        """Return what `workshop` comes after and the person does not have, `at` that time: taken elsewhere, or a seat
        that ends by then in what they did not miss; attendance has to say that they were there where `workshop` is only
        for such people."""
        ends = self.attended if workshop.needs_attendance else self.ends
        return [first for first in workshop.requires.all() if not self._covers(first.pk, ends, at)]

    def _covers(self, workshop: int, ends: dict[int, list[datetime]], at: datetime | None) -> bool:
        counts = self.counting[workshop]
        return bool(counts & self.elsewhere) or any(at is None or end <= at for one in counts for end in ends[one])


def offers(
    program: Program, person: Person | None, now: datetime, chosen: Collection[str] = (), is_pressed: bool = False
) -> list[Offer]:
    """Return the published workshops of `program` in order, for `person`, or for somebody who is signed out.

    A date in `chosen`, by its code, is shown whatever has become of it; once the button `is_pressed` also where the
    person has the workshop already, so that a second press is answered as the first was.
    """
    entries = [entry for entry in program.offered if entry.workshop.is_listed]
    workshops = [entry.workshop for entry in entries]
    prefetch_related_objects(workshops, "requires")
    dates = _dates(workshops, now, chosen)
    if person is None:
        return [Offer(one, "", "", list(one.requires.all()), _shown(one, dates, None, now)) for one in workshops]
    steps, before = progress(person, program, now).steps, _before(person, workshops)
    made = []
    for entry in entries:
        step, workshop = steps[entry.pk], entry.workshop
        shown = _shown(workshop, dates, person, now, before, chosen)
        if step.state in HAD:
            made.append(Offer(workshop, _words(step), "", [], _chosen(shown, chosen) if is_pressed else [], False))
        elif person.role and (for_others := eligibility.why_not_in(person, workshop)):
            made.append(Offer(workshop, "", for_others.linked, [], _chosen(shown, chosen), False))
        else:
            made.append(Offer(workshop, step.words, _same(shown), before.lacking(workshop), shown))
    return made


def _before(person: Person, workshops: list[Workshop]) -> Before:
    """Return what `person` has of all that these workshops come after. Three queries, none if they come after none, and
    one more where one of them is only for people who were there."""
    required = {first.pk for workshop in workshops for first in workshop.requires.all()}
    before = Before(order.counting_as(required) if required else {}, defaultdict(list), defaultdict(list), set())
    if not required:
        return before
    wanted = set().union(*before.counting.values())
    there = Session.objects.filter(eligibility.took_part(person), workshop__in=wanted).order_by()
    for workshop, ends_at in there.values_list("workshop", "ends_at"):
        if ends_at is not None:
            before.ends[workshop].append(ends_at)
    if any(workshop.needs_attendance for workshop in workshops):
        held = Session.objects.filter(eligibility.WAS_THERE, meetings__attendances__person=person, workshop__in=wanted)
        for workshop, ends_at in held.order_by().values_list("workshop", "ends_at").distinct():
            if ends_at is not None:
                before.attended[workshop].append(ends_at)
    taken = PriorAttendance.objects.filter(person=person, workshop__in=wanted).order_by()
    before.elsewhere.update(taken.values_list("workshop", flat=True))
    return before


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
        dates[date.workshop_id].append(date)
    return dates


def _shown(
    workshop: Workshop,
    dates: dict[int, list["ListedSession"]],
    person: Person | None,
    now: datetime,
    before: Before | None = None,
    chosen: Collection[str] = (),
) -> list[Date]:
    return [
        Date(
            date,
            f"{day_of(date, date.starts_at, now)}, {''.join(times_of(date, settings.TIME_ZONE))}",
            place_of(date.format, date.building, date.room, date.campus),
            meter(date, now),
            "" if date.code in chosen else _why_not(date, dates, person, now, before),
        )
        for date in dates[workshop.pk]
    ]


def _why_not(
    date: Session,
    dates: dict[int, list["ListedSession"]],
    person: Person | None,
    now: datetime,
    before: Before | None,
) -> str:
    """Return why the date cannot be chosen here: it is full, for another campus, or before what it comes after."""
    if state_of(date, now) is State.FULL:
        url = reverse("register", args=[date.code])
        return format_html('No seat is free. <a href="{}">Join its waitlist</a>', url)
    if person is None or before is None:
        return ""
    if date.for_campus_id and person.campus_id and date.for_campus_id != person.campus_id:
        return ways.for_campus(str(date.for_campus)).linked
    missing = before.lacking(date.workshop, date.starts_at)
    if missing and date.workshop.needs_attendance:
        return ways.was_there(missing).linked
    here = {
        first
        for first in missing
        for counts in before.counting[first.pk]
        if any(one.ends_at <= date.starts_at for one in dates[counts])
    }
    return ways.comes_first(missing).linked if len(here) < len(missing) else ""


def _same(dates: list[Date]) -> str:
    """Return what stands against each of `dates` alike, to be said once; a full one leads to its own waitlist."""
    reasons = {date.why_not for date in dates}
    is_full = any(date.meter.state is State.FULL for date in dates)
    return reasons.pop() if len(reasons) == 1 and not is_full else ""


def _chosen(dates: list[Date], chosen: Collection[str]) -> list[Date]:
    return [date for date in dates if date.code in chosen]


def _words(step: Step) -> str:
    """“Booked for Fri May 10”, with the way there."""
    if step.registration is None:
        return step.words
    return format_html('<a href="{}">{}</a>', step.registration.get_absolute_url(), step.words)
