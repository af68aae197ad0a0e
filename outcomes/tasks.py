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
    """Take names off certificates of long ago; delete what was taken elsewhere then, and consents taken back."""
    now = database_clock.now()
    certificates = retention.forget_certificates(now)
    outside, consents = retention.forget_outside(now), retention.forget_consents(now)
    logger.info("%s certificates unnamed, %s activities and %s consents deleted", certificates, outside, consents)
