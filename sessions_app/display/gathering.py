"""How many people make a session, in the words of the home page: what is true of all that is shown there. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from foundation.text import number_words
from sessions_app.display.meter import MOST_DOTS, SHAPES, State

# The rule where the office says nothing.
USUAL = 6
CONFIRMED, CANCELLED = "qm-join", SHAPES[State.CANCELLED]


class Step(NamedTuple):
    """One of the steps to a confirmed session: its dots, true for a taken seat, its words, and what is added softly.

    `shape` is the class of its meter: of a confirmed session, of a cancelled one, or "".
    """

    dots: tuple[bool, ...]
    words: str
    more: str = ""
    shape: str = ""


class Gathering(NamedTuple):
    """The heading of the home page, and how a session comes about."""

    heading: str
    steps: tuple[Step, ...]


def gathering(minimums: Mapping[int, int]) -> Gathering:
    """Return what is true of sessions of which so many need each of `minimums`. Where there are none: the rule, six."""
    together = {number: count for number, count in minimums.items() if number > 1}
    if minimums and not together:
        return Gathering(
            "Find a session that fits.", (Step(_dots(1, 1), "With the first person, it’s confirmed.", "", CONFIRMED),)
        )
    # The most usual number is said; of two that are as usual, the larger.
    number = max(together, key=lambda number: (together[number], number), default=USUAL)
    words = number_words(number)
    others = "Some sessions need another number." if len(minimums) > 1 else ""
    seats = number if number <= MOST_DOTS else USUAL
    steps = (
        Step(_dots(1, seats), "Someone registers."),
        Step(_dots(max(seats - 2, 1), seats), "Others join by the decision date."),
        Step(_dots(seats, seats), f"At {words}, it’s confirmed.", others, CONFIRMED),
        Step(_dots(0, seats), "If not, we write with other dates.", "", CANCELLED),
    )
    return Gathering(f"{words.capitalize()} people make a session.", steps)


def _dots(taken: int, of: int) -> tuple[bool, ...]:
    return tuple(number < taken for number in range(of))
