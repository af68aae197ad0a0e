"""What is forgotten every night."""

import logging

from celery import shared_task

from foundation import database_clock
from outcomes import retention

logger = logging.getLogger(__name__)


@shared_task
def forget_attendance() -> None:
    """Forget who was at the sessions of long ago, and keep how many."""
    retention.forget_attendance(database_clock.now())


@shared_task
def forget_records() -> None:
    """Delete what people took elsewhere long ago, and what they agreed to and took back."""
    now = database_clock.now()
    outside, consents = retention.forget_outside(now), retention.forget_consents(now)
    logger.info("%s activities elsewhere and %s consents deleted", outside, consents)
