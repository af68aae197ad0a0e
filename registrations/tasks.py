"""The safety net of the waitlist, and forgetting."""

import logging

from celery import shared_task
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from registrations.models import Accommodation
from registrations.waitlist import promote_waiting
from sessions_app.models import Session

logger = logging.getLogger(__name__)


@shared_task
def fill_free_seats() -> None:
    """Promote wherever a seat is free while somebody waits, each session in its own transaction."""
    now = timezone.now()
    waiting = Session.objects.filter(
        status__in=Session.RUNNING, waiting_count__gt=0, seats_taken__lt=F("capacity"), starts_at__gt=now
    )
    for session in waiting.order_by("pk"):
        try:
            with transaction.atomic():
                session.lock()
                promote_waiting(session, now)
        # One session in trouble must not keep the seats of the others empty.
        except Exception:
            logger.exception("free seats of session %s were not filled; the next sweep tries again", session.pk)


@shared_task
def forget_accommodations() -> None:
    """Delete what people needed to take part, and its answer, 30 days after the session."""
    deleted, _ = Accommodation.objects.spent(timezone.now()).delete()
    logger.info("%s access requests deleted", deleted)
