"""Ask of a notice that is about to be sent whether it is still true.

What says again, at its time, what is known (a reminder, a call for people) is written once and may wait: for the mail
server, for a worker. Each such kind has one question here, asked at every claim; a notice that is no longer true is set
aside and not sent after the fact.
"""

from collections.abc import Callable
from datetime import datetime

from notifications.models import Notice

Question = Callable[[Notice, datetime], bool]
QUESTIONS: dict[str, Question] = {}


def asked_of(kind: str) -> Callable[[Question], Question]:
    """Make the decorated function the question of `kind`: given a notice and the instant, is it still true?

    It reads and locks nothing, and answers no where what the notice is about is gone.
    """

    def register(question: Question) -> Question:
        QUESTIONS[kind] = question
        return question

    return register


def is_asked(notice: Notice) -> bool:
    """Tell whether `notice` says how things are when it is sent, and not what happened."""
    return notice.kind in QUESTIONS


def is_still_true(notice: Notice, now: datetime) -> bool:
    """Tell whether `notice` may be sent at `now`. What tells news, and has no question, always may."""
    question = QUESTIONS.get(notice.kind)
    return question is None or question(notice, now)
