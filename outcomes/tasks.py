"""What follows from a session by itself, and what is forgotten: the sweeps that beat starts."""

import logging

from celery import shared_task

from foundation import database_clock
from outcomes import retention
from outcomes.evaluations import life
from outcomes.figures import keeping

logger = logging.getLogger(__name__)


@shared_task
def open_evaluations() -> None:
    """Ask the people of each session that was held what they think of it."""
    life.open_due(database_clock.now())


@shared_task
def close_evaluations() -> None:
    """Close each evaluation whose time is over."""
    life.close_due(database_clock.now())


@shared_task
def forget_attendance() -> None:
    """Forget who was at the sessions of long ago, and keep how many."""
    retention.forget_attendance(database_clock.now())


@shared_task
def forget_records() -> None:
    """Take names off certificates of long ago; delete what was taken elsewhere then, and consents taken back."""
    now = database_clock.now()
    certificates = retention.forget_certificates(now)
    outside, consents = retention.forget_outside(now), retention.forget_consents(now)
    logger.info("%s certificates unnamed, %s activities and %s consents deleted", certificates, outside, consents)


@shared_task
def count_figures() -> None:
    """Count the academic years that are due, and keep what was counted."""
    keeping.keep_due(database_clock.now())
