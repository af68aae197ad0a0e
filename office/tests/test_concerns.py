"""What speaks against a session that is typed on its own page is said once, and the next press does it all the same."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from accounts.models import Campus
from catalog.models import Facilitator
from devtools.testing.cast import ZONE, workday
from devtools.testing.groups import in_group
from devtools.testing.office_pages import SCHEDULE, filled_in, once_more, session_page
from devtools.testing.page import read
from foundation.wall_clock import instant
from registrations.models import Registration
from sessions_app.models import Blackout, MeetingPlan, Session, Venue

pytestmark = pytest.mark.django_db
LINK = "https://meet.example.edu/quorum"
SATURDAY = date(2031, 5, 17)


@pytest.fixture
def small_commons():
    campus = Campus.objects.create(name="Downtown", time_zone=ZONE)
    return Venue.objects.create(campus=campus, building="Commons", room="2", capacity=20)


def at(day: date, hour: int = 12, venue=None) -> MeetingPlan:
    return MeetingPlan(instant(day, time(hour), ZONE), instant(day, time(hour + 1, 30), ZONE), ZONE, venue, LINK)


def new(clerk, workshop, day: date, **typed) -> dict:
    """Return the form of a new session, filled in."""
    basic = {"workshop": workshop.pk, "day": day.isoformat(), "starts": "12:00", "join_link": LINK}
    return filled_in(clerk, SCHEDULE, "session_form", **basic) | typed


def test_a_draft_on_a_day_off_in_a_taken_small_room_is_asked_about_once(clerk, workshop, make_session, small_commons):
    Blackout.objects.create(first_day=SATURDAY, last_day=SATURDAY, words="Graduation")
    ada = Facilitator.objects.create(name="Ada Okafor")
    make_session(meetings=[at(SATURDAY, 13, small_commons)], format="in_person", capacity=20, facilitators=[ada])
    typed = new(
        clerk, workshop, SATURDAY, venue=small_commons.pk, format="in_person", capacity="30", facilitators=[ada.pk]
    )
    sentences = [
        "It is a Saturday.",
        "No sessions are held then",
        "is taken: Bystander Interventions, 1:00–2:30 PM.",
        "holds 20, and the session 30.",
        "Ada Okafor leads Bystander Interventions at that time, 1:00–2:30 PM.",
    ]
    answer = once_more(clerk, SCHEDULE, typed, *sentences)
    assert answer.status_code == 302 and Session.objects.get(status="draft").capacity == 30


def test_the_same_session_twice_is_asked_about(clerk, workshop, make_session):
    day = workday(60)
    make_session(meetings=[at(day)])
    answer = once_more(clerk, SCHEDULE, new(clerk, workshop, day), "This session is there already")
    assert answer.status_code == 302 and Session.objects.count() == 2


def test_an_ordinary_draft_is_saved_at_one_press(clerk, workshop):
    assert clerk.post(SCHEDULE, new(clerk, workshop, workday(60))).status_code == 302


def test_a_press_agrees_to_what_was_said_and_to_no_other_date(clerk, workshop):
    typed = new(clerk, workshop, SATURDAY)
    agreed = read(clerk.post(SCHEDULE, typed)).field(name="agreed").attributes["value"]
    moved = typed | {"agreed": agreed, "day": (SATURDAY + timedelta(days=7)).isoformat()}
    assert clerk.post(SCHEDULE, moved).status_code == 400
    assert not Session.objects.exists()


def test_what_people_miss_is_said_before_a_session_is_published(clerk, workshop):
    workshop.summary = ""
    workshop.save()
    typed = new(clerk, workshop, workday(60), join_link="", _publish="Save and publish")
    sentences = [
        "There is no link to join.",
        "Nobody is named who leads it.",
        "has no summary.",
        "has no objectives.",
    ]
    assert once_more(clerk, SCHEDULE, typed, *sentences).status_code == 302
    assert Session.objects.get().workshop == workshop


def test_the_page_that_publishes_says_what_speaks_against_it_and_needs_one_press(clerk, make_session):
    draft = make_session(meetings=[at(SATURDAY)], published=False)
    url = reverse("admin:sessions_app_session_publish", args=[draft.pk])
    page = read(clerk.get(url))
    assert "It is a Saturday." in page.text and "Nobody is named who leads it." in page.text
    assert clerk.post(url, page.form(id="decision_form").data).status_code == 302
    draft.refresh_from_db()
    assert draft.status == "open"


def test_each_draft_of_many_says_what_speaks_against_it(clerk, make_session, django_assert_max_num_queries):
    drafts = [make_session(meetings=[at(SATURDAY)], published=False) for _ in range(2)]
    url = reverse("admin:sessions_app_session_changelist")
    chosen = {"action": "publish_selected", "_selected_action": [one.pk for one in drafts], "index": "0"}
    with django_assert_max_num_queries(40):
        page = read(clerk.post(url, chosen))
    assert page.text.count("It is a Saturday.") == 2 and page.text.count("has no objectives.") == 2


def test_a_draft_whose_date_was_agreed_to_is_not_asked_about_it_again(clerk, make_session):
    draft = make_session(meetings=[at(SATURDAY)], published=False)
    url = session_page(draft)
    assert clerk.post(url, filled_in(clerk, url, "session_form", capacity="25")).status_code == 302


def test_more_seats_than_the_room_has_are_asked_about(clerk, make_session, small_commons):
    session = make_session(meetings=[at(SATURDAY, venue=small_commons)], format="in_person", capacity=10)
    url = session_page(session)
    assert once_more(clerk, url, filled_in(clerk, url, "session_form", capacity="25"), "holds 20").status_code == 302


def test_a_facilitator_who_is_busy_is_asked_about(clerk, make_session):
    ada = Facilitator.objects.create(name="Ada Okafor")
    make_session(meetings=[at(SATURDAY, 13)], facilitators=[ada])
    session = make_session(meetings=[at(SATURDAY)])
    url = session_page(session)
    typed = filled_in(clerk, url, "session_form", facilitators=[ada.pk])
    assert once_more(clerk, url, typed, "Ada Okafor leads Bystander Interventions at that time").status_code == 302


@pytest.fixture
def in_two_sessions(make_session, people):
    """A session on a Friday, and another workshop's a week later, with two of its three people in both."""
    from catalog.models import Workshop

    other = Workshop.objects.create(title="Dialogue", slug="dialogue", status="published", default_minimum=1)
    first = make_session(meetings=[at(date(2031, 5, 16))])
    second = make_session(meetings=[at(date(2031, 5, 23), 13)], workshop=other)
    for number, person in enumerate(people(3)):
        Registration.objects.register(person, first)
        if number:
            Registration.objects.register(person, second)
    return first


