"""Fixture with a mail server that keeps what it gets."""

import email
import email.policy
import logging
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from devtools.processes import patience

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every step of every connection


@dataclass(frozen=True)
class Received:
    """One message as the mail server got it."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The parsed message."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)


@dataclass
class SmtpSink:
    """A mail server that keeps what it gets, and refuses what a test tells it to.

    `refused` holds addresses it answers with 550 and `deferred` those it answers with 451; `busy` is how many more
    recipients of any address it answers with 451; `drops` is how many more messages it takes and then hangs up on
    before saying so.
    """

    port: int
    received: list[Received] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    deferred: set[str] = field(default_factory=set)
    busy: int = 0
    drops: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[Received]:
        """Return what came for one address, in order."""
        return [one for one in list(self.received) if address in one.recipients]

    def wait_for(self, count: int, seconds: float = 15) -> list[Received]:
        """Wait until `count` messages have come and return all there are. Fails after `seconds` of a quiet machine."""
        began = time.monotonic()
        while len(self.received) < count:
            if time.monotonic() > began + patience(seconds):
                pytest.fail(f"{len(self.received)} of {count} messages came in {seconds} s.", pytrace=False)
            time.sleep(0.05)
        return list(self.received)

    async def handle_RCPT(self, server, session, envelope, address, options):
        with self.lock:
            if address in self.refused:
                return "550 5.1.1 No such mailbox"
            if address in self.deferred:
                return "451 4.2.1 Try again later"
            if self.busy:
                self.busy -= 1
                return "451 4.3.2 Busy, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            self.received.append(Received(envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
            if self.drops:
                self.drops -= 1
                server.transport.abort()
        return "250 OK"


@pytest.fixture
def smtp_sink(settings) -> Iterator[SmtpSink]:
    """A mail server on a free port of 127.0.0.1; this process sends its mail there too."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = SmtpSink(port)
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield sink
    controller.stop()
