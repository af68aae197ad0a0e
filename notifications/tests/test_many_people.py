"""A verb makes as many statements for many people as for few: others wait for the lock it holds on the session."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.kinds import afterwards, at_risk, pre_work, reminders
from notifications.kinds.interests import owe_dates
from notifications.kinds.nominations import NOMINATED, owe_nominated
from notifications.models import Announcement, Notice
from registrations.models import Call, Interest, Nomination, Registration
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


# ---- people without a seat, and mail that is due by itself ----

FIVE, FIFTY = 5, 50


def ask_for_a_date(session, people, office, now) -> None:
    for person in people:
        Interest.objects.express(person, session.workshop, now)


def propose(session, people, office, now) -> None:
    fields = {"session": session, "by": office, "nominated_at": now, "told_at": now}
    owe_nominated(NOMINATED, [Nomination.objects.create(email=person.email, **fields) for person in people])
    Notice.objects.filter(kind="nominated").update(state=Notice.State.SENT, text="Sent.")


def call_them(session, people, office, now) -> None:
    Call.objects.call(session, [(person, "unit") for person in people], office, now=now)
    Notice.objects.filter(kind="call").update(state=Notice.State.SENT, text="Sent.")


def put_off_calls(session, people, office, now) -> None:
    """Call them by a mail whose delivery was put off: it is written, and would say what was."""
    call_them(session, people, office, now)
    Notice.objects.filter(kind="call").update(state=Notice.State.QUEUED, attempts=1)


def tell_of_it(session, people, office, now) -> None:
    ask_for_a_date(session, people, office, now)
    owe_dates([(one, [session]) for one in Interest.objects.all()], now)
    Notice.objects.filter(kind="dated").update(state=Notice.State.SENT, text="Sent.")


def seat(session, people, office, now) -> None:
    for person in people:
        Registration.objects.register(person, session, now=now)
    Notice.objects.update(state=Notice.State.SENT, text="Sent.")


def confirm(session, people, office, now) -> None:
    seat(session, people, office, now)
    Session.objects.get(pk=session.pk).settle(now=now)


def hold(session, people, office, now) -> None:
    confirm(session, people, office, now)
    Session.objects.get(pk=session.pk).settle(now=session.ends_at)


def publish_a_season(session, office, now) -> None:
    drafts = Session.objects.filter(pk=session.pk)
    drafts.update(status="draft", published_at=None)
    drafts.publish_each(office, now)


def write_to_them(session, office, now) -> None:
    Announcement.objects.send(session, "seated", "Where", "Second floor.", office, uuid.uuid4(), now=now)


# Who is there, what is done, and the kind of mail that each of them is owed.
WHO_IS_TOLD = {
    "a season is published": (ask_for_a_date, publish_a_season, "dated"),
    "a date they were told of is cancelled": (tell_of_it, VERBS["cancelled"][0], "undated"),
    "a session they were proposed for is cancelled": (propose, VERBS["cancelled"][0], "called_off"),
    "a session they were proposed for is moved": (propose, later, "altered"),
    "a session they were called to is cancelled": (call_them, VERBS["cancelled"][0], "call_off"),
    "a session they were called to is moved": (call_them, later, "call_moved"),
    "a session they were called to is moved before they read of it": (put_off_calls, later, "call"),
    "the office writes to them": (seat, write_to_them, "announced"),
    "a session needs more people": (seat, lambda s, office, now: at_risk.owe(s.confirm_by - DAY), "at_risk"),
    "seats are left": (ask_for_a_date, lambda s, office, now: at_risk.owe(s.confirm_by - DAY), "room_left"),
    "a session comes soon": (confirm, lambda s, office, now: reminders.owe(s.starts_at - DAY), "reminder"),
    "pre-work is unread": (confirm, lambda s, office, now: pre_work.owe(s.starts_at - 2 * DAY), "pre_work"),
    "a session was held": (hold, lambda s, office, now: afterwards.owe(s.ends_at + DAY), "afterwards"),
}


@pytest.mark.parametrize("case", WHO_IS_TOLD)
def test_fifty_people_are_told_in_as_many_statements_as_five(case, make_session, workshop, people, office, now):
    prepare, act, kind = WHO_IS_TOLD[case]
    workshop.pre_work = "Read the chapter."
    workshop.save()
    made = []
    for number in (FIVE, FIFTY):
        Interest.objects.all().delete()
        session = make_session(minimum=60 if kind in ("at_risk", "room_left") else 1, capacity=80)
        prepare(session, people(number), office, now)
        session = Session.objects.get(pk=session.pk)
        session.known_meetings = list(session.meetings.all())
        before = Notice.objects.filter(kind=kind).count()
        with CaptureQueriesContext(connection) as queries:
            act(session, office, now)
        made.append([each["sql"] for each in queries if not each["sql"].startswith(AROUND)])
        assert Notice.objects.filter(kind=kind).count() - before == number
        # The next one is alone.
        Session.objects.filter(pk=session.pk).update(listed=False, status="draft", published_at=None)
    five, fifty = map(len, made)
    # What a session at risk owes is planned twice: before its lock, and under it.
    most = MOST + 5 if kind in ("at_risk", "room_left") else MOST
    assert fifty <= five and fifty <= most, "\n".join(statement[:150] for statement in made[1])
