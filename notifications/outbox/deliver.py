"""Deliver Notices: claim some, commit, send each to exactly one recipient, mark it (guarantees G7 to G9).

Delivery is at least once. A sender that dies leaves its claims behind; the lease runs out and another sender sends the
mail again, under the same Message-IDs.
"""

import contextlib
import logging
import random
import smtplib
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import get_connection
from django.db.models import F, Q

from foundation import database_clock
from notifications.models import MailQueue, Notice, Wording
from notifications.models.notices import forgotten
from notifications.outbox.claim import claim_some
from notifications.outbox.compose import write_mail
from notifications.outbox.mime import build_mail
from notifications.outbox.shared import Shared

logger = logging.getLogger(__name__)

BACKOFF = [timedelta(minutes=m) for m in (1, 5, 15)] + [timedelta(hours=h) for h in (1, 3, 6, 12, 24)]
SCATTER = 0.2
GIVE_UP_AFTER = timedelta(hours=72)
# Well under the task's time limit: a long queue is left to the next task, and no mail is cut off.
DRAIN_SECONDS = 60
# A claim is for so many Notices, and those not sent after so many seconds go back into the queue: a sign-in code that
# is written in between waits no longer than that, and no lease runs out.
MOST_AT_ONCE = 50
HELD_SECONDS = 2
# How often, and for how long each time, a drain that has sent something looks whether more has come.
LINGERS, LINGER_SECONDS = 2, 0.5
UNWRITTEN = {"subject": "", "text": "", "html": ""}
# “Service not available, closing transmission channel” (RFC 5321 section 4.2.3).
CLOSING = 421
# What the server says of us, and not of any Notice: a refusal of the connection, EHLO, STARTTLS, AUTH or MAIL.
ABOUT_US = (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError)


class Sender:
    """Send Notices over one connection that stays open. Use as a context manager."""

    def __init__(self, now: Callable[[], datetime] = database_clock.now) -> None:
        self.connection, self.now = get_connection(), now

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._hang_up()

    def _hang_up(self) -> None:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self.connection.close()
        self.connection = get_connection()

    def gets_in(self, queue: MailQueue) -> bool:
        """Connect, say EHLO and sign in, unless that is done. Returns whether the server let us; `queue` is told."""
        try:
            self.connection.open()
        except ABOUT_US as error:
            self._turned_away(error, queue)
            return False
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            queue.shut_out(f"The mail server cannot be reached: {type(error).__name__}: {error}", self.now())
            return False
        if queue.is_shut_out:
            queue.let_in(self.now())
        return True

    def send(self, notices: list[Notice], queue: MailQueue) -> int:
        """Send claimed Notices in order and mark what came of each. Returns how many were tried.

        Those that are not tried within HELD_SECONDS, or because the queue had to be paused, are handed back.
        """
        wordings = Wording.objects.in_bulk({notice.kind for notice in notices})
        blank = {notice.pk for notice in notices if not notice.text}
        until, shared = time.monotonic() + HELD_SECONDS, Shared()
        for tried, notice in enumerate(notices):
            is_late = tried and time.monotonic() > until
            if is_late or not self._send(notice, queue, wordings, shared):
                hand_back(notices[tried:], blank)
                return tried
        return len(notices)

    def _send(self, notice: Notice, queue: MailQueue, wordings: Mapping[str, Wording], shared: Shared) -> bool:
        """Send the mail of one Notice. Returns False when the queue was paused: then the Notice is to be handed back.

        After a refused recipient the Notice is dead at once; after a temporary reply, or a connection that broke under
        it, it is tried again. A server that cannot be reached, or that turns everybody away, pauses the queue and costs
        the Notice no attempt.
        """
        # The mail is written only once a server answers, so that it says how things are at that moment.
        if not self.gets_in(queue):
            return False
        now, is_new = self.now(), not notice.text
        try:
            mail = write_mail(notice, wordings, now, shared)
            self.connection.send_messages([build_mail(**mail)])
        except smtplib.SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            self._refused(notice, code, _decoded(reply), now, is_new)
            if code == CLOSING:
                self._hang_up()
        except smtplib.SMTPDataError as error:
            self._refused(notice, error.smtp_code, _decoded(error.smtp_error), now, is_new)
            self._hang_up()
        except ABOUT_US as error:
            self._turned_away(error, queue)
            return False
        # It may have been taken, or be what breaks the connection: this one costs an attempt.
        except (smtplib.SMTPException, OSError) as error:
            problem = f"{type(error).__name__}: {error}"
            self._retry(notice, f"{Notice.BROKE}: {problem}", now)
            queue.note_away(f"The mail server cannot be reached: {problem}", now)
            self._hang_up()
        # A mail that cannot be written must not stop the ones behind it; the office sees it as undeliverable.
        except Exception as error:
            # Without the traceback: its values may be addresses, and logs carry none.
            logger.error("Notice %s could not be written: %s", notice.pk, type(error).__name__)
            self._retry(notice, f"{type(error).__name__}: {error}", now)
        else:
            self._mark(notice, **{"state": Notice.State.SENT, "sent_at": self.now(), "problem": ""} | _erased(notice))
            queue.resume()
        return True

    def _turned_away(self, error: smtplib.SMTPException, queue: MailQueue) -> None:
        """Stop sending after a refusal of the connection, EHLO, STARTTLS, AUTH or MAIL, for a while or till it ends."""
        self._hang_up()
        words, code = _decoded(getattr(error, "smtp_error", str(error))), getattr(error, "smtp_code", 0)
        if 400 <= code < 500:
            queue.shut_out(f"The mail server is too busy for us: {words}", self.now())
        else:
            queue.pause(f"The mail server refuses us: {words}", self.now())

    def _refused(self, notice: Notice, code: int, words: str, now: datetime, is_new: bool) -> None:
        if 400 <= code < 500:
            # Nobody has a new mail that was refused. Of one that was tried before, a copy may have arrived.
            erased = UNWRITTEN if is_new and notice.of_kind.still_true else {}
            problem = f"{Notice.BROKE}: {code} {words}" if code == CLOSING else f"{code} {words}"
            self._retry(notice, problem, now, **erased)
        else:
            self._mark(notice, **{"state": Notice.State.DEAD, "problem": f"{code} {words}"[:500]} | _erased(notice))

    def _retry(self, notice: Notice, problem: str, now: datetime, **changes: Any) -> None:
        """Queue the Notice again, later each time, or give it up after GIVE_UP_AFTER in which it was really tried.

        What a mail server missed that was away for days is new to it: then each Notice still has all of its pauses.
        """
        if now - notice.created_at >= GIVE_UP_AFTER and notice.attempts > len(BACKOFF):
            self._mark(notice, **{"state": Notice.State.DEAD, "problem": problem[:500]} | _erased(notice))
            return
        pause = BACKOFF[min(notice.attempts, len(BACKOFF)) - 1] * random.uniform(1 - SCATTER, 1 + SCATTER)
        self._mark(notice, state=Notice.State.QUEUED, problem=problem[:500], next_attempt_at=now + pause, **changes)

    def _mark(self, notice: Notice, **changes: Any) -> None:
        """Write what came of the attempt, and give up the lease."""
        notice.update_while_leased(lease_until=None, token=None, **changes)


