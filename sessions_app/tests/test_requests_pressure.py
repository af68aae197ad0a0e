"""Two people of the office schedule one request at once, on PostgreSQL: one session, and each colleague told once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from devtools.testing.registering import ADA, BO
from devtools.testing.requesting import ask, wanted, window
from notifications.models import Notice
from sessions_app.models import MeetingPlan, RequestRules, Session, SessionRequest
from sessions_app.models.request_rules import RequestRulesManager

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

HANDS = 6


def at_once(*works) -> list:
    """Run every one of `works` at the same time, each on a connection of its own; return what each came to."""
    ready, came = threading.Barrier(len(works)), []

    def run(work):
        try:
            ready.wait(10)
            came.append(work())
        except Exception as error:
            came.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return came


def scheduled_by_many(asked: SessionRequest, office) -> list:
    """Let several people of the office schedule the request, who have all read it as waiting."""
    starts_at = asked.spans[0][0]
    plan = MeetingPlan(starts_at, starts_at + timedelta(minutes=90), asked.time_zone, join_link="https://meet.example")
    read = [SessionRequest.objects.select_related("workshop", "by").get(pk=asked.pk) for _ in range(HANDS)]
    return at_once(*(lambda one=one: one.schedule(one.workshop, [plan], by=office) for one in read))


def test_several_people_scheduling_one_request_at_once_make_one_session(person, office, workshop, now):
    asked = ask(person, workshop, now, addresses=[ADA, BO])
    came = scheduled_by_many(asked, office)
    assert [type(one) for one in came if not isinstance(one, SessionRequest.Ended)] == [Session]
    assert len(came) == HANDS
    session = Session.objects.get()
    asked.refresh_from_db()
    assert (asked.state, asked.session, session.seats_taken) == ("scheduled", session, 1)
    assert sorted(Notice.objects.filter(kind="nominated").values_list("to", flat=True)) == [ADA, BO]
    assert Notice.objects.filter(kind="request_scheduled").count() == 1


def test_without_the_lock_there_are_more_sessions_than_requests(person, office, workshop, now, monkeypatch):
    """The control: what the first test shows is the lock's doing."""
    all_have_looked = threading.Barrier(HANDS)

    def look_without_lock(self) -> None:
        self.refresh_from_db()
        all_have_looked.wait(10)

    monkeypatch.setattr(SessionRequest, "lock", look_without_lock)
    # The database would refuse the second mail about one request; what is shown is what it does not refuse.
    monkeypatch.setattr("sessions_app.models.request.request_scheduled.send", lambda *args, **kwargs: None)
    scheduled_by_many(ask(person, workshop, now), office)
    assert Session.objects.count() == HANDS


def asked_by_many(people, workshop, now) -> list:
    """Let several people ask at once, where one request may wait."""
    RequestRules.objects.create(pk=1, most_waiting=1)
    return at_once(*(lambda one=one: SessionRequest.objects.ask(one, wanted(now, workshop=workshop), now=now)
                     for one in people(HANDS)))  # fmt: skip


def test_no_more_wait_than_the_limit_however_many_ask_at_once(people, workshop, now):
    came = asked_by_many(people, workshop, now)
    assert sorted(type(one).__name__ for one in came) == ["SessionRequest", *["TooMany"] * (HANDS - 1)]
    assert SessionRequest.objects.waiting().count() == 1


def test_without_their_lock_the_rules_let_more_wait(people, workshop, now, monkeypatch):
    """The control of the limit."""
    refuse, all_have_counted = SessionRequest.refuse_unless_taken, threading.Barrier(HANDS)

    def refuse_together(by, rules) -> None:
        refuse(by, rules)
        all_have_counted.wait(10)

    monkeypatch.setattr(RequestRulesManager, "locked", RequestRulesManager.current)
    monkeypatch.setattr(SessionRequest, "refuse_unless_taken", staticmethod(refuse_together))
    asked_by_many(people, workshop, now)
    assert SessionRequest.objects.waiting().count() == HANDS


def test_withdrawing_against_scheduling_leaves_what_one_after_the_other_would(person, office, workshop, now):
    for days in range(50, 56):
        asked = ask(person, workshop, now, windows=[window(now, days)])
        starts_at = asked.spans[0][0]
        plan = MeetingPlan(starts_at, starts_at + timedelta(hours=1), asked.time_zone, join_link="https://meet.example")
        one, other = (SessionRequest.objects.select_related("workshop", "by").get(pk=asked.pk) for _ in range(2))
        at_once(
            lambda one=one, plan=plan: one.schedule(one.workshop, [plan], by=office),
            lambda other=other: other.withdraw(by=person),
        )
        asked.refresh_from_db()
        assert (asked.state == "scheduled") == Session.objects.filter(asked_for=asked).exists()
        assert asked.state in ("scheduled", "withdrawn")
        assert Session.objects.count() == SessionRequest.objects.filter(status="scheduled").count()
