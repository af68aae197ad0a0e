"""Deliver notices: claim some, commit, send each to exactly one recipient, mark it (guarantees G7 to G9).

Delivery is at least once. A sender that dies leaves its claims behind; the lease runs out and another sends the notices
again, under the same Message-IDs.
"""

import contextlib
import logging
import random
import smtplib
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.db.models import F, Q
from django.utils import timezone

from notifications.models import MailQueue, Notice, Wording
from notifications.outbox.claim import claim_some
from notifications.outbox.clock import Clock
from notifications.outbox.compose import write_mail
from notifications.outbox.mime import build_mail

logger = logging.getLogger(__name__)

BACKOFF = [timedelta(minutes=m) for m in (1, 5, 15)] + [timedelta(hours=h) for h in (1, 3, 6, 12, 24)]
SCATTER = 0.2
GIVE_UP_AFTER = timedelta(hours=72)
# Well under the task's time limit, so that a long queue is handed on and not cut off.
DRAIN_SECONDS = 60
# A claim is for so many notices, and what is not sent after so many seconds goes back: a sign-in code written meanwhile
# waits no longer than that, and no lease runs out.
MOST_AT_ONCE = 50
HELD_SECONDS = 2
UNWRITTEN = {"subject": "", "text": "", "html": ""}
# “Service not available, closing transmission channel” (RFC 5321 section 4.2.3).
CLOSING = 421
# Of no use to try again at once, whatever the code.
FINAL = (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, smtplib.SMTPSenderRefused)


class Sender:
    """Send notices over one kept connection. Use as a context manager."""

    def __init__(self, now: Callable[[], datetime] = timezone.now):
        self.connection, self.now = get_connection(), now

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *exc_info) -> None:
        self._hang_up()

    def _hang_up(self) -> None:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self.connection.close()
        self.connection = get_connection()

    def send(self, notices: list[Notice], queue: MailQueue) -> int:
        """Send claimed notices in order and mark what came of each. Returns how many were tried.

        What is not tried within HELD_SECONDS, or because the queue had to be paused, is handed back.
        """
        wordings = Wording.objects.in_bulk({notice.kind for notice in notices})
        blank = {notice.pk for notice in notices if not notice.text}
        until = time.monotonic() + HELD_SECONDS
        for tried, notice in enumerate(notices):
            is_late = tried and time.monotonic() > until
            if is_late or not self._send(notice, queue, wordings):
                hand_back(notices[tried:], blank)
                return tried
        return len(notices)

    def _send(self, notice: Notice, queue: MailQueue, wordings: Mapping[str, Wording]) -> bool:
        """Send one notice. Returns False when the queue had to be paused, and the notice is to be handed back.

        A refused recipient is dead at once; what the server calls temporary, and a broken connection, is tried again;
        refused credentials, a refused From, and a server that turns everybody away pause the queue and cost the notice
        no attempt.
        """
        now, is_new = self.now(), not notice.text
        try:
            # What reaches no server is not written yet: it tells how things are when it does.
            self.connection.open()
            mail = write_mail(notice, wordings, now)
            self.connection.send_messages([build_mail(**mail)])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            self._refused(notice, code, _decoded(words), now, is_new)
            if code == CLOSING:
                self._hang_up()
        except smtplib.SMTPDataError as error:
            self._refused(notice, error.smtp_code, _decoded(error.smtp_error), now, is_new)
            self._hang_up()
        # What the server says to its greeting, EHLO, STARTTLS, AUTH and MAIL is about us, and not about this notice.
        except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as error:
            self._hang_up()
            words = _decoded(getattr(error, "smtp_error", str(error)))
            if not isinstance(error, FINAL) and 400 <= error.smtp_code < 500:
                self._retry(notice, f"{error.smtp_code} {words}", now)
                queue.note_away(f"The mail server is too busy for us: {words}", now)
                return True
            queue.pause(f"The mail server refuses us: {words}", now)
            return False
        except (smtplib.SMTPException, OSError) as error:
            problem = f"{type(error).__name__}: {error}"
            self._retry(notice, problem, now)
            queue.note_away(f"The mail server cannot be reached: {problem}", now)
            self._hang_up()
        # A mail that cannot be written must not stop the ones behind it; the office sees it as undeliverable.
        except Exception as error:
            # Without the traceback: its values may be addresses, and logs carry none.
            logger.error("notice %s could not be written: %s", notice.pk, type(error).__name__)
            self._retry(notice, f"{type(error).__name__}: {error}", now)
        else:
            self._mark(notice, state=Notice.State.SENT, sent_at=self.now(), problem="", **_erased(notice))
            queue.resume()
        return True

    def _refused(self, notice: Notice, code: int, words: str, now: datetime, is_new: bool) -> None:
        if 400 <= code < 500:
            # A new mail that was refused is one nobody has; of one tried before a copy may have arrived.
            erased = UNWRITTEN if is_new and notice.of_kind.still_true else {}
            self._retry(notice, f"{code} {words}", now, **erased)
        else:
            self._mark(notice, state=Notice.State.DEAD, problem=f"{code} {words}"[:500], **_erased(notice))

    def _retry(self, notice: Notice, problem: str, now: datetime, **changes) -> None:
        if now - notice.created_at >= GIVE_UP_AFTER:
            self._mark(notice, state=Notice.State.DEAD, problem=problem[:500], **_erased(notice))
            return
        pause = BACKOFF[min(notice.attempts, len(BACKOFF)) - 1] * random.uniform(1 - SCATTER, 1 + SCATTER)
        self._mark(notice, state=Notice.State.QUEUED, problem=problem[:500], next_attempt_at=now + pause, **changes)

    def _mark(self, notice: Notice, **changes) -> None:
        """Write what came of the attempt, and let go of the notice."""
        notice.update_while_leased(lease_until=None, token=None, **changes)


def _erased(notice: Notice) -> dict:
    """A code's body is not kept once it is of no use."""
    return UNWRITTEN if notice.priority == Notice.Priority.CODE else {}


def _decoded(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words


def hand_back(notices: list[Notice], blank: set[int]) -> None:
    """Put claimed notices back into the queue as if they had not been taken.

    Of those that were `blank` (their keys) the mail is erased: it is still to tell how things are when it goes out.
    """
    keys = {notice.pk for notice in notices}
    held = Notice.objects.filter(token=notices[0].token, state=Notice.State.SENDING)
    held.filter(pk__in=keys & blank).update(**UNWRITTEN, calendar="")
    held.filter(pk__in=keys).update(state=Notice.State.QUEUED, attempts=F("attempts") - 1, lease_until=None, token=None)


def expire(now: datetime) -> None:
    """Set aside what is of no use any more, and erase its body."""
    useless = Q(state=Notice.State.QUEUED) | Q(state=Notice.State.SENDING, lease_until__lte=now)
    Notice.objects.filter(useless, expires_at__lte=now).update(state=Notice.State.EXPIRED, **UNWRITTEN)


def drain(seconds: float = DRAIN_SECONDS) -> int:
    """Send what is due, for `seconds` at most. Returns how many notices were tried."""
    queue, now = MailQueue.load(), Clock().now
    expire(now())
    if queue.is_paused(now()):
        return 0
    tried, stop_at = 0, time.monotonic() + seconds
    with Sender(now) as sender:
        while time.monotonic() < stop_at and (notices := claim_some(now(), MOST_AT_ONCE)):
            tried += sender.send(notices, queue)
            if queue.is_paused(now()):
                break
    return tried
