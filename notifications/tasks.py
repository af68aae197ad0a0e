"""Celery delivers: woken after each commit, and by the sweep every minute."""

from celery import shared_task
from django.utils import timezone

from notifications.delivery import drain
from notifications.models import MailQueue


@shared_task
def deliver_soon() -> None:
    """Send what is due, woken by the change that wrote it."""
    drain()


@shared_task
def deliver_due() -> None:
    """Send what a crash, a lost broker or a refused connection left behind, and write beat's heartbeat."""
    MailQueue.load().beat(timezone.now())
    drain()
