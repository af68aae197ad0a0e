"""The cache writes with one statement, whatever else is in its table, and forgets what has expired."""

import pytest
from django.core.cache import cache, caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config import cache as ours
from devtools.testing.signing_in import ask_for_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache")]
AROUND = ("SAVEPOINT", "RELEASE")


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


def test_a_sign_in_makes_the_same_few_statements_however_many_throttles_there_are(monkeypatch):
    monkeypatch.setattr(ours.random, "randrange", lambda most: 1)
    made = []
    for number in (0, 300):
        for each in range(number):
            cache.set(f"throttle{each}", [1.0], 60)
        client = Client()
        client.get("/accounts/login/")
        made.append(statements(lambda at=number, by=client: ask_for_code(by, f"new{at}@example.edu")))
    assert made[0] == made[1] <= 20
