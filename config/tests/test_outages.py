"""A database that is away, full, read-only or locked answers 503 with when to try again, wherever it shows."""

import json
import sqlite3

import pytest
from celery import current_app
from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Campus
from devtools.testing.every_noun import routes
from devtools.testing.outage import away_from, disk_full, postgresql_error, sqlite_disk_full
from devtools.testing.page import read
from devtools.testing.production import start_in_production
from devtools.testing.signing_in import ask_for_code
from foundation.middleware.outages import Outage, outage_of, outage_page
from notifications.models import ReceivedMail
from notifications.replies.applying import receive

FOREVER = 1000
ASK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
browser = Client(SERVER_NAME="training.example.edu", HTTP_X_FORWARDED_PROTO="https", raise_request_exception=False)
browser.cookies[settings.SESSION_COOKIE_NAME] = "k" * 32
answers = {}
for path in ["/", "/my/", "/workshops/", "/sessions.ics", "/admin/", "/readyz", "/healthz"]:
    response = browser.get(path)
    answers[path] = [response.status_code, response.headers.get("Retry-After"), response.content.decode()]
print(json.dumps(answers))
"""


def driver_error(error: Exception, kind: type[Error] = OperationalError) -> Error:
    """Return Django's error for one that a driver raised."""
    ours = kind(str(error))
    ours.__cause__ = error
    return ours


def sqlite_error(address: str, *statements: str) -> Error:
    """Return what SQLite raises for the last of the statements."""
    try:
        other = sqlite3.connect(address, timeout=0, uri=True)
        try:
            for statement in statements:
                other.execute(statement)
        finally:
            other.close()
    except sqlite3.Error as error:
        return driver_error(error)
    raise AssertionError("SQLite raised nothing")


# ---- which error is an outage ----

CODES = {
    "55P03": Outage.BUSY,  # a lock timeout
    "40P01": Outage.BUSY,  # a deadlock
    "40001": Outage.BUSY,
    "57014": Outage.BUSY,  # a statement timeout
    "53100": Outage.AWAY,  # the disk is full
    "53300": Outage.AWAY,  # too many connections
    "57P01": Outage.AWAY,  # the server is being stopped
    "57P03": Outage.AWAY,  # the server starts, or recovers
    "58030": Outage.AWAY,  # the disk cannot be read
    "25006": Outage.AWAY,  # a standby, or a database set to read-only
    "54000": None,  # a value too long for an index is a fault of ours
    "25P02": None,
    "23505": None,
    "42P01": None,
}


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("code", CODES)
def test_each_error_of_postgresql_is_an_outage_or_not(code):
    assert outage_of(postgresql_error(code)) is CODES[code]


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_transaction_that_can_only_read_is_an_outage():
    with pytest.raises(Error) as refused, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        Campus.objects.create(name="Downtown")
    assert outage_of(refused.value) is Outage.AWAY


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ends_is_an_outage():
    with pytest.raises(Error) as ended, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    assert outage_of(ended.value) is Outage.AWAY


def test_each_error_of_sqlite_is_an_outage_or_not(tmp_path):
    file = tmp_path / "one.sqlite3"
    held = sqlite3.connect(file, isolation_level=None)
    held.execute("CREATE TABLE words (word UNIQUE)")
    held.execute("BEGIN IMMEDIATE")
    assert outage_of(sqlite_error(f"file:{file}", "BEGIN IMMEDIATE")) is Outage.BUSY
    held.close()
    assert outage_of(sqlite_disk_full()) is Outage.AWAY
    assert outage_of(sqlite_error(f"file:{file}?mode=ro", "INSERT INTO words VALUES (1)")) is Outage.AWAY
    assert outage_of(sqlite_error(f"file:{tmp_path}/nowhere/one.sqlite3", "SELECT 1")) is Outage.AWAY
    assert outage_of(sqlite_error(f"file:{file}", "SELECT * FROM nothing")) is None
    assert outage_of(sqlite_error(f"file:{file}", "SELECT is wrong")) is None


def test_what_an_outage_leads_to_comes_from_it():
    with pytest.raises(ValueError) as led:
        try:
            raise sqlite_disk_full()
        except Error:
            raise ValueError("while it was dealt with")  # noqa: B904
    assert outage_of(led.value) is Outage.AWAY
    assert outage_of(ValueError("by itself")) is None
    assert outage_of(OperationalError("that no driver raised")) is None
    assert outage_of(InterfaceError("that no driver raised")) is None
    assert outage_of(None) is None


