"""Checking in with real browsers: without a network, with a slip, without a script, and what it looks like."""

from functools import partial

import pytest
from django.urls import reverse

from devtools.testing.browser import until
from devtools.testing.checking_in import PHONE, door, here, row, says, tap
from outcomes.attended import sheet_of
from outcomes.models import Attendance, AttendanceDispute

pytestmark = pytest.mark.browser


@pytest.fixture
def at_the_door(phone, met_by_six):
    """at_the_door() opens the check-in page of that session on a phone of its own."""
    return partial(phone, door(met_by_six))


def test_taps_outlast_the_page_they_were_made_on(at_the_door):
    page = at_the_door()
    page.context.set_offline(True)
    tap(page, "Person 4")
    page.get_by_text("Add somebody who is not on the list").click()
    page.get_by_role("textbox", name="Name").fill("Ann Bo")
    page.get_by_role("button", name="Add and check in").click()
    page.get_by_text("2 taps are waiting to be sent.").wait_for()
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(at_the_door().url)
    says(again, "Ann Bo", "Here ")
    assert here() == ["Ann Bo", "Person 4"]
    assert again.evaluate("Object.keys(localStorage).length") == 0


def test_a_mistap_is_undone_and_no_row_moves(at_the_door):
    page = at_the_door()
    places = "[...document.querySelectorAll('.q-roll li')].map(li => [li.offsetTop, li.offsetHeight, li.id].join())"
    before = page.evaluate(places)
    tap(page, "Person 2")
    says(page, "Person 2", "Here ")
    assert page.evaluate(places) == before
    assert page.evaluate("Math.min(...[...document.querySelectorAll('.q-roll li')].map(li => li.offsetHeight))") >= 72
    page.wait_for_timeout(800)  # sooner it would be the second half of a double tap
    tap(page, "Person 2", "Undo")
    row(page, "Person 2").get_by_role("button", name="Check in").wait_for()
    page.locator("[data-here]", has_text="0").wait_for()
    until(page, lambda: here() == [])
    assert page.evaluate(places) == before


def test_a_double_tap_checks_in_once(at_the_door):
    page = at_the_door()
    row(page, "Person 2").get_by_role("button", name="Check in").dblclick()
    says(page, "Person 2", "Here ")
    until(page, lambda: here() == ["Person 2"])


def test_tally_and_search_stay_in_view(at_the_door):
    page = at_the_door()
    page.set_viewport_size({"width": PHONE, "height": 400})
    page.get_by_label("Find by name or e-mail").fill("person5@")
    assert [row.inner_text().split("\n")[0] for row in page.locator(".q-roll li:visible").all()] == ["Person 5"]
    page.get_by_label("Find by name or e-mail").fill("")
    row(page, "Person 6").scroll_into_view_if_needed()
    page.mouse.wheel(0, 300)
    for part in (page.locator("[data-here]"), page.get_by_label("Find by name or e-mail")):
        box = part.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 400


def test_it_works_without_a_script(at_the_door):
    page = at_the_door(script=False)
    tap(page, "Person 3")
    assert "#r-" in page.url
    says(page, "Person 3", "Here ")
    tap(page, "Person 3", "Undo")
    row(page, "Person 3").get_by_role("button", name="Check in").wait_for()
    assert here() == []


def test_pages_of_attendance_look_right(inspector, met_by_six, office, sign_in, hold):
    sign_in(inspector.page, office)
    meeting = met_by_six.meetings.get()
    registration = met_by_six.registrations.registered().first()
    Attendance.objects.mark(meeting, registration, "here", "check_in", by=office)
    Attendance.objects.walk_in(meeting, office, name="Wolfeschlegelsteinhausen" * 4)
    ticks = reverse("admin:outcomes_attendancesheet_list", args=[meeting.pk])
    held = hold(2)
    over = held.meetings.get()
    close = reverse("admin:outcomes_attendancesheet_close", args=[over.pk])
    absent = held.registrations.registered().first()
    inspector.visit(door(met_by_six), reverse("code_of_the_day", args=[met_by_six.code]), ticks, close)
    sheet_of(over).close(by=office, absent=[absent])
    dispute = AttendanceDispute.objects.make(absent, "I sat by the window.")
    inspector.visit(reverse("admin:outcomes_attendancedispute_decide", args=[dispute.pk]))
    sign_in(inspector.page, absent.person)
    own = absent.get_absolute_url()
    inspector.visit(own, f"{own}attendance/", "/check-in/", "/check-in/ACE346/", "/my/")
    sign_in(inspector.page, registration.person)
    inspector.visit(registration.get_absolute_url())
