"""The last seat of a mode, at the same instant: people switch into it and others register for it (G1, G4)."""

from collections import Counter

import pytest
from django.urls import reverse
from django.utils import timezone

from devtools.testing.at_once import at_once, browser
from operations.invariants import breaches
from registrations.models import Registration
from sessions_app.models import Mode, Session

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROOM, ONLINE = Mode.ROOM, Mode.ONLINE


@pytest.fixture
def rush(make_hybrid, people, now):
    """rush() lets eight people switch to the room and eight register for it at once, where two seats are left.

    It returns the session and the statuses of the answers: of those who switch, and of those who register.
    """
    session, crowd = make_hybrid(in_room=2, online=8), people(16)
    mine = [Registration.objects.register(one, session, now=now, mode=ONLINE) for one in crowd[:8]]
    switching = [(one.person, reverse("mode", args=[one.uuid]), {"mode": "in_person"}) for one in mine]
    url = reverse("register", args=[session.code])
    joining = [(one, url, {"mode": "in_person-wait"}) for one in crowd[8:]]

    def do():
        def press(person, url, posted):
            client = browser(person)
            client.raise_request_exception = False
            return lambda: (url, client.post(url, posted).status_code)

        answers = at_once(*(press(*each) for each in (*switching, *joining)))
        register = Counter(status for where, status in answers if where == url)
        return session, Counter(status for where, status in answers if where != url), register

    return do


def is_exact(session) -> bool:
    session.refresh_from_db()
    in_room = session.registrations.registered().filter(mode=ROOM).count()
    positions = list(session.registrations.order_by("position").values_list("position", flat=True))
    counted = (session.room_taken, session.online_taken) == (
        in_room,
        session.registrations.registered().filter(mode=ONLINE).count(),
    )
    return in_room == 2 and counted and positions == list(range(1, 17)) and list(breaches(timezone.now())) == []


def test_the_last_seats_in_the_room_are_given_once(rush):
    session, switched, registered = rush()
    assert is_exact(session)
    assert set(switched) <= {302, 409} and switched[302] <= 2
    assert registered == {302: 8}
    waiting = session.registrations.waiting_for(ROOM)
    assert waiting.count() == 6 + switched[302]


def test_without_the_lock_the_last_seats_are_given_twice(rush, monkeypatch):
    monkeypatch.setattr(Session, "lock", Session.refresh_from_db)
    session, switched, registered = rush()
    assert not is_exact(session) or 500 in {*switched, *registered} or switched[302] > 2
