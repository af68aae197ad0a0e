"""Read the mailbox that answers come to, over IMAP (RFC 3501): one mail after the other, none of them twice.

Answers and delivery reports are moved to one folder, mail that could not be read to another. Everything else stays
where it is, unread, for it is addressed to a person. How far reading has come is stored in the database.
"""

import contextlib
import imaplib
import logging
import re
import ssl
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from foundation import database_clock
from notifications.models import ReceivedMail, ReplyMailbox
from notifications.replies.applying import DATABASE_AWAY, receive
from notifications.replies.reading import MOST_BYTES

logger = logging.getLogger(__name__)

SECONDS = 20  # for each command to the server
# Well under the task's time limit.
POLL_SECONDS = 60
DONE_FOLDER, UNREADABLE_FOLDER = "Quorum-Read", "Quorum-Unreadable"
# A mail that kills the process that reads it is put aside after so many tries.
MOST_TRIES = 3
UID_VALIDITY = re.compile(rb"(\d+)")

Outcome = ReceivedMail.Outcome


class NoFolder(imaplib.IMAP4.error):
    """There is no folder of that name, and the server makes none."""


class ImapMailbox:
    """One connection to the server of `url`, with the folder selected. Use as a context manager.

    Raises OSError or imaplib.IMAP4.error where the server is away, refuses us or does not know the folder.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        self.server: imaplib.IMAP4
        if parts.scheme == "imaps":
            tls = ssl.create_default_context()
            self.server = imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=tls, timeout=SECONDS)
        else:
            self.server = imaplib.IMAP4(host, parts.port or 143, timeout=SECONDS)
        try:
            if parts.scheme == "imap+tls":
                self.server.starttls(ssl.create_default_context())
            self.server.login(unquote(parts.username or ""), unquote(parts.password or ""))
            # Dovecot, for one, says what it can do only after the login.
            self.can = b" ".join(self._must(*self.server.capability())).decode("ascii", "replace").upper().split()
            self._must(*self.server.select(_quoted(unquote(parts.path.strip("/")) or "INBOX")))
        except BaseException:
            self._hang_up()
            raise
        (validity,) = self.server.response("UIDVALIDITY")[1][:1] or [b"0"]
        known = UID_VALIDITY.search(validity or b"0")
        self.uid_validity = int(known[1]) if known else 0

    def __enter__(self) -> "ImapMailbox":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._hang_up()

    def _hang_up(self) -> None:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self.server.logout()
        with contextlib.suppress(OSError):
            self.server.shutdown()

    def after(self, uid: int) -> list[int]:
        """Return the UIDs greater than `uid`, ascending."""
        (found,) = self._must(*self.server.uid("SEARCH", f"UID {uid + 1}:*"))[:1] or [b""]
        # A range to * contains the last mail even where its UID is smaller.
        return sorted(number for number in map(int, (found or b"").split()) if number > uid)

    def fetch(self, uid: int) -> bytes | None:
        """Return a mail, at most MOST_BYTES and one byte, and leave it unread. None when somebody has removed it."""
        answer = self._must(*self.server.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MOST_BYTES + 1}>)"))
        return next((part[1] for part in answer if isinstance(part, tuple)), None)

    def move(self, uid: int, folder: str) -> None:
        """Move a mail to a folder of ours, which is made where it is missing. Raises NoFolder where that fails."""
        # Servers differ on where folders may be.
        for name in (folder, f"INBOX.{folder}", f"INBOX/{folder}"):
            self.server.create(_quoted(name))
            if self._moved(uid, _quoted(name)):
                return
        raise NoFolder(f"There is no folder {folder}, and none can be made.")

    def _moved(self, uid: int, folder: str) -> bool:
        if "MOVE" in self.can:
            return self.server.uid("MOVE", str(uid), folder)[0] == "OK"
        if self.server.uid("COPY", str(uid), folder)[0] != "OK":
            return False
        self.server.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self.can:
            self.server.uid("EXPUNGE", str(uid))
        return True

    @staticmethod
    def _must(kind: str, answer: list[Any]) -> list[Any]:
        """Return the answer to a command. Raises imaplib.IMAP4.error unless the server said OK."""
        if kind != "OK":
            raise imaplib.IMAP4.error(str(answer))
        return answer


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read_mailbox(now: datetime | None = None) -> int:
    """Read what is new in the mailbox of REPLY_MAILBOX_URL. Returns how many mails were read.

    Where the mailbox cannot be read, that is noted, and the next sweep tries again.
    """
    now, state = now or database_clock.now(), ReplyMailbox.load()
    try:
        with ImapMailbox(settings.REPLY_MAILBOX_URL) as mailbox:
            if mailbox.uid_validity != state.uid_validity:
                state.note(uid_validity=mailbox.uid_validity, last_uid=0, trying_uid=0, tries=0)
            read = sum(1 for _ in _read_new(mailbox, state))
    except (imaplib.IMAP4.error, OSError) as error:
        # The server's words may name its user: they are for the office, and logs contain no names.
        logger.warning("the reply mailbox could not be read: %s", type(error).__name__)
        state.note(failing_since=state.failing_since or now, problem=f"{type(error).__name__}: {error}"[:500])
        return 0
    state.note(read_at=now, **({"failing_since": None, "problem": ""} if state.failing_since else {}))
    return read


def _read_new(mailbox: ImapMailbox, state: ReplyMailbox) -> Iterator[int]:
    """Read each new mail and yield its UID. One that the database had no time for is read again, and those after it."""
    stop_at, may_advance = time.monotonic() + POLL_SECONDS, True
    for uid in mailbox.after(state.last_uid):
        if time.monotonic() > stop_at:
            return
        if _read_one(mailbox, state, uid):
            yield uid
        else:
            may_advance = False
        if may_advance:
            state.note(last_uid=uid)


def _read_one(mailbox: ImapMailbox, state: ReplyMailbox, uid: int) -> bool:
    """Read one mail and move it. Tells whether that is done; False where the database was busy or away."""
    tries = state.tries + 1 if state.trying_uid == uid else 1
    state.note(trying_uid=uid, tries=tries)
    if tries > MOST_TRIES:
        logger.error("mail %s of the reply mailbox was put aside unread after %s tries", uid, MOST_TRIES)
        _put_away(mailbox, state, uid, UNREADABLE_FOLDER)
        return True
    raw = mailbox.fetch(uid)
    if raw is None:
        return True
    try:
        outcome = receive(raw, stays_in_mailbox=True).outcome
    except DATABASE_AWAY:
        logger.warning("mail %s of the reply mailbox waits: the database was busy or away", uid)
        state.note(trying_uid=0, tries=0)
        return False
    if outcome == Outcome.UNREADABLE:
        _put_away(mailbox, state, uid, UNREADABLE_FOLDER)
    elif outcome not in (Outcome.IGNORED, Outcome.WORDS):
        _put_away(mailbox, state, uid, DONE_FOLDER)
    return True


def _put_away(mailbox: ImapMailbox, state: ReplyMailbox, uid: int, folder: str) -> None:
    """Move a mail that was dealt with. Where there is no folder, it stays, the office is told, and reading goes on."""
    try:
        mailbox.move(uid, folder)
    except NoFolder as error:
        logger.error("mail %s of the reply mailbox was dealt with and stays where it is: %s", uid, error)
        state.note(failing_since=None, problem=str(error))
    else:
        if state.moves_nothing:
            state.note(problem="")
