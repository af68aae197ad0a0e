"""What the tests of evaluations are made of."""

import pytest


@pytest.fixture
def evaluated(workshop, hold, now):
    """A session of nine that has ended, of a workshop with one objective; its evaluation is open."""
    from outcomes.evaluations import life

    workshop.objectives.create(text="Name what happened", position=1)
    session = hold(9)
    life.open_due(now)
    return session


@pytest.fixture
def open_evaluation(evaluated):
    """The evaluation of that session."""
    return evaluated.evaluation
