"""The tasks of the operator, once a day: recount every promise, and tidy what public pages are kept by."""

import logging

from celery import shared_task

from foundation import database_clock
from foundation.kept import written
from operations.invariants import breaches

logger = logging.getLogger(__name__)


@shared_task(decides=False)
def check_invariants() -> None:
    """Recount every promise and log each that is broken."""
    for breach in breaches(database_clock.now()):
        logger.error("broken promise: %s", breach)


@shared_task(decides=False)
def fold_what_was_written() -> None:
    """Put together what connections that are gone have written, so that the number is read from few rows."""
    written.fold()
