"""Count one academic year from rows: who took part, and what of it is kept in KeptFigures.

Somebody took part in a session that was held if they had a seat and were not absent from all of it, or were seen there
without one (registrations/progress.py decides the same of one person). People without an account are not counted.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from accounts.models import Person
from catalog import order
from catalog.models import Program
from foundation.dates import local
from outcomes.evaluations.answered import answered_among
from outcomes.evaluations.questions import Kind
from outcomes.figures.telling import UNSAID, Counted, OfCredit, OfObjective, OfProgram, OfWorkshop
from outcomes.models import Attendance, CreditOffer, Evaluation
from outcomes.models.kept_figures import span_of_year, year_of_day
from outcomes.record.windows import Span
from registrations.models import Interest, Registration
from sessions_app.models import Meeting, Mode, Session

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
HELD = (Session.Status.CONFIRMED, Session.Status.COMPLETED)
# One person in one session, by their keys.
Pair = tuple[int, int]


class Part(NamedTuple):
    """That somebody took part in a session: in which mode, for how many minutes, and at how many meetings seen."""

    mode: str
    minutes: int
    seen: int


def held_in(span: Span, now: datetime) -> list[Session]:
    """Return the sessions that were held and ended on a day of `span`, each in its own zone. One query."""
    near = Session.objects.filter(
        status__in=HELD, ends_at__lte=now, ends_at__date__range=(span.first - DAY, span.last + DAY)
    )
    found = near.only("ends_at", "time_zone", "workshop", "format", "seats_taken").order_by("pk")
    return [one for one in found if span.holds(local(one.ends_at, one.time_zone).date())]


def parts_in(sessions: Iterable[Session]) -> dict[Pair, Part]:
    """Return who took part in `sessions`, all of which were held. Three queries for any number of both."""
    known = {one.pk: one for one in sessions}
    lengths: dict[int, dict[int, int]] = defaultdict(dict)
    meetings = Meeting.objects.filter(session__in=known).order_by()
    for session, meeting, starts_at, ends_at in meetings.values_list("session", "pk", "starts_at", "ends_at"):
        lengths[session][meeting] = (ends_at - starts_at) // MINUTE
    here: dict[Pair, set[int]] = defaultdict(set)
    absent: dict[Pair, set[int]] = defaultdict(set)
    said = Attendance.objects.filter(meeting__session__in=known, meeting__cancelled_at=None, person__isnull=False)
    words = said.order_by().values_list("person", "meeting__session", "meeting", "state")
    for person, session, meeting, state in words.iterator():
        if state == Attendance.State.HERE:
            here[person, session].add(meeting)
        elif state == Attendance.State.ABSENT:
            absent[person, session].add(meeting)
    modes: dict[Pair, str] = {}
    seats = Registration.objects.filter(status=Registration.Status.REGISTERED, session__in=known).order_by()
    for person, session, mode in seats.values_list("person", "session", "mode").iterator():
        modes[person, session] = mode
    parts = {}
    for pair in modes.keys() | here.keys():
        of_session, missed = lengths[pair[1]], absent.get(pair, set())
        if pair in modes and len(missed) == len(of_session):
            continue
        counts = of_session.keys() - missed if pair in modes else here[pair]
        minutes = sum(of_session[meeting] for meeting in counts)
        parts[pair] = Part(modes.get(pair) or _mode_of(known[pair[1]]), minutes, len(here.get(pair, ())))
    return parts


def _mode_of(session: Session) -> str:
    return Mode.ONLINE.value if session.format == "online" else Mode.ROOM.value


def count_year(year: int, now: datetime) -> Counted:
    """Count the academic year that begins in `year`, as it stands at `now`. Some twenty queries, whatever its size."""
    span = span_of_year(year)
    sessions = held_in(span, now)
    workshop_of = {one.pk: one.workshop_id for one in sessions}
    parts = parts_in(sessions)
    people = {person for person, _ in parts}
    kinds = _kinds_of(people)
    of_workshop: dict[int, set[int]] = defaultdict(set)
    for person, session in parts:
        of_workshop[workshop_of[session]].add(person)
    counted = Counted(
        people=len(people),
        first=_first(people, span, now),
        minutes=sum(part.minutes for part in parts.values()),
        roles=dict(Counter(kinds[person].role for person in people)),
        units=_units(people, kinds),
        campuses=dict(Counter(kinds[person].campus for person in people)),
        modes=dict(Counter(mode for _, mode in {(person, part.mode) for (person, _), part in parts.items()})),
        workshops=_workshops(sessions, parts, of_workshop),
        programs=_programs(of_workshop, kinds),
        objectives=_objectives(sessions),
        credit=_credit(sessions, parts),
        waited=_waited(sessions, parts, workshop_of),
        interested=_interested(span, now),
    )
    return counted


# ---- who they are ----


class KindOf(NamedTuple):
    """What the portal knows of what somebody is: role, unit and campus as text, "" for what it does not."""

    role: str
    unit: str
    campus: str


def _kinds_of(people: set[int]) -> dict[int, KindOf]:
    rows = Person.objects.order_by().values_list("pk", "role", "unit", "campus").iterator()
    return {pk: KindOf(role, _key(unit), _key(campus)) for pk, role, unit, campus in rows if pk in people}


def _key(key: int | None) -> str:
    return UNSAID if key is None else str(key)


def _units(people: Iterable[int], kinds: dict[int, KindOf]) -> dict[str, int]:
    return dict(Counter(kinds[person].unit for person in people))


def _first(people: set[int], span: Span, now: datetime) -> int | None:
    """Return how many of `people` took part for the first time; None where nobody had before."""
    earlier = Session.objects.filter(status__in=HELD, ends_at__lte=now, ends_at__date__lte=span.first + DAY)
    before = [
        one
        for one in earlier.only("ends_at", "time_zone", "workshop", "format").order_by("pk")
        if local(one.ends_at, one.time_zone).date() < span.first
    ]
    known = {person for person, _ in parts_in(before)} if before else set()
    return len(people - known) if known else None


# ---- what they took part in ----


def _workshops(
    sessions: Iterable[Session], parts: dict[Pair, Part], of_workshop: dict[int, set[int]]
) -> dict[str, OfWorkshop]:
    found: dict[int, OfWorkshop] = defaultdict(OfWorkshop)
    workshop_of = {}
    for one in sessions:
        workshop_of[one.pk] = one.workshop_id
        found[one.workshop_id].sessions += 1
        found[one.workshop_id].seats += one.seats_taken
    for (_, session), part in parts.items():
        found[workshop_of[session]].minutes += part.minutes
    for workshop, people in of_workshop.items():
        found[workshop].people = len(people)
    return {str(workshop): each for workshop, each in found.items()}


def _programs(of_workshop: dict[int, set[int]], kinds: dict[int, KindOf]) -> dict[str, OfProgram]:
    programs = list(Program.objects.published().with_entries())
    entries = {program.pk: {entry.workshop_id for entry in program.offered} for program in programs}
    counting = order.counting_as(set().union(*entries.values())) if entries else {}
    found = {}
    for program in programs:
        workshops = set().union(*(counting[each] for each in entries[program.pk]))
        people = set().union(*(of_workshop.get(each, set()) for each in workshops))
        found[str(program.pk)] = OfProgram(sorted(map(str, workshops)), _units(people, kinds))
    return found


def _objectives(sessions: Iterable[Session]) -> list[OfObjective]:
    """Return how each objective was rated, of evaluations whose results are shown: those with five answers or more."""
    shown = Evaluation.objects.with_results().filter(session__in=[one.pk for one in sessions])
    found: dict[tuple[int, str], OfObjective] = {}
    for evaluation in shown.select_related("session").order_by("session__workshop__title", "pk"):
        for question, counted in evaluation.results_by_question():
            if question.kind != Kind.PAIR:
                continue
            key = (evaluation.session.workshop_id, question.text)
            steps = len(counted["pairs"])
            one = found.setdefault(key, OfObjective(str(key[0]), key[1], [0] * steps, [0] * steps))
            for before, row in enumerate(counted["pairs"]):
                for now, many in enumerate(row):
                    one.before[before] += many
                    one.now[now] += many
    return list(found.values())


def _credit(sessions: list[Session], parts: dict[Pair, Part]) -> list[OfCredit]:
    """Return the credit that was earned, as outcomes/credit.py reckons it for one person."""
    offers = CreditOffer.objects.over(sessions) if sessions else {}
    seen = {pair: part.seen for pair, part in parts.items() if part.seen and offers[pair[1]]}
    asked = {pair for pair in seen if any(offer.needs_evaluation for offer in offers[pair[1]])}
    answered = answered_among(asked) if asked else set()
    hours: dict[int, Decimal] = defaultdict(Decimal)
    people: dict[int, set[int]] = defaultdict(set)
    for pair, meetings in seen.items():
        for offer in offers[pair[1]]:
            if not offer.needs_evaluation or pair in answered:
                hours[offer.kind_id] += offer.hours * meetings
                people[offer.kind_id].add(pair[0])
    return [OfCredit(str(kind), int(100 * hours[kind]), len(people[kind])) for kind in sorted(hours)]


# ---- who would have liked to come ----


def _waited(sessions: list[Session], parts: dict[Pair, Part], workshop_of: dict[int, int]) -> int:
    closed = Registration.objects.filter(
        status=Registration.Status.WAITLIST_CLOSED, session__in=[s.pk for s in sessions]
    )
    came = {(person, workshop_of[session]) for person, session in parts}
    waited = set(closed.order_by().values_list("person", "session__workshop"))
    return len({person for person, _ in waited - came})


def _interested(span: Span, now: datetime) -> int:
    """Return how many people asked for a date of a workshop at the end of `span`, or at `now` if it goes on."""
    last = span.last + DAY
    standing = Q(stopped_at=None) | Q(stopped_at__date__gte=last)
    wished = Interest.objects.filter(standing, since__date__lt=last, since__lte=now)
    return wished.order_by().values("person").distinct().count()


def years_held(now: datetime) -> dict[int, datetime]:
    """Return the academic years in which a session was held, each with when the last of them was completed."""
    found: dict[int, datetime] = {}
    rows = Session.objects.filter(status=Session.Status.COMPLETED, ends_at__lte=now)
    for ends_at, zone, completed_at in rows.order_by().values_list("ends_at", "time_zone", "completed_at").iterator():
        year = year_of_day(local(ends_at, zone).date())
        at = completed_at or ends_at
        assert at is not None, "what was held has an end"
        found[year] = max(found.get(year, at), at)
    return found
