"""The cache writes with one statement, whatever else is in its table, and forgets what has expired."""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.core.cache import cache, caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config import cache as ours
from devtools.testing.signing_in import CODE_PAGE, ask_for_code, is_signed_in, mailed_code
from foundation import database_clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
AROUND = ("SAVEPOINT", "RELEASE")
COUNTING = 8


def as_moment(column: datetime | str) -> datetime:
    """Return what a database says of a time, which SQLite does in words."""
    moment = datetime.fromisoformat(column) if isinstance(column, str) else column
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def statements(act) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return sum(not query["sql"].startswith(AROUND) for query in queries)


def test_each_thing_is_one_statement():
    for act in (
        lambda: cache.set("one", [1.5, "words"], 60),
        lambda: cache.set("one", [2.5], 60),
        lambda: cache.add("one", 3, 60),
        lambda: cache.add("two", 3, 60),
        lambda: cache.get("one"),
        lambda: cache.delete("one"),
    ):
        assert statements(act) == 1
    assert (cache.get("one"), cache.get("two")) == (None, 3)


def test_add_writes_only_where_nothing_holds():
    assert cache.add("key", 1, 60) and not cache.add("key", 2, 60)
    assert cache.get("key") == 1
    cache.set("key", 1, -60)
    assert cache.add("key", 3, 60) and cache.get("key") == 3
    cache.set("ever", 4, None)
    assert not cache.add("ever", 5, 60) and cache.get("ever") == 4


def test_the_table_is_culled_now_and_then_and_never_counted_in_between(monkeypatch):
    monkeypatch.setattr(caches["default"], "_max_entries", 10)
    for number in range(30):
        cache.set(f"old{number}", number, -60)
    with connection.cursor() as cursor:
        monkeypatch.setattr(ours.random, "randrange", lambda most: 0)
        cache.set("new", 1, 60)
        cursor.execute("SELECT count(*) FROM django_cache")
        assert cursor.fetchone()[0] <= 11
    assert cache.get("new") == 1


def test_a_write_that_fails_leaves_the_transaction_around_it_well():
    with transaction.atomic():
        assert cache.add("k" * 240, 1, 60) in (True, False)
        cache._base_set("set", "k" * 300, 1, 60)
        assert cache.add("after", 1, 60)


@pytest.mark.parametrize("email", ["person1@example.edu", "new@example.edu"])
def test_a_sign_in_makes_the_same_few_statements_however_many_throttles_there_are(monkeypatch, person, email):
    monkeypatch.setattr(ours.random, "randrange", lambda most: 1)
    made = []
    for number in (0, 300):
        for each in range(number):
            cache.set(f"throttle{each}", [1.0], 60)
        client = Client()
        client.get("/accounts/login/")
        made.append(statements(lambda by=client: ask_for_code(by, email)))
        code = mailed_code(email)
        made.append(statements(lambda by=client, code=code: by.post(CODE_PAGE, {"code": code})))
        assert is_signed_in(client)
    asking, entering, asking_again, entering_again = made
    assert asking == asking_again <= 8
    # The first time the address is written down, and perhaps the person.
    assert entering_again <= entering <= (15 if email == person.email else 18)
    assert entering_again <= 13


def test_what_is_held_is_counted_by_one_at_a_time(transactional_db):
    assert sorted(count_at_once()) == list(range(1, COUNTING + 1))


def test_without_holding_it_counts_are_lost(transactional_db, monkeypatch):
    """Show that the test above tells: the control."""
    monkeypatch.setattr(ours.transaction, "atomic", lambda **options: contextlib.nullcontext())
    assert len(set(count_at_once())) < COUNTING


def count_at_once() -> list[int]:
    """Let some threads count one up, each at once; return what each made of it."""
    cache.clear()
    start = Barrier(COUNTING)

    def count(number: int) -> int:
        start.wait()
        try:
            with cache.held({"other": 60, "counter": 60}) as kept:
                kept["counter"] = counted = (kept.get("counter") or 0) + 1
                time.sleep(0.05)
            return counted
        finally:
            connection.close()

    with ThreadPoolExecutor(COUNTING) as pool:
        return list(pool.map(count, range(COUNTING)))


def test_what_has_expired_is_not_held():
    with cache.held({"a": -60, "b": 60}) as kept:
        kept |= {"a": 1, "b": 2}
    with cache.held({"a": 60, "b": 60}) as kept:
        assert kept == {"b": 2}


def test_what_was_asked_for_and_not_set_leaves_no_row():
    with cache.held({"given": 60, "refused": 60}) as kept:
        kept["given"] = [1.0]
    with cache.held({"given": 600, "refused": 60}) as kept:
        assert kept == {"given": [1.0]}
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, expires FROM django_cache")
        ((name, until),) = cursor.fetchall()
    assert name.endswith("given")
    # Nor was written what had not changed.
    assert cache.get("given") == [1.0] and database_clock.now() + timedelta(seconds=90) > as_moment(until)


def test_a_row_that_somebody_holds_stays_when_the_table_is_culled(transactional_db, monkeypatch):
    monkeypatch.setattr(caches["default"], "_max_entries", 1)
    cache.clear()
    for number in range(6):
        cache.set(f"old{number}", number, -60)
    monkeypatch.setattr(ours.random, "randrange", lambda most: 1)
    with cache.held({"old3": 60}) as kept:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(cull).result(timeout=20)
        kept["old3"] = "new"
    assert cache.get("old3") == "new" and cache.get("old4") is None


def cull() -> None:
    """Let another process tidy the table."""
    try:
        with connection.cursor() as cursor:
            caches["default"]._cull("default", cursor, database_clock.now(), 6)
    finally:
        connection.close()