def _erased(notice: Notice) -> dict[str, Any]:
    """Return the fields that erase a mail once it is sent or given up: a sign-in code, and mail to an erased person.

    Nothing for other mail. Of an erased person the last address goes too (G17); nobody is left to be told of trouble.
    """
    if notice.person and notice.person.erased_at is not None:
        return forgotten(notice.person)
    return UNWRITTEN | {"facts": {}} if notice.priority == Notice.Priority.CODE else {}


def _decoded(words: bytes | str) -> str:
    """Return the text of a server's reply."""
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words


def hand_back(notices: list[Notice], blank: set[int]) -> None:
    """Put claimed Notices back into the queue as if they had not been claimed.

    The mail of those whose keys are in `blank` had not been written before, so it is erased: it is to say how things
    are when it goes out.
    """
    keys = {notice.pk for notice in notices}
    held = Notice.objects.filter(token=notices[0].token, state=Notice.State.SENDING)
    held.filter(pk__in=keys & blank).update(**UNWRITTEN, calendar="")
    held.filter(pk__in=keys).update(state=Notice.State.QUEUED, attempts=F("attempts") - 1, lease_until=None, token=None)


def expire(now: datetime) -> None:
    """Set aside the Notices whose `expires_at` has passed, and erase their mail."""
    useless = Q(state=Notice.State.QUEUED) | Q(state=Notice.State.SENDING, lease_until__lte=now)
    expired = Notice.objects.filter(useless, expires_at__lte=now)
    expired.filter(priority=Notice.Priority.CODE).update(state=Notice.State.EXPIRED, facts={}, **UNWRITTEN)
    expired.update(state=Notice.State.EXPIRED, **UNWRITTEN)


def drain(seconds: float = DRAIN_SECONDS, knocks: bool = False, lingers: int = 0) -> int:
    """Send what is due, for `seconds` at most. Returns how many Notices were tried.

    Where it has sent something it waits so often for more: in a rush each change wakes a worker, and what is claimed
    together costs less. No more often, whatever comes, because decisions wait for the same worker.
    While the mail server is away, it is first asked whether it is back. With `knocks` always: so the sweep of every
    minute notices within that minute. Else not within half a minute after it was asked last.
    """
    queue, now = MailQueue.load(), database_clock.now
    expire(now())
    if queue.is_paused(now()) or (queue.is_resting(now()) and not knocks):
        return 0
    tried, stop_at = 0, time.monotonic() + seconds
    with Sender(now) as sender:
        if queue.is_shut_out and not sender.gets_in(queue):
            return 0
        while time.monotonic() < stop_at:
            if notices := claim_some(now(), MOST_AT_ONCE):
                tried += sender.send(notices, queue)
                if queue.is_paused(now()) or queue.is_shut_out:
                    break
            elif tried and lingers:
                lingers -= 1
                time.sleep(LINGER_SECONDS)
            else:
                break
    return tried
