"""The pages on which the office changes what people have planned with, and that no page does it silently."""

from datetime import date, time, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from accounts.models import Campus
from catalog.models import Facilitator
from devtools.testing.cast import ZONE
from devtools.testing.office_pages import agree, filled_in, session_page
from devtools.testing.page import read
from foundation.wall_clock import instant
from notifications.models import Notice
from notifications.outbox.claim import claim
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Session, Venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_may(make_session, people, now) -> Session:
    """A confirmed session of two meetings in May 2031, with three people who have been invited."""
    plans = [plan(date(2031, 5, day)) for day in (13, 20)]
    session = make_session(minimum=3, meetings=plans)
    for person in people(3):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    all_sent()
    return session


def all_sent() -> None:
    """Let everything that is due leave."""
    while claim(timezone.now()):
        Notice.objects.filter(state="sending").update(state="sent")


@pytest.fixture
def small_room():
    campus = Campus.objects.create(name="Downtown", time_zone=ZONE)
    return Venue.objects.create(campus=campus, building="Learning Commons", room="210", capacity=2)


def plan(day: date, hour: int = 12) -> MeetingPlan:
    return MeetingPlan(instant(day, time(hour), ZONE), instant(day, time(hour + 2), ZONE), ZONE)


def page(session, name: str) -> str:
    return reverse(f"admin:sessions_app_session_{name}", args=[session.pk])


def send(clerk, session, name: str, **typed):
    """Fill in the page and send it."""
    return clerk.post(page(session, name), filled_in(clerk, page(session, name), "decision_form", **typed))


def said(response, client) -> str:
    return read(client.get(response.url))


def changed() -> int:
    return Notice.objects.filter(kind="changed").count()


def test_the_office_moves_a_meeting(clerk, in_may):
    first = in_may.meetings.first()
    response = send(clerk, in_may, "reschedule", **{f"meeting{first.pk}-day": "2031-05-14"})
    assert "The times are changed." in said(response, clerk).text
    first.refresh_from_db()
    assert first.starts_at == plan(date(2031, 5, 14)).starts_at
    assert changed() == 3


def test_opening_and_sending_the_page_as_it_is_changes_nothing(clerk, in_may, small_room):
    records = LogEntry.objects.count()
    for name in ("reschedule", "relocate"):
        assert send(clerk, in_may, name).status_code == 302
    assert (changed(), LogEntry.objects.count()) == (0, records)


@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ({"day": "2020-05-14"}, 409, "Choose a time in the future."),
        ({"day": "2031-05-20", "starts": "13:00", "ends": "15:00"}, 409, "Two meetings overlap."),
        ({"day": "2031-03-09", "starts": "02:30", "ends": "04:00"}, 400, "does not exist"),
        ({"day": "2031-11-02", "starts": "01:30", "ends": "04:00"}, 400, "happens twice"),
        ({"ends": "11:00"}, 400, "It would end at 11:00 on the next day and last 23 hours."),
        ({"ends": "12:00"}, 400, "It ends at 12:00, which is not after its start at 12:00."),
        ({"day": "soon"}, 400, "Enter a valid date."),
        ({"day": ""}, 400, "This field is required."),
        ({"zone": "Mars/Olympus"}, 400, "is not a time zone"),
        ({"zone": "\0"}, 400, "is not a time zone"),
        ({"zone": "localtime"}, 400, "is not a time zone"),
    ],
)
def test_impossible_times_are_shown_with_what_was_typed(clerk, in_may, typed, status, sentence):
    first = in_may.meetings.first()
    names = {f"meeting{first.pk}-{name}": value for name, value in typed.items()}
    response = send(clerk, in_may, "reschedule", **names)
    assert (response.status_code, sentence in read(response).everything) == (status, True)
    shown = read(response).form(id="decision_form").data
    assert [shown[name] for name in names if "\0" not in names[name]] == [
        [value] for value in names.values() if "\0" not in value
    ]
    assert changed() == 0


