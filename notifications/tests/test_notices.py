"""Which notices a change writes: one per address, one per meeting with an invitation (G6)."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError

from foundation.wall_clock import instant
from notifications.models import CalendarThread, Notice
from registrations.models import Registration
from sessions_app.models import MeetingPlan

pytestmark = pytest.mark.django_db


def owed(registration) -> list[tuple]:
    """What is owed to a registration's person, oldest first: kind, method, SEQUENCE."""
    return list(registration.notices.order_by("pk").values_list("kind", "method", "sequence"))


@pytest.fixture
def registered(make_session, people, now):
    """registered(5, minimum=6) gives an open session and the registrations of five people."""

    def make(count, **overrides):
        session = make_session(**overrides)
        return session, [Registration.objects.register(person, session, now=now) for person in people(count)]

    return make


def test_before_the_session_is_confirmed_nobody_gets_a_calendar_message(registered):
    session, registrations = registered(5)
    assert [owed(r) for r in registrations] == [[("registered", "", None)]] * 5
    assert [r.notices.get().facts["count"] for r in registrations] == [1, 2, 3, 4, 5]
    assert not CalendarThread.objects.announced().exists()


def test_the_uid_is_made_with_the_seat_and_stays(registered, now):
    session, registrations = registered(6)
    before = [registration.threads.get().uid for registration in registrations]
    session.settle(now=now)
    assert [registration.threads.get().uid for registration in registrations] == before
    assert len(set(before)) == 6


def test_who_waits_has_no_uid_until_a_seat_is_theirs(registered, now):
    session, registrations = registered(3, minimum=2, capacity=2)
    assert not registrations[2].threads.exists()
    registrations[0].withdraw(by=registrations[0].person, now=now)
    assert registrations[2].threads.get().sequence is None


def test_every_meeting_of_a_seat_has_its_uid_in_one_statement(two_hours_weekly, people, now, django_assert_num_queries):
    registration = Registration.objects.register(people(1)[0], two_hours_weekly(4), now=now)
    assert registration.threads.values("uid").distinct().count() == 4
    registration.threads.all().delete()
    with django_assert_num_queries(2):
        CalendarThread.objects.begin(registration)
    CalendarThread.objects.begin(registration)
    assert registration.threads.count() == 4


def test_the_threads_of_an_open_session_call_for_no_calendar_message(registered, office, now):
    session, registrations = registered(2)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    session.cancel("The room is flooded.", by=office, now=now)
    assert owed(registrations[0])[1:] == [("withdrawn", "", None)]
    assert owed(registrations[1])[1:] == [("cancelled", "", None)]


def test_six_then_twenty_four_more_get_thirty_invitations_and_no_more(make_session, people, now):
    session = make_session(capacity=30)
    thirty = people(30)
    for person in thirty[:6]:
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    for person in thirty[6:]:
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    invitations = Notice.objects.filter(method=Notice.Method.REQUEST)
    assert invitations.count() == 30
    assert invitations.values("to").distinct().count() == 30
    # Of the six a file said 0 before; the others were never tentative.
    assert sorted(invitations.values_list("sequence", flat=True)) == [0] * 24 + [1] * 6
    assert CalendarThread.objects.values("uid").distinct().count() == 30


def test_the_waitlisted_get_plain_mail_with_their_place(registered, now):
    session, registrations = registered(3, minimum=1, capacity=1)
    assert owed(registrations[2]) == [("waitlisted", "", None)]
    assert registrations[2].notices.get().facts["place"] == 2


def test_who_is_promoted_into_a_confirmed_session_is_invited_at_once(registered, now):
    session, registrations = registered(2, minimum=1, capacity=1)
    session.settle(now=now)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    assert owed(registrations[1]) == [("waitlisted", "", None), ("promoted", "REQUEST", 0)]


def test_a_seat_before_the_confirmation_gets_plain_mail_first(registered, now):
    session, registrations = registered(3, minimum=2, capacity=2)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    session.settle(now=now)
    assert owed(registrations[2]) == [("waitlisted", "", None), ("promoted", "", None), ("confirmed", "REQUEST", 1)]


def test_leaving_cancels_with_the_same_uid_and_a_higher_sequence(registered, now):
    session, registrations = registered(6)
    session.settle(now=now)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    assert owed(registrations[0])[1:] == [("confirmed", "REQUEST", 1), ("withdrawn", "CANCEL", 2)]
    assert registrations[0].threads.count() == 1


def test_leaving_an_open_session_is_plain_mail(registered, now):
    session, registrations = registered(1)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    assert owed(registrations[0])[1:] == [("withdrawn", "", None)]


def test_registering_again_starts_a_new_thread(registered, now):
    session, registrations = registered(6)
    session.settle(now=now)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    again = Registration.objects.register(registrations[0].person, session, now=now)
    assert again.threads.get().uid != registrations[0].threads.get().uid
    assert owed(again) == [("confirmed", "REQUEST", 0)]


def test_five_people_are_told_that_the_rule_cancelled(registered):
    session, registrations = registered(5)
    session.settle(now=session.confirm_by)
    for registration in registrations:
        assert owed(registration)[1:] == [("cancelled", "", None)]
        facts = registration.notices.get(kind="cancelled").facts
        assert (facts["count"], facts["minimum"], facts["by_rule"]) == (5, 6, True)


def test_cancelling_a_confirmed_session_takes_it_off_every_calendar(registered, office, now):
    session, registrations = registered(7, capacity=6)
    session.settle(now=now)
    session.cancel("The room is flooded.", by=office, now=now)
    assert owed(registrations[0])[2:] == [("cancelled", "CANCEL", 2)]
    assert owed(registrations[6])[1:] == [("cancelled", "", None)]


@pytest.fixture
def two_hours_weekly(make_session, now):
    """weekly(2, minimum=1) gives an open session with a meeting in each of two weeks."""

    def make(weeks, **overrides):
        day = (now + timedelta(days=20)).date()
        plans = [
            MeetingPlan(
                instant(day + timedelta(days=7 * week), time(12), "America/Chicago"),
                instant(day + timedelta(days=7 * week), time(14), "America/Chicago"),
                "America/Chicago",
            )
            for week in range(weeks)
        ]
        return make_session(meetings=plans, **overrides)

    return make


def test_a_session_of_two_meetings_makes_two_invitations_a_person(two_hours_weekly, people, now):
    session = two_hours_weekly(2, minimum=1)
    registration = Registration.objects.register(people(1)[0], session, now=now)
    session.settle(now=now)
    assert owed(registration)[1:] == [("confirmed", "REQUEST", 1)] * 2
    assert registration.threads.values("uid").distinct().count() == 2


def test_a_notice_that_cannot_be_written_rolls_the_change_back(registered, now):
    session, registrations = registered(1)
    person = registrations[0].person
    Notice.objects.create(kind="withdrawn", to=person.email, dedupe_key=f"withdrawn:{registrations[0].pk}::")
    with pytest.raises(IntegrityError):
        registrations[0].withdraw(by=person, now=now)
    session.refresh_from_db()
    assert session.seats_taken == 1
