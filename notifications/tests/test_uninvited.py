"""A person with a seat in a confirmed session who was never invited is found by the sweep, invited, and logged (G6)."""

import logging
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from devtools.testing.calendar_readers import calendar_of
from devtools.testing.changing import owed, plan
from notifications.models import CalendarThread, Notice
from notifications.models.notices import NoticeQuerySet
from notifications.outbox.deliver import drain
from notifications.tasks import invite_the_uninvited
from operations.invariants import breaches
from registrations.models import Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_days(make_session, people, now):
    """A confirmed session of two meetings with two people, of whom one waits."""
    day = now.date() + timedelta(days=10)
    session = make_session(minimum=1, capacity=1, meetings=[plan(day), plan(day + timedelta(days=1))])
    for person in people(2):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    return session


@pytest.fixture
def seated(two_days) -> Registration:
    return two_days.registrations.registered().get()


def forget(threads) -> None:
    """Let the invitations never have been written."""
    Notice.objects.filter(thread__in=threads).delete()
    CalendarThread.objects.filter(pk__in=[thread.pk for thread in threads]).delete()


def first_refused(monkeypatch, registration: Registration) -> None:
    """Let the database refuse once what is written for a registration."""
    owe, refused = NoticeQuerySet.owe_calendar, []

    def owe_or_refuse(self, kind, method, thread, facts, at=None):
        if thread.registration_id == registration.pk and not refused:
            refused.append(thread)
            raise DatabaseError(f"Failing row contains ({registration.person.email}).")
        return owe(self, kind, method, thread, facts, at)

    monkeypatch.setattr(NoticeQuerySet, "owe_calendar", owe_or_refuse)


def errors(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


def test_who_was_never_invited_is_invited_once_and_it_is_logged(seated, smtp_sink, caplog, now):
    forget(seated.threads.all())
    for _ in range(2):
        invite_the_uninvited()
    assert errors(caplog) == [f"broken promise: G6 registration {seated.pk} had 2 invitations too few"]
    assert owed(seated)[1:] == [("confirmed", "REQUEST", 0, "queued")] * 2
    assert list(breaches(now)) == []
    drain()
    invited = [calendar_of(received) for received in smtp_sink.to(seated.person.email)]
    assert [(event.method, event["SEQUENCE"]) for event in invited] == [("REQUEST", 0)] * 2


def test_one_person_in_trouble_holds_up_nobody_and_is_tried_again(make_session, people, caplog, monkeypatch, now):
    session = make_session(minimum=1)
    troubled, other = [Registration.objects.register(person, session, now=now) for person in people(2)]
    session.settle(now=now)
    forget(CalendarThread.objects.filter(registration__session=session))
    first_refused(monkeypatch, troubled)
    for found in ([troubled.pk], []):
        invite_the_uninvited()
        uninvited = session.registrations.exclude(threads__sequence=0)
        assert list(uninvited.values_list("pk", flat=True)) == found
    words = errors(caplog)[0].splitlines()[0]
    assert words == f"registration {troubled.pk} was not invited; the next sweep tries again: DatabaseError"
    assert other.person.email not in caplog.text and troubled.person.email not in caplog.text


def test_of_two_meetings_only_the_missing_one_is_invited_to(seated, caplog, now):
    kept, missing = seated.threads.order_by("meeting__starts_at")
    forget([missing])
    invite_the_uninvited()
    assert [(one.meeting, one.sequence) for one in seated.threads.order_by("meeting__starts_at")] == [
        (kept.meeting, 1),
        (missing.meeting, 0),
    ]
    assert kept.notices.count() == 1
    assert list(breaches(now)) == []


def test_a_uid_that_was_never_sent_is_used_for_the_invitation(seated, now):
    uids = set(seated.threads.values_list("uid", flat=True))
    Notice.objects.filter(thread__registration=seated).delete()
    seated.threads.update(sequence=None)
    invite_the_uninvited()
    assert set(seated.threads.announced().values_list("uid", flat=True)) == uids
    assert list(breaches(now)) == []


def test_nobody_else_is_invited_and_looking_takes_one_query(two_days, make_session, people, caplog, office, now):
    Registration.objects.register(people(1)[0], make_session(), now=now)
    left = Registration.objects.register(people(1)[0], make_session(minimum=1), now=now)
    left.withdraw(by=left.person, now=now)
    forget(left.threads.all())
    before = Notice.objects.count()
    with CaptureQueriesContext(connection) as queries:
        invite_the_uninvited()
    assert (len(queries), Notice.objects.count(), errors(caplog)) == (1, before, [])
