"""The task of the operator: recount every promise once a day."""

import logging

from celery import shared_task

from foundation import database_clock
from operations.invariants import breaches

logger = logging.getLogger(__name__)


@shared_task(decides=False)
def check_invariants() -> None:
    """Recount every promise and log each that is broken."""
    for breach in breaches(database_clock.now()):
        logger.error("broken promise: %s", breach)
