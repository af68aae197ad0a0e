"""Erasing somebody who registers, withdraws or is settled at the same moment (G17), and without the lock."""

import time
from collections.abc import Iterator

import pytest
from django.utils import timezone

from accounts.models import Person
from devtools.testing.at_once import at_once
from notifications.models import Notice
from operations.forgetting.erasing import erase
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 6
MANY = 40  # until the first in which the two meet


@pytest.fixture
def round_of(make_session, people):
    """round_of() lets one person be erased while they register, withdraw elsewhere, and that session is settled."""
    names = {}

    def run(number: int) -> Person:
        coming, had = make_session(minimum=1), make_session(minimum=2, days=20)
        (person,) = people(1, name=f"Canary Number{number}")
        (other,) = people(1)
        mine = Registration.objects.register(person, had)
        Registration.objects.register(other, had)
        names[person.pk] = person.email

        def register():
            try:
                Registration.objects.register(Person.objects.get(pk=person.pk), Session.objects.get(pk=coming.pk))
            except Registration.NotEligible:
                return "too late"

        def erased():
            me = Person.objects.get(pk=person.pk)
            erase(me, by=me)

        at_once(
            erased,
            register,
            lambda: Registration.objects.get(pk=mine.pk).withdraw(by=person),
            lambda: Session.objects.get(pk=had.pk).settle(),
        )
        return person

    run.addresses = names
    return run


def left_behind(round_of, rounds: int) -> Iterator[str]:
    """Play the rounds; yield what an erased person still has: a seat, or mail to come that is no farewell."""
    for number in range(rounds):
        person = round_of(number)
        yield from (f"seat {one.pk}" for one in Registration.objects.active().filter(person=person))
        waiting = Notice.objects.filter(to=round_of.addresses[person.pk], state="queued")
        kinds = waiting.exclude(kind__in=["withdrawn", "account"]).values_list("kind", flat=True)
        yield from (f"mail {kind}" for kind in kinds)


def test_an_erased_person_has_nothing_in_either_order(round_of):
    assert list(left_behind(round_of, ROUNDS)) == []
    assert list(breaches(timezone.now())) == []
    assert Person.objects.exclude(erased_at=None).count() == ROUNDS


def test_without_the_hold_on_the_person_a_seat_is_left(round_of, monkeypatch):
    # The erasure comes while somebody is being registered, as it may on a busy machine.
    monkeypatch.setattr(Person, "keep_here", lambda person: time.sleep(0.3))
    assert next(left_behind(round_of, MANY), None)
