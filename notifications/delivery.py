"""Deliver notices: claim one, commit, send it to exactly one recipient, mark it (guarantees G7 to G9).

Delivery is at least once. A sender that dies leaves its claim behind; the lease runs out and another sends the notice
again, under the same Message-ID.
"""

import contextlib
import logging
import random
import smtplib
import time
import uuid
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from notifications.changes import is_news, note_what_is_shown, read_anew
from notifications.letters import write_letter
from notifications.mime import message
from notifications.models import MailQueue, Notice
from notifications.still_true import is_still_true
from sessions_app.models import Meeting

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BACKOFF = [timedelta(minutes=m) for m in (1, 5, 15)] + [timedelta(hours=h) for h in (1, 3, 6, 12, 24)]
SCATTER = 0.2
GIVE_UP_AFTER = timedelta(hours=72)
# A notice that kills its sender leaves no error behind, only its count of claims.
MOST_ATTEMPTS = 20
# Well under the task's time limit, so that a long queue is handed on and not cut off.
DRAIN_SECONDS = 60
# “Service not available, closing transmission channel” (RFC 5321 section 4.2.3).
CLOSING = 421


def claim(now: datetime) -> Notice | None:
    """Take the first notice that is due out of the queue, with a lease and a token, and commit. None when none is due.

    The last message wins: a notice with newer news behind it, sent or not, is marked superseded instead of taken, and
    so are older ones of the thread that is taken. A cancellation keeps its calendar part only if an invitation was ever
    claimed.
    """
    while True:
        try:
            with transaction.atomic():
                notice = (
                    Notice.objects.due(now)
                    .select_related("thread", "registration")
                    .select_for_update(skip_locked=True, of=("self",))
                    .first()
                )
                if notice is None or _take(notice, now):
                    return notice
        except IntegrityError:
            # Another sender has just taken a notice of this thread; the index let only one through.
            continue


def _take(notice: Notice, now: datetime) -> bool:
    if notice.newer().exists():
        return _supersede(notice)
    if not is_still_true(notice, now):
        return _drop(notice)
    if notice.thread:
        # This waits for whoever is claiming an older one; only then is it certain whether anybody was ever invited.
        notice.older_queued().update(state=Notice.State.SUPERSEDED)
        notice.thread.refresh_from_db(fields=["requested_at", "shown", "partstat"])
        read_anew(notice)
    if _has_nothing_to_say(notice) or not is_news(notice, now):
        return _supersede(notice)
    if notice.attempts >= MOST_ATTEMPTS:
        notice.state, notice.problem = Notice.State.DEAD, f"Given up after {notice.attempts} attempts."
        notice.save(update_fields=["state", "problem"])
        return False
    notice.state, notice.attempts = Notice.State.SENDING, notice.attempts + 1
    notice.lease_until, notice.token = now + LEASE, uuid.uuid4()
    if notice.thread:
        if notice.method == Notice.Method.CANCEL and notice.thread.requested_at is None:
            notice.method = Notice.Method.NONE
        if notice.method == Notice.Method.REQUEST and not notice.text:
            note_what_is_shown(notice, now)
    notice.save(update_fields=["state", "attempts", "lease_until", "token", "method", "kind", "facts"])
    return True


def _supersede(notice: Notice) -> bool:
    notice.state = Notice.State.SUPERSEDED
    notice.save(update_fields=["state"])
    return False


def _drop(notice: Notice) -> bool:
    notice.state, notice.text, notice.html, notice.subject = Notice.State.EXPIRED, "", "", ""
    notice.save(update_fields=["state", "text", "html", "subject"])
    return False


def _has_nothing_to_say(notice: Notice) -> bool:
    """True for a cancellation of a meeting nobody was invited to, where another mail says it all.

    That is the plain mail of the session's first meeting; of a meeting added and cancelled unsaid there is nothing.
    """
    if notice.method != Notice.Method.CANCEL or notice.thread.requested_at is not None:
        return False
    if notice.kind == Notice.Kind.DROPPED:
        return notice.thread.notices.filter(kind=Notice.Kind.ADDED).exists()
    first = Meeting.objects.filter(session=notice.thread.meeting.session_id).order_by("starts_at", "pk").first()
    return notice.thread.meeting_id != first.pk


