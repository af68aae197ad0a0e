"""The small cast of the tests: a few people, one workshop, a session, a mail server, a worker and a browser.

`python3 dev.py test` gives them PostgreSQL, Valkey and a browser through the environment; what needs one of these and
does not find it fails, it is never skipped.
"""

import os

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DJANGO_LIVE_TEST_SERVER_ADDRESS", "127.0.0.1")

import contextlib
import email
import email.policy
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

# Configured here and not by pytest.ini, so that DEBUG above is set first.
assert django_settings.DATABASES

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every step of every connection

ZONE = "America/Chicago"
HOW = "run it through `python3 dev.py test`, which starts one"
BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark tests by the fixtures they ask for, before `-m` chooses."""
    for item in items:
        if "stack" in item.fixturenames:
            item.add_marker("stack")
        if "browser_page" in item.fixturenames:
            item.add_marker("browser")
        if item.get_closest_marker("django_db") or {"db", "transactional_db"}.intersection(item.fixturenames):
            item.add_marker("database")


def pytest_runtest_setup(item):
    """Fail what needs PostgreSQL on any other database."""
    needs_postgresql = item.get_closest_marker("postgres") or item.get_closest_marker("stack")
    if needs_postgresql and "postgresql" not in django_settings.DATABASES["default"]["ENGINE"]:
        pytest.fail(f"This test needs PostgreSQL: {HOW}.", pytrace=False)


# ---- people and sessions ----


@pytest.fixture
def now() -> datetime:
    """This instant, the same one through the test."""
    return timezone.now()


@pytest.fixture
def people(db) -> Callable:
    """people(3) creates three staff members with complete profiles: person1@example.edu and so on, never one twice."""
    from accounts.models import Person

    made = []

    def make(count: int, **fields) -> list[Person]:
        new = []
        for _ in range(count):
            number = len(made) + 1
            own = {"email": f"person{number}@example.edu", "name": f"Person {number}", "role": Person.Role.STAFF}
            new.append(Person.objects.create_user(**own | fields))
            made.append(number)
        return new

    return make


@pytest.fixture
def person(people):
    """One staff member with a complete profile."""
    return people(1)[0]


@pytest.fixture
def office(db):
    """Somebody of the office, with every permission."""
    from accounts.models import Person

    fields = {"name": "Office Person", "role": Person.Role.STAFF, "is_staff": True, "is_superuser": True}
    return Person.objects.create_user("office@example.edu", **fields)


@pytest.fixture
def workshop(db):
    """A published workshop of 90 minutes online: minimum 6, capacity 24."""
    from catalog.models import Workshop

    return Workshop.objects.create(
        title="Bystander Interventions",
        slug="bystander-interventions",
        summary="What to say, and when, if you see it happen.",
        description="Practice in **small groups**.",
        status=Workshop.Status.PUBLISHED,
    )


@pytest.fixture
def make_session(workshop, office, now) -> Callable:
    """make_session(days=14, published=True, minimum=6, ...) schedules the workshop and publishes it.

    It starts `days` from now at noon in Chicago. Other arguments are those of Session.objects.schedule.
    """
    from sessions_app.models import MeetingPlan, Session
    from sessions_app.wall_clock import instant

    def make(days: int = 14, published: bool = True, **overrides) -> Session:
        subject = overrides.pop("workshop", workshop)
        day = timezone.localdate(now) + timedelta(days=days)
        starts_at = instant(day, datetime.min.time().replace(hour=12), ZONE)
        ends_at = starts_at + timedelta(minutes=subject.minutes)
        plan = MeetingPlan(starts_at, ends_at, ZONE, join_link="https://meet.example.edu/quorum")
        meetings = overrides.pop("meetings", [plan])
        session = Session.objects.schedule(subject, meetings=meetings, by=office, now=now, **overrides)
        if published:
            session.publish(by=office, now=now)
        return session

    return make


# ---- a mail server ----


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
    recipients it answers with 451 whoever they are; `drops` is how many more messages it takes and then hangs up on
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
        """Wait until `count` messages have come and return all there are. Fails after `seconds`."""
        until = time.monotonic() + seconds
        while len(self.received) < count:
            if time.monotonic() > until:
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


# ---- the whole portal: web, broker, worker, mail ----


@dataclass
class Stack:
    """The portal at `url`, with real Celery processes on the test's database and broker, mailing to `sink`."""

    url: str
    sink: SmtpSink
    folder: Path
    env: dict[str, str]
    processes: list[subprocess.Popen] = field(default_factory=list)

    def start_worker(self, concurrency: int = 1) -> subprocess.Popen:
        """Start one more Celery worker and wait until it is ready."""
        args = ["worker", "--concurrency", str(concurrency), "--without-mingle", "--without-gossip"]
        return self._start([*args, "--hostname", f"worker{len(self.processes)}@%h"], ready=" ready.")

    def start_beat(self) -> subprocess.Popen:
        """Start beat, which ticks every minute, the first time after one."""
        schedule = self.folder / f"beat-{len(self.processes)}"
        return self._start(["beat", "--pidfile=", "--schedule", str(schedule)], ready="beat: Starting")

    def stop(self, process: subprocess.Popen, how: int = signal.SIGTERM) -> None:
        """End a worker or beat; SIGKILL ends its whole group at once."""
        if how == signal.SIGTERM and process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def wait_until(self, true: Callable[[], object], seconds: float = 15) -> None:
        """Wait until `true()`. Fails after `seconds`, showing the logs."""
        until = time.monotonic() + seconds
        while not true():
            if time.monotonic() > until:
                pytest.fail(f"It did not come true in {seconds} s.\n{self.logs()}")
            time.sleep(0.05)

    def logs(self) -> str:
        """Return what the Celery processes said."""
        return "\n".join(log.read_text(errors="replace")[-4000:] for log in sorted(self.folder.glob("*.log")))

    def _start(self, args: list[str], ready: str) -> subprocess.Popen:
        log = self.folder / f"{args[0]}-{len(self.processes)}.log"
        with log.open("wb") as output:
            command = [sys.executable, "-m", "celery", "-A", "config", *args, "--loglevel", "INFO"]
            process = subprocess.Popen(
                command,
                cwd=django_settings.BASE_DIR,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        self.wait_until(lambda: ready in log.read_text(errors="replace") or process.poll() is not None, seconds=30)
        assert process.poll() is None, self.logs()
        return process


@pytest.fixture
def stack(transactional_db, live_server, smtp_sink, settings, tmp_path) -> Iterator[Stack]:
    """The portal with one Celery worker. More of them, and beat, on request."""
    from config.celery import app

    try:
        app.control.purge()
    except app.connection_for_write().connection_errors:
        pytest.fail(f"This test needs Redis or Valkey: {HOW}.", pytrace=False)
    settings.SITE_URL = live_server.url
    env = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.CELERY_BROKER_URL,
        "EMAIL_URL": smtp_sink.url,
        "SITE_URL": live_server.url,
        "SQLITE_TIMEOUT": "20",
    }
    stack = Stack(live_server.url, smtp_sink, tmp_path, env)
    try:
        stack.start_worker()
        yield stack
    finally:
        for process in stack.processes:
            stack.stop(process)


def database_url() -> str:
    """Return the URL of the test's own database, for another process."""
    own = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{own['NAME']}"
    login = own["USER"] + (f":{own['PASSWORD']}" if own["PASSWORD"] else "")
    if own["HOST"].startswith("/"):
        return f"postgres://{login}@/{own['HOST']}/{own['NAME']}"
    return f"postgres://{login}@{own['HOST']}:{own['PORT'] or 5432}/{own['NAME']}"


# ---- a browser ----


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium: the one of BROWSER_PATH, or else the one Playwright keeps."""
    from playwright.sync_api import Error, sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread; the tests do not use it
    with sync_playwright() as playwright:
        path = os.environ.get("BROWSER_PATH") or None
        try:
            browser = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGS)
        except Error as error:
            pytest.fail(f"This test needs a browser: {HOW}.\n{error}", pytrace=False)
        yield browser
        browser.close()


@pytest.fixture
def browser_page(browser):
    """A fresh page. The test fails if a script of the page failed or the Content-Security-Policy stopped something."""
    context = browser.new_context(locale="en-US", timezone_id=ZONE, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    page, problems = context.new_page(), []
    context.on("weberror", lambda failure: problems.append(str(failure.error)))
    context.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert problems == []
