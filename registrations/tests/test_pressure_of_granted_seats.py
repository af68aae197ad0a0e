"""A seat beyond capacity while people register and leave: one seat more, and nobody passed (G1, G4)."""

import pytest
from django.db import DatabaseError

from devtools.testing.at_once import at_once
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
SEATS = 4


@pytest.fixture
def pressed(make_session, people, now):
    """Four people with the four seats of a session, one who waits, and six who press to register."""
    session, crowd = make_session(minimum=1, capacity=SEATS), people(11)
    held = [Registration.objects.register(person, session, now=now) for person in crowd[:5]]
    return session, held, crowd[5:]


def press_all(session, held, coming, office) -> list[str]:
    """At one moment six register, one with a seat leaves, and the office gives the one who waits a seat twice.

    Return what the database refused.
    """

    def register(person):
        return lambda: Registration.objects.register(person, Session.objects.get(pk=session.pk)).status

    def leave():
        Registration.objects.get(pk=held[0].pk).withdraw(by=held[0].person)

    def grant():
        own = Registration.objects.get(pk=held[4].pk)
        own.seat_beyond_capacity(by=office, reason="Leads the team.")
        return own.status

    def answered(work):
        def run() -> str:
            try:
                work()
            except DatabaseError as error:
                return str(error)
            return ""

        return run

    return [answer for answer in at_once(*map(answered, [*map(register, coming), leave, grant, grant])) if answer]


def test_a_granted_seat_is_one_more_whatever_else_happens(pressed, office, now):
    session, held, coming = pressed
    assert press_all(session, held, coming, office) == []
    session.refresh_from_db()
    granted = Registration.objects.get(pk=held[4].pk)
    # The person had the seat that was left, or one beyond the capacity, which is then one larger.
    assert granted.is_registered and session.capacity == SEATS + granted.beyond_capacity
    rows = session.registrations.order_by("position")
    assert [one.position for one in rows] == list(range(1, 12))
    seated = [one.position for one in rows if one.is_registered]
    assert len(seated) == session.seats_taken == session.capacity
    assert seated == [2, 3, 4, 5, *range(6, 6 + len(seated) - 4)]
    assert list(breaches(now)) == []


def test_without_the_lock_the_same_presses_break_it(pressed, office, now, monkeypatch):
    session, held, coming = pressed
    monkeypatch.setattr(Session, "lock", lambda self: self.refresh_from_db())
    refused = press_all(session, held, coming, office)
    assert refused or list(breaches(now)) != []