@pytest.mark.postgres
@pytest.mark.django_db
def test_mail_that_comes_to_a_database_that_can_only_be_read_comes_again():
    only_read = postgresql_error("25006")
    assert not isinstance(only_read, OperationalError)
    with away_from(0, only_read), pytest.raises(OperationalError):
        receive(b"Subject: Hello")
    assert not ReceivedMail.objects.exists()


# ---- what is answered ----


def test_the_page_of_an_outage_says_what_to_do():
    busy, away = (outage_page(outage) for outage in (Outage.BUSY, Outage.AWAY))
    assert (busy.status_code, busy["Retry-After"], away.status_code, away["Retry-After"]) == (503, "3", 503, "30")
    assert "Nothing was changed. Wait a few seconds and try again." in read(busy).text
    assert "everything that was saved is still there" in " ".join(read(away).text.split())


def test_every_page_answers_503_where_no_database_is():
    done = start_in_production("-c", ASK)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout.splitlines()[-1])
    assert answers.pop("/healthz")[0] == 200
    status, _, body = answers.pop("/readyz")
    assert (status, json.loads(body)["problems"]["database"]) == (503, "The database does not answer.")
    assert {path: answer[:2] for path, answer in answers.items()} == dict.fromkeys(answers, [503, "30"])
    assert all("The portal is away for a moment." in answer[2] for answer in answers.values())


@pytest.mark.django_db
def test_registering_answers_503_wherever_the_disk_fills(me, make_session):
    session, full, before, answers = make_session(), disk_full(), 0, []
    me.raise_request_exception = False
    while answers[-1:] != [302]:
        with away_from(before, full):
            answers.append(me.post(reverse("register", args=[session.code])).status_code)
        assert session.registrations.exists() == (answers[-1] == 302)
        before += 1
    assert answers == [503] * (before - 1) + [302] and before > 10


@pytest.mark.django_db
def test_a_session_that_cannot_be_saved_answers_503(fresh_cache, people):
    first, *others = people(40)
    with away_from(FOREVER, disk_full()) as asked:
        ask_for_code(Client(), first.email)
    assert "browsersession" in asked[-1]
    for before, person in zip(range(len(asked) - 5, len(asked) + 5), others, strict=False):
        browser = Client(raise_request_exception=False)
        with away_from(before, disk_full()) as asked:
            response = ask_for_code(browser, person.email)
        if len(asked) > before and "browsersession" in asked[before]:
            assert (response.status_code, response["Retry-After"]) == (503, "30")
            return
    pytest.fail("no query saved the browser session")


# ---- in the middle of any answer ----


def places(who: str, number: int, asked: int) -> set[int]:
    """Return before which of so many queries the database goes away.

    The first queries load the browser session and the person, the last are those of the template. A page of the admin
    loses the one in the middle or the last by turns, and every other page each of the four, from one reader or another.
    """
    four = (0, 1, asked // 2, asked - 1)
    chosen = {"visitor": four, "owner": four[2:], "office": four[2 + number % 2 :][:1]}[who]
    return set(chosen).intersection(range(asked))


@pytest.mark.postgres
@pytest.mark.parametrize("who, least", [("visitor", 30), ("owner", 100), ("office", 200)])
def test_a_database_that_goes_away_in_any_answer_is_no_fault(who, least, clients, address, monkeypatch):
    monkeypatch.setattr(current_app.conf, "broker_url", "memory://")
    browser, full, wrong, broke = clients[who], disk_full(), {}, 0
    # Before others the admin shows the way to sign in, and asks the database no more than any page has by then.
    for number, route in enumerate(route for route in routes() if who == "office" or not route.startswith("admin/")):
        where = address(route)
        with away_from(10**6, full) as asked:
            usual = browser.get(where).status_code
        # What is only to be remembered may fail: then the answer is the usual one.
        for place in places(who, number, len(asked)):
            with away_from(place, full):
                response = browser.get(where)
            is_calm = response.status_code == 503 and (route == "readyz" or "Retry-After" in response)
            if not is_calm and response.status_code != usual:
                wrong[where, place] = response.status_code
            broke += is_calm
    assert wrong == {} and broke > least
