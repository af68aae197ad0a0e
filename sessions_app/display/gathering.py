"""How many people make a session, in the words of the home page: what is true of all that is shown there. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from foundation.text import number_words
from sessions_app.display.meter import MOST_DOTS

# What the dots show where minimums differ: the rule where the office says nothing.
USUAL = 6


class Step(NamedTuple):
    """One of the three steps to a confirmed session: its dots, true for a taken seat, and its words."""

    dots: tuple[bool, ...]
    words: str


class Gathering(NamedTuple):
    """The heading of the home page, and how a session comes about."""

    heading: str
    steps: tuple[Step, ...]


def gathering(minimums: Iterable[int]) -> Gathering:
    """Return what is true of sessions that need these `minimums`. Where there are none, the rule: six."""
    needed = set(minimums) or {USUAL}
    if needed == {1}:
        return Gathering("Find a session that fits.", (Step(_dots(1, 1), "With the first person, it’s confirmed."),))
    numbers = needed - {1}
    number = min(numbers) if len(numbers) == 1 else USUAL
    heading = f"{number_words(number).capitalize()} people make a session."
    if len(numbers) > 1:
        heading, last = "People make a session.", "Once there are enough, it’s confirmed."
    elif 1 in needed:
        last = f"At {number_words(number)}, it’s confirmed. Some need only one."
    else:
        last = f"At {number_words(number)}, it’s confirmed."
    seats = number if number <= MOST_DOTS else USUAL
    steps = (
        Step(_dots(1, seats), "Someone registers."),
        Step(_dots(max(seats - 2, 1), seats), "Others join by the decision date."),
        Step(_dots(seats, seats), last),
    )
    return Gathering(heading, steps)


def _dots(taken: int, of: int) -> tuple[bool, ...]:
    return tuple(number < taken for number in range(of))
