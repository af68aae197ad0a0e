"""What the office types: one title, person or venue however it is spelled, and meetings past midnight."""

from datetime import date, datetime, time, timedelta

import pytest

from accounts.models import Campus, Person, Unit
from catalog.models import Facilitator, Topic, Workshop
from devtools.testing.cast import ZONE
from devtools.testing.office_pages import SCHEDULE, filled_in, in_chicago, once_more, workshop_page
from devtools.testing.page import get, read
from foundation.dates import short_day
from foundation.wall_clock import instant
from notifications.models import Notice
from registrations.models import Registration
from sessions_app.models import Meeting, MeetingPlan, Session, Venue

pytestmark = pytest.mark.django_db
UNSEEN = ["\u200b", "\u00ad", "\ufeff", "\u2060", "\u200d", "\u200e", "\u034f"]


def add(clerk, model: type, **typed):
    """Fill in the page that adds one of `model`, and send it."""
    opts = model._meta
    url = f"/admin/{opts.app_label}/{opts.model_name}/add/"
    return clerk.post(url, filled_in(clerk, url, f"{opts.model_name}_form", **typed))


# ---- one noun, however it is spelled ----


@pytest.mark.parametrize("unseen", UNSEEN)
def test_no_character_that_nobody_sees_makes_a_second_noun(clerk, room, unseen):
    where = {"campus": room.campus_id, "building": room.building, "room": room.room}
    first = [
        (Workshop, {"title": "Implicit Bias", "slug": "one"}, "title"),
        (Unit, {"name": "Pediatrics"}, "name"),
        (Topic, {"name": "Teaching", "slug": "one"}, "name"),
        (Campus, {"name": "North Campus"}, "name"),
        (Person, {"email": "kai@example.edu"}, "email"),
    ]
    for model, typed, name in first:
        assert add(clerk, model, **typed).status_code == 302
        before = model.objects.count()
        half = len(typed[name]) // 2
        again = typed | {name: f"{unseen}{typed[name][:half]}{unseen}{typed[name][half:]}"}
        again |= {"slug": "two"} if "slug" in typed else {}
        response = add(clerk, model, **again)
        assert (response.status_code, "already exists" in read(response).everything) == (400, True), model
        assert model.objects.count() == before
        assert model.objects.filter(**{name: typed[name]}).exists()
    response = add(clerk, Venue, **where | {"building": f"{unseen}{room.building}"})
    assert (response.status_code, Venue.objects.count()) == (400, 1)


@pytest.mark.parametrize("typed", ["\u200b", "\u3164", "\u00ad\ufeff "])
def test_a_name_of_nothing_to_see_is_missing(clerk, typed):
    for model, fields in (
        (Workshop, {"title": typed, "slug": "a"}),
        (Unit, {"name": typed}),
        (Campus, {"name": typed}),
    ):
        response = add(clerk, model, **fields)
        assert (response.status_code, "This field is required." in read(response).everything) == (400, True)


@pytest.mark.parametrize("typed", ["A\0B", "A\rB", "A\u2028B", "A\u202eB", "A\u2067B", "A\x1bB"])
def test_a_name_with_control_characters_is_refused(clerk, typed):
    for model, fields in (
        (Workshop, {"title": typed, "slug": "a"}),
        (Unit, {"name": typed}),
        (Campus, {"name": typed}),
        (Facilitator, {"name": typed}),
        (Person, {"email": "kai@example.edu", "name": typed}),
    ):
        response = add(clerk, model, **fields)
        page = read(response)
        assert response.status_code == 400
        assert "Enter this on one line, without control characters" in page.everything


def test_a_title_stored_with_such_a_character_loses_it_when_it_is_saved(clerk, workshop):
    Workshop.objects.update(title="Bystander\u200b Interventions")
    fields = filled_in(clerk, workshop_page(workshop), "workshop_form", summary="New.")
    assert clerk.post(workshop_page(workshop), fields).status_code == 302
    assert Workshop.objects.get().title == "Bystander Interventions"


@pytest.mark.parametrize("zone", ["localtime", "Factory", "posixrules", "right/America/Chicago", "US/Pacific-New"])
def test_a_campus_is_in_a_zone_of_some_place(clerk, zone):
    response = add(clerk, Campus, name="North Campus", time_zone=zone)
    assert response.status_code == 400
    assert f"“{zone}” is not a time zone. Use a name like America/Chicago." in read(response).everything


