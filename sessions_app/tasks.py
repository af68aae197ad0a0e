"""Celery decides: woken when a minimum is reached, and by the sweep every minute."""

import logging

from celery import shared_task
from django.utils import timezone

from sessions_app.models import Session

logger = logging.getLogger(__name__)


@shared_task
def settle_session(pk: int) -> None:
    """Settle one session."""
    Session.objects.get(pk=pk).settle()


@shared_task
def settle_due() -> None:
    """Settle every session that is due, each in its own transaction."""
    for session in Session.objects.due_for_decision(timezone.now()):
        try:
            session.settle()
        # One session that cannot be settled must not keep the others from their decision.
        except Exception:
            logger.exception("session %s was not settled; the next sweep tries again", session.pk)
