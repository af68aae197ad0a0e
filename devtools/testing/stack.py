"""Fixture with the whole portal: web, broker, worker, beat and mail."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from devtools.processes import patience
from devtools.testing.database import HOW, database_url
from devtools.testing.mail_server import SmtpSink


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
        """Start beat, which ticks at once and then every minute."""
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
        """Wait until `true()`. Fails after `seconds`, more on a busy machine, showing the logs."""
        began = time.monotonic()
        while not true():
            if time.monotonic() > began + patience(seconds):
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