def test_a_page_that_is_out_of_date_is_refused(clerk, in_may):
    """Two of the office have it open; the second would undo the first unknowingly."""
    first, second = in_may.meetings.all()
    new = {f"meeting{first.pk}-day": "2031-05-14", f"meeting{first.pk}-ends": "soon"}
    typed = filled_in(clerk, page(in_may, "reschedule"), "decision_form", **new)
    send(clerk, in_may, "reschedule", **{f"meeting{second.pk}-day": "2031-05-27"})
    response = clerk.post(page(in_may, "reschedule"), typed)
    assert response.status_code == 409
    assert "Somebody changed this session while you had the page open" in read(response).text
    shown = read(response).form(id="decision_form").data
    assert shown[f"meeting{second.pk}-day"] == ["2031-05-27"]
    assert [shown[name] for name in new] == [["2031-05-14"], ["soon"]]
    assert [one.starts_at for one in in_may.meetings.all()] == [
        plan(date(2031, 5, 13)).starts_at,
        plan(date(2031, 5, 27)).starts_at,
    ]
    assert clerk.post(page(in_may, "reschedule"), typed | {"as_loaded": "nonsense"}).status_code == 409


def test_the_office_moves_a_meeting_to_a_room_that_is_large_enough(clerk, in_may, small_room):
    first = in_may.meetings.first()
    typed = {f"meeting{first.pk}-venue": small_room.pk}
    response = send(clerk, in_may, "relocate", **typed)
    assert response.status_code == 400
    assert "Learning Commons 210 holds 2, and 3 people have seats." in read(response).text
    again = read(response).form(id="decision_form").data | {"anyway": "on"}
    assert "The place is changed." in said(clerk.post(page(in_may, "relocate"), again), clerk).text
    assert (in_may.meetings.first().venue, changed()) == (small_room, 3)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "no link", "https://" + "a" * 600])
def test_a_link_that_is_none_is_refused(clerk, in_may, link):
    first = in_may.meetings.first()
    response = send(clerk, in_may, "relocate", **{f"meeting{first.pk}-join_link": link})
    assert response.status_code == 400
    assert changed() == 0


def test_the_office_adds_a_meeting_and_cancels_one(clerk, in_may):
    response = send(clerk, in_may, "add-meeting", day="2031-05-27")
    assert "Added: Tue, May 27, 2031, Noon–2:00 PM, Central time." in said(response, clerk).text
    third = in_may.meetings.last()
    assert Notice.objects.filter(kind="added", thread__meeting=third).count() == 3
    response = send(clerk, in_may, "cancel-meeting", meeting=in_may.meetings.first().pk, reason="The room is flooded.")
    assert "Cancelled: Tue, May 13, 2031" in said(response, clerk).text
    assert Notice.objects.filter(kind="dropped").count() == 3
    assert "Noon–2:00 PM, Central time, https://meet" not in read(clerk.get(response.url)).everything
    assert ", cancelled" in read(clerk.get(response.url)).text


@pytest.mark.parametrize("typed", [{"reason": "Ill."}, {"meeting": "999"}, {"meeting": "x", "reason": "Ill."}])
def test_a_meeting_to_cancel_must_be_chosen_and_a_reason_given(clerk, in_may, typed):
    assert send(clerk, in_may, "cancel-meeting", **typed).status_code == 400
    assert in_may.meetings.count() == 2


def test_who_leads_it_changes_by_the_verb(clerk, in_may):
    someone = Facilitator.objects.create(name="Ada Okafor")
    url = reverse("admin:sessions_app_session_change", args=[in_may.pk])
    agree(clerk, url, filled_in(clerk, url, "session_form", facilitators=someone.pk))
    assert (list(in_may.facilitators.all()), changed()) == ([someone], 6)
    last = LogEntry.objects.latest("pk").change_message
    assert last == "Led by Ada Okafor, before by nobody."


