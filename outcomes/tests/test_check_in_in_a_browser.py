"""Checking in with real browsers: several phones at once, one of them without a network, and what it looks like."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from devtools.testing.browser import until
from outcomes.attended import sheet_of
from outcomes.checking_in.code_of_the_day import code_of
from outcomes.models import Attendance, AttendanceDispute

pytestmark = pytest.mark.browser
PHONE = 390


@pytest.fixture
def met_by_six(transactional_db, hold, now):
    """A session of six that began ten minutes ago."""
    cache.clear()  # the throttles; they outlive a test that commits
    session = hold(6)
    times = {"starts_at": now - timedelta(minutes=10), "ends_at": now + timedelta(minutes=80)}
    session.meetings.update(**times)
    type(session).objects.filter(pk=session.pk).update(status="confirmed", **times)
    return session


@pytest.fixture
def phone(met_by_six, browser_pages, sign_in, office, live_server):
    """phone(person) opens the check-in page on a phone of its own, as the office unless somebody else is named."""

    def open_page(person=None, path=None, **options):
        page = browser_pages("chromium", width=PHONE, **options)
        sign_in(page, person or office)
        page.goto(live_server.url + (path or reverse("check_in", args=[met_by_six.code])))
        return page

    return open_page


def tap(page, name: str, button: str = "Check in") -> None:
    row(page, name).get_by_role("button", name=button).click()


def row(page, name: str):
    return page.locator(".q-roll li", has_text=name)


def says(page, name: str, words: str) -> None:
    row(page, name).get_by_text(words).wait_for()


def here() -> list[str]:
    return sorted(str(said.person or said.name) for said in Attendance.objects.here())


def test_a_tap_without_a_network_arrives_later(phone, met_by_six):
    first, second = phone(), phone()
    first.context.set_offline(True)
    tap(first, "Person 1")
    tap(second, "Person 2")
    says(first, "Person 1", "Here · waiting to be sent")
    first.get_by_text("1 tap is waiting to be sent. It is kept on this device.").wait_for()
    says(second, "Person 2", "Here ")
    third_person = met_by_six.registrations.get(person__name="Person 3").person
    third = phone(third_person, f"/check-in/{code_of(met_by_six.meetings.get())}/")
    third.get_by_role("button", name="I’m here").click()
    third.get_by_text("You are checked in.").wait_for()
    assert here() == ["Person 2", "Person 3"]
    first.context.set_offline(False)
    first.get_by_text("waiting to be sent").first.wait_for(state="hidden")
    assert here() == ["Person 1", "Person 2", "Person 3"]
    for page in (first, second):
        for name in ("Person 1", "Person 2", "Person 3"):
            says(page, name, "Here ")
        page.locator("[data-tally]", has_text="of 6 here").wait_for()
        page.locator("[data-here]", has_text="3").wait_for()


def test_taps_outlast_the_page_they_were_made_on(phone, met_by_six):
    page = phone()
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
    again.goto(phone().url)
    says(again, "Ann Bo", "Here ")
    assert here() == ["Ann Bo", "Person 4"]
    assert again.evaluate("Object.keys(localStorage).length") == 0


def test_a_mistap_is_undone_and_no_row_moves(phone, met_by_six):
    page = phone()
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


def test_a_double_tap_checks_in_once(phone):
    page = phone()
    row(page, "Person 2").get_by_role("button", name="Check in").dblclick()
    says(page, "Person 2", "Here ")
    until(page, lambda: here() == ["Person 2"])


def test_tally_and_search_stay_in_view(phone):
    page = phone()
    page.set_viewport_size({"width": PHONE, "height": 400})
    page.get_by_label("Find by name or e-mail").fill("person5@")
    assert [row.inner_text().split("\n")[0] for row in page.locator(".q-roll li:visible").all()] == ["Person 5"]
    page.get_by_label("Find by name or e-mail").fill("")
    row(page, "Person 6").scroll_into_view_if_needed()
    page.mouse.wheel(0, 300)
    for part in (page.locator("[data-here]"), page.get_by_label("Find by name or e-mail")):
        box = part.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 400


def test_it_works_without_a_script(phone):
    page = phone(script=False)
    tap(page, "Person 3")
    assert "#r-" in page.url
    says(page, "Person 3", "Here ")
    tap(page, "Person 3", "Undo")
    row(page, "Person 3").get_by_role("button", name="Check in").wait_for()
    assert here() == []


def test_pages_of_attendance_look_right(inspector, met_by_six, office, sign_in, hold):
    sign_in(inspector.page, office)
    meeting, door = met_by_six.meetings.get(), reverse("check_in", args=[met_by_six.code])
    registration = met_by_six.registrations.registered().first()
    Attendance.objects.mark(meeting, registration, "here", "check_in", by=office)
    Attendance.objects.walk_in(meeting, office, name="Wolfeschlegelsteinhausen" * 4)
    ticks = reverse("admin:outcomes_attendancesheet_list", args=[meeting.pk])
    held = hold(2)
    over = held.meetings.get()
    close = reverse("admin:outcomes_attendancesheet_close", args=[over.pk])
    absent = held.registrations.registered().first()
    inspector.visit(door, reverse("code_of_the_day", args=[met_by_six.code]), ticks, close)
    sheet_of(over).close(by=office, absent=[absent])
    dispute = AttendanceDispute.objects.make(absent, "I sat by the window.")
    inspector.visit(reverse("admin:outcomes_attendancedispute_decide", args=[dispute.pk]))
    sign_in(inspector.page, absent.person)
    own = absent.get_absolute_url()
    inspector.visit(own, f"{own}attendance/", "/check-in/", "/check-in/ACE346/", "/my/")
    sign_in(inspector.page, registration.person)
    inspector.visit(registration.get_absolute_url())
