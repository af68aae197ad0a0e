"""What a schedule would become, said before it is: every date in words, and what speaks against it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Any

from rapidfuzz import fuzz, process

from catalog.models import Workshop
from catalog.models.parts import default_minutes
from foundation.dates import length_words, short_day, time_span
from foundation.values.lines import line_key
from sessions_app.concerns import Planned, concerns
from sessions_app.models import MeetingPlan, Session
from sessions_app.schedule_import.importing import agreement_to, resolved
from sessions_app.schedule_import.reading import PlannedSession, WrongRow
from sessions_app.schedule_import.resolving import Row, There, lasts

ALIKE = 85  # of 100: a title so like another is probably the other one, mistyped


@dataclass
class Foreseen:
    """One row: its number and title, when and where it is, what becomes of it, and the sentences about it.

    `further` are its meetings after the first one, each in words. `problem` stands in the way of everything; `concerns`
    are only said. `is_known` says that the session is there, and `changes` and `told` what becomes of it then; `held`
    says that it was held before.
    """

    row: int
    title: str = ""
    day: str = ""
    times: str = ""
    place: str = ""
    further: list[str] = field(default_factory=list)
    is_known: bool = False
    held: str = ""
    is_new_workshop: bool = False
    meant: str = ""
    problem: str = ""
    there: str = ""
    changes: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    concerns: list[str] = field(default_factory=list)

    @property
    def is_fresh(self) -> bool:
        """True if a session is put up, to be held or as held."""
        return not self.problem and not self.is_known


@dataclass
class Foresight:
    """Every row in order, and what a yes to the changes among them is (`importing.agreement_to`)."""

    rows: list[Foreseen]
    agreement: str = ""


def foresee(
    plans: Sequence[PlannedSession],
    wrong: Sequence[WrongRow],
    now: datetime,
    name: str = "row",
    like: Session | None = None,
) -> Foresight:
    """Return what would become of each of `plans`, and the `wrong` rows, in the order of rows. Fixed queries.

    `name` is what a page calls one: “row” or “line”. `like` is a session of which new ones are copies.
    """
    there = There(plans, now, like)
    titles = {key: one.title for key, one in there.workshops.items()}
    found, refused = resolved(there, plans)
    # Titles are alike or not whatever the row: a season names few.
    meant = {title: _meant(title, titles) for title in {plan.title for plan in plans}}
    sentence_of = {one.row: one.sentence for one in [*wrong, *refused]}
    by_number = {plan.row: plan for plan in plans}
    rows = [
        _wrong(number, sentence, by_number.get(number), meant, there.workshops)
        for number, sentence in sentence_of.items()
    ]
    held = []
    for row in found:
        if row.plan.row in sentence_of:
            continue
        shown = _row(row, meant, now)
        rows.append(shown)
        if not row.is_history and (row.change is None or row.change):
            held += [(shown, one) for one in _planned(f"{name} {row.plan.row}", row)]
    beside = {row.change.session.pk for row in found if row.change}
    for (shown, one), said in zip(held, concerns([one for _, one in held], now, besides=beside), strict=True):
        day = f"{short_day(one.starts_at, one.time_zone)}: " if shown.further else ""
        shown.concerns += [f"{day}{sentence}" for sentence in said]
    return Foresight(sorted(rows, key=lambda row: row.row), agreement_to(found, now))


def counted(rows: Sequence[Foreseen]) -> dict[str, Any]:
    """Return how many rows there are of each kind, and the titles that nobody knows."""
    sound = [row for row in rows if not row.problem]
    return {
        "fresh": sum(row.is_fresh and not row.held for row in sound),
        "held": sum(bool(row.held) for row in sound),
        "changed": sum(bool(row.changes) for row in sound),
        "told": any(row.told for row in sound),
        "concerned": sum(bool(row.concerns) for row in sound),
        "drafted": sorted({row.title for row in sound if row.is_new_workshop}),
    }


def _wrong(
    number: int,
    sentence: str,
    plan: PlannedSession | None,
    meant: dict[str, str],
    workshops: dict[str, Workshop],
) -> Foreseen:
    """Return a row that cannot be put up, with what could be read of it."""
    if plan is None:
        return Foreseen(number, problem=sentence)
    return _shown(plan, workshops.get(line_key(plan.title)), [], meant, problem=sentence)


def _row(row: Row, meant: dict[str, str], now: datetime) -> Foreseen:
    shown = _shown(row.plan, row.workshop, row.meetings, meant)
    if row.is_history:
        shown.held = _held_words(row.plan)
    if row.change is not None:
        shown.is_known, shown.there = True, row.change.session.code
        shown.changes, shown.told = row.change.sentences(), row.change.told(now)
    return shown


def _held_words(plan: PlannedSession) -> str:
    """Return what becomes of a session that was held before."""
    if plan.attendees or plan.attended is not None:
        many = len(plan.attendees) or plan.attended
        return f"It was held before: it goes on record as that, with {many} who were there. Nobody is told."
    return "It was held before: it goes on record as that. Nobody is told."


def _shown(
    plan: PlannedSession,
    workshop: Workshop | None,
    meetings: Sequence[MeetingPlan],
    meant: dict[str, str],
    problem: str = "",
) -> Foreseen:
    return Foreseen(
        plan.row,
        workshop.title if workshop else plan.title,
        short_day(plan.starts_at, plan.time_zone, 0),
        f"{time_span(plan.starts_at, plan.ends_at, plan.time_zone)}, {length_words(lasts(plan))}",
        _place(meetings[0]) if meetings else "",
        [_meeting_words(one, meetings[0]) for one in meetings[1:]],
        is_new_workshop=workshop is None,
        meant="" if workshop else meant[plan.title],
        problem=problem,
    )


def _meeting_words(meeting: MeetingPlan, first: MeetingPlan) -> str:
    """Return when a further meeting is, and where unless that is where the first one is."""
    span = time_span(meeting.starts_at, meeting.ends_at, meeting.time_zone)
    said = f"{short_day(meeting.starts_at, meeting.time_zone, 0)}, {span}, {length_words(lasts(meeting))}"
    place = _place(meeting)
    return f"{said}, {place}" if place and place != _place(first) else said


def _place(meeting: MeetingPlan) -> str:
    if meeting.venue is None and not meeting.join_link:
        return ""
    return meeting.venue.words if meeting.venue else "Online"


def _meant(title: str, titles: dict[str, str]) -> str:
    """Return the title of the workshop that is probably meant, "" where it is that title or none is like it."""
    if line_key(title) in titles:
        return ""
    found = process.extractOne(line_key(title), list(titles), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return titles[found[0]] if found else ""


def _planned(name: str, row: Row) -> list[Planned]:
    """Return the meetings of a row, to be held against what is there: with the part of the workshop that each holds."""
    workshop = row.workshop
    leads = workshop.facilitators.all() if workshop else ()
    facilitators = frozenset(one.pk for one in row.chosen.get("facilitators", leads))
    parts = workshop.parts.all() if workshop else ()
    return [
        Planned(
            name,
            meeting.starts_at,
            meeting.ends_at,
            meeting.time_zone,
            venue=meeting.venue,
            facilitators=facilitators,
            capacity=row.chosen.get("capacity", row.plan.capacity),
            minutes=default_minutes(workshop, part) if workshop else None,
        )
        for meeting, part in zip_longest(row.meetings, parts[: len(row.meetings)])
    ]
