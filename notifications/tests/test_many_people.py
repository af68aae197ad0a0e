"""A verb makes as many statements for many people as for few: others wait for the lock it holds on the session."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Notice
from registrations.models import Registration
from registrations.waitlist import close
from sessions_app.models import Session
from sessions_app.models.venue import Times

pytestmark = pytest.mark.django_db
MOST, FEW, MANY = 20, 2, 30
# What a transaction inside the one of a test is.
AROUND = ("SAVEPOINT", "RELEASE")
# Registering, of one person who is the only one. One statement holds the person against an erasure.
REGISTERING = 9
DAY = timedelta(days=1)


def later(session, office, now) -> None:
    (one,) = session.known_meetings
    session.reschedule({one: Times(one.starts_at + DAY, one.ends_at + DAY, one.time_zone)}, by=office, now=now)


# What is done, to a session that is confirmed or not, with so many people of three who wait, and what they are told.
VERBS = {
    "cancelled": (lambda s, office, now: s.cancel("Snow.", by=office, now=now), True, 0, "cancelled"),
    "cancelled before the decision": (
        lambda s, office, now: s.cancel("Snow.", by=office, now=now),
        False,
        1,
        "cancelled",
    ),
    "confirmed": (lambda s, office, now: s.settle(now=now), False, 0, "confirmed"),
    "moved": (later, True, 0, "changed"),
    "moved before the decision": (later, False, 1, "changed"),
    "extended": (lambda s, office, now: s.extend(s.confirm_by + DAY, by=office, now=now), False, 0, "extended"),
    "enlarged": (lambda s, office, now: s.resize(1, s.capacity + MANY, by=office), True, 2, "promoted"),
    "enlarged before the decision": (
        lambda s, office, now: s.resize(1, s.capacity + MANY, by=office),
        False,
        2,
        "promoted",
    ),
    "begun": (lambda s, office, now: close(s, s.starts_at), True, 2, "waitlist_closed"),
}


@pytest.fixture
def with_people(make_session, people, now):
    """with_people(30, True, 2) is a session with thirty people, confirmed, two of every three of whom wait."""

    def make(number: int, confirmed: bool, waiting: int) -> Session:
        made = make_session(minimum=1, capacity=number - number * waiting // 3 or 1)
        for person in people(number):
            Registration.objects.register(person, made, now=now)
        if confirmed:
            made.settle(now=now)
        Notice.objects.update(state=Notice.State.SENT, text="Sent.")
        return Session.objects.get(pk=made.pk)

    return make


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_makes_as_many_statements_for_many_as_for_few(verb, with_people, office, now):
    act, confirmed, waiting, kind = VERBS[verb]
    statements, told = [], []
    for number in (FEW, MANY):
        session = with_people(number, confirmed, waiting)
        session.known_meetings = list(session.meetings.all())
        of_session = Notice.objects.filter(kind=kind, registration__session=session, state=Notice.State.QUEUED)
        with CaptureQueriesContext(connection) as queries:
            act(session, office, now)
        statements.append(sum(not each["sql"].startswith(AROUND) for each in queries))
        told.append(of_session.values("to").distinct().count())
    few, many = statements
    assert many <= few and many <= MOST
    assert told[1] >= 10 > told[0] >= 1


def test_people_of_a_workshop_that_comes_after_another_are_looked_at_all_at_once(with_people, workshop, office, now):
    earlier = type(workshop).objects.create(title="First", slug="first", status="published")
    statements = []
    for number in (6, MANY):
        session = with_people(number, False, 2)
        workshop.requires.add(earlier)
        waiting = session.registrations.waitlisted()
        one = waiting.first()
        one.person.prior_attendances.create(workshop=earlier)
        with CaptureQueriesContext(connection) as queries:
            session.resize(1, session.capacity + MANY, by=office)
        statements.append(len(queries))
        assert list(waiting.model.objects.filter(pk=one.pk).values_list("status", flat=True)) == ["registered"]
        assert waiting.count() == number * 2 // 3 - 1
        workshop.requires.clear()
    assert statements[1] <= statements[0] <= MOST + 5


def test_a_press_makes_nine_statements(make_session, people, now):
    made = make_session(minimum=1)
    people = people(3)
    Registration.objects.register(people[0], made, now=now)
    for person in people[1:]:
        with CaptureQueriesContext(connection) as queries:
            Registration.objects.register(person, made, now=now)
        statements = [each["sql"] for each in queries if not each["sql"].startswith(AROUND)]
        assert len(statements) <= REGISTERING, "\n".join(statements)
