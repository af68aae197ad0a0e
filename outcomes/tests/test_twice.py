"""Before registering again for a workshop that counts once, people are told so; they may register all the same."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from catalog.models import Program, Workshop
from devtools.testing.page import get
from outcomes.models import Attendance, CreditKind, CreditOffer, Requirement
from outcomes.record.twice import taken_before

pytestmark = pytest.mark.django_db

# The session that was held ended a day before. Pages go by the database's clock, and only verbs take another.
on_november_3 = pytest.mark.now(datetime(2026, 11, 3, 18, tzinfo=UTC))
ONCE = "You took this on Nov 2; it counts once per academic year."


@pytest.fixture
def asked_twice(workshop):
    kind = CreditKind.objects.create(name="DEI hours")
    CreditOffer.objects.create(workshop=workshop, kind=kind, hours=Decimal("1.5"))
    return Requirement.objects.create(title="Hours", kind=kind, hours=6)


@pytest.fixture
def ahead(make_session):
    return make_session(days=20)


def test_the_page_and_the_form_say_it_in_one_sentence(me, person, hold, asked_twice, ahead):
    hold(5, persons=[person], here=1)
    Requirement.objects.update(window="once")
    for path in (ahead.get_absolute_url(), f"{ahead.get_absolute_url()}registration/"):
        assert "; it counts once." in get(me, path).text


def test_a_warning_refuses_nobody(me, person, hold, asked_twice, ahead):
    hold(5, persons=[person], here=1)
    assert me.post(f"{ahead.get_absolute_url()}registration/", {"seat": "1"}).status_code == 302
    assert ahead.registrations.filter(person=person).exists()


def test_a_visitor_and_somebody_new_to_it_read_nothing(client, me, person, asked_twice, ahead, now):
    assert taken_before(person, ahead, now) == ""
    assert "counts once" not in get(me, ahead.get_absolute_url()).text
    client.logout()
    assert "counts once" not in get(client, ahead.get_absolute_url()).text


@on_november_3
@pytest.mark.parametrize(
    "window, months, sentence",
    [
        ("calendar", None, "You took this on Nov 2; it counts once per calendar year."),
        ("rolling", 24, "You took this on Nov 2; it counts once within 24 months."),
        ("refresh", 1, ""),
        ("refresh", 2, "You took this on Nov 2; it counts once within 2 months."),
        ("once", None, "You took this on Nov 2; it counts once."),
    ],
)
def test_each_window_has_its_sentence(person, hold, asked_twice, make_session, now, window, months, sentence):
    hold(5, persons=[person], here=1)
    Requirement.objects.update(window=window, months=months)
    assert taken_before(person, make_session(days=40), now) == sentence


@on_november_3
def test_another_academic_year_is_no_second_time(person, hold, asked_twice, make_session, now, settings):
    hold(5, persons=[person], here=1)
    settings.ACADEMIC_YEAR_MONTH = 12
    assert taken_before(person, make_session(days=40), now) == ""


@on_november_3
def test_the_workshop_that_this_one_took_the_place_of_counts(person, hold, asked_twice, ahead, workshop, now):
    old = Workshop.objects.create(title="Old", slug="old", status=Workshop.Status.PUBLISHED, successor=workshop)
    hold(5, persons=[person], here=1, workshop=old)
    assert taken_before(person, ahead, now) == ONCE


@on_november_3
def test_a_seat_says_it_where_nobody_took_attendance_and_absence_does_not(
    person, hold, asked_twice, ahead, office, now
):
    session = hold(6, persons=[person])
    assert taken_before(person, ahead, now) == ONCE
    seat = session.registrations.get(person=person)
    Attendance.objects.mark(session.meetings.get(), seat, "absent", "roster", by=office, now=now)
    assert taken_before(person, ahead, now) == ""


@on_november_3
@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"each_once": False}, {"for_students": True}, {"kind": None, "program": 1}]
)
def test_nothing_is_said_by_what_is_not_asked(person, hold, asked_twice, ahead, now, change):
    hold(5, persons=[person], here=1)
    if "program" in change:
        other = Program.objects.create(title="Other", slug="other", rule="all", status="published")
        change = {"kind": None, "hours": None, "program": other}
    Requirement.objects.update(**change)
    assert taken_before(person, ahead, now) == ""


@on_november_3
def test_a_program_that_holds_the_workshop_says_it(person, hold, asked_twice, ahead, workshop, now):
    program = Program.objects.create(title="Foundations", slug="foundations", rule="all", status="published")
    program.entries.create(workshop=workshop)
    Requirement.objects.update(kind=None, hours=None, program=program)
    hold(5, persons=[person], here=1)
    assert taken_before(person, ahead, now) == ONCE


@on_november_3
def test_it_is_one_query(person, hold, asked_twice, ahead, now, django_assert_num_queries):
    for number in range(4):
        hold(3, persons=[person], here=1, days_ago=1 + number)
        Requirement.objects.create(title=f"More {number}", hours=1)
    with django_assert_num_queries(1):
        assert taken_before(person, ahead, now) == ONCE
