"""What follows from a session by itself, and the sweeps that beat starts."""

from celery import shared_task

from foundation import database_clock
from outcomes.evaluations import life


@shared_task
def open_evaluations() -> None:
    """Ask the people of each session that was held what they think of it."""
    life.open_due(database_clock.now())


@shared_task
def close_evaluations() -> None:
    """Close each evaluation whose time is over."""
    life.close_due(database_clock.now())
