"""The year on one page: its headline figures, and its tables in the order in which they are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.utils.safestring import SafeString

from accounts.models import Person
from catalog.models import Workshop
from foundation.files.later import later
from office.figures.ranges import year_words, years_within
from office.figures.sessions import Sessions, sessions_in
from office.figures.tables import Row, Table, hours_words, number
from outcomes.figures.hiding import Told, Why
from outcomes.figures.shape import Known, as_kept, known
from outcomes.figures.telling import UNSAID, Counted, Line, OfObjective, Year, year_of
from outcomes.models import CreditKind, KeptFigures
from outcomes.record.windows import Span
from sessions_app.models import Mode, SessionRequest

# pygal takes a third of a second to import.
beside_each_other = later("office.figures.charts.beside_each_other")
above_each_other = later("office.figures.charts.above_each_other")
# As many academic years as a table has room for, the latest.
MOST_YEARS = 5
NOT_SAID = "Not said"
MODES = {Mode.ROOM.value: "In the room", Mode.ONLINE.value: "Online"}
ROLES = {**dict(Person.Role.choices), UNSAID: NOT_SAID}
BARS = (("held", "held"), ("to_come", "to come"), ("cancelled", "cancelled"))


class Figure(NamedTuple):
    """One headline figure: its words, what is told, and its anchor on the page that says how it is counted."""

    words: str
    told: Told | int
    how: str


class KeptYear(NamedTuple):
    """One academic year as it is told, with the units and campuses there were, and when it was counted."""

    year: int
    words: str
    told: Year
    counted: Counted
    facts: Known
    counted_at: datetime


@dataclass(frozen=True)
class Report:
    """All of the page. `years` are those whose people are told; `left_out` are further ones, before them."""

    sessions: Sessions
    figures: list[Figure]
    years: list[KeptYear]
    left_out: int
    tables: list[Table]
    waiting_requests: int

    @property
    def all_tables(self) -> list[Table]:
        """The tables, and before them the headline figures as one."""
        return [
            Table("figures", "Sessions", "", ["Figure"], [Row(one.words, [one.told]) for one in self.figures]),
            *self.tables,
        ]

    @property
    def is_empty(self) -> bool:
        return not self.sessions.became.offered and not self.sessions.became.held and not self.years


def report(span: Span, today: date) -> Report:
    """Return the report of the days of `span`. Eight queries, however much there is."""
    today_known, sessions = known(), sessions_in(span)
    kept = {one.year: one for one in KeptFigures.objects.all()}
    within = years_within(span, today, list(kept))
    years = [_kept_year(kept[year], today_known) for year in within[-MOST_YEARS:]]
    waiting = SessionRequest.objects.filter(status=SessionRequest.Status.WAITING, answered_at=None).count()
    tables = [_by_month(sessions), *(_tables(years) if years else [])]
    return Report(
        sessions,
        _figures(sessions, years),
        years,
        max(0, len(within) - MOST_YEARS),
        [table for table in tables if table.has_rows],
        waiting,
    )


def _kept_year(kept: KeptFigures, today: Known) -> KeptYear:
    counted = kept.counted
    facts = as_kept(counted, today)
    return KeptYear(kept.year, year_words(kept.year), year_of(counted, facts.shape), counted, facts, kept.counted_at)


def _figures(sessions: Sessions, years: Sequence[KeptYear]) -> list[Figure]:
    became = sessions.became
    found = [
        Figure("sessions offered", became.offered, "offered"),
        Figure("confirmed by the rule", became.confirmed, "confirmed"),
        Figure("of them rescued", became.rescued, "rescued"),
        Figure("run anyway", became.run_anyway, "run-anyway"),
        Figure("cancelled by the rule", became.cancelled_by_rule, "cancelled"),
        Figure("cancelled by the office", became.cancelled_by_office, "cancelled"),
        Figure("not decided yet", became.undecided, "offered"),
        Figure("held", became.held, "held"),
        Figure("seats taken", sessions.seats_taken, "seats"),
    ]
    if len(years) == 1:
        told = years[0].told
        found += [
            Figure("people", told.people, "people"),
            Figure("for the first time", told.first, "first"),
            Figure("hours", hours_words(told.hours, told.people), "hours"),
        ]
    return found


def _by_month(sessions: Sessions) -> Table:
    series = {name: [getattr(bar, name) for bar in sessions.bars] for name, _ in BARS}
    rows = [Row(bar.label, [bar.held, bar.to_come, bar.cancelled]) for bar in sessions.bars]
    chart = above_each_other([bar.label for bar in sessions.bars], "Sessions held, to come and cancelled", **series)
    return Table(
        "sessions",
        "Sessions over time",
        "Time",
        ["Held", "To come", "Cancelled"],
        rows if chart else [],
        chart=chart,
        legend=[(f"color-{number}", words) for number, (_, words) in enumerate(BARS)],
    )


# ---- tables of people ----


def _tables(years: list[KeptYear]) -> list[Table]:
    workshops = dict(Workshop.objects.values_list("pk", "title"))
    titles = {str(pk): title for pk, title in workshops.items()}
    kinds = {str(pk): name for pk, name in CreditKind.objects.values_list("pk", "name")}
    campuses = {key: name for one in years for key, name in one.facts.campuses.items()} | {UNSAID: NOT_SAID}
    units = {key: unit.name for one in years for key, unit in one.facts.units.items()} | {UNSAID: NOT_SAID}
    return [
        _people(years),
        _of_lines("roles", "People by role", "Role", years, lambda year: year.roles, ROLES),
        _of_lines("units", "People by unit", "Unit", years, lambda year: year.units, units, has_chart=False),
        _of_lines("campuses", "People by campus", "Campus", years, lambda year: year.campuses, campuses),
        _of_lines("modes", "People by how they took part", "How", years, lambda year: year.modes, MODES),
        _workshops(years, titles),
        _credit(years, kinds),
        _objectives(years, titles),
        _unmet(years),
    ]


def _people(years: list[KeptYear]) -> Table:
    told = [one.told for one in years]
    rows = [
        Row("Took part", [year.people for year in told]),
        Row("For the first time", [year.first for year in told]),
        Row("Had taken part before", [year.again for year in told]),
        Row("Hours", [hours_words(year.hours, year.people) for year in told]),
    ]
    return Table("people", "People", "", [one.words for one in years], rows)


def _of_lines(
    key: str,
    title: str,
    first: str,
    years: list[KeptYear],
    of: Callable[[Year], list[Line]],
    names: Mapping[str, str],
    has_chart: bool = True,
) -> Table:
    """Return a table of people with a column for each year; each line is told of each year by itself."""
    columns = [of(one.told) for one in years]
    lines = list(columns[-1])
    for column in columns[:-1]:
        # What there was in an earlier year alone stands below, by itself.
        there = {(line.key, line.is_own) for line in lines}
        lines += [line._replace(depth=0) for line in column if (line.key, line.is_own) not in there]
    told = [{(line.key, line.is_own): line.told for line in column} for column in columns]
    rows = []
    for line in lines:
        label = names.get(line.key, "No longer there")
        cells: list[Told] = [column.get((line.key, line.is_own), Why.UNTOLD) for column in told]
        # Of units within another one of which nothing is told there is nothing to read.
        if not line.depth or any(cell != Why.UNTOLD for cell in cells):
            rows.append(Row(f"{label} itself" if line.is_own else label, cells, line.depth, line.is_own))
    chart = SafeString()
    if has_chart:
        chart = beside_each_other([row.label for row in rows], title, people=[number(row.cells[-1]) for row in rows])
    return Table(key, title, first, [one.words for one in years], rows, chart=chart)


def _workshops(years: list[KeptYear], titles: Mapping[str, str]) -> Table:
    title, first = "People by workshop", "Workshop"
    if len(years) > 1:
        told = [{line.key: line for line in one.told.workshops} for one in years]
        keys = sorted({key for one in told for key in one}, key=lambda key: titles.get(key, ""))
        # In a year without it nothing is counted, and nothing said.
        cells = {key: [one[key].people if key in one else "" for one in told] for key in keys}
        rows = [Row(titles.get(key, "No longer there"), cells[key]) for key in keys]
        return Table("workshops", title, first, [one.words for one in years], rows)
    lines = sorted(years[0].told.workshops, key=lambda line: titles.get(line.key, ""))
    rows = [
        Row(
            titles.get(line.key, "No longer there"),
            [line.people, line.sessions, line.seats, hours_words(line.hours, line.people)],
        )
        for line in lines
    ]
    chart = beside_each_other([row.label for row in rows], title, people=[number(row.cells[0]) for row in rows])
    return Table("workshops", title, first, ["People", "Sessions", "Seats taken", "Hours"], rows, chart=chart)


def _credit(years: list[KeptYear], kinds: Mapping[str, str]) -> Table:
    rows = [
        Row(
            kinds.get(kind, "No longer there")
            if len(years) == 1
            else f"{kinds.get(kind, 'No longer there')}, {one.words}",
            [_hundredths(hundredths, people), people],
        )
        for one in years
        for kind, hundredths, people in one.told.credit
    ]
    return Table("credit", "Credit earned", "Kind", ["Hours", "People"], rows)


def _hundredths(hundredths: int | None, people: Told) -> str | Told:
    return people if hundredths is None else f"{hundredths / 100:,.2f}".rstrip("0").rstrip(".")


def _objectives(years: list[KeptYear], titles: Mapping[str, str]) -> Table:
    rated = [(one, each) for one in years for each in one.told.objectives]
    rows = [
        Row(
            f"{titles.get(each.workshop, 'No longer there')}: {each.text}{f' ({one.words})' if len(years) > 1 else ''}",
            [sum(each.before), f"{average(each.before):.1f}", f"{average(each.now):.1f}"],
        )
        for one, each in rated
    ]
    return Table(
        "objectives",
        "Objectives, before and now",
        "Objective",
        ["Answers", "Before", "Now"],
        rows,
        note="Averages of what people say of themselves, from 1 (not at all) to 5 (very well).",
        chart=_of_objectives([each for _, each in rated]),
        legend=[("color-1", "before"), ("color-0", "now")],
    )


def _of_objectives(rated: list[OfObjective]) -> SafeString:
    labels = [f"{place}. {each.text}" for place, each in enumerate(rated, 1)]
    return beside_each_other(
        labels[:12],
        "Average of each objective before and now",
        before=[round(average(each.before), 1) for each in rated[:12]],
        now=[round(average(each.now), 1) for each in rated[:12]],
    )


def average(counts: Sequence[int]) -> float:
    """Return the average step of so many answers of each, the first step being 1. Some are there."""
    return sum(step * count for step, count in enumerate(counts, 1)) / sum(counts)


def _unmet(years: list[KeptYear]) -> Table:
    rows = [
        Row("Waited and got no seat", [one.told.waited for one in years]),
        Row("Asked for a date, and wait for one", [one.told.interested for one in years]),
    ]
    return Table("unmet", "Waiting, and not met", "", [one.words for one in years], rows)
