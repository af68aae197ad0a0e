"""What counts as taken goes by attendance, where it is known."""

from datetime import timedelta

import pytest

from catalog.models import Workshop
from outcomes.models import Attendance
from outcomes.retention import forget_session
from registrations.eligibility import missing_workshops
from registrations.progress import taken_by

HERE, ABSENT = Attendance.State.HERE, Attendance.State.ABSENT


@pytest.fixture
def held_twice(hold, person):
    """A session of two meetings in which `person` had a seat."""
    return hold(2, meetings=2, persons=[person])


def taken(person, session, now) -> bool:
    return bool(taken_by(person, [session.workshop_id], now))


def say(session, person, office, *states) -> None:
    registration = session.registrations.get(person=person)
    for meeting, state in zip(session.meetings.all(), states, strict=False):
        Attendance.objects.mark(meeting, registration, state, "roster", by=office)


@pytest.mark.parametrize(
    ("states", "counts"), [((), True), ((ABSENT,), True), ((ABSENT, HERE), True), ((ABSENT, ABSENT), False)]
)
def test_only_who_missed_all_of_it_has_not_taken_it(held_twice, person, office, now, states, counts):
    say(held_twice, person, office, *states)
    assert taken(person, held_twice, now) is counts


def test_a_walk_in_with_an_account_has_taken_it(held_twice, people, office, now):
    guest = people(1)[0]
    assert not taken(guest, held_twice, now)
    Attendance.objects.walk_in(held_twice.meetings.first(), office, person=guest)
    assert taken(guest, held_twice, now)


def test_a_cancelled_meeting_says_nothing(held_twice, person, office, now):
    first, second = held_twice.meetings.all()
    say(held_twice, person, office, ABSENT, HERE)
    type(second).objects.filter(pk=second.pk).update(cancelled_at=now)
    assert not taken(person, held_twice, now)


def test_attendance_costs_no_further_query(held_twice, person, now, django_assert_num_queries):
    with django_assert_num_queries(2):
        taken_by(person, [held_twice.workshop_id], now)


def test_once_forgotten_a_seat_counts_again_also_where_attendance_is_needed(held_twice, person, people, office, now):
    guest, after = people(1)[0], Workshop.objects.create(title="Dialogue", slug="dialogue", needs_attendance=True)
    after.requires.add(held_twice.workshop)
    say(held_twice, person, office, ABSENT, ABSENT)
    Attendance.objects.walk_in(held_twice.meetings.first(), office, person=guest)
    soon = now + timedelta(days=1)
    assert missing_workshops(person, after, soon) and not missing_workshops(guest, after, soon)
    forget_session(held_twice, now)
    assert taken(person, held_twice, now) and not missing_workshops(person, after, soon)
    assert not taken(guest, held_twice, now) and missing_workshops(guest, after, soon)
