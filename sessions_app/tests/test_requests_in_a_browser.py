"""Asking for a session with a real browser, from the workshop to the count to six; and axe on every page of it."""

import pytest
from django.core.cache import cache

from accounts.models import Unit
from devtools.testing.registering import ADA, BO, join
from devtools.testing.requesting import FORM, HOPES, ask, shifted, typed, window
from devtools.testing.signing_in import mailed_code
from notifications.models import Notice
from sessions_app.models import MeetingPlan, RequestRules, Session, SessionRequest


def fill_in(page, now) -> None:
    """Fill in the form as somebody does who may not see the third and fourth field."""
    page.get_by_label("What do you hope for?").fill(HOPES)
    page.get_by_label("How many people?").fill("2")
    page.get_by_label("School email addresses of your colleagues").fill(f"Ada Park <{ADA}>, {BO}")
    page.get_by_role("radio", name="Online").check()
    first = page.get_by_role("group", name="First choice")
    first.get_by_label("Day").fill(shifted(now, 40))
    first.get_by_label("From").fill("12:00")
    first.get_by_label("Until").fill("15:00")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_from_the_workshop_to_the_count_to_six(
    live_server, transactional_db, browser, sign_in, person, people, office, workshop, now, script
):
    cache.clear()  # the throttles; they outlive a test that commits
    context = browser.new_context(java_script_enabled=script, locale="en-US", viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(live_server.url + workshop.get_absolute_url())
    page.get_by_role("main").get_by_role("link", name="Ask for a session for your team").click()
    assert page.get_by_label("Workshop", exact=True).input_value() == workshop.slug
    fill_in(page, now)
    page.get_by_role("button", name="Sign in and send").click()
    assert "Say why you are fewer" in page.locator(".q-errors").inner_text()
    assert page.get_by_label("What do you hope for?").input_value() == HOPES
    page.get_by_label("How many people?").fill("8")
    page.get_by_role("button", name="Sign in and send").click()

    page.get_by_label("School email").fill(person.email)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_role("textbox", name="Code").fill(mailed_code(person.email))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("You are signed in, and what you typed is here.").wait_for()
    assert page.get_by_label("School email addresses of your colleagues").input_value() == f"Ada Park <{ADA}>, {BO}"
    page.get_by_role("button", name="Send the request").click()
    page.get_by_text("Waiting:").wait_for()
    asked = SessionRequest.objects.get()
    assert (asked.by, asked.addresses, asked.where) == (person, [ADA, BO], "online")

    desk = context.browser.new_context(java_script_enabled=script, locale="en-US").new_page()
    sign_in(desk, office)
    desk.goto(f"{live_server.url}/admin/")
    desk.get_by_role("link", name="1 request for a session to answer").click()
    desk.get_by_role("link", name=workshop.title).click()
    desk.get_by_role("link", name="Schedule it").click()
    assert "2 colleagues get a mail each" in desk.locator("main, #content").first.inner_text()
    desk.get_by_label("Join link").fill("https://meet.example.edu/quorum")
    desk.get_by_role("button", name="Schedule it and write to everyone").click()
    desk.get_by_text("Everyone is being told.").wait_for()
    desk.context.close()

    session = Session.objects.get()
    join(session, people(3))
    assert Notice.objects.filter(kind="nominated").count() == 2
    page.reload()
    assert "4 of 6" in page.get_by_role("main").inner_text()
    page.get_by_role("link", name="See the session").click()
    page.get_by_role("heading", name=workshop.title, level=1).wait_for()
    context.close()


def test_axe_finds_nothing_on_the_pages_of_requests(inspector, sign_in, person, office, workshop, room, now):
    Unit.objects.create(name="Pediatrics")
    RequestRules.objects.create(pk=1, most_of_a_person=9)
    page = inspector.page
    inspector.visit(FORM, f"{FORM}?workshop={workshop.slug}", workshop.get_absolute_url())
    sign_in(page, person)
    waiting, answered, scheduled, declined = (
        ask(person, workshop, now, windows=[window(now, days)], addresses=[ADA]) for days in (40, 50, 60, 70)
    )
    answered.reply("Would the 12th do?\n\nAt noon.", by=office)
    declined.decline("We have nobody who teaches it.", by=office)
    starts_at, ends_at = scheduled.spans[0]
    plan = MeetingPlan(starts_at, ends_at, scheduled.time_zone, join_link="https://meet.example.edu")
    scheduled.schedule(workshop, [plan], by=office)
    inspector.visit(*(one.get_absolute_url() for one in (waiting, answered, scheduled, declined)), "/my/")
    inspector.visit(f"{waiting.get_absolute_url()}withdrawal/")
    page.goto(inspector.url + FORM)
    page.get_by_label("How many people?").fill(typed(now)["people"])
    page.get_by_role("button", name="Send the request").click()
    inspector.look("the form, refused")
    RequestRules.objects.update(is_open=False, closed_words="We are full until August.")
    inspector.visit(FORM)
    sign_in(page, office)
    row = f"/admin/sessions_app/sessionrequest/{waiting.pk}"
    inspector.visit("/admin/sessions_app/sessionrequest/", f"{row}/change/", f"{row}/schedule/", f"{row}/reply/")
    inspector.visit(f"{row}/decline/", f"{row}/assign/", "/admin/sessions_app/requestrules/1/change/")
