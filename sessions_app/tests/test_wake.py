"""Waking a worker is bounded, happens once per transaction and harms nothing when the broker is gone (G10)."""

import itertools
import socket
import time

import pytest
from celery import Celery
from django.conf import settings

from sessions_app import wake as waking
from sessions_app.wake import wake

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def closed_circuit():
    """Every test starts and ends with the circuit closed."""
    waking._closed_again_at = 0.0
    yield
    waking._closed_again_at = 0.0


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


numbers = itertools.count()


def seconds_to_wake(task, capture, times=1) -> float:
    started = time.monotonic()
    for _ in range(times):
        with capture(execute=True):
            # Another argument each time: the test's transaction stays open, and equal wake-ups in one are one.
            wake(task, next(numbers))
    return time.monotonic() - started


def test_a_refusing_broker_costs_next_to_nothing(task_at, refusing_port, django_capture_on_commit_callbacks, caplog):
    assert seconds_to_wake(task_at(refusing_port), django_capture_on_commit_callbacks) < 2
    assert "broker unreachable" in caplog.text


def test_a_frozen_broker_costs_two_seconds_once_and_then_nothing(
    task_at, frozen_port, django_capture_on_commit_callbacks
):
    task = task_at(frozen_port)
    assert seconds_to_wake(task, django_capture_on_commit_callbacks) < 3
    assert seconds_to_wake(task, django_capture_on_commit_callbacks, times=50) < 0.5


def test_the_broker_is_tried_again_after_thirty_seconds(
    task_at, frozen_port, django_capture_on_commit_callbacks, monkeypatch
):
    task = task_at(frozen_port)
    seconds_to_wake(task, django_capture_on_commit_callbacks)
    closed_again_at = waking._closed_again_at
    assert 29 < closed_again_at - time.monotonic() <= 30
    monkeypatch.setattr(waking, "_closed_again_at", time.monotonic())
    assert seconds_to_wake(task, django_capture_on_commit_callbacks) > 1


def test_nothing_is_published_before_the_commit(task_at, refusing_port, django_capture_on_commit_callbacks, caplog):
    with django_capture_on_commit_callbacks():
        wake(task_at(refusing_port), next(numbers))
    assert caplog.text == ""


def test_the_same_wake_up_is_published_once_per_transaction(task_at, refusing_port, django_capture_on_commit_callbacks):
    task = task_at(refusing_port)
    with django_capture_on_commit_callbacks() as callbacks:
        wake(task, 1)
        wake(task, 1)
        wake(task, 2)
    assert len(callbacks) == 2
