"""settle: confirm at the minimum, cancel at confirm_by below it, complete after the end."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry

from accounts.models import Person
from registrations.models import Registration
from sessions_app.models import Decision, Session
from sessions_app.signals import session_confirmed
from sessions_app.tasks import settle_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(make_session, people, now):
    """filled(5, minimum=6) makes an open session with five registered people."""

    def make(count, **overrides):
        session = make_session(**overrides)
        for person in people(count):
            Registration.objects.register(person, session, now=now)
        return session

    return make


def test_five_registrants_are_too_few(filled, now):
    session = filled(5)
    session.settle(now=now)
    assert session.status == Session.Status.OPEN
    assert not session.decisions.exists()


def test_the_sixth_registrant_confirms_the_session(filled, now):
    session = filled(6)
    session.settle(now=now)
    session.refresh_from_db()
    assert session.status == Session.Status.CONFIRMED
    assert (session.confirmed_at, session.confirmed_count, session.confirmed_minimum) == (now, 6, 6)
    decision = session.decisions.get()
    assert (decision.kind, decision.count, decision.minimum) == (Decision.Kind.CONFIRMED, 6, 6)
    assert decision.by == Person.objects.rule()


def test_settling_twice_decides_once(filled, now):
    session = filled(6)
    session.settle(now=now)
    session.settle(now=now + timedelta(minutes=1))
    assert session.decisions.count() == 1
    assert session.confirmed_at == now


def test_a_confirmed_session_stays_confirmed_when_people_leave(filled, now):
    session = filled(6)
    session.settle(now=now)
    registration = session.registrations.first()
    registration.withdraw(by=registration.person, now=now)
    session.settle(now=session.confirm_by)
    session.refresh_from_db()
    assert (session.status, session.seats_taken) == (Session.Status.CONFIRMED, 5)


def test_a_session_at_five_is_cancelled_when_confirm_by_passes(filled, now):
    session = filled(5)
    session.settle(now=session.confirm_by - timedelta(seconds=1))
    assert session.status == Session.Status.OPEN
    session.settle(now=session.confirm_by)
    session.refresh_from_db()
    assert session.status == Session.Status.CANCELLED
    assert session.cancelled_by_rule
    assert session.cancelled_count == 5
    assert session.cancel_reason == "5 of 6 had registered by the decision date."
    assert session.decisions.get().kind == Decision.Kind.CANCELLED
    assert set(session.registrations.values_list("status", flat=True)) == {"session_cancelled"}
    assert (session.seats_taken, session.waiting_count) == (0, 0)


def test_the_count_under_the_lock_decides_also_when_the_sweep_is_late(filled, now):
    session = filled(6)
    session.settle(now=session.confirm_by + timedelta(hours=2))
    assert session.status == Session.Status.CONFIRMED


def test_an_open_session_found_past_its_start_is_cancelled_never_confirmed(filled):
    session = filled(6)
    session.settle(now=session.starts_at)
    assert session.status == Session.Status.CANCELLED


def test_a_lecture_may_have_a_minimum_of_one(filled, now):
    session = filled(1, minimum=1)
    session.settle(now=now)
    assert session.status == Session.Status.CONFIRMED


def test_ask_gives_the_office_a_day(filled):
    session = filled(5, at_deadline=Session.AtDeadline.ASK)
    asked = session.confirm_by
    session.settle(now=asked)
    assert (session.status, session.asked_at) == (Session.Status.OPEN, asked)
    session.settle(now=asked + timedelta(hours=23, minutes=59))
    assert session.status == Session.Status.OPEN
    session.settle(now=asked + timedelta(hours=24))
    assert session.status == Session.Status.CANCELLED


def test_the_grace_ends_at_the_start(filled, now):
    session = filled(5, at_deadline=Session.AtDeadline.ASK)
    session.extend(until=session.starts_at - timedelta(hours=1), by=Person.objects.rule(), now=now)
    session.settle(now=session.confirm_by)
    assert session.status == Session.Status.OPEN
    session.settle(now=session.starts_at)
    assert session.status == Session.Status.CANCELLED


def test_a_confirmed_session_is_completed_after_its_end(filled, now):
    session = filled(6)
    session.settle(now=now)
    session.settle(now=session.ends_at - timedelta(seconds=1))
    assert session.status == Session.Status.CONFIRMED
    session.settle(now=session.ends_at)
    session.refresh_from_db()
    assert (session.status, session.completed_at) == (Session.Status.COMPLETED, session.ends_at)


def test_the_sweep_settles_what_is_due_and_nothing_else(filled, make_session):
    due, short, idle = filled(6), filled(5), make_session()
    settle_due()
    states = {session.pk: session.status for session in Session.objects.all()}
    assert states == {due.pk: "confirmed", short.pk: "open", idle.pk: "open"}


def test_one_session_that_cannot_be_settled_does_not_stop_the_others(filled, caplog):
    broken, due = filled(6), filled(6)

    def fails(sender, session, **kwargs):
        if session == broken:
            raise ValueError

    session_confirmed.connect(fails)
    try:
        settle_due()
    finally:
        session_confirmed.disconnect(fails)
    due.refresh_from_db()
    assert due.status == Session.Status.CONFIRMED
    assert f"session {broken.pk} was not settled" in caplog.text


def test_each_decision_is_on_record(filled, now):
    session = filled(6)
    session.settle(now=now)
    entry = LogEntry.objects.filter(object_id=str(session.pk)).order_by("-pk").first()
    assert (entry.user, entry.change_message) == (Person.objects.rule(), "Confirmed with 6 of 6.")


def test_a_decision_is_written_once_and_never_deleted(filled, now):
    session = filled(6)
    session.settle(now=now)
    decision = session.decisions.get()
    with pytest.raises(TypeError):
        decision.save()
    with pytest.raises(TypeError):
        decision.delete()


@pytest.mark.parametrize("days", [0, 30])
def test_what_is_cancelled_or_a_draft_is_never_settled(filled, make_session, office, now, days):
    cancelled, draft = filled(6), make_session(published=False)
    cancelled.cancel("Snow.", by=office, now=now)
    for session in (cancelled, draft):
        before = session.status, session.decisions.count()
        session.settle(now=now + timedelta(days=days))
        session.refresh_from_db()
        assert (session.status, session.decisions.count()) == before


def test_a_lowered_minimum_that_is_reached_wakes_the_decision(filled, office, django_capture_on_commit_callbacks):
    session = filled(4)
    with django_capture_on_commit_callbacks() as callbacks:
        session.resize(4, 24, by=office)
    assert [callback.wakes for callback in callbacks] == [("sessions_app.tasks.settle_session", (session.pk,))]


def test_only_the_registration_that_reaches_the_minimum_wakes_the_decision(
    filled, people, now, django_capture_on_commit_callbacks
):
    session, (fifth, sixth) = filled(4), people(2)
    decision = ("sessions_app.tasks.settle_session", (session.pk,))
    for person, wakes in ((fifth, False), (sixth, True)):
        with django_capture_on_commit_callbacks() as callbacks:
            Registration.objects.register(person, session, now=now)
        assert (decision in [callback.wakes for callback in callbacks]) == wakes
