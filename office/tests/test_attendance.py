"""Attendance in the admin: ticks, the closed list, corrections, what people say is wrong, and what waits."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from devtools.testing.page import get, read
from outcomes.attended import sheet_of
from outcomes.models import Attendance, AttendanceDispute

HERE, ABSENT = Attendance.State.HERE, Attendance.State.ABSENT


@pytest.fixture
def held_by_four(hold):
    return hold(4)


@pytest.fixture
def its_meeting(held_by_four):
    return held_by_four.meetings.get()


@pytest.fixture
def ticks_path(its_meeting):
    return reverse("admin:outcomes_attendancesheet_list", args=[its_meeting.pk])


def keys(session) -> list[str]:
    return [f"r-{one.uuid}" for one in session.registrations.registered()]


def states(session) -> list[str]:
    said = dict(Attendance.objects.of_session(session).values_list("person", "state"))
    return [said.get(one.person_id, "") for one in session.registrations.registered()]


def test_ticks_are_saved_all_at_once(clerk, held_by_four, ticks_path):
    first, _, third, _ = keys(held_by_four)
    assert clerk.post(ticks_path, {"here": [first, third]}).status_code == 302
    assert states(held_by_four) == [HERE, "", HERE, ""]
    clerk.post(ticks_path, {"here": [third], "was": [first, third]})
    assert states(held_by_four) == ["", "", HERE, ""]


def test_ticks_made_elsewhere_since_are_not_lost(clerk, held_by_four, ticks_path, its_meeting, office):
    first, second, *_ = keys(held_by_four)
    registration = held_by_four.registrations.registered()[1]
    Attendance.objects.mark(its_meeting, registration, HERE, "check_in", by=office)
    clerk.post(ticks_path, {"here": [first]})
    assert states(held_by_four) == [HERE, HERE, "", ""]


def test_what_was_undone_elsewhere_since_is_not_said_again(clerk, held_by_four, ticks_path, its_meeting, office):
    first, second, *_ = keys(held_by_four)
    clerk.post(ticks_path, {"here": [first]})
    Attendance.objects.get().take_back(by=office)  # at the door, after this page was made
    clerk.post(ticks_path, {"here": [first, second], "was": [first]})
    assert states(held_by_four) == ["", HERE, "", ""]


def test_one_press_says_that_everybody_was_there(clerk, held_by_four, ticks_path):
    clerk.post(ticks_path, {"here": [], "everybody": "1"})
    assert states(held_by_four) == [HERE] * 4


@pytest.mark.parametrize("key", ["", "r-x", "w-1", "r-\x00", "x" * 5000])
def test_a_tick_of_nobody_is_nothing(clerk, ticks_path, key):
    assert clerk.post(ticks_path, {"here": [key], "was": [key, "x"]}).status_code == 302
    assert not Attendance.objects.exists()


def test_closing_names_and_counts_those_it_says_are_absent(clerk, held_by_four, ticks_path, its_meeting):
    clerk.post(ticks_path, {"here": keys(held_by_four)[:1]})
    close = reverse("admin:outcomes_attendancesheet_close", args=[its_meeting.pk])
    page = get(clerk, close)
    assert "With this list closed you say that 3 people were absent: Person 2" in page.text
    assert states(held_by_four) == [HERE, "", "", ""]
    clerk.post(close, {"absent": keys(held_by_four)[1:]})
    assert states(held_by_four) == [HERE, ABSENT, ABSENT, ABSENT]
    held_by_four.refresh_from_db()
    assert held_by_four.attended == 1
    assert LogEntry.objects.filter(change_message="Attendance is complete; absent: 3.").exists()


def test_closing_looks_once_more_where_somebody_was_ticked_since(clerk, held_by_four, ticks_path, its_meeting):
    close = reverse("admin:outcomes_attendancesheet_close", args=[its_meeting.pk])
    shown = keys(held_by_four)
    clerk.post(ticks_path, {"here": keys(held_by_four)[:1]})
    answer = clerk.post(close, {"absent": shown})
    assert answer.status_code == 409
    assert "Look once more." in read(answer).text
    assert ABSENT not in states(held_by_four)


def test_the_list_of_a_meeting_that_goes_on_is_not_closed(clerk, held_by_four, its_meeting, now):
    held_by_four.meetings.update(ends_at=now.replace(year=now.year + 1))
    close = reverse("admin:outcomes_attendancesheet_close", args=[its_meeting.pk])
    assert clerk.post(close, {"absent": keys(held_by_four)}).status_code == 409
    assert states(held_by_four) == [""] * 4


def test_a_change_of_a_closed_list_is_a_correction(clerk, held_by_four, ticks_path, its_meeting, office):
    registered = list(held_by_four.registrations.registered())
    Attendance.objects.mark(its_meeting, registered[0], HERE, "check_in", by=office)
    sheet_of(its_meeting).close(by=office, absent=registered)
    first, second, *_ = keys(held_by_four)
    clerk.post(ticks_path, {"here": [second], "was": [first]})
    assert states(held_by_four) == [ABSENT, HERE, ABSENT, ABSENT]
    assert Attendance.objects.filter(source="correction").count() == 2


def test_a_late_correction_needs_a_reason_and_keeps_the_ticks(clerk, hold, office):
    session = hold(2, days_ago=31, here=1, closed=True)
    its_meeting = session.meetings.get()
    ticks_path = reverse("admin:outcomes_attendancesheet_list", args=[its_meeting.pk])
    first, second = keys(session)
    answer = clerk.post(ticks_path, {"here": [second], "was": [first], "reason": ""})
    assert answer.status_code == 409
    page = read(answer)
    assert "This meeting was more than 30 days ago: say why it is corrected." in page.text
    assert answer.context["ticked"] == {second}
    assert states(session) == [HERE, ""]
    clerk.post(ticks_path, {"here": [second], "was": [first], "reason": "The paper list turned up."})
    assert states(session) == [ABSENT, HERE]


def test_nobody_is_ticked_before_the_meeting(clerk, make_session, people, now):
    from registrations.models import Registration

    session = make_session(minimum=1)
    Registration.objects.register(people(1)[0], session, now=now)
    session.settle(now=now)
    ticks_path = reverse("admin:outcomes_attendancesheet_list", args=[session.meetings.get().pk])
    assert clerk.post(ticks_path, {"here": keys(session)}).status_code == 409
    assert not Attendance.objects.exists()


# ---- what is disputed ----


@pytest.fixture
def dispute(held_by_four, its_meeting, office):
    registration = held_by_four.registrations.registered().first()
    Attendance.objects.mark(its_meeting, registration, ABSENT, "roster", by=office)
    return AttendanceDispute.objects.make(registration, "I sat by the window.")


def test_the_office_decides_with_what_the_person_said_before_it(clerk, dispute, held_by_four, its_meeting):
    ticks_path = reverse("admin:outcomes_attendancedispute_decide", args=[dispute.pk])
    assert "I sat by the window." in get(clerk, ticks_path).text
    clerk.post(ticks_path, {f"meeting_{its_meeting.pk}": "here", "answer": "Sorry."})
    dispute.refresh_from_db()
    assert (dispute.outcome, dispute.answer) == ("corrected", "Sorry.")
    assert states(held_by_four)[0] == HERE
    assert "It is decided: corrected." in get(clerk, ticks_path).text


@pytest.mark.parametrize("typed", [{}, {"state": "unsure"}, {"state": "x"}, {"state": "here", "answer": "\x00"}])
def test_what_decides_nothing_is_refused(clerk, dispute, its_meeting, typed):
    ticks_path = reverse("admin:outcomes_attendancedispute_decide", args=[dispute.pk])
    data = {f"meeting_{its_meeting.pk}": typed.get("state", ""), "answer": typed.get("answer", "")}
    assert clerk.post(ticks_path, data).status_code == 400
    dispute.refresh_from_db()
    assert not dispute.is_decided


# ---- what waits ----


def test_the_home_page_counts_rosters_without_attendance(clerk, hold, office):
    sessions = [hold(1), hold(1, days_ago=29), hold(1, days_ago=31), hold(1, closed=True)]
    page = get(clerk, "/admin/")
    listed = clerk.get(page.link("2 rosters without attendance")).context["cl"].queryset
    assert set(listed) == set(sessions[:2])
    for session in sessions[:2]:
        sheet_of(session.meetings.get()).close(by=office)
    assert "without attendance" not in get(clerk, "/admin/").text


def test_the_home_page_counts_what_is_disputed(clerk, dispute, office):
    page = get(clerk, "/admin/")
    listed = get(clerk, page.link("1 person says that their attendance is wrong"))
    assert "Person 1" in listed.text
    dispute.decide(by=office, states={})
    assert "their attendance is wrong" not in get(clerk, "/admin/").text


def test_the_roster_leads_to_the_ticks_and_the_door(clerk, held_by_four, its_meeting):
    page = get(clerk, reverse("admin:registrations_registration_roster", args=[held_by_four.pk]))
    assert "0 there" in page.text
    assert page.link(str(its_meeting)) == reverse("admin:outcomes_attendancesheet_list", args=[its_meeting.pk])


def test_only_people_who_may_change_registrations_tick(client, held_by_four, ticks_path, people):
    client.force_login(people(1, is_staff=True)[0])
    assert client.get(ticks_path).status_code == 403
    assert client.post(ticks_path, {"here": keys(held_by_four)}).status_code == 403
    assert not Attendance.objects.exists()
