"""Celery delivers: woken after each commit, and by the sweep every minute."""

import logging

from celery import shared_task
from django.utils import timezone

from notifications.delivery import drain
from notifications.invariants import breaches
from notifications.models import MailQueue

logger = logging.getLogger(__name__)


@shared_task
def deliver_soon() -> None:
    """Send what is due, woken by the change that wrote it."""
    drain()


@shared_task
def deliver_due() -> None:
    """Send what a crash, a lost broker or a refused connection left behind, and write beat's heartbeat."""
    MailQueue.load().beat(timezone.now())
    drain()


@shared_task
def check_invariants() -> None:
    """Recount every promise and log each that is broken."""
    for breach in breaches(timezone.now()):
        logger.error("broken promise: %s", breach)
