"""withdraw: the place is given up, and the next in line has it in the same transaction."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import transaction

from accounts.models import Person
from catalog.models import Workshop
from registrations.models import Registration
from registrations.tasks import fill_free_seats
from registrations.waitlist import promote_waiting
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_line(make_session, people, now):
    """line(5, capacity=2) registers five people for two seats and returns session and registrations."""

    def make(count, **overrides):
        session = make_session(minimum=1, **overrides)
        return session, [Registration.objects.register(person, session, now=now) for person in people(count)]

    return make


def statuses(session) -> list[str]:
    return list(session.registrations.order_by("position").values_list("status", flat=True))


def test_the_next_in_line_gets_the_freed_seat(make_line, now):
    session, registrations = make_line(4, capacity=2)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    assert statuses(session) == ["withdrawn", "registered", "registered", "waitlisted"]
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting_count) == (2, 1)
    registrations[2].refresh_from_db()
    assert registrations[2].seated_at == now


def test_withdrawing_twice_frees_one_seat(make_line, now):
    session, registrations = make_line(2, capacity=2)
    stale = Registration.objects.get(pk=registrations[0].pk)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    stale.withdraw(by=stale.person, now=now)
    session.refresh_from_db()
    assert session.seats_taken == 1


def test_leaving_the_waitlist_frees_no_seat(make_line, now):
    session, registrations = make_line(4, capacity=2)
    registrations[2].withdraw(by=registrations[2].person, now=now)
    assert statuses(session) == ["registered", "registered", "withdrawn", "waitlisted"]
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting_count) == (2, 1)


def test_who_no_longer_qualifies_is_skipped_not_dropped(make_line, now):
    session, registrations = make_line(4, capacity=2)
    inactive = registrations[2].person
    inactive.is_active = False
    inactive.save()
    registrations[0].withdraw(by=registrations[0].person, now=now)
    assert statuses(session) == ["withdrawn", "registered", "waitlisted", "registered"]


def test_a_seat_nobody_who_waits_may_have_goes_to_a_newcomer(make_line, people, now):
    session, registrations = make_line(3, capacity=2)
    Person.objects.filter(pk=registrations[2].person_id).update(is_active=False)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    Registration.objects.register(*people(1), session, now=now)
    assert statuses(session) == ["withdrawn", "registered", "waitlisted", "registered"]


def test_who_qualifies_again_comes_before_a_newcomer(make_line, people, now):
    session, registrations = make_line(3, capacity=2)
    waiting = Person.objects.filter(pk=registrations[2].person_id)
    waiting.update(is_active=False)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    waiting.update(is_active=True)
    Registration.objects.register(*people(1), session, now=now)
    assert statuses(session) == ["withdrawn", "registered", "registered", "waitlisted"]


def test_somebody_of_another_role_is_skipped_not_dropped(make_line, now):
    session, registrations = make_line(4, capacity=2)
    Workshop.objects.update(for_students=False)
    Person.objects.filter(pk=registrations[2].person_id).update(role=Person.Role.STUDENT)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    assert statuses(session) == ["withdrawn", "registered", "waitlisted", "registered"]


def test_nobody_is_promoted_after_the_start(make_line):
    session, registrations = make_line(3, capacity=2)
    Session.objects.filter(pk=session.pk).update(capacity=3)
    with transaction.atomic():
        session.lock()
        promote_waiting(session, session.starts_at)
    assert statuses(session) == ["registered", "registered", "waitlisted"]


def test_a_full_session_lets_people_leave_until_it_starts(make_line):
    session, registrations = make_line(1, capacity=1)
    with pytest.raises(Registration.SessionOver):
        registrations[0].withdraw(by=registrations[0].person, now=session.starts_at)


def test_the_office_withdrawing_somebody_is_on_record(make_line, office, now):
    session, registrations = make_line(1)
    registrations[0].withdraw(by=office, now=now)
    entry = LogEntry.objects.filter(content_type__model="registration").get()
    assert entry.user == office


def test_the_sweep_fills_a_seat_a_crash_left_free(make_line):
    session, registrations = make_line(3, capacity=2)
    Session.objects.filter(pk=session.pk).update(capacity=3)
    fill_free_seats()
    assert statuses(session) == ["registered"] * 3
