"""A test that hangs fails alone: its time is over, what it had started is killed, and the next test runs.

The limit is that of `time_limit` in pytest.ini, for the set-up, the test and the tear-down each, and grows on a machine
that others use too. It ends what waits in Python. A statement that PostgreSQL never answers ends by a limit of its own,
because its client hears no signal; `faulthandler_timeout` is the last net, for anything else that hears none.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from types import FrameType

import pytest
from django.db import Error, connection
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from devtools.processes import descendants, patience

# Seconds for which no limit has run so far: the database is made within the first test that asks for it.
unlimited_seconds = 0.0
AGAIN = 20  # seconds; where the first call was lost, as in a destructor
MOST_TIMES = 4  # how often the limit, on a machine however busy


class TookTooLong(BaseException):
    """The time of a test is over. No Exception: the code under test must not catch it, nor hypothesis try it again."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "time_limit", "seconds that a set-up, a test or a tear-down may take on a quiet machine", default="300"
    )


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """End what takes longer than `seconds`, more on a busy machine, and every process it has started."""
    began = time.monotonic() - unlimited_seconds

    def look(signum: int, frame: FrameType | None) -> None:
        took = time.monotonic() - unlimited_seconds - began
        if (left := patience(seconds, MOST_TIMES) - took) > 0:
            signal.setitimer(signal.ITIMER_REAL, left, AGAIN)
            return
        kill_descendants()
        raise TookTooLong(f"This took more than {took:.0f} s. It was ended, and so was every process it had started.")

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def unlimited() -> Iterator[None]:
    """Let no limit run."""
    global unlimited_seconds
    left, again = signal.setitimer(signal.ITIMER_REAL, 0)
    began = time.monotonic()
    try:
        yield
    finally:
        unlimited_seconds += time.monotonic() - began
        signal.setitimer(signal.ITIMER_REAL, left, again)


def kill_descendants() -> None:
    """Kill every process under this one with its group. What other tests share is started again when it is missed."""
    own = os.getpgid(0)
    for pid in descendants(os.getpid()):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            group = os.getpgid(pid)
            os.kill(pid, signal.SIGKILL) if group == own else os.killpg(group, signal.SIGKILL)


def hang_up_others() -> None:
    """End the other connections to the database of the tests: a thread that was left behind may hold locks."""
    if connection.vendor != "postgresql" or connection.connection is None:
        return
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid NOT IN (pg_backend_pid(), %s)",
                [connection.connection.get_backend_pid()],
            )
    except Error:
        pass  # the database is what hangs, and its own tests will say so
    finally:
        other.close()


def in_time(item: pytest.Item) -> Iterator[None]:
    try:
        with limited(float(item.config.getini("time_limit"))):
            return (yield)
    except TookTooLong:
        hang_up_others()
        raise


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef) -> Iterator[None]:
    if fixturedef.argname != "django_db_setup":
        return (yield)
    with unlimited():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    return (yield from in_time(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    return (yield from in_time(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    return (yield from in_time(item))


@receiver(connection_created)
def end_statements(connection: object, **kwargs: object) -> None:
    """Have PostgreSQL end a statement that takes longer than any test may: its client waits without hearing signals."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '300s'")
