"""A session is held in another format while people register for it and leave it: everybody is counted (G1, G4)."""

from collections import Counter

import pytest
from django.db import DatabaseError
from django.utils import timezone

from devtools.testing.at_once import at_once
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import Held, Mode, Session

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROOM, ONLINE = Mode.ROOM, Mode.ONLINE
ROUNDS = 6


@pytest.fixture
def storm(make_hybrid, people, office, now):
    """storm() lets twelve people register and two leave while the session goes online: it, and the outcomes."""

    def do() -> tuple[Session, Counter]:
        session, crowd = make_hybrid(in_room=4, online=4), people(16)
        seated = [Registration.objects.register(one, session, now=now, mode=ROOM) for one in crowd[:3]]
        seated += [Registration.objects.register(crowd[3], session, now=now, mode=ONLINE)]

        def join(person, mode):
            def act() -> str:
                own = Session.objects.get(pk=session.pk)
                return outcome(lambda: Registration.objects.register(person, own, now=now, mode=mode))

            return act

        def leave(registration):
            own = Registration.objects.select_related("session").get(pk=registration.pk)
            return lambda: outcome(lambda: own.withdraw(by=own.person, now=now))

        def hold() -> str:
            own = Session.objects.get(pk=session.pk)
            return outcome(lambda: own.hold_as(Held("online", {}), by=office, now=now))

        joins = [join(person, (ROOM, ONLINE)[number % 2]) for number, person in enumerate(crowd[4:])]
        found = Counter(at_once(*joins[:6], hold, *joins[6:], leave(seated[0]), leave(seated[3])))
        session.refresh_from_db()
        return session, found

    return do


def outcome(act) -> str:
    try:
        act()
    except (Registration.Refused, Session.Refused) as refusal:
        return type(refusal).__name__
    except DatabaseError:
        return "broken"
    return "done"


def is_whole(session) -> bool:
    registered = session.registrations.registered().count()
    return (session.format, session.seats_taken, session.asks_how) == ("online", registered, False) and not list(
        breaches(timezone.now())
    )


def test_nobody_is_lost_while_the_format_changes(storm):
    for _ in range(ROUNDS):
        session, found = storm()
        assert is_whole(session), list(breaches(timezone.now()))
        # Later ones said a mode that the session has no more, or said the one it has.
        assert set(found) <= {"done", "NoSuchMode"} and found["done"] >= 3
        assert session.registrations.count() == 4 + found["done"] - 3


def test_without_the_lock_somebody_is(storm, monkeypatch):
    monkeypatch.setattr(Session, "lock", Session.refresh_from_db)
    for _ in range(4 * ROUNDS):
        session, found = storm()
        if found["broken"] or not is_whole(session):
            return
    pytest.fail("nothing broke without the lock")
