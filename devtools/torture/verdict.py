"""The outcome of one run of one promise."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Verdict:
    """The figure of a run, and everything that broke in it with how often."""

    figure: str = ""
    broken: Counter[str] = field(default_factory=Counter)

    def breaks(self, how: str, many: int = 1) -> None:
        self.broken[how[:160]] += many

    def say(self, figure: str) -> "Verdict":
        self.figure = figure
        return self
