"""What speaks against a date before it is put up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Campus
from catalog.models import Facilitator
from devtools.testing.cast import ZONE
from registrations.models import Registration
from sessions_app.concerns import Planned, concerns, holiday_on
from sessions_app.models import Blackout, MeetingPlan, Session, Venue

NOON = datetime(2027, 5, 12, 17, tzinfo=UTC)  # a Wednesday in Chicago
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def at(starts_at: datetime, minutes: int = 90, **more) -> Planned:
    return Planned("line 1", starts_at, starts_at + timedelta(minutes=minutes), ZONE, **more)


def about(*planned: Planned, **more) -> list[list[str]]:
    return concerns(planned, NOW, **more)


@pytest.fixture
def commons(db):
    campus = Campus.objects.create(name="Downtown", time_zone=ZONE)
    return Venue.objects.create(campus=campus, building="Commons", room="2", capacity=20)


@pytest.mark.django_db
def test_nothing_speaks_against_an_ordinary_day():
    assert about(at(NOON, minutes=90, capacity=24)) == [[]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("planned", "sentence"),
    [
        (at(NOON + timedelta(days=3)), "It is a Saturday."),
        (at(datetime(2027, 5, 31, 17, tzinfo=UTC)), "It is Memorial Day."),
        (at(NOON - timedelta(hours=6)), "It is outside working hours."),
        (at(NOON + timedelta(hours=9)), "It is outside working hours."),
        (at(NOW - timedelta(hours=9)), "It is in the past."),
        (at(NOON, 300), None),
        (replace(at(NOON, 300), minutes=90), "It lasts 5 hours; the workshop takes 90 minutes."),
        (
            Planned("line 1", NOON, NOON + timedelta(hours=5), ZONE, minutes=90),
            "It lasts 5 hours; the workshop takes 90 minutes.",
        ),
    ],
)
def test_the_day_and_the_length_are_looked_at(planned, sentence):
    (said,) = about(planned)
    assert (sentence in said) if sentence else said == []


@pytest.mark.django_db
def test_days_without_sessions_are_named():
    Blackout.objects.create(words="Spring break", first_day=date(2027, 5, 10), last_day=date(2027, 5, 14))
    assert about(at(NOON), at(NOON + timedelta(days=7))) == [["No sessions are held then: Spring break."], []]


def test_a_room_that_is_taken_and_too_small_is_named(commons, workshop, office):
    plan = MeetingPlan(NOON, NOON + timedelta(minutes=90), ZONE, venue=commons)
    there = Session.objects.schedule(workshop, [plan], office, now=NOW)
    planned = at(NOON + timedelta(hours=1), venue=commons, capacity=24)
    taken = "Commons 2 is taken: Bystander Interventions, Noon–1:30 PM."
    assert about(planned) == [["Commons 2 holds 20, and the session 24.", taken]]
    assert about(planned, beside=there.pk) == [["Commons 2 holds 20, and the session 24."]]
    assert about(at(NOON + timedelta(minutes=90), venue=commons)) == [[]]


def test_a_facilitator_who_leads_another_session_is_named(workshop, office, django_assert_num_queries):
    ada = Facilitator.objects.create(name="Ada Okafor")
    plan = MeetingPlan(NOON, NOON + timedelta(minutes=90), ZONE)
    Session.objects.schedule(workshop, [plan], office, now=NOW, facilitators=[ada])
    planned = at(NOON, facilitators=frozenset([ada.pk]))
    with django_assert_num_queries(4):
        found = about(planned, planned)
    assert found == [["Ada Okafor leads Bystander Interventions at that time, Noon–1:30 PM."]] * 2


def test_a_facilitator_who_has_a_seat_elsewhere_is_named(workshop, office, person):
    ada = Facilitator.objects.create(name="Ada Okafor", person=person)
    plan = MeetingPlan(NOON, NOON + timedelta(minutes=90), ZONE)
    there = Session.objects.schedule(workshop, [plan], office, now=NOW)
    there.publish(by=office, now=NOW)
    Registration.objects.register(person, there, now=NOW)
    planned = at(NOON, facilitators=frozenset([ada.pk]))
    assert about(planned) == [["Ada Okafor is registered for Bystander Interventions at that time, Noon–1:30 PM."]]
    assert about(at(NOON + timedelta(minutes=90), facilitators=frozenset([ada.pk]))) == [[]]


def test_two_rows_in_one_room_are_told_of_each_other(commons):
    assert about(at(NOON, venue=commons), at(NOON, venue=commons)) == [[], ["Line 1 has the same room at that time."]]


def test_holidays_are_those_of_the_place_in_the_settings(settings):
    assert holiday_on(date(2027, 7, 5)) == "Independence Day (observed)"
    settings.HOLIDAYS = "CA-ON"
    assert holiday_on(date(2027, 7, 1)) == "Canada Day"
    settings.HOLIDAYS = ""
    assert holiday_on(date(2027, 7, 5)) == ""
