"""Wake a worker after the commit, without ever letting the broker slow or harm the request.

The broker only wakes workers: the sweep finds what a lost wake-up left behind. So one thread of each process
publishes, and the request does not wait for it. Equal wake-ups asked for within a moment are one. Publishing is
bounded by the broker's socket timeouts (2 s), never retried, and after one failure not tried again for 30 s.
"""

import atexit
import logging
import os
import threading
import time
from dataclasses import dataclass
from typing import Any

from celery import Task
from django.db import transaction

logger = logging.getLogger(__name__)

GATHER_SECONDS = 0.25
FAREWELL_SECONDS = 2
CIRCUIT_OPEN_SECONDS = 30


def wake(task: Task, *args: Any) -> None:
    """Publish Celery `task` with `args` (JSON values) a moment after the current transaction has committed.

    Never raises. The same wake-up asked for twice in one transaction is asked for once.
    """
    if any(getattr(hook[1], "wakes", None) == (task.name, args) for hook in transaction.get_connection().run_on_commit):
        return
    transaction.on_commit(WakeUp(task, args))


@dataclass(frozen=True)
class WakeUp:
    """What the end of a transaction calls: have the bell ring for one task."""

    task: Task
    args: tuple

    @property
    def wakes(self) -> tuple[str, tuple]:
        return self.task.name, self.args

    def __call__(self) -> None:
        _bell.ring(self.task, self.args)


class Bell:
    """The wake-ups of one process, and the thread that publishes them."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.waiting: dict[tuple[str, tuple], Task] = {}
        self.is_busy = False
        self.thread: threading.Thread | None = None
        self.closed_again_at = 0.0

    def ring(self, task: Task, args: tuple) -> None:
        """Have `task` published soon. Returns at once."""
        with self.changed:
            self.waiting[task.name, args] = task
            if self.thread is None:
                self.thread = threading.Thread(target=self.keep_publishing, name="wake", daemon=True)
                self.thread.start()
            self.changed.notify_all()

    def keep_publishing(self) -> None:
        while True:
            with self.changed:
                self.is_busy = False
                self.changed.notify_all()
                self.changed.wait_for(lambda: bool(self.waiting))
                self.is_busy = True
            time.sleep(GATHER_SECONDS)
            with self.changed:
                due, self.waiting = self.waiting, {}
            for (_, args), task in due.items():
                self.publish(task, args)

    def publish(self, task: Task, args: tuple) -> None:
        if time.monotonic() < self.closed_again_at:
            return
        try:
            task.apply_async(args, retry=False, ignore_result=True)
        # The broker and its client may raise anything. The change is committed, and the sweep will see it.
        except Exception as error:
            self.closed_again_at = time.monotonic() + CIRCUIT_OPEN_SECONDS
            pause = f"wake-ups pause for {CIRCUIT_OPEN_SECONDS} s"
            logger.warning("broker unreachable (%s); %s", type(error).__name__, pause)

    def wait_until_quiet(self, seconds: float) -> bool:
        """Wait until all is published, for `seconds` at most. Returns whether it is."""
        with self.changed:
            return self.changed.wait_for(lambda: not self.waiting and not self.is_busy, seconds)


_bell = Bell()


def _start_over() -> None:
    """Give a forked process a bell of its own: it has no threads, and perhaps a lock that nobody will ever release."""
    global _bell
    _bell = Bell()


os.register_at_fork(after_in_child=_start_over)
# A command that ends at once should still wake a worker; one whose broker is gone should still end.
atexit.register(lambda: _bell.wait_until_quiet(FAREWELL_SECONDS))
