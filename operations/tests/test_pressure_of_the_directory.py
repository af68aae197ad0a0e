"""People change while somebody else holds their sessions: sessions come first, so nobody waits in a circle."""

import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

from accounts.forms import ProfileForm
from accounts.models import DirectoryQuestion, Person
from accounts.school.record import SchoolRecord
from accounts.school.said import Said
from foundation import verbs
from foundation.verbs import lock_row
from operations.directory.reading import read_directory
from operations.directory.taking_in import take_in
from registrations.models import Registration
from registrations.newcomers import complete_profile

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def take_in_rows(rows: str):
    return take_in(read_directory(f"email,role\n{rows}".encode()), Person.objects.rule(), apply=True, anyway=True)


def carry_out(person, now):
    DirectoryQuestion.objects.create(person=person, kind="moved", role="student", asked_at=now).carry_out(
        by=Person.objects.rule()
    )


def register_as_somebody_new(person, now):
    Person.objects.filter(pk=person.pk).update(role="")
    person.refresh_from_db()
    with transaction.atomic():
        complete_profile(person, role="student")


def fill_in_the_profile(person, now):
    form = ProfileForm({"name": "Ada", "role": "student", "discreet_titles": "on"}, instance=person)
    assert form.is_valid(), form.errors
    form.save()


WAYS = {
    "somebody new": register_as_somebody_new,
    "profile": fill_in_the_profile,
    "directory": lambda person, now: take_in_rows(f"{person.email},student\n"),
    "question": carry_out,
    "switched off": lambda person, now: person.switch_off(by=Person.objects.rule(), why="They left."),
    "school": lambda person, now: SchoolRecord.objects.refresh(
        person, Said("openid", "uid", affiliations=("student",))
    ),
}


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None


@pytest.fixture
def while_others_hold():
    """Give what does `work` while others did `first`, and have `last` to do in the same transaction."""

    def do(first, last, work):
        holds, said = threading.Event(), []

        def hold():
            try:
                with transaction.atomic():
                    first()
                    holds.set()
                    last()
                said.append("done")
            except OperationalError as error:
                said.append(str(error))
            finally:
                connection.close()

        thread = threading.Thread(target=hold)
        thread.start()
        assert holds.wait(10)
        try:
            return work(), said
        finally:
            thread.join(20)

    return do


@pytest.mark.parametrize("way", WAYS)
def test_the_sessions_of_a_person_are_locked_before_the_person(while_others_hold, make_session, people, now, way):
    (person,), session = people(1), make_session()
    Person.objects.rule()
    Registration.objects.register(person, session, now=now)

    def last():
        until = time.monotonic() + 10
        while not somebody_waits() and time.monotonic() < until:
            time.sleep(0.02)
        lock_row(Person(pk=person.pk))

    _, said = while_others_hold(session.lock, last, lambda: WAYS[way](person, now))
    assert said == ["done"]
    person.refresh_from_db()
    assert (person.role, person.is_active) in {("student", True), ("staff", False)}


def test_a_person_whom_somebody_holds_is_named_and_the_others_are_taken_in(
    while_others_hold, make_session, people, now, monkeypatch
):
    monkeypatch.setattr(verbs, "SECONDS", 1)
    held_up, seated, left, other = people(4)
    session = make_session()
    Registration.objects.register(seated, session, now=now)
    Person.objects.filter(pk=left.pk).update(from_directory=True)
    rows = "".join(f"{each.email},student\n" for each in (held_up, seated, other))
    is_done = threading.Event()

    def first():
        session.lock()
        for each in (held_up, left):
            lock_row(Person(pk=each.pk))

    def work():
        try:
            return take_in_rows(rows)
        finally:
            is_done.set()

    done, said = while_others_hold(first, lambda: is_done.wait(30), work)
    assert said == ["done"]
    assert [sentence.split(":")[0].split(",")[0] for sentence in done.busy] == ["Row 2", "Row 3", f"Account {left.pk}"]
    assert (done.changed, done.left) == (1, 0)
    assert list(Person.objects.filter(role="student")) == [other]
    done = take_in_rows(rows)
    assert (done.changed, done.same, done.left, done.busy) == (2, 1, 1, [])
