"""Whether somebody has answered an evaluation. That is all anybody can ask about a person."""

from collections.abc import Collection

from accounts.models import Person
from outcomes.models import EvaluationReceipt
from sessions_app.models import Session


def has_answered(person: Person, session: Session) -> bool:
    """Tell whether `person` has answered the evaluation of `session`. One query."""
    return EvaluationReceipt.objects.filter(person=person, evaluation__session=session).exists()


def answered_among(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of `pairs`, keys of a person and of a session, where the person has answered. One query."""
    receipts = EvaluationReceipt.objects.filter(
        person__in={person for person, _ in pairs}, evaluation__session__in={session for _, session in pairs}
    )
    return set(receipts.values_list("person_id", "evaluation__session_id")).intersection(pairs)
