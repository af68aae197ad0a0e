"""Who has answered the evaluation of a session, for what counts only then. Asked here and nowhere else for credit."""

from collections.abc import Collection

from django.utils.module_loading import import_string


def answered_among(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of `pairs`, a person and a session by their keys, where the person has answered the evaluation."""
    found: set[tuple[int, int]] = import_string("outcomes.evaluations.answered.answered_among")(pairs)
    return found
