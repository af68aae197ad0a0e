"""Do what is due, found by a task that beat starts again and again: one in trouble holds up nobody."""

import logging
import traceback
from collections.abc import Callable, Iterable
from typing import TypeVar

Due = TypeVar("Due")

logger = logging.getLogger(__name__)


def sweep(found: Iterable[Due], act: Callable[[Due], object], trouble: str) -> None:
    """Call `act` with each of `found`, rows or their keys. It is a verb, or opens a transaction of its own.

    When one raises, the others still have their turn, and the log says `trouble`: a sentence with {} for the key,
    "session {} was not settled". The log never has the words of the error, because its values may be addresses.
    """
    for one in found:
        try:
            act(one)
        except Exception as error:
            sentence, name = trouble.format(getattr(one, "pk", one)), type(error).__name__
            lines = "".join(traceback.format_tb(error.__traceback__)).rstrip()
            logger.error("%s; the next sweep tries again: %s\n%s", sentence, name, lines)
