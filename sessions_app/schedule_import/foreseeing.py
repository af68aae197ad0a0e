"""What a schedule would become, said before it is: every date in words, and what speaks against it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rapidfuzz import fuzz, process

from catalog.models import Workshop
from foundation.dates import length_words, short_day, time_span
from foundation.values.lines import line_key
from sessions_app.concerns import Planned, concerns
from sessions_app.models import MeetingPlan, Session
from sessions_app.schedule_import.importing import meeting_of, venues_by_name
from sessions_app.schedule_import.reading import PlannedSession, WrongRow

ALIKE = 85  # of 100: a title so like another is probably the other one, mistyped


@dataclass
class Foreseen:
    """One row: its number and title, when and where it is, what becomes of it, and the sentences about it.

    `problem` stands in the way of everything; `concerns` are only said. `is_known` says that the session is there.
    """

    row: int
    title: str = ""
    day: str = ""
    times: str = ""
    place: str = ""
    is_known: bool = False
    is_new_workshop: bool = False
    meant: str = ""
    problem: str = ""
    concerns: list[str] = field(default_factory=list)


def foresee(
    plans: Sequence[PlannedSession], wrong: Sequence[WrongRow], now: datetime, name: str = "row"
) -> list[Foreseen]:
    """Return what would become of each of `plans`, and the `wrong` rows, in the order of rows. Fixed queries.

    `name` is what a page calls one: “row” or “line”.
    """
    venues = venues_by_name()
    workshops = {line_key(one.title): one for one in Workshop.objects.prefetch_related("facilitators")}
    titles = {key: one.title for key, one in workshops.items()}
    there = set(Session.objects.values_list("workshop_id", "starts_at"))
    rows, held = [Foreseen(one.row, problem=one.sentence) for one in wrong], []
    for plan in plans:
        workshop = workshops.get(line_key(plan.title))
        try:
            meeting = meeting_of(plan, venues)
        except ValueError as error:
            rows.append(_row(plan, workshop, None, titles, problem=str(error)))
            continue
        is_known = workshop is not None and (workshop.pk, plan.starts_at) in there
        row = _row(plan, workshop, meeting, titles, is_known=is_known)
        rows.append(row)
        if not is_known:
            held.append((row, _planned(f"{name} {plan.row}", plan, workshop, meeting)))
    for (row, _), said in zip(held, concerns([one for _, one in held], now), strict=True):
        row.concerns = said
    return sorted(rows, key=lambda row: row.row)


def _row(
    plan: PlannedSession,
    workshop: Workshop | None,
    meeting: MeetingPlan | None,
    titles: dict[str, str],
    is_known: bool = False,
    problem: str = "",
) -> Foreseen:
    lasts = length_words(int((plan.ends_at - plan.starts_at).total_seconds()) // 60)
    return Foreseen(
        plan.row,
        workshop.title if workshop else plan.title,
        short_day(plan.starts_at, plan.time_zone, 0),
        f"{time_span(plan.starts_at, plan.ends_at, plan.time_zone)}, {lasts}",
        _place(meeting),
        is_known=is_known,
        is_new_workshop=workshop is None,
        meant="" if workshop else _meant(plan.title, titles),
        problem=problem,
    )


def _place(meeting: MeetingPlan | None) -> str:
    if meeting is None or (meeting.venue is None and not meeting.join_link):
        return ""
    return meeting.venue.words if meeting.venue else "Online"


def _meant(title: str, titles: dict[str, str]) -> str:
    """Return the title of the workshop that is probably meant, "" where none is like it."""
    found = process.extractOne(line_key(title), list(titles), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return titles[found[0]] if found else ""


def _planned(name: str, plan: PlannedSession, workshop: Workshop | None, meeting: MeetingPlan) -> Planned:
    return Planned(
        name,
        plan.starts_at,
        plan.ends_at,
        plan.time_zone,
        venue=meeting.venue,
        facilitators=frozenset(one.pk for one in workshop.facilitators.all()) if workshop else frozenset(),
        capacity=plan.capacity or (workshop.default_capacity if workshop else None),
        minutes=workshop.minutes if workshop else None,
    )
