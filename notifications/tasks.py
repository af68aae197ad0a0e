"""The tasks of mail: delivery, woken after a commit and every minute, and the sweeps of the kinds of mail."""

from celery import shared_task
from django.conf import settings

from foundation import database_clock
from foundation.sweeps import sweep
from foundation.wake import wake
from notifications.kinds import afterwards, at_risk, decisions, links, pre_work, reminders, uninvited
from notifications.models import Decline, MailQueue
from notifications.outbox.deliver import LINGERS, drain
from notifications.replies.mailbox import read_mailbox


@shared_task(decides=False)
def deliver_soon() -> None:
    """Send what is due, woken by the change that wrote it, and what comes within a second."""
    drain(lingers=LINGERS)


@shared_task(decides=False)
def deliver_due(beats_clock: str = "") -> None:
    """Send what a crash, a lost broker or a refused connection left unsent, and write beat's heartbeat.

    `beats_clock` is what is wrong with beat's clock, in a sentence, if anything is.
    """
    queue, now = MailQueue.load(), database_clock.now()
    queue.beat(now)
    if beats_clock:
        queue.note_clock(beats_clock, now)
    drain(knocks=True)


@shared_task
def call_for_people() -> None:
    """Owe the mail of every session at risk, which says how many more people it needs."""
    at_risk.owe(database_clock.now())


@shared_task
def remind() -> None:
    """Owe the reminders of meetings ahead."""
    reminders.owe(database_clock.now())


@shared_task
def remind_of_pre_work() -> None:
    """Owe the mail about pre-work that is not read yet."""
    pre_work.owe(database_clock.now())


@shared_task
def ask_for_links() -> None:
    """Owe the office the mail about sessions that start within a day without a link to join."""
    links.owe(database_clock.now())


@shared_task
def write_afterwards() -> None:
    """Owe the mail after the sessions that were held."""
    afterwards.owe(database_clock.now())


@shared_task
def write_digest() -> None:
    """Owe the office its digest of the day."""
    decisions.owe_digest(database_clock.now())


@shared_task
def invite_the_uninvited() -> None:
    """Owe the invitations that people with a seat in a confirmed session were never owed."""
    uninvited.invite_the_uninvited(database_clock.now())


@shared_task
def read_answers() -> None:
    """Read the mailbox for answers, and wake delivery for the mail that is owed for them."""
    if settings.REPLY_MAILBOX_URL.startswith("imap") and read_mailbox():
        wake(deliver_soon)


@shared_task
def carry_out_declines() -> None:
    """Carry out every decline whose time to think again is over, each in its own transaction."""
    due = Decline.objects.due(database_clock.now()).select_related("registration__session", "registration__person")
    sweep(due, lambda decline: decline.carry_out(), "decline {} was not carried out")
