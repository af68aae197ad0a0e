"""What pages of people who are signed in count alike is read once, and again once anything was written."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from catalog.models import Workshop
from devtools.testing.kept import forget_what_is_kept
from foundation import database_clock
from foundation.kept import reads, rows, written
from foundation.kept.rows import until_written
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")\w{64}')
COUNTS = 2  # of the filter bar and of the months
PATHS = ["/", "/?view=month", "/?topic=none-such", "/?status=confirmed&format=online"]


@pytest.fixture
def clients_of_two(people):
    """Two clients of two people who are signed in."""
    clients = []
    for person in people(2):
        clients.append(Client())
        clients[-1].force_login(person)
        clients[-1].get("/my/profile/")  # what the first page of a browser session costs
    return clients


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def body(client: Client, path: str) -> bytes:
    """Return what a page says, without the token of its forms."""
    return TOKEN.sub(b"", client.get(path).content)


def test_what_one_person_had_counted_another_reads(clients_of_two, make_session, now, monkeypatch):
    make_session()
    monkeypatch.setattr(database_clock, "now", lambda: now)
    first, second = (queries_of(reader, "/") for reader in clients_of_two)
    assert first - second == COUNTS


def test_counts_are_what_would_be_counted_whatever_was_written(clients_of_two, make_session, now, monkeypatch):
    session, reader = make_session(), clients_of_two[0]
    monkeypatch.setattr(database_clock, "now", lambda: now)
    for change in (
        {"seats_taken": 6},
        {"listed": False},
        {"listed": True, "format": "hybrid"},
        {"status": "confirmed", "confirmed_at": now, "confirmed_count": 6, "confirmed_minimum": 6},
        {"starts_at": session.starts_at + timedelta(days=60), "ends_at": session.ends_at + timedelta(days=60)},
    ):
        for path in PATHS:
            reader.get(path)
        Session.objects.filter(pk=session.pk).update(**change)
        sent = [body(reader, path) for path in PATHS]
        forget_what_is_kept()
        assert sent == [body(reader, path) for path in PATHS], change


def test_another_minute_is_counted_again(clients_of_two, make_session, now, monkeypatch):
    make_session()
    for at in (now, now + timedelta(minutes=1), now, now - timedelta(days=1)):
        monkeypatch.setattr(database_clock, "now", lambda at=at: at)
        counted = [queries_of(reader, "/") for reader in clients_of_two]
        assert counted[0] - counted[1] == COUNTS, at


def test_visitors_are_not_shown_what_people_of_ours_had_counted(client, clients_of_two, make_session, now, monkeypatch):
    make_session()
    Workshop.objects.update(posture="signed-in")
    monkeypatch.setattr(database_clock, "now", lambda: now)
    assert clients_of_two[0].get("/").context["counts"]["all"] == 1
    assert client.get("/").context["counts"]["all"] == 0


def test_what_reads_a_table_that_nobody_watches_is_read_each_time(person, now):
    read = until_written(lambda now: list(Person.objects.values_list("name", flat=True)))
    names = read(now)
    Person.objects.update(name="Another Name")
    assert (len(names), set(read(now)), len(rows.kept_rows)) == (1, {"Another Name"}, 0)


def test_a_page_knows_the_tables_of_what_was_kept_for_it(make_session, now):
    make_session()
    read = until_written(lambda now: list(Session.objects.values_list("seats_taken", flat=True)))
    read(now)
    with reads.noted() as tables:
        assert read(now) == [0]
    assert tables == {"sessions_app_session"}


def test_nothing_is_kept_while_no_number_says_what_was_written(make_session, now, monkeypatch):
    make_session()
    monkeypatch.setattr(written, "number", lambda: None)
    read = until_written(lambda now: list(Session.objects.values_list("seats_taken", flat=True)))
    assert (read(now), len(rows.kept_rows)) == ([0], 0)