@pytest.mark.parametrize("name", ["workshop", "facilitator", "venue", "campus"])
def test_a_name_changed_on_its_own_page_reaches_the_calendars(clerk, in_may, small_room, office, now, name):
    ada = Facilitator.objects.create(name="Ada Okafor")
    in_may.appoint([ada], by=office, now=now)
    small_room.capacity = 30
    small_room.save()
    send(clerk, in_may, "relocate", **{f"meeting{in_may.meetings.first().pk}-venue": small_room.pk})
    Notice.objects.filter(kind="changed").update(next_attempt_at=now)
    all_sent()
    before = changed()
    app, noun, typed = {
        "workshop": ("catalog", in_may.workshop, {"title": "Speaking Up", "summary": "New words."}),
        "facilitator": ("catalog", ada, {"credentials": "MD", "title": "Professor"}),
        "venue": ("sessions_app", small_room, {"room": "310", "capacity": "40"}),
        "campus": ("accounts", small_room.campus, {"name": "South"}),
    }[name]
    url = reverse(f"admin:{app}_{name}_change", args=[noun.pk])
    assert agree(clerk, url, filled_in(clerk, url, f"{name}_form", **typed)).status_code == 302
    assert changed() > before
    noun.refresh_from_db()
    assert {field: str(getattr(noun, field)) for field in typed} == typed
    messages = [one.get_change_message() for one in LogEntry.objects.filter(object_id=noun.pk).order_by("pk")]
    label = next(iter(typed)).capitalize()
    assert sum(message.count(f"{label}: from") for message in messages) == 1


def test_a_facilitator_of_a_session_to_come_is_not_deleted(clerk, in_may, office, now):
    ada = Facilitator.objects.create(name="Ada Okafor")
    in_may.appoint([ada], by=office, now=now)
    url = reverse("admin:catalog_facilitator_delete", args=[ada.pk])
    response = clerk.post(url, {"post": "yes"})
    said = "Ada Okafor cannot be deleted, because 1 session needs it. Let somebody else lead those first."
    assert response.status_code == 409 and said in read(response).text
    in_may.cancel("Snow.", by=office, now=now)
    assert clerk.post(url, {"post": "yes"}).status_code == 302
    assert not Facilitator.objects.exists()


def test_a_facilitator_whose_calendar_still_has_the_entry_is_not_deleted(clerk, in_may, office, now):
    ada = Facilitator.objects.create(name="Ada Okafor", email="ada@example.edu")
    in_may.appoint([ada], by=office, now=now)
    Notice.objects.update(next_attempt_at=now)
    all_sent()
    in_may.cancel("Snow.", by=office, now=now)
    url = reverse("admin:catalog_facilitator_delete", args=[ada.pk])
    response = clerk.post(url, {"post": "yes"})
    assert response.status_code == 409 and "because 1 session needs it" in read(response).text
    Notice.objects.filter(state="queued").update(next_attempt_at=now)
    all_sent()
    assert clerk.post(url, {"post": "yes"}).status_code == 302


def test_each_decision_is_reached_in_one_place(clerk, make_session, in_may):
    gathering, page_of = make_session(), lambda one: read(clerk.get(session_page(one)))
    twice = {"Confirm anyway", "Give it more time", "Cancel and write to everyone"}
    for one in (gathering, in_may):
        names = page_of(one).link_names
        assert "Decide" in names and "Change the times" in names and not twice & set(names)
    assert "Publish" in page_of(make_session(published=False)).link_names


def test_the_pages_are_open_while_there_is_something_to_change(clerk, in_may, make_session, office, now):
    pages = ("reschedule", "relocate", "add-meeting", "cancel-meeting")
    assert [clerk.get(page(in_may, name)).status_code for name in pages] == [200] * 4
    one = make_session(days=30)
    assert [clerk.get(page(one, name)).status_code for name in pages] == [200] * 3 + [302]
    in_may.cancel("Snow.", by=office, now=now)
    assert [clerk.get(page(in_may, name)).status_code for name in pages] == [302] * 4
    draft = make_session(published=False)
    assert [clerk.get(page(draft, name)).status_code for name in pages] == [302] * 4


def test_only_the_office_opens_them(client, in_may, people):
    client.force_login(people(1)[0])
    for name in ("reschedule", "relocate", "add-meeting", "cancel-meeting"):
        assert client.post(page(in_may, name), {}).status_code == 302
    assert in_may.meetings.count() == 2 and changed() == 0
    assert in_may.ends_at - in_may.starts_at > timedelta(days=1)