class Sender:
    """Send notices over one kept connection. Use as a context manager."""

    def __init__(self):
        self.connection = get_connection()

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *exc_info) -> None:
        self._hang_up()

    def _hang_up(self) -> None:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self.connection.close()
        self.connection = get_connection()

    def send(self, notice: Notice, queue: MailQueue) -> bool:
        """Send a claimed notice and mark what came of it. Returns False when the queue had to be paused.

        A refused recipient is dead at once; what the server calls temporary, and a broken connection, is tried again;
        refused credentials, or a refused From, pause the queue and cost the notice no attempt.
        """
        now = timezone.now()
        try:
            letter = write_letter(notice)
            self.connection.open()
            self.connection.send_messages([message(**letter)])
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, smtplib.SMTPSenderRefused) as error:
            words = getattr(error, "smtp_error", str(error))
            queue.pause(f"The mail server refuses us: {_decoded(words)}", now)
            self._mark(notice, state=Notice.State.QUEUED, attempts=notice.attempts - 1)
            self._hang_up()
            return False
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            self._refused(notice, code, _decoded(words), now)
            if code == CLOSING:
                self._hang_up()
        except smtplib.SMTPResponseException as error:
            self._refused(notice, error.smtp_code, _decoded(error.smtp_error), now)
            self._hang_up()
        except (smtplib.SMTPException, OSError) as error:
            self._retry(notice, f"{type(error).__name__}: {error}", now)
            self._hang_up()
        # A letter that cannot be written must not stop the ones behind it; the office sees it as undeliverable.
        except Exception as error:
            # Without the traceback: its values may be addresses, and logs carry none.
            logger.error("notice %s could not be written: %s", notice.pk, type(error).__name__)
            self._retry(notice, f"{type(error).__name__}: {error}", now)
        else:
            self._mark(notice, state=Notice.State.SENT, sent_at=timezone.now(), problem="", **_erased(notice))
            queue.resume()
        return True

    def _refused(self, notice: Notice, code: int, words: str, now: datetime) -> None:
        if 400 <= code < 500:
            self._retry(notice, f"{code} {words}", now)
        else:
            self._mark(notice, state=Notice.State.DEAD, problem=f"{code} {words}"[:500], **_erased(notice))

    def _retry(self, notice: Notice, problem: str, now: datetime) -> None:
        if now - notice.created_at >= GIVE_UP_AFTER:
            self._mark(notice, state=Notice.State.DEAD, problem=problem[:500], **_erased(notice))
            return
        pause = BACKOFF[min(notice.attempts, len(BACKOFF)) - 1] * random.uniform(1 - SCATTER, 1 + SCATTER)
        self._mark(notice, state=Notice.State.QUEUED, problem=problem[:500], next_attempt_at=now + pause)

    def _mark(self, notice: Notice, **changes) -> None:
        """Write what came of the attempt, unless the lease ran out and somebody else holds the notice now."""
        Notice.objects.filter(pk=notice.pk, token=notice.token, state=Notice.State.SENDING).update(
            lease_until=None, token=None, **changes
        )


def _erased(notice: Notice) -> dict:
    """A code's body is not kept once it is of no use."""
    return {"text": "", "html": "", "subject": ""} if notice.priority == Notice.Priority.CODE else {}


def _decoded(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words


def expire(now: datetime) -> None:
    """Set aside what is of no use any more, and erase its body."""
    useless = Q(state=Notice.State.QUEUED) | Q(state=Notice.State.SENDING, lease_until__lte=now)
    Notice.objects.filter(useless, expires_at__lte=now).update(state=Notice.State.EXPIRED, text="", html="", subject="")


def drain(seconds: float = DRAIN_SECONDS) -> int:
    """Send what is due, for `seconds` at most. Returns how many notices were tried."""
    queue = MailQueue.load()
    expire(timezone.now())
    if queue.is_paused(timezone.now()):
        return 0
    tried, stop_at = 0, time.monotonic() + seconds
    with Sender() as sender:
        while time.monotonic() < stop_at and (notice := claim(timezone.now())):
            tried += 1
            if not sender.send(notice, queue):
                break
    return tried
