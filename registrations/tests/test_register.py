"""register: a seat if one is free that nobody who waits may have, otherwise the end of the line; once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Person
from catalog.models import Workshop
from registrations.models import Registration

pytestmark = pytest.mark.django_db


def test_a_free_seat_is_given(make_session, person, now):
    session = make_session()
    registration = Registration.objects.register(person, session, now=now)
    assert (registration.status, registration.position, registration.seated_at) == ("registered", 1, now)
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting_count, session.next_position) == (1, 0, 2)


def test_a_second_click_answers_with_the_registration_that_exists(make_session, person, now):
    session = make_session()
    first = Registration.objects.register(person, session, now=now)
    assert Registration.objects.register(person, session, now=now) == first
    session.refresh_from_db()
    assert (session.seats_taken, session.next_position) == (1, 2)


def test_the_twenty_fifth_of_twenty_four_waits(make_session, people, now):
    session = make_session(minimum=6, capacity=24)
    registrations = [Registration.objects.register(person, session, now=now) for person in people(26)]
    assert [r.status for r in registrations] == ["registered"] * 24 + ["waitlisted"] * 2
    assert [r.place_in_line for r in registrations[24:]] == [1, 2]


def test_nobody_overtakes_the_waitlist(make_session, people, now):
    session = make_session(minimum=1, capacity=1)
    first, second, third = people(3)
    Registration.objects.register(first, session, now=now)
    waiting = Registration.objects.register(second, session, now=now)
    # A seat that stands free while somebody waits, as after a crash.
    type(session).objects.filter(pk=session.pk).update(capacity=2)
    late = Registration.objects.register(third, session, now=now)
    waiting.refresh_from_db()
    assert (waiting.status, late.status, late.place_in_line) == ("registered", "waitlisted", 1)


def test_registering_again_after_withdrawing_goes_to_the_end(make_session, person, now):
    session = make_session()
    first = Registration.objects.register(person, session, now=now)
    first.withdraw(by=person, now=now)
    second = Registration.objects.register(person, session, now=now)
    assert second != first
    assert (second.position, second.status) == (2, "registered")


@pytest.mark.parametrize(
    ("prepare", "error", "sentence"),
    [
        (lambda s, office, now: None, Registration.NotPublic, "not open for registration"),
        (lambda s, office, now: s.cancel("Snow.", by=office, now=now), Registration.SessionCancelled, "was cancelled"),
        (lambda s, office, now: None, Registration.RegistrationClosed, "is closed"),
        (lambda s, office, now: None, Registration.SessionOver, "already started"),
        (lambda s, office, now: None, Registration.SessionOver, "has been held"),
    ],
    ids=["draft", "cancelled", "closed", "started", "held"],
)
def test_a_session_that_takes_nobody_says_why(request, make_session, person, office, now, prepare, error, sentence):
    case = request.node.callspec.id
    session = make_session(published=case != "draft")
    prepare(session, office, now)
    if case == "closed":
        type(session).objects.filter(pk=session.pk).update(registration_closes_at=now)
    at = {"started": session.starts_at, "held": session.ends_at + timedelta(hours=1)}.get(case, now)
    with pytest.raises(error, match=sentence):
        Registration.objects.register(person, session, now=at)
    assert not session.registrations.exists()


def test_another_audience_is_refused_with_the_way_forward(make_session, people, now):
    session = make_session()
    Workshop.objects.update(for_students=False)
    (student,) = people(1, role=Person.Role.STUDENT)
    with pytest.raises(Registration.NotEligible, match="correct your role in your profile"):
        Registration.objects.register(student, session, now=now)


def test_a_session_of_a_workshop_taken_back_takes_nobody(make_session, person, now):
    session = make_session()
    Workshop.objects.update(status=Workshop.Status.DRAFT)
    session.workshop.refresh_from_db()
    with pytest.raises(Registration.NotPublic):
        Registration.objects.register(person, session, now=now)


def test_somebody_switched_off_is_not_registered(make_session, people, now):
    (former,) = people(1, is_active=False)
    with pytest.raises(Registration.NotEligible, match="Write to the office"):
        Registration.objects.register(former, make_session(), now=now)


def test_who_has_no_role_counts_as_other(make_session, people, now):
    Workshop.objects.update(for_others=False)
    (unknown,) = people(1, role="")
    with pytest.raises(Registration.NotEligible):
        Registration.objects.register(unknown, make_session(), now=now)


def test_the_database_allows_one_active_registration(make_session, person, now):
    session = make_session()
    Registration.objects.register(person, session, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(person=person, session=session, status="waitlisted", position=7, registered_at=now)


def test_who_joins_and_leaves_all_day_is_asked_to_come_back_tomorrow(make_session, person, now):
    session = make_session()
    for _ in range(20):
        Registration.objects.register(person, session, now=now).withdraw(person, now=now)
    with pytest.raises(Registration.TooOften, match="Come back tomorrow"):
        Registration.objects.register(person, session, now=now + timedelta(hours=23))
    assert Registration.objects.register(person, session, now=now + timedelta(days=1)).is_registered
