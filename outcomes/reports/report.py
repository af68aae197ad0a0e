"""What a report of one meeting says, whatever program wrote it: a Line for each person, with when they were there."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from foundation.values.lines import line_key
from sessions_app.models.venue import Span

Stretch = tuple[datetime, datetime]

MINUTE = timedelta(minutes=1)
# People come and go at the minute; what is less than this is not worth a word.
WORTH_SAYING = 5 * MINUTE


class Refused(Exception):
    """The report cannot be read; `str(error)` is a sentence that says why and what to do."""


@dataclass(frozen=True)
class Line:
    """One person, as the report knows them.

    `names` are what the report calls them, the one they were shown with first; `stretches` when they were there, aware;
    `counted` how long the program says that was, where it gives only their first and last minute, or no times at all.
    A list has neither.
    """

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    counted: timedelta | None = None
    is_host: bool = False

    @property
    def words(self) -> str:
        """Return who the report says it is: the name, else the address."""
        return next(iter(self.names or self.addresses), "")

    @property
    def key(self) -> str:
        """Return what the rows of one person share: the address, else the name."""
        return self.addresses[0] if self.addresses else line_key(self.words)

    def with_more(self, other: "Line") -> "Line":
        """Return this line with what another row says of the same person."""
        is_exact = self.counted is None and other.counted is None
        return replace(
            self,
            names=tuple(dict.fromkeys(self.names + other.names)),
            addresses=tuple(dict.fromkeys(self.addresses + other.addresses)),
            stretches=self.stretches + other.stretches,
            counted=None if is_exact else self._length + other._length,
            is_host=self.is_host or other.is_host,
        )

    @property
    def _length(self) -> timedelta:
        return _length(self.stretches) if self.counted is None else self.counted


@dataclass
class Report:
    """A report of one meeting: the program that wrote it ("" for a list), and its lines, one for each person."""

    program: str = ""
    lines: list[Line] = field(default_factory=list)
    is_day_first: bool = False

    @classmethod
    def of_rows(cls, program: str, rows: Iterable[Line], is_day_first: bool = False) -> "Report":
        """Return a report in which the rows of one person are one line, in the order in which they first appear."""
        found: dict[str, Line] = {}
        for row in rows:
            if row.words:
                found[row.key] = found[row.key].with_more(row) if row.key in found else row
        return cls(program, list(found.values()), is_day_first)

    @property
    def stretches(self) -> list[Stretch]:
        return [stretch for line in self.lines for stretch in line.stretches]

    def touches(self, meeting: Span) -> bool:
        """Tell whether anybody was there during the meeting, as far as the report has times."""
        found = self.stretches
        return not found or any(start < meeting.ends_at and end > meeting.starts_at for start, end in found)

    def packed(self) -> list[Any]:
        """Return the report as plain values, from which `unpacked` makes it again."""
        lines = [
            [
                line.names,
                line.addresses,
                [(int(start.timestamp()), int(end.timestamp())) for start, end in line.stretches],
                None if line.counted is None else int(line.counted.total_seconds()),
                line.is_host,
            ]
            for line in self.lines
        ]
        return [self.program, lines]

    @classmethod
    def unpacked(cls, values: Any) -> "Report":
        program, lines = values
        return cls(program, [_unpacked(*line) for line in lines])


def _unpacked(names: Any, addresses: Any, stretches: Any, counted: int | None, is_host: bool) -> Line:
    spans = tuple((datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)) for start, end in stretches)
    length = None if counted is None else timedelta(seconds=counted)
    return Line(tuple(names), tuple(addresses), spans, length, is_host)


def together(reports: Iterable[Report]) -> Report:
    """Return several reports of one meeting as one: a meeting that was started twice has two."""
    whole = list(reports)
    lines = [line for report in whole for line in report.lines]
    programs = dict.fromkeys(report.program for report in whole)
    return Report.of_rows(" and ".join(filter(None, programs)), lines, any(report.is_day_first for report in whole))


# ---- how long somebody was there ----


@dataclass(frozen=True)
class Stay:
    """How long one person was at a meeting, in minutes, and how much they came late or left early, where that is known.

    `minutes` is None where the report has no times: then the person was there, and nobody counted.
    """

    minutes: int | None = None
    late: int = 0
    early: int = 0


def stay(lines: Iterable[Line], meeting: Span) -> Stay:
    """Return how long the person of `lines` was at `meeting`.

    Stretches that overlap count once, and only what lies within the meeting. Where the program gives the first and the
    last minute alone, it is no longer than the program says.
    """
    rows = list(lines)
    exact = _within([one for row in rows if row.counted is None for one in row.stretches], meeting)
    outer = _within([one for row in rows for one in row.stretches], meeting)
    counted = [row.counted for row in rows if row.counted is not None]
    if not counted and not any(row.stretches for row in rows):
        return Stay()
    has_outer = any(row.stretches for row in rows if row.counted is not None)
    length = _length(exact) + sum(counted, timedelta())
    most = _length(outer) if has_outer or not counted else meeting.ends_at - meeting.starts_at
    late = outer[0][0] - meeting.starts_at if outer else timedelta()
    early = meeting.ends_at - outer[-1][1] if outer else timedelta()
    return Stay(
        _minutes(min(length, most)),
        _minutes(late) if late >= WORTH_SAYING else 0,
        _minutes(early) if early >= WORTH_SAYING else 0,
    )


def _within(stretches: Iterable[Stretch], meeting: Span) -> list[Stretch]:
    """Return the stretches within the meeting, in order, those that touch or overlap made one."""
    merged: list[Stretch] = []
    for start, end in sorted(stretches):
        start, end = max(start, meeting.starts_at), min(end, meeting.ends_at)
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _length(stretches: Iterable[Stretch]) -> timedelta:
    return sum((end - start for start, end in stretches), timedelta())


def _minutes(length: timedelta) -> int:
    """Return whole minutes, half a minute rounded up: programs write seconds, and people read minutes."""
    return int((length + MINUTE / 2) / MINUTE)
