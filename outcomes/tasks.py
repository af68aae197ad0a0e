"""What follows from a session by itself: the sweeps that beat starts."""

from celery import shared_task

from foundation import database_clock
from outcomes.evaluations import life
from outcomes.figures import keeping


@shared_task
def open_evaluations() -> None:
    """Ask the people of each session that was held what they think of it."""
    life.open_due(database_clock.now())


@shared_task
def close_evaluations() -> None:
    """Close each evaluation whose time is over."""
    life.close_due(database_clock.now())


@shared_task
def count_figures() -> None:
    """Count the academic years that are due, and keep what was counted."""
    keeping.keep_due(database_clock.now())