@pytest.mark.parametrize(
    "email", ['"kai kim"@example.edu', "kai@[127.0.0.1]", "a" * 65 + "@example.edu", "käthe@x.edu"]
)
def test_a_person_has_an_address_that_can_be_invited(clerk, email):
    response = add(clerk, Person, email=email)
    assert response.status_code == 400
    assert "Enter an e-mail address like name@school.edu." in read(response).everything


# ---- past midnight ----


def test_a_draft_ends_on_the_next_day_where_its_end_is_before_its_start(clerk, workshop, wednesday):
    late = {"workshop": workshop.pk, "day": wednesday.isoformat(), "starts": "22:00", "ends": "01:30"}
    typed = filled_in(clerk, SCHEDULE, "session_form", **late)
    assert once_more(clerk, SCHEDULE, typed, "It is outside working hours.").status_code == 302
    session = Session.objects.get()
    assert in_chicago(session.starts_at) == datetime.combine(wednesday, time(22))
    assert in_chicago(session.ends_at) == datetime.combine(wednesday + timedelta(days=1), time(1, 30))


def test_a_further_meeting_may_go_past_midnight(clerk, workshop, wednesday):
    row = {"day": (wednesday + timedelta(days=7)).isoformat(), "starts": "23:00", "ends": "00:00"}
    further = {"meetings-TOTAL_FORMS": 1} | {f"meetings-0-{name}": value for name, value in row.items()}
    first = {"workshop": workshop.pk, "day": wednesday.isoformat(), "starts": "12:00"}
    typed = filled_in(clerk, SCHEDULE, "session_form", **first) | further
    day = short_day(instant(wednesday + timedelta(days=7), time(23), ZONE), ZONE)
    assert once_more(clerk, SCHEDULE, typed, f"{day}: It is outside working hours.").status_code == 302
    session = Session.objects.get()
    assert session.meetings.last().ends_at - session.meetings.last().starts_at == timedelta(hours=1)


def test_a_meeting_is_moved_past_midnight_and_added_past_midnight(clerk, make_session, now):
    day = date(2031, 5, 13)
    session = make_session(meetings=[MeetingPlan(instant(day, time(12), ZONE), instant(day, time(14), ZONE), ZONE)])
    meeting = session.meetings.get()
    for name, typed in (
        ("reschedule", {f"meeting{meeting.pk}-starts": "21:00", f"meeting{meeting.pk}-ends": "00:30"}),
        ("add-meeting", {"day": "2031-05-20", "starts": "21:00", "ends": "00:30"}),
    ):
        url = f"/admin/sessions_app/session/{session.pk}/{name}/"
        assert once_more(clerk, url, filled_in(clerk, url, "decision_form", **typed)).status_code == 302
    for one in session.meetings.all():
        assert one.ends_at - one.starts_at == timedelta(hours=3, minutes=30)


def test_a_day_no_meeting_can_have_is_refused_by_the_verb(make_session, office, now):
    session = make_session()
    far = MeetingPlan(datetime(2101, 1, 1, 18, tzinfo=now.tzinfo), datetime(2101, 1, 1, 19, tzinfo=now.tzinfo), ZONE)
    with pytest.raises(session.Refused, match="Choose a date before the year 2101."):
        session.add_meeting(far, by=office, now=now)
    assert Meeting.objects.count() == 1


# ---- a zone that is gone ----


def test_a_session_in_a_zone_that_is_gone_is_mended_by_saving_it(clerk, make_session, person, room, now):
    session = make_session()
    Campus.objects.update(time_zone="US/Pacific-New")
    Registration.objects.register(person, session, now=now)
    Meeting.objects.update(time_zone="US/Pacific-New")
    meeting = session.meetings.get()
    url = f"/admin/sessions_app/session/{session.pk}/reschedule/"
    assert "US/Pacific-New" not in get(clerk, url).everything
    fields = filled_in(clerk, url, "decision_form")
    assert fields[f"meeting{meeting.pk}-zone"] == [ZONE]
    assert clerk.post(url, fields).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.time_zone, meeting.starts_at) == (ZONE, session.starts_at)
    assert not Notice.objects.filter(state="dead").exists()
