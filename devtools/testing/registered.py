"""People in sessions, and what they are owed: seats, notices, invitations, feeds."""

import pytest


@pytest.fixture
def mine(client, person, session):
    """The registration of `person`, who is signed in, for `session`."""
    from registrations.models import Registration

    client.force_login(person)
    return Registration.objects.register(person, session)


@pytest.fixture
def confirmed(make_session, people, now):
    """A confirmed session of two people."""
    from registrations.models import Registration

    session = make_session(minimum=2, capacity=2)
    for person in people(2):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    return session


@pytest.fixture
def invited(make_session, person, now):
    """The registration of `person` in a confirmed session; the invitation is not sent yet."""
    from registrations.models import Registration

    session = make_session(minimum=1)
    registration = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    return registration


@pytest.fixture
def registration(invited, smtp_sink):
    """The registration of `person` in a confirmed session; the invitation was sent."""
    from notifications.outbox.deliver import drain

    drain()
    return invited


@pytest.fixture
def notice(make_session, person, now):
    """The notice of the registration of `person`: due, and not written yet."""
    from registrations.models import Registration

    return Registration.objects.register(person, make_session(), now=now).notices.get()


@pytest.fixture
def undelivered(notice):
    """A notice that the mail server refused for good."""
    notice.state, notice.problem, notice.attempts = "dead", "550 No such mailbox", 3
    notice.subject = "You’re in"
    notice.save(update_fields=["state", "problem", "attempts", "subject"])
    return notice


@pytest.fixture
def feed(person, now) -> str:
    """The path of the person's private feed."""
    from notifications.models import CalendarFeed

    return f"/calendar/{CalendarFeed.objects.renew(person, now)}.ics"


@pytest.fixture
def proven(settings):
    """Our mail server proves who sends us mail."""
    from devtools.testing.replies import AUTHSERV

    settings.REPLY_AUTHSERV_ID = AUTHSERV
