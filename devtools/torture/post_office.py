"""A mail server that can be asked to misbehave, and the Celery processes that send to it."""

import asyncio
import contextlib
import email
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from devtools.processes import start, stop
from devtools.torture.line import tell
from notifications.models import Notice
from notifications.outbox.claim import LEASE

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every step of every connection

ORPHANED_AFTER = timedelta(seconds=20)  # no living sender holds a notice so long
DROPPED, TEMPORARY, PERMANENT = "dropped", "451 Try again later", "550 No such mailbox"


@dataclass(frozen=True)
class Accepted:
    """One message the server took: its ids and what its calendar part says."""

    to: str
    message_id: str
    uid: str = ""
    sequence: int = -1
    method: str = ""
    title: str = ""
    place: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class PostOffice:
    """An SMTP server on 127.0.0.1 that keeps what it accepted, in order. Use as a context manager.

    `temporary` and `dropped` are the parts of recipients put off and of connections cut after accepting; mail to an
    address of `refused` is refused; `poison` is an address at which `on_poison()` is called.
    """

    def __init__(
        self,
        temporary: float = 0,
        dropped: float = 0,
        refused: Iterable[str] = (),
        poison: str = "",
        on_poison: Callable[[], None] = lambda: None,
    ) -> None:
        self.temporary, self.dropped, self.refused = temporary, dropped, frozenset(refused)
        self.poison, self.on_poison = poison, on_poison
        self.taken: list[tuple[str, bytes, float]] = []
        self.drops, self.chance = 0, random.Random(7)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.controller = self.new_controller()

    def new_controller(self) -> Controller:
        return Controller(self, hostname="127.0.0.1", port=self.port)

    # No properties here: aiosmtpd looks at every attribute of its handler before anything was taken.
    def accepted(self) -> list[Accepted]:
        """Return what was taken, read; to be called once all of it is there."""
        return [read(to, content) for to, content, _ in self.taken]

    def speed(self) -> float:
        """Return how many messages it took per second, from the first to the last."""
        return (len(self.taken) - 1) / (self.taken[-1][2] - self.taken[0][2])

    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> "PostOffice":
        self.controller.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.controller.stop()

    @contextlib.contextmanager
    def closed(self) -> Iterator[None]:
        """Answer nobody within the context, and cut what is under way as it begins."""
        self.controller.stop()
        self.controller = self.new_controller()
        try:
            yield
        finally:
            self.controller.start()

    async def handle_RCPT(
        self, server: SMTP, session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return PERMANENT
        if address == self.poison:
            self.on_poison()
            return TEMPORARY
        if self.chance.random() < self.temporary:
            return TEMPORARY
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: object, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes), "nothing here decodes it"
        self.taken.append((envelope.rcpt_tos[0], envelope.content, time.perf_counter()))
        if self.chance.random() < self.dropped:
            self.drops += 1
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 OK"


def read(to: str, content: bytes) -> Accepted:
    """Return what stands in a message that was accepted for `to`."""
    mail = email.message_from_bytes(content)
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            text = part.get_payload(decode=True)
            assert isinstance(text, bytes), "a part without parts"
            calendar = icalendar.Calendar.from_ical(text)
            # A property's type follows from its name, which the library's types do not know.
            event: Any
            (event,) = calendar.walk("VEVENT")
            return Accepted(
                to,
                mail["Message-ID"],
                uid=str(event["UID"]),
                sequence=event["SEQUENCE"],
                method=str(calendar["METHOD"]),
                title=str(event["SUMMARY"]),
                place=str(event.get("LOCATION", "")),
                starts_at=event["DTSTART"].dt,
                ends_at=event["DTEND"].dt,
            )
    return Accepted(to, mail["Message-ID"])


class Senders:
    """Celery workers of `processes` senders each, and beats, on this process's database. Use as a context manager."""

    def __init__(
        self,
        folder: Path,
        mail: str,
        workers: int = 2,
        beats: int = 0,
        processes: int = 1,
        settings_module: str = "",
    ) -> None:
        self.folder, self.processes = folder, processes
        self.env = {**os.environ, "EMAIL_URL": mail}
        if settings_module:
            self.env["DJANGO_SETTINGS_MODULE"] = settings_module
        self.started, self.killed = 0, 0
        self.workers: list[subprocess.Popen] = []
        self.beats: list[subprocess.Popen] = []
        self.wanted = workers, beats

    def __enter__(self) -> "Senders":
        workers, beats = self.wanted
        self.workers = [self.start_worker() for _ in range(workers)]
        self.beats = [self.celery("beat", "--pidfile=", f"--schedule={self.folder}/beat{n}") for n in range(beats)]
        return self

    def __exit__(self, exc_type: object, *exc_info: object) -> None:
        stop(*self.beats, *self.workers, patience=30 if exc_type is None else 3)

    def start_worker(self, **env: str) -> subprocess.Popen:
        name = f"--hostname=sender{self.started}@%h"
        many = f"--concurrency={self.processes}"
        return self.celery("worker", many, "--without-mingle", "--without-gossip", name, **env)

    def celery(self, *args: str, **env: str) -> subprocess.Popen:
        self.started += 1
        log = self.folder / f"celery{self.started}.log"
        return start([sys.executable, "-m", "celery", "-A", "config", *args], env=self.env | env, log=log)

    def live(self) -> bool:
        """Return whether every worker and beat is still there."""
        return all(process.poll() is None for process in [*self.workers, *self.beats])

    def kill_sender(self) -> None:
        """Kill the process of some worker that sends (-9), its worker starts another one."""
        for worker in random.sample(self.workers, len(self.workers)):
            children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
            if children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(children[0]), signal.SIGKILL)
                    self.killed += 1
                return

    def kill_worker(self) -> None:
        """Kill a worker with all its processes (-9), and start another."""
        worker = self.workers.pop(0)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        self.killed += 1
        self.workers.append(self.start_worker())


def left() -> int:
    """Return how many notices are still to be sent."""
    return Notice.objects.filter(state__in=[Notice.State.QUEUED, Notice.State.SENDING]).count()


def let_time_pass() -> None:
    """Bring retries forward, and the end of leases that no living sender holds, instead of waiting for them."""
    now = timezone.now()
    Notice.objects.filter(state=Notice.State.QUEUED, next_attempt_at__gt=now).update(next_attempt_at=now)
    orphaned = Q(state=Notice.State.SENDING, lease_until__lte=now + LEASE - ORPHANED_AFTER)
    Notice.objects.filter(orphaned).update(lease_until=now)


def send_all(seconds: float, unasked: bool = False) -> bool:
    """Wait until all is sent, for `seconds` at most. Returns whether it is.

    Wakes the workers and lets time pass until then, unless they are to come by it `unasked`.
    """
    from notifications.tasks import deliver_soon

    until = time.monotonic() + seconds
    while many := left():
        tell(f"{many:,} notices to be sent")
        if time.monotonic() > until:
            return False
        if not unasked:
            let_time_pass()
            with contextlib.suppress(OperationalError):  # a broker that is away: the next wake-up will do
                deliver_soon.apply_async(retry=False)
        time.sleep(1)
    return True
