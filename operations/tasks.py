"""The tasks of the operator, once a day: forget what is due, recount every promise, tidy what pages are kept by."""

import logging

from celery import shared_task

from foundation import database_clock
from foundation.kept import written
from operations.forgetting import kinds
from operations.invariants import breaches

logger = logging.getLogger(__name__)

# Seconds that one kind may take on a night on which much is due.
LONG = 540


@shared_task(decides=False)
def check_invariants() -> None:
    """Recount every promise and log each that is broken."""
    for breach in breaches(database_clock.now()):
        logger.error("broken promise: %s", breach)


@shared_task(decides=False)
def fold_what_was_written() -> None:
    """Put together what connections that are gone have written, so that the number is read from few rows."""
    written.fold()


@shared_task(time_limit=LONG)
def forget(kind: str) -> None:
    """Forget what is due of one kind (`operations/forgetting/kinds.py`), unless a legal hold stands."""
    kinds.forget(kind, database_clock.now())
