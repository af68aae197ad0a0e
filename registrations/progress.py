"""How far a person is with a program: of each of its workshops whether it is taken, booked or open.

`taken_by` alone decides what somebody has taken; everything else here follows from what it returns.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Q

from accounts.models import Person
from catalog import order
from catalog.models import Program, ProgramWorkshop
from catalog.program_rule import ProgramRule
from foundation.dates import local, months_later, plain_day
from registrations.eligibility import took_part
from registrations.models import PriorAttendance, Registration
from sessions_app.models import Session


class Taken(NamedTuple):
    """A workshop, by its key and title, that somebody has taken, and on which day: None for elsewhere, some time."""

    workshop: int
    title: str
    on: date | None


class State(StrEnum):
    DONE = "done"
    BOOKED = "booked"
    WAITING = "waiting"
    LAPSED = "lapsed"
    OPEN = "open"


class Step(NamedTuple):
    """How one workshop of a program stands for somebody: its state, the sentence, and the registration it is about."""

    state: State
    words: str = ""
    registration: Registration | None = None

    @property
    def is_done(self) -> bool:
        return self.state is State.DONE


class Progress(NamedTuple):
    """How a whole program stands for somebody; `steps` by the key of the entry."""

    steps: dict[int, Step]
    done: int
    takes: int
    is_complete: bool
    words: str


def taken_by(person: Person, workshops: Collection[int], now: datetime) -> list[Taken]:
    """Return which of `workshops` (keys) `person` has taken. This is the one place that decides what “taken” means.

    It is a session that is over and was held, in which they had a seat and which they did not miss from beginning to
    end, or in which they were seen without one; or the office's word that they took it elsewhere. Once it is forgotten
    who was there a seat counts, and who came without one is not known any more. Two queries.
    """
    held = Session.objects.filter(
        workshop__in=workshops, status__in=(Session.Status.CONFIRMED, Session.Status.COMPLETED), ends_at__lte=now
    )
    held = held.filter(took_part(person)).select_related("workshop").order_by("ends_at", "pk")
    elsewhere = PriorAttendance.objects.filter(person=person, workshop__in=workshops).order_by("pk")
    return [
        *(Taken(one.workshop_id, one.workshop.title, _day(one)) for one in held),
        *(Taken(one.workshop_id, one.workshop.title, None) for one in elsewhere.select_related("workshop")),
    ]


def taken_by_all(workshops: Collection[int], now: datetime) -> dict[int, list[Taken]]:
    """Return what `taken_by` says of each person who has taken any of `workshops` (keys), by the person's key.

    Five queries for any number of people.
    """
    held = Session.objects.filter(
        workshop__in=workshops, status__in=(Session.Status.CONFIRMED, Session.Status.COMPLETED), ends_at__lte=now
    )
    meetings = Count("meetings", filter=Q(meetings__cancelled_at=None))
    sessions = {one.pk: one for one in held.select_related("workshop").order_by()}
    many = dict(held.order_by().annotate(many=meetings).values_list("pk", "many"))
    seats = Registration.objects.filter(status=Registration.Status.REGISTERED, session__in=sessions)
    said = Session.objects.filter(pk__in=sessions, meetings__cancelled_at=None).exclude(meetings__attendances=None)
    missed: Counter[tuple[int, int]] = Counter()
    pairs: set[tuple[int, int]] = set()
    words = ("meetings__attendances__person", "pk", "meetings__attendances__state")
    for person, session, state in said.order_by().values_list(*words):
        missed[person, session] += state == "absent"
        if state == "here" and person is not None:
            pairs.add((person, session))
    for pair in seats.order_by().values_list("person", "session"):
        if missed[pair] < many[pair[1]]:
            pairs.add(pair)
    taken: dict[int, list[Taken]] = defaultdict(list)
    for person, session in sorted(pairs, key=lambda pair: (sessions[pair[1]].ends_at, pair[1])):
        one = sessions[session]
        taken[person].append(Taken(one.workshop_id, one.workshop.title, _day(one)))
    elsewhere = PriorAttendance.objects.filter(workshop__in=workshops).order_by("pk")
    for person, workshop, title in elsewhere.values_list("person", "workshop", "workshop__title"):
        taken[person].append(Taken(workshop, title, None))
    return taken


def progress(person: Person, program: Program, now: datetime) -> Progress:
    """Return how far `person` is with `program`, which is read `with_entries`. Four queries for any number of both."""
    entries = program.offered
    counting = order.counting_as([entry.workshop_id for entry in entries])
    wanted = set().union(*counting.values())
    ahead = Registration.objects.active().filter(
        person=person, session__workshop__in=wanted, session__status__in=Session.RUNNING, session__ends_at__gt=now
    )
    # A seat comes before a place in line, and an earlier date before a later one.
    ahead = ahead.select_related("session__workshop").order_by("status", "session__starts_at", "pk")
    today = local(now, settings.TIME_ZONE).date()
    return reckon(entries, program.rule_over(entries), counting, taken_by(person, wanted, now), list(ahead), today)


def reckon(
    entries: Sequence[ProgramWorkshop],
    rule: ProgramRule,
    counting: Mapping[int, Collection[int]],
    taken: Sequence[Taken],
    ahead: Sequence[Registration],
    today: date,
) -> Progress:
    """Reckon the progress from what was `taken` and the registrations `ahead`, the best one first. Asks nothing.

    `counting` has, by the key of a workshop, the keys of those that count as it. What was taken too long ago counts
    no more, unless all of it was within the time: what somebody has completed stays complete.
    """
    per_entry = {entry: [one for one in taken if one.workshop in counting[entry.workshop_id]] for entry in entries}
    begin = _full_window(rule, per_entry)
    is_complete = begin is not None
    if begin is None:
        begin = months_later(today, -rule.within_months) if rule.within_months else date.min
    steps = {}
    for entry, found in per_entry.items():
        held = next((one for one in ahead if one.session.workshop_id in counting[entry.workshop_id]), None)
        steps[entry.pk] = _step(entry, _within(rule, begin, found), found, held, today)
    done = rule.counted([_category(entry) for entry in entries if steps[entry.pk].is_done])
    return Progress(steps, done, rule.takes, is_complete, _words(rule, done, is_complete))


def _full_window(rule: ProgramRule, per_entry: Mapping[ProgramWorkshop, list[Taken]]) -> date | None:
    """Return the first day of the earliest time within which the rule was met; None if it never was."""
    days = sorted({one.on for found in per_entry.values() for one in found if one.on}) or [date.min]
    for begin in days if rule.within_months else days[:1]:
        met = [_category(entry) for entry, found in per_entry.items() if _within(rule, begin, found)]
        if rule.is_met_by(met):
            return begin
    return None


def _within(rule: ProgramRule, begin: date, found: Iterable[Taken]) -> list[Taken]:
    """Return what counts of `found` in the time that begins on `begin`. Nobody knows the day of what was elsewhere."""
    if not rule.within_months:
        return list(found)
    end = months_later(begin, rule.within_months)
    return [one for one in found if one.on is None or begin <= one.on <= end]


def _step(
    entry: ProgramWorkshop, counts: Sequence[Taken], found: Sequence[Taken], held: Registration | None, today: date
) -> Step:
    if counts:
        return Step(State.DONE, _done_words(entry, counts[-1] if counts[-1].on else counts[0], today))
    if held is not None:
        day = plain_day(held.session.starts_at, held.session.time_zone, today.year)
        if held.is_registered:
            return Step(State.BOOKED, f"Booked for {day}", held)
        return Step(State.WAITING, f"On the waitlist for {day}", held)
    if found and (last := found[-1].on):
        return Step(State.LAPSED, f"Taken on {_day_words(last, today)}, which is too long ago to count")
    return Step(State.OPEN)


def _done_words(entry: ProgramWorkshop, one: Taken, today: date) -> str:
    is_other = one.workshop != entry.workshop_id
    if one.on is None:
        return f"Done: taken elsewhere, as {one.title}" if is_other else "Done: taken elsewhere"
    day = _day_words(one.on, today)
    return f"Done on {day}, as {one.title}" if is_other else f"Done on {day}"


def _words(rule: ProgramRule, done: int, is_complete: bool) -> str:
    if is_complete:
        return "You have completed this program."
    if not rule.within_months:
        return f"{done} of {rule.takes} done"
    if rule.within_months == 1:
        return f"{done} of {rule.takes} done in the last month"
    return f"{done} of {rule.takes} done in the last {rule.within_months} months"


def _category(entry: ProgramWorkshop) -> str:
    return entry.category.name if entry.category else ""


def _day(session: Session) -> date:
    return local(session.ends_at, session.time_zone).date()


def _day_words(day: date, today: date) -> str:
    return f"{day:%b} {day.day}" if day.year == today.year else f"{day:%b} {day.day}, {day.year}"
