"""What /readyz looks at that may be slow, and that looking never holds the web processes."""

import http.client
import json
import os
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from devtools.processes import patience, private_folder, start, stop, tail
from devtools.servers import Valkey
from devtools.testing.database import database_url
from devtools.testing.outage import away_from, disk_full
from notifications.models import MailQueue
from operations import room
from operations.health import find_problems
from operations.reading import FRESH_SECONDS, HELD_UP, HELD_UP_SECONDS, NOT_READ, Reading

WEB_THREADS, ASKING = 2, 30


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


# ---- the last reading ----


def test_what_was_read_is_told_for_five_seconds():
    hand, count = Hand(), iter(range(10))
    reading = Reading(lambda: {"times": str(next(count))}, clock=hand)
    assert [reading.tell(), reading.tell()] == [{"times": "0"}] * 2
    hand.seconds += FRESH_SECONDS - 0.1
    assert reading.tell() == {"times": "0"}
    hand.seconds += 0.1
    assert reading.tell() == {"times": "1"}


def test_one_reads_and_nobody_waits_for_it():
    hand, begun, thaw, count = Hand(), threading.Event(), threading.Event(), iter(range(10))

    def read() -> dict[str, str]:
        begun.set()
        assert thaw.wait(30)
        return {"times": str(next(count))}

    reading = Reading(read, clock=hand)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(reading.tell)
        assert begun.wait(30)
        assert reading.tell() == {"reading": NOT_READ}
        thaw.set()
        assert first.result(30) == reading.tell() == {"times": "0"}
        thaw.clear()
        begun.clear()
        hand.seconds += 60
        second = other.submit(reading.tell)
        assert begun.wait(30)
        assert reading.tell() == {"times": "0"}
        hand.seconds += HELD_UP_SECONDS
        assert reading.tell() == {"reading": HELD_UP}
        thaw.set()
        assert second.result(30) == {"times": "1"}


def test_a_reading_that_fails_lets_the_next_one_read():
    answers = iter([ValueError, {}])

    def read() -> dict[str, str]:
        answer = next(answers)
        if answer is ValueError:
            raise answer
        return answer

    reading = Reading(read)
    with pytest.raises(ValueError):
        reading.tell()
    assert reading.tell() == {}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_frozen_broker_holds_one_thread_of_a_web_process(settings, tmp_path):
    with private_folder() as folder:
        valkey = Valkey(folder)
        valkey.start()
        valkey.send(signal.SIGSTOP)
        env = {**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": valkey.url, "DEBUG": "1"}
        bind = f"unix:{folder}/web.sock"
        log, threads = tmp_path / "web.log", ["--workers", "1", "--threads", str(WEB_THREADS), "--no-control-socket"]
        web = start([sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", bind, *threads], env=env, log=log)
        try:
            while get(f"{folder}/web.sock", "/healthz")[0] != 200:
                assert web.poll() is None, tail(log)
                time.sleep(0.1)
            began = time.monotonic()
            with ThreadPoolExecutor(ASKING) as crowd:
                asked = list(crowd.map(lambda _: get(f"{folder}/web.sock", "/readyz"), range(ASKING)))
            # If each waited for the broker, it would be a second for each two of them, and more on a busy machine.
            assert time.monotonic() - began < patience(ASKING / WEB_THREADS / 2, most_times=1.9)
            assert {status for status, _ in asked} == {503}
            assert "broker" in json.loads(get(f"{folder}/web.sock", "/readyz")[1])["problems"]
        finally:
            stop(web)
            valkey.stop()


def get(address: str, path: str) -> tuple[int, bytes]:
    """GET a path over a Unix socket. Returns status and body; the status is 0 where nobody answers."""
    client = http.client.HTTPConnection("127.0.0.1", timeout=60)
    client.sock = socket.socket(socket.AF_UNIX)
    try:
        client.sock.connect(address)
        client.request("GET", path)
        answer = client.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""
    finally:
        client.close()


# ---- room on the disk ----


@pytest.fixture
def swept(db, now):
    MailQueue.load().beat(now)


def found(now) -> dict[str, str]:
    return {name: words for name, words in find_problems(now).items() if name != "broker"}


def test_a_full_disk_is_named(swept, now, monkeypatch):
    assert found(now) == {}
    if connection.vendor == "sqlite":
        monkeypatch.setattr(room.tempfile, "TemporaryFile", no_room)
        assert found(now) == {"room": room.FULL}
        return
    with away_from(10**6, disk_full()) as asked:
        assert found(now) == {}
    probe = next(number for number, sql in enumerate(asked) if "generate_series" in sql)
    with away_from(probe, disk_full()):
        assert found(now) == {"room": room.FULL}


def no_room(**where) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.postgres
def test_the_probe_of_the_disk_writes_to_the_disk(db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64kB'")
        cursor.execute(
            "EXPLAIN (ANALYZE, BUFFERS) SELECT count(*) FROM generate_series(1, %s)", [room.PROBE_BYTES // 20]
        )
        plan = " ".join(row[0] for row in cursor.fetchall())
    pages = int(plan.split("temp read=")[1].split("written=")[1].split()[0].rstrip(")"))
    assert pages * 8192 >= room.PROBE_BYTES * 0.6


@pytest.mark.postgres
def test_a_database_that_can_only_be_read_is_named(swept, now):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL default_transaction_read_only = on")
    assert found(now) == {"room": room.READ_ONLY}


def test_a_database_that_is_away_is_named(db, now):
    with away_from(0, disk_full()):
        assert find_problems(now) == {"database": "The database does not answer."}
