"""Celery delivers: woken after each commit, and by the sweep every minute."""

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from foundation.sweeps import sweep
from foundation.wake import wake
from notifications.kinds import at_risk, decisions, pre_work, reminders, uninvited
from notifications.models import Decline, MailQueue, ReceivedMail
from notifications.outbox.deliver import drain
from notifications.replies.mailbox import read_mailbox

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
def call_for_people() -> None:
    """Say of every session at risk how many more it needs."""
    at_risk.owe(timezone.now())


@shared_task
def remind() -> None:
    """Remind people of the meetings ahead."""
    reminders.owe(timezone.now())


@shared_task
def remind_of_pre_work() -> None:
    """Remind people of what to read or do before."""
    pre_work.owe(timezone.now())


@shared_task
def write_digest() -> None:
    """Write the office's digest of the day."""
    decisions.owe_digest(timezone.now())


@shared_task
def invite_the_uninvited() -> None:
    """Owe the invitations that somebody with a seat in a confirmed session was never owed."""
    uninvited.invite_the_uninvited(timezone.now())


@shared_task
def read_answers() -> None:
    """Read what came to the mailbox for answers, and send what is owed for it."""
    if settings.REPLY_MAILBOX_URL.startswith("imap") and read_mailbox():
        wake(deliver_soon)


@shared_task
def carry_out_declines() -> None:
    """Give up every place whose time to think again is over, each in its own transaction."""
    due = Decline.objects.due(timezone.now()).select_related("registration__session", "registration__person")
    sweep(due, lambda decline: decline.carry_out(), "decline {} was not carried out")


@shared_task
def forget_received_mail() -> None:
    """Erase received mail after 30 days; what it did stays on record."""
    logger.info("%s received mails erased", ReceivedMail.objects.forget(timezone.now()))
