"""A session is copied to other dates on the season page, and “Save and add another” keeps what two of them share."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Facilitator
from devtools.testing.cast import workday
from devtools.testing.office_pages import schedule, session_page
from devtools.testing.page import read
from foundation.dates import local
from sessions_app.models import MeetingPlan, Session

pytestmark = pytest.mark.django_db
PAGE = "/admin/sessions_app/scheduleimport/add/"


def words(day) -> str:
    return f"{day:%a %b} {day.day}, {day.year}"


def test_a_session_is_copied_to_days_that_are_typed(clerk, make_session):
    ada, zoe = (Facilitator.objects.create(name=name) for name in ("Ada Okafor", "Zoe Marsh"))
    leading = {"facilitators": [ada, zoe], "first_facilitator": zoe}
    session = make_session(minimum=7, capacity=13, listed=False, at_deadline="ask", **leading)
    link = read(clerk.get(session_page(session))).link("Copy to other dates")
    page = read(clerk.get(link))
    assert f"Copy {session} to other dates" in page.text and page.field(name="capacity").value == "13"
    days = [timezone.localdate() + timedelta(days=100 + number) for number in range(2)]
    typed = page.form(id="scheduleimport_form").data | {"dates": f"{words(days[0])}\n{words(days[1])} 3-4 PM"}
    page = read(clerk.post(PAGE, typed))
    assert "2 dates to put up." in page.text and "12:00" not in page.text.partition("3:00–4:00 PM")[2]
    clerk.post(PAGE, page.form(id="scheduleimport_form").data | {"publish": "1"})
    first, second = Session.objects.exclude(pk=session.pk)
    for copy in (first, second):
        assert (copy.minimum, copy.capacity, copy.listed, copy.at_deadline) == (7, 13, False, "ask")
        assert copy.led_by == [zoe, ada] and copy.status == "open" and copy.seats_taken == 0
        assert copy.meetings.get().join_link == session.meetings.get().join_link
    assert [f"{local(one.starts_at, one.time_zone):%H:%M}" for one in (first, second)] == ["12:00", "15:00"]


def test_a_copy_has_all_meetings_as_many_days_apart(clerk, make_session, now):
    at = timezone.localtime(now).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=20)
    plans = [MeetingPlan(at + timedelta(days=day), at + timedelta(days=day, hours=1), "UTC") for day in (0, 7)]
    session = make_session(meetings=plans)
    typed = {"like": session.code, "dates": words((at + timedelta(days=50)).date()), "zone": "UTC", "drafts": "1"}
    assert clerk.post(PAGE, typed).status_code == 302
    starts = [meeting.starts_at for meeting in Session.objects.exclude(pk=session.pk).get().meetings.all()]
    assert starts == [plan.starts_at + timedelta(days=50) for plan in plans]


def test_a_copy_that_is_there_already_adds_nothing(clerk, make_session):
    session = make_session()
    typed = {"like": session.code, "dates": words(local(session.starts_at, session.time_zone).date())}
    page = read(clerk.post(PAGE, typed | {"zone": session.time_zone}))
    assert "This session is there already. It stays as it is." in page.text


def test_without_a_session_to_copy_a_day_alone_is_no_date(clerk, workshop):
    page = read(clerk.post(PAGE, {"like": "zzzzzzzz", "workshop": workshop.pk, "dates": "May 14, 2099"}))
    assert "is not a date with a start and an end" in page.text


def test_save_and_add_another_keeps_workshop_time_and_place(clerk, workshop, room):
    day = workday(40)
    typed = {"venue": room.pk, "ends": "13:30", "join_link": "https://meet.example.edu/a"}
    response, _ = schedule(clerk, workshop, day, **typed, _addanother="Save and add another")
    page = read(clerk.get(response.url))
    kept = {name: page.field(name=name).value for name in ("starts", "ends", "venue", "join_link", "day")}
    assert kept == {"starts": "12:00", "day": ""} | typed | {"venue": str(room.pk)}
    assert page.field(name="workshop").value == str(workshop.pk)
