"""How far somebody is with a requirement within its window. Pure functions of what they have, and of the day."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from foundation.dates import months_later, plain_date
from outcomes.models.credit import hours_words
from outcomes.models.requirement import Requirement

DAY, NOTHING = timedelta(days=1), Decimal(0)
Window = Requirement.Window


class Hours(NamedTuple):
    """Hours somebody has: of one kind (its key) or of attendance alone, from a workshop (its key) or from outside."""

    on: date
    hours: Decimal
    kind: int | None = None
    workshop: int | None = None

    @property
    def is_outside(self) -> bool:
        return self.workshop is None


class Span(NamedTuple):
    """The days of a window, both included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


class Standing(NamedTuple):
    """How somebody stands with one requirement: in one line, and what follows from it in a sentence (or "")."""

    requirement: Requirement
    is_met: bool
    words: str
    more: str
    note: str = ""


def academic_year(day: date, month: int) -> Span:
    """Return the academic year that `day` is in; each begins on the first of `month` (1 to 12)."""
    first = date(day.year if day.month >= month else day.year - 1, month, 1)
    return Span(first, months_later(first, 12) - DAY)


def span_of(requirement: Requirement, today: date, month: int) -> Span:
    """Return the window of `requirement` that `today` is in. Academic years begin with `month`."""
    if requirement.window == Window.ACADEMIC:
        return academic_year(today, month)
    if requirement.window == Window.CALENDAR:
        return Span(date(today.year, 1, 1), date(today.year, 12, 31))
    if requirement.months:
        return Span(months_later(today, -requirement.months) + DAY, today)
    return Span(date.min, today)


# ---- hours ----


def of_hours(requirement: Requirement, rows: Iterable[Hours], today: date, month: int) -> Standing:
    """Tell how far somebody who has `rows` is with a requirement of hours."""
    ours = [one for one in rows if requirement.kind_id in (None, one.kind) and one.on <= today]
    span = span_of(requirement, today, month)
    within = [one for one in ours if span.holds(one.on)]
    done, left_out = counted(requirement, within)
    needed = requirement.hours or NOTHING
    unit = requirement.kind.unit if requirement.kind else "hours"
    words = _hours_words(requirement, done, needed, unit, today)
    note = ""
    if left_out:
        most = hours_words(requirement.most_outside or NOTHING)
        note = f"At most {most} from outside count here, so {hours_words(left_out)} of yours do not."

    def enough_since(first: date) -> bool:
        return counted(requirement, [one for one in ours if one.on >= first])[0] >= needed

    days = sorted({one.on for one in ours})
    return _standing(
        requirement, done >= needed, words, needed - done, span, _lasts(requirement, days, enough_since), note
    )


def counted(requirement: Requirement, rows: Sequence[Hours]) -> tuple[Decimal, Decimal]:
    """Return how many hours of `rows` count, and how many from outside are more than may."""
    inside = [one for one in rows if not one.is_outside]
    if requirement.each_once:
        best: dict[int | None, Decimal] = {}
        for one in inside:
            best[one.workshop] = max(one.hours, best.get(one.workshop, NOTHING))
        own = sum(best.values(), NOTHING)
    else:
        own = sum((one.hours for one in inside), NOTHING)
    outside = sum((one.hours for one in rows if one.is_outside), NOTHING)
    may = outside if requirement.most_outside is None else min(outside, requirement.most_outside)
    return own + may, outside - may


def _hours_words(requirement: Requirement, done: Decimal, needed: Decimal, unit: str, today: date) -> str:
    has, takes = hours_words(done), hours_words(needed)
    if requirement.window == Window.ACADEMIC:
        return f"{has} of {takes} {unit} this academic year"
    if requirement.window == Window.CALENDAR:
        return f"{has} of {takes} {unit} in {today.year}"
    if requirement.months == 1:
        return f"{has} of {takes} {unit} in the last month"
    if requirement.months:
        return f"{has} of {takes} {unit} in the last {requirement.months} months"
    return f"{has} of {takes} {unit}"


# ---- programs ----


def of_program(
    requirement: Requirement, words: str, days: Iterable[date], enough: Callable[[Span], bool], today: date, month: int
) -> Standing:
    """Tell how far somebody is with a requirement of a program.

    `words` say how far they are with the program as such, `days` are those on which they took something of it, and
    `enough` tells whether what they took within a span completes it.
    """
    span = span_of(requirement, today, month)
    is_met = enough(span)
    lasts = _lasts(requirement, sorted(days), lambda first: enough(Span(first, today)))
    return _standing(requirement, is_met, "Completed" if is_met else words, None, span, lasts)


# ---- both ----


def _lasts(requirement: Requirement, days: Sequence[date], enough_since: Callable[[date], bool]) -> date | None:
    """Return the last day on which what somebody has is enough, where it is counted in months; None for never."""
    if not requirement.months:
        return None
    # The latest of the days since which there is enough: once it is too long ago, there is not.
    first = next((day for day in reversed(days) if enough_since(day)), None)
    return months_later(first, requirement.months) - DAY if first else None


def _standing(
    requirement: Requirement,
    is_met: bool,
    words: str,
    lacking: Decimal | None,
    span: Span,
    lasts: date | None,
    note: str = "",
) -> Standing:
    more = _met_words(requirement, span, lasts) if is_met else _lacking_words(requirement, lacking, span, lasts)
    return Standing(requirement, is_met, words, more, note)


def _met_words(requirement: Requirement, span: Span, lasts: date | None) -> str:
    if requirement.window == Window.REFRESH and lasts:
        return f"Done. The refresh is due {lasts:%b %Y}."
    if requirement.window == Window.ROLLING and lasts:
        return f"Done. It counts until {plain_date(lasts)}."
    if requirement.window == Window.ONCE:
        return "Done."
    return f"Done. It counts until {plain_date(span.last)}."


def _lacking_words(requirement: Requirement, lacking: Decimal | None, span: Span, lasts: date | None) -> str:
    if lasts and requirement.window == Window.REFRESH:
        return f"The refresh was due {lasts:%b %Y}."
    if requirement.window not in (Window.ACADEMIC, Window.CALENDAR):
        return ""
    if lacking is None:
        return f"It is asked for by {plain_date(span.last)}."
    return f"{hours_words(lacking)} more by {plain_date(span.last)}."
