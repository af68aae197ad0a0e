"""Waking a worker costs the request nothing, happens once per moment and harms nothing without a broker (G10)."""

import os
import socket
import subprocess
import sys
import threading
import time

import pytest
from celery import Celery
from django.conf import settings

from devtools.processes import patience
from foundation import wake as waking
from foundation.wake import Bell, wake


@pytest.fixture
def bell(monkeypatch):
    """A bell of the test's own, that nothing has failed yet."""
    bell = Bell()
    monkeypatch.setattr(waking, "_bell", bell)
    yield bell
    assert bell.wait_until_quiet(10)


@pytest.fixture
def task_at():
    """task_at(port) is a task whose broker is expected at a port of 127.0.0.1, with the portal's own settings."""
    apps = []

    def make(port):
        app = Celery("elsewhere", set_as_current=False)
        app.config_from_object(settings, namespace="CELERY")
        app.conf.broker_url = f"redis://127.0.0.1:{port}/0"
        apps.append(app)

        @app.task(name="elsewhere.nothing")
        def nothing(*args):
            """Do nothing, elsewhere."""

        return nothing

    yield make
    for app in apps:
        app.close()


@pytest.fixture
def frozen_port():
    """A port that takes connections and never says a word, like a stopped Redis."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def refusing_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return port


class Recorder:
    """Stands where a task does, and keeps what was published."""

    name = "elsewhere.recorded"

    def __init__(self):
        self.published, self.goes_on = [], threading.Event()
        self.goes_on.set()

    def apply_async(self, args, **options):
        self.published.append(args)
        self.goes_on.wait(10)


def at_once() -> float:
    """Return so many seconds as are fewer than one wait for a frozen broker takes, however busy the machine is."""
    return patience(0.5, most_times=2)


def seconds(do) -> float:
    began = time.monotonic()
    do()
    return time.monotonic() - began


def test_waking_does_not_wait_for_a_frozen_broker(bell, task_at, frozen_port):
    task = task_at(frozen_port)
    assert seconds(lambda: [bell.ring(task, (number,)) for number in range(50)]) < at_once()


def test_a_frozen_broker_is_waited_for_once_and_two_seconds(bell, task_at, frozen_port, caplog):
    task = task_at(frozen_port)
    for number in range(50):
        bell.ring(task, (number,))
    assert 1 < seconds(lambda: bell.wait_until_quiet(patience(10))) < patience(4)
    assert caplog.text.count("broker unreachable") == 1


def test_a_refusing_broker_is_tried_again_after_thirty_seconds(bell, task_at, refusing_port, caplog):
    task = task_at(refusing_port)
    bell.ring(task, ())
    bell.wait_until_quiet(10)
    assert 29 < bell.closed_again_at - time.monotonic() <= 30
    bell.ring(task, ())
    bell.wait_until_quiet(10)
    assert caplog.text.count("broker unreachable") == 1
    bell.closed_again_at = time.monotonic()
    bell.ring(task, ())
    bell.wait_until_quiet(10)
    assert caplog.text.count("broker unreachable") == 2


def test_equal_wake_ups_of_one_moment_are_published_once(bell):
    task = Recorder()
    for args in [(1,), (2,), (1,), (1,)]:
        bell.ring(task, args)
    bell.wait_until_quiet(10)
    assert task.published == [(1,), (2,)]


def test_a_wake_up_during_an_equal_one_is_published_again(bell):
    """What it tells may have been committed after the worker had looked."""
    task = Recorder()
    task.goes_on.clear()
    bell.ring(task, ())
    while not task.published:
        time.sleep(0.01)
    bell.ring(task, ())
    task.goes_on.set()
    bell.wait_until_quiet(10)
    assert task.published == [(), ()]


@pytest.mark.django_db
def test_nothing_is_published_before_the_commit(bell, django_capture_on_commit_callbacks):
    task = Recorder()
    with django_capture_on_commit_callbacks(execute=True):
        wake(task, 1)
        assert bell.waiting == {}
    bell.wait_until_quiet(10)
    assert task.published == [(1,)]


@pytest.mark.django_db
def test_the_same_wake_up_is_asked_for_once_per_transaction(bell, django_capture_on_commit_callbacks):
    task = Recorder()
    with django_capture_on_commit_callbacks() as callbacks:
        wake(task, 1)
        wake(task, 1)
        wake(task, 2)
    assert len(callbacks) == 2


ENDS_AT_ONCE = """
from foundation import wake
class Task:
    name = "said"
    def apply_async(self, args, **options):
        print("published", *args, flush=True)
wake._bell.ring(Task(), ({},))
"""
FORKS_FIRST = """
import os
from foundation import wake
wake._bell.changed.acquire()
if os.fork():
    _, status = os.wait()
    os._exit(status)
"""


def run(script: str) -> str:
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20, env=os.environ)
    return answer.stdout + answer.stderr


def test_a_command_that_ends_at_once_still_wakes_a_worker():
    assert run(ENDS_AT_ONCE.format(7)) == "published 7\n"


def test_a_forked_process_has_a_bell_of_its_own():
    assert run(FORKS_FIRST + ENDS_AT_ONCE.format(8)) == "published 8\n"
