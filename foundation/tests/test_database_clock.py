"""Every decision goes by the database's clock, whatever this machine's clock says."""

import time
from datetime import UTC, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation import database_clock

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
HOURS = timedelta(hours=3)
INSTANT = timedelta(seconds=2)


@pytest.fixture(autouse=True)
def nothing_read(monkeypatch):
    """No reading of the clock is left from another test."""
    monkeypatch.setattr(database_clock, "_last", None)


@pytest.fixture
def questions(monkeypatch):
    """A list with an entry for each time the database was asked."""
    times, ask = [], database_clock._ask

    def count():
        times.append(time.monotonic())
        return ask()

    monkeypatch.setattr(database_clock, "_ask", count)
    return times


@pytest.mark.parametrize("by", [HOURS, -HOURS])
def test_a_wrong_clock_of_the_machine_does_not_count(set_clock, by):
    right = timezone.now()
    set_clock(by)
    assert abs(database_clock.now() - right) < INSTANT
    assert abs(database_clock.offset() - by) < INSTANT
    assert database_clock.problem("beat")


@pytest.mark.parametrize("by", [HOURS, -HOURS])
def test_a_clock_that_is_set_while_the_process_runs_does_not_count(set_clock, by):
    right = database_clock.now()
    set_clock(by)
    assert abs(database_clock.now() - right) < INSTANT
    assert database_clock.problem("beat")


def test_a_clock_that_is_set_right_again_is_right_at_once(set_clock):
    set_clock(HOURS)
    assert database_clock.problem("beat")
    set_clock(timedelta(0))
    assert database_clock.problem("beat") == ""


def test_a_clock_that_is_right_counts_as_exactly_right():
    before = timezone.now()
    found = database_clock.now()
    assert before <= found <= timezone.now()
    assert found.tzinfo is UTC


@pytest.mark.parametrize(("seconds", "is_wrong"), [(55, False), (-55, False), (65, True), (-65, True)])
def test_a_minute_decides_whether_a_clock_is_wrong(set_clock, seconds, is_wrong):
    set_clock(timedelta(seconds=seconds))
    assert bool(database_clock.problem("beat")) is is_wrong


def test_the_database_is_asked_once_a_minute(questions, monkeypatch):
    for _ in range(100):
        database_clock.now()
    assert len(questions) == 1
    monotonic = time.monotonic
    right = timezone.now
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 61)
    monkeypatch.setattr(timezone, "now", lambda: right() + timedelta(seconds=61))
    database_clock.now()
    assert len(questions) == 2


def test_a_machine_that_slept_asks_at_once(questions, set_clock):
    database_clock.now()
    set_clock(timedelta(minutes=20))
    database_clock.now()
    assert len(questions) == 2


def test_asking_is_no_query_of_the_page():
    with CaptureQueriesContext(connection) as queries:
        database_clock.now()
    assert queries.captured_queries == []


def test_a_broken_transaction_breaks_no_clock(set_clock):
    right = database_clock.now()
    set_clock(HOURS)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        try:
            cursor.execute("SELECT no_such_column")
        except DatabaseError:
            assert abs(database_clock.now() - right) < INSTANT
            raise


def test_without_the_database_the_last_reading_counts_on(monkeypatch, set_clock):
    right = database_clock.now()
    set_clock(HOURS)

    def away():
        raise DatabaseError("gone")

    monkeypatch.setattr(database_clock, "_ask", away)
    assert abs(database_clock.now() - right) < INSTANT


def test_a_process_that_never_had_an_answer_says_so(monkeypatch):
    def away():
        raise DatabaseError("gone")

    monkeypatch.setattr(database_clock, "_ask", away)
    with pytest.raises(DatabaseError):
        database_clock.now()
