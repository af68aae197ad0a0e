"""Two accounts become one while something is done under the one that goes: nothing is lost, and nothing left behind."""

import threading

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone

from accounts.models import Person
from devtools.testing.at_once import at_once
from operations.invariants import breaches
from operations.merging_people import merge as merging
from operations.merging_people.moves import foreign_keys
from registrations.models import Interest, Registration

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


def tried(work) -> str:
    """Do `work`, and return what came of it."""
    try:
        work()
    except (IntegrityError, OperationalError, merging.Refused, Registration.Refused, Person.DoesNotExist) as error:
        return type(error).__name__
    return "done"


def wish_in_the_middle(monkeypatch, kept, gone, office, workshop) -> str:
    """Merge, and once all rows have moved let `gone` ask for dates of `workshop`. Return what came of the wish."""
    moved, said = threading.Event(), []

    def wish():
        moved.wait(10)
        said.append(tried(lambda: Interest.objects.express(Person(pk=gone.pk, is_active=True), workshop)))
        connection.close()

    thread = threading.Thread(target=wish)
    real = merging.move_rows

    def move(*people):
        dropped = real(*people)
        moved.set()
        thread.join(1.5)
        return dropped

    monkeypatch.setattr(merging, "move_rows", move)
    thread.start()
    merging.merge_people(kept, gone, office, merging.plan(kept, gone, office).agreement)
    thread.join(10)
    return said[0]


def test_a_wish_in_the_middle_is_refused_and_not_lost(monkeypatch, people, office, workshop):
    kept, gone = people(2)
    assert wish_in_the_middle(monkeypatch, kept, gone, office, workshop) != "done"
    assert not Interest.objects.exists()


def test_without_the_lock_a_wish_is_lost_without_a_word(monkeypatch, people, office, workshop):
    """The control."""
    kept, gone = people(2)
    monkeypatch.setattr(merging, "lock_accounts", lambda *accounts: None)
    assert wish_in_the_middle(monkeypatch, kept, gone, office, workshop) == "done"
    assert not Interest.objects.exists()


def test_people_register_and_leave_while_accounts_become_one(make_session, people, office):
    session, other = make_session(minimum=1, capacity=3), make_session(days=21, minimum=1)
    for _ in range(ROUNDS):
        kept, gone, waiting = people(3)
        pk, now = gone.pk, timezone.now()
        left = Registration.objects.register(kept, session, now=now)
        Registration.objects.register(gone, session, now=now)
        agreed = merging.plan(kept, gone, office).agreement
        at_once(
            lambda kept=kept, gone=gone, agreed=agreed: tried(lambda: merging.merge_people(kept, gone, office, agreed)),
            lambda gone=gone: tried(lambda: Registration.objects.register(gone, other)),
            lambda left=left, kept=kept: tried(lambda: left.withdraw(by=kept)),
            lambda waiting=waiting: tried(lambda: Registration.objects.register(waiting, session)),
        )
        if not Person.objects.filter(pk=pk).exists():
            for name, field in foreign_keys().items():
                assert not field.model._base_manager.filter(**{field.name: pk}).exists(), name
        assert not list(breaches(timezone.now()))
