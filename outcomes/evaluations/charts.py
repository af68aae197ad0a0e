"""Charts of evaluations as figures: where each bar stands, for a template that draws them as SVG in the page itself.

So they have the colors of the page, light and dark, print in black, and need neither inline style nor script, which the
Content-Security-Policy forbids. Each stands beside a table with the same figures.
"""

from dataclasses import dataclass
from datetime import datetime

# In units of the drawing, which is scaled to its place.
HEIGHT, BASE, TOP = 128, 104, 18
GROUP, BAR, GAP = 60, 22, 2
LEFT = 28
# The square that stands for an average.
MARK = 11
# A chart of few sessions is as wide as one of so many, so that its letters are no larger.
LEAST_WIDE = 6


@dataclass(frozen=True)
class Bar:
    """One bar with its count above it: `kind` is “before” or “now”, and how it is drawn."""

    kind: str
    x: float
    y: float
    height: float
    count: int
    middle: float


@dataclass(frozen=True)
class Chart:
    """Bars in groups over labels, on one base line."""

    width: int
    bars: list[Bar]
    labels: list[tuple[float, str]]
    height: int = HEIGHT
    base: int = BASE
    label_y: int = BASE + 16
    bar: int = BAR


def bars(labels: list[str], **series: list[int]) -> Chart:
    """Return the chart of one or two series (`before=`, `now=`) of counts, one for each of `labels`."""
    most = max((count for counts in series.values() for count in counts), default=0) or 1
    drawn = []
    for number, (kind, counts) in enumerate(series.items()):
        shift = (number - len(series) / 2) * (BAR + GAP) + GAP / 2
        for group, count in enumerate(counts):
            height = round((BASE - TOP) * count / most, 1)
            x = round(group * GROUP + GROUP / 2 + shift, 1)
            drawn.append(Bar(kind, x, round(BASE - height, 1), height, count, x + BAR / 2))
    return Chart(
        GROUP * len(labels),
        drawn,
        [(group * GROUP + GROUP / 2, label) for group, label in enumerate(labels)],
    )


@dataclass(frozen=True)
class Span:
    """From the average before to the average now, of one session: a line from `before` down or up to `now`."""

    x: float
    before: float
    now: float
    label: str

    @property
    def left(self) -> float:
        return self.x - MARK / 2

    @property
    def before_top(self) -> float:
        return round(self.before - MARK / 2, 1)

    @property
    def now_top(self) -> float:
        return round(self.now - MARK / 2, 1)


@dataclass(frozen=True)
class Course:
    """The averages of one objective from session to session, between the lines of 1 and 5."""

    width: int
    spans: list[Span]
    lines: list[tuple[float, int]]
    left: int = LEFT
    height: int = 150
    label_y: int = 142
    mark: int = MARK


def course(points: list[tuple[datetime, str, float, float]]) -> Course:
    """Return the course of (when, label, average before, average now), in the order given."""

    def y(step: float) -> float:
        return round(118 - (step - 1) * 26, 1)

    spans = [
        Span(LEFT + GROUP * number + GROUP / 2, y(before), y(now), label)
        for number, (_, label, before, now) in enumerate(points)
    ]
    return Course(LEFT + GROUP * max(LEAST_WIDE, len(points)), spans, [(y(step), step) for step in range(1, 6)])
