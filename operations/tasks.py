"""The task of the operator: recount every promise once a day."""

import logging

from celery import shared_task
from django.utils import timezone

from operations.invariants import breaches

logger = logging.getLogger(__name__)


@shared_task
def check_invariants() -> None:
    """Recount every promise and log each that is broken."""
    for breach in breaches(timezone.now()):
        logger.error("broken promise: %s", breach)
