"""Who has answered the evaluation of a session, for what counts only then. Asked here and nowhere else for credit."""

from collections.abc import Collection
from typing import Protocol, cast

from django.utils.module_loading import import_string

from accounts.models import Person
from sessions_app.models import Session


class HasAnswered(Protocol):
    def __call__(self, person: Person, session: Session) -> bool: ...


def answered_among(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of `pairs`, a person and a session by their keys, where the person has answered the evaluation."""
    has_answered = cast(HasAnswered, import_string("outcomes.evaluations.answered.has_answered"))
    people = Person.objects.in_bulk({person for person, _ in pairs})
    sessions = Session.objects.in_bulk({session for _, session in pairs})
    return {pair for pair in pairs if has_answered(people[pair[0]], sessions[pair[1]])}
