"""What people earn: so many hours of a kind for each meeting they were at."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from outcomes.credit import credit_in, credit_of, earned, earned_in
from outcomes.models import Attendance, CreditKind, CreditOffer

pytestmark = pytest.mark.django_db


@pytest.fixture
def earned_kind(db):
    return CreditKind.objects.create(name="Implicit-bias hours", statement="Counts in this state.")


@pytest.fixture
def worth(workshop, earned_kind):
    return CreditOffer.objects.create(workshop=workshop, kind=earned_kind, hours=Decimal("1.5"))


def test_each_meeting_attended_counts(hold, worth, person):
    session = hold(5, meetings=2, persons=[person], here=1)
    [one] = earned(person)
    assert (one.kind, one.hours, one.session) == (worth.kind, Decimal("3.0"), session)


def test_a_meeting_somebody_was_not_at_does_not_count(hold, worth, person, office):
    session = hold(5, meetings=2, persons=[person], here=1)
    Attendance.objects.filter(meeting=session.meetings.last(), person=person).get().say("absent", "roster", office)
    assert [one.hours for one in earned(person)] == [Decimal("1.5")]


def test_nobody_earns_what_nobody_said_a_word_about(hold, worth, person):
    hold(5, persons=[person])
    assert earned(person) == []


def test_what_a_session_is_worth_counts_instead_of_its_workshop(hold, worth, earned_kind, person):
    session = hold(5, persons=[person], here=1)
    other = CreditKind.objects.create(name="Another kind")
    CreditOffer.objects.create(session=session, kind=other, hours=Decimal("0.25"))
    assert [(one.kind, one.hours) for one in earned(person)] == [(other, Decimal("0.25"))]


def test_people_who_walked_in_earn_as_much(hold, worth, person, office, now):
    session = hold(6)
    meeting = session.meetings.get()
    Attendance.objects.create(
        meeting=meeting, person=person, state="here", source="check_in", said_by=office, said_at=now
    )
    assert [one.hours for one in earned(person)] == [Decimal("1.5")]
    assert list(credit_of({(person.pk, session.pk)})) == [(person.pk, session.pk)]


def test_a_kind_that_is_given_no_more_counts_for_nothing(hold, worth, earned_kind, person):
    hold(5, persons=[person], here=1)
    CreditKind.objects.filter(pk=earned_kind.pk).update(is_active=False)
    assert earned(person) == []


def test_what_needs_the_evaluation_waits_for_it(hold, worth, person, monkeypatch):
    session = hold(5, persons=[person], here=2)
    CreditOffer.objects.update(needs_evaluation=True)
    monkeypatch.setattr("outcomes.credit.answered_among", lambda pairs: {(person.pk, session.pk)})
    registrations = list(session.registrations.order_by("pk")[:2])
    assert [len(rows) for rows in earned_in(registrations).values()] == [1, 0]
    assert [one.waits for rows in credit_in(registrations).values() for one in rows] == [False, True]


def test_the_cost_does_not_grow_with_people_and_sessions(hold, worth, django_assert_num_queries, person):
    first = hold(6, here=6)
    second = hold(6, here=6, days_ago=9)
    few = list(first.registrations.all()[:1])
    many = [*first.registrations.all(), *second.registrations.all()]
    with django_assert_num_queries(2):
        earned_in(few)
    with django_assert_num_queries(2):
        assert sum(map(len, earned_in(many).values())) == 12


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        ("0", "A meeting is worth more than 0 hours. Take the row away if it is worth none."),
        ("-1", "A meeting is worth more than 0 hours. Take the row away if it is worth none."),
        ("100.25", "A meeting is worth 100 hours at most."),
        ("0.2", "Enter hours in quarters, such as 1, 1.25, 1.5 or 1.75."),
    ],
)
def test_hours_that_cannot_be_are_refused_with_a_sentence(workshop, earned_kind, hours, sentence):
    with pytest.raises(ValidationError) as refused:
        CreditOffer(workshop=workshop, kind=earned_kind, hours=Decimal(hours)).full_clean()
    assert sentence in refused.value.message_dict["hours"]


@pytest.mark.parametrize("hours", ["0.25", "0.5", "0.75", "1", "33.25", "100"])
def test_hours_in_quarters_are_taken(workshop, earned_kind, hours):
    offer = CreditOffer(workshop=workshop, kind=earned_kind, hours=Decimal(hours))
    offer.full_clean()
    offer.save()
    offer.refresh_from_db()
    assert offer.hours == Decimal(hours)
