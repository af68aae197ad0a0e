"""The calendar of a room and of a facilitator: what is there, what clashes, what is off and what is free."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from catalog.models import Facilitator, Workshop
from devtools.testing.cast import ZONE, weekly
from devtools.testing.office_pages import session_page
from devtools.testing.page import read
from sessions_app.models import Blackout, MeetingPlan

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(db) -> Facilitator:
    """A facilitator who leads nothing so far."""
    return Facilitator.objects.create(name="Ada Okafor")


def room_page(room) -> str:
    return f"/admin/sessions_app/venue/{room.pk}/calendar/"


def leader_page(leader) -> str:
    return f"/admin/catalog/facilitator/{leader.pk}/calendar/"


def month_of(session) -> dict[str, str]:
    return {"m": f"{session.starts_at.astimezone(ZoneInfo(ZONE)):%Y-%m}"}


def day_of(client, url: str, session):
    """The part of the page that is the day on which `session` starts."""
    at = session.starts_at.astimezone(ZoneInfo(ZONE))
    days = read(client.get(url, month_of(session))).parts(".office-month td")
    (day,) = [one for one in days if one.parts(".office-date-words") and f"{at:%A, %B} {at.day}" in one.text]
    return day


def test_a_room_shows_its_meetings_with_who_leads_them(clerk, room, make_hybrid, leader, make_session):
    session, elsewhere = make_hybrid(), make_session()
    leader.sessions.add(session)
    day = day_of(clerk, room_page(room), session)
    assert day.addresses == [session_page(session)]
    assert "Noon–1:30 PM" in day.text and "Ada Okafor" in day.text and "(Open)" in day.text
    assert "Free 7:00 AM–Noon, 1:30–8:00 PM" in day.text
    assert session_page(elsewhere) not in read(clerk.get(room_page(room), month_of(elsewhere))).addresses


def test_a_facilitator_shows_where_they_are(clerk, room, make_hybrid, make_session, leader):
    leader.sessions.add(session := make_hybrid(), draft := make_session(published=False))
    day = day_of(clerk, leader_page(leader), session)
    assert set(day.addresses) == {session_page(session), session_page(draft)}
    assert "Learning Commons 210" in day.text and "Online" in day.text and "(Draft)" in day.text


def test_two_at_the_same_time_are_said_at_both(clerk, make_session, leader):
    other = Workshop.objects.create(title="Psychological Safety", slug="safety", status="published")
    first, second = make_session(), make_session(workshop=other)
    leader.sessions.add(first, second)
    day = day_of(clerk, leader_page(leader), first)
    assert "At the same time: Psychological Safety" in day.text
    assert "At the same time: Bystander Interventions" in day.text
    second.meetings.update(starts_at=first.ends_at, ends_at=first.ends_at + timedelta(hours=1))
    assert "At the same time" not in day_of(clerk, leader_page(leader), first).text


def test_what_is_cancelled_leaves_the_room_free(clerk, room, make_hybrid, office, now):
    session = make_hybrid()
    session.cancel("Snow.", by=office, now=now)
    assert session_page(session) not in read(clerk.get(room_page(room), month_of(session))).addresses


def test_a_day_without_sessions_says_why(clerk, room, session):
    day = session.starts_at.astimezone(ZoneInfo(ZONE)).date()
    Blackout.objects.create(words="Spring break", first_day=day, last_day=day)
    assert "Spring break" in day_of(clerk, room_page(room), session).text


def test_a_day_that_is_taken_from_morning_to_evening_is_not_free(clerk, room, make_hybrid, make_session, office):
    (plan,) = weekly(1)
    at = plan.starts_at
    long = MeetingPlan(at - timedelta(hours=4, minutes=15), at + timedelta(hours=7, minutes=15), ZONE, room)
    session = make_session(format="in_person", meetings=[long])
    assert "Free" not in day_of(clerk, room_page(room), session).text


def test_months_lead_to_each_other(clerk, room):
    page = read(clerk.get(room_page(room), {"m": "2027-01"}))
    assert page.link("December 2026") == "?m=2026-12" and page.link("February 2027") == "?m=2027-02"
    ends = read(clerk.get(room_page(room), {"m": "2100-12"}))
    assert ends.link("November 2100") == "?m=2100-11" and "January 2101" not in ends.text


@pytest.mark.parametrize("month", ["", "x", "2027-13", "1999-12", "2101-01", "2027-1", "\0", "9" * 50, "2027-01-01"])
def test_what_is_no_month_is_said(clerk, room, month):
    response = clerk.get(room_page(room), {"m": month})
    assert response.status_code == 400 and read(response).parts(".errornote")


def test_a_calendar_is_reached_from_the_list_and_the_form(clerk, room, leader):
    for url, noun in ((room_page(room), room), (leader_page(leader), leader)):
        assert read(clerk.get(url.replace(f"{noun.pk}/calendar/", ""))).link(f"Calendar of {noun}") == url
        assert read(clerk.get(url.replace("calendar/", "change/"))).link("Calendar") == url


def test_a_calendar_is_for_who_may_see_sessions(client, room, leader):
    person = Person.objects.create_user("venues@example.edu", name="Vi", role="staff", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=["view_venue", "view_facilitator"]))
    client.force_login(person)
    assert [client.get(url).status_code for url in (room_page(room), leader_page(leader))] == [403, 403]
    person.user_permissions.add(Permission.objects.get(codename="view_session", content_type__app_label="sessions_app"))
    assert [client.get(url).status_code for url in (room_page(room), leader_page(leader))] == [200, 200]


def test_a_month_makes_the_same_queries_for_any_number_of_meetings(clerk, leader, make_session):
    counts = []
    for number in (1, 6):
        for _ in range(number):
            leader.sessions.add(make_session())
        clerk.get(leader_page(leader))
        with CaptureQueriesContext(connection) as queries:
            clerk.get(leader_page(leader), month_of(leader.sessions.first()))
        counts.append(len(queries))
    assert counts[0] == counts[1]
