"""What many tests of changes begin with."""

import pytest

from conftest import ZONE


@pytest.fixture
def room(db):
    """A room nobody meets in so far."""
    from accounts.models import Campus
    from sessions_app.models import Venue

    campus = Campus.objects.create(name="Downtown", time_zone=ZONE)
    return Venue.objects.create(campus=campus, building="Learning Commons", room="210")


@pytest.fixture
def confirmed(make_session, people, now):
    """A confirmed session of two people."""
    from registrations.models import Registration

    session = make_session(minimum=2, capacity=2)
    for person in people(2):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    return session