def test_other_times_say_how_many_of_its_people_have_something_else(clerk, in_two_sessions):
    url = reverse("admin:sessions_app_session_reschedule", args=[in_two_sessions.pk])
    meeting = in_two_sessions.meetings.get()
    typed = filled_in(clerk, url, "decision_form", **{f"meeting{meeting.pk}-day": "2031-05-23"})
    said = ["Two people who are registered or wait have another session at that time.", "Person 2 has a seat in Dia"]
    assert once_more(clerk, url, typed, *said).status_code == 302
    meeting.refresh_from_db()
    assert meeting.starts_at == instant(date(2031, 5, 23), time(12), ZONE)


def test_names_are_said_to_people_who_may_see_them_alone(in_two_sessions, people, client):
    client.force_login(in_group(people, "Scheduler"))
    url = reverse("admin:sessions_app_session_reschedule", args=[in_two_sessions.pk])
    typed = filled_in(client, url, "decision_form", **{f"meeting{in_two_sessions.meetings.get().pk}-day": "2031-05-23"})
    page = read(client.post(url, typed))
    assert "Two people who are registered or wait have another session at that time." in page.text
    assert "Person 2" not in page.everything


def test_a_meeting_is_added_at_a_time_when_people_are_elsewhere(clerk, in_two_sessions):
    url = reverse("admin:sessions_app_session_add-meeting", args=[in_two_sessions.pk])
    assert (
        once_more(clerk, url, filled_in(clerk, url, "decision_form", day="2031-05-23"), "Two people").status_code == 302
    )


def test_another_room_that_is_taken_or_small_is_asked_about_together(clerk, make_session, people, small_commons):
    small_commons.capacity = 1
    small_commons.save()
    make_session(meetings=[at(SATURDAY, venue=small_commons)], format="in_person", capacity=6)
    session = make_session(meetings=[at(SATURDAY, 13)])
    for person in people(2):
        Registration.objects.register(person, session)
    url = reverse("admin:sessions_app_session_relocate", args=[session.pk])
    typed = filled_in(clerk, url, "decision_form", **{f"meeting{session.meetings.get().pk}-venue": small_commons.pk})
    page = read(answer := clerk.post(url, typed))
    assert answer.status_code == 400
    assert "is taken: Bystander Interventions, Noon–1:30 PM." in page.text and "2 people have seats" in page.text
    again = page.form(id="decision_form").data | {"anyway": "on"}
    assert clerk.post(url, again).status_code == 302
