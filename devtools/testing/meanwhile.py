"""Do something in another connection, uncommitted until this one waits for it: both sides of a race, each time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import connection, transaction

PATIENCE = 2.0  # seconds; a page waits three for a lock
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@contextmanager
def meanwhile(change: Callable[[], object]) -> Iterator[None]:
    """Call `change` in a transaction of its own before the block, which commits once the block waits for its locks."""
    changed, problems = Event(), []

    def act() -> None:
        try:
            with transaction.atomic():
                change()
                changed.set()
                end = time.monotonic() + PATIENCE
                while time.monotonic() < end and not _somebody_waits():
                    time.sleep(0.01)
        except Exception as problem:
            problems.append(problem)
        finally:
            changed.set()
            connection.close()

    thread = Thread(target=act)
    thread.start()
    changed.wait()
    try:
        yield
    finally:
        thread.join()
    assert problems == []


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])
