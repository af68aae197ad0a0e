"""The month in a real browser: a table where there is room, a list of days on a phone, turned in place."""

import pytest

from catalog.models import Topic, Workshop
from devtools.testing.browser import takes_keys, until
from foundation.dates import local
from registrations.models import Registration


@pytest.fixture
def season_by_month(transactional_db, make_session, workshop, office, people):
    """Sessions in every state on one day, one of them the first person's; gives that person and the month's address."""
    workshop.topics.add(Topic.objects.create(name="Bias", slug="bias"))
    other = Workshop.objects.create(title="Mentoring", slug="mentoring", status=Workshop.Status.PUBLISHED)
    other.topics.add(Topic.objects.create(name="Rest", slug="rest"))
    me, *others = people(6)
    own, confirmed, cancelled, full = (make_session(capacity=24 if number < 3 else 6) for number in range(4))
    Registration.objects.register(me, own)
    for session in (confirmed, full):
        for person in (me, *others):
            Registration.objects.register(person, session)
        session.settle()
    cancelled.cancel("The facilitator is ill.", by=office)
    make_session()
    make_session()
    return me, f"/?view=month&m={local(own.starts_at, own.time_zone):%Y-%m}"


def test_a_month_is_accessible(season_by_month, inspector, sign_in):
    me, month = season_by_month
    inspector.visit(
        month, f"{month}&topic=bias&weekday=mon+tue", f"{month}&when=evening", "/?when=noon&status=confirmed"
    )
    inspector.page.goto(f"{inspector.url}/?view=month&m=2024-13")
    inspector.look("a month that does not exist")
    sign_in(inspector.page, me)
    inspector.visit(month)


def test_a_press_turns_the_month_in_place(season_by_month, live_server, browser_page):
    _, month = season_by_month
    page = browser_page
    page.goto(live_server.url + month)
    name = page.locator("h1").inner_text()
    later = page.locator("#later").get_attribute("href")
    page.locator("#later").focus()
    takes_keys(page)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{later}")
    page.locator("#earlier").wait_for()
    assert page.locator("h1").inner_text() != name
    assert page.title() == f"{page.locator('h1').inner_text()} · Quorum"
    assert page.locator("#say").inner_text().startswith(page.locator("h1").inner_text())
    # The address changes at once; the month comes from the portal after it.
    page.go_back()
    page.wait_for_url(f"**{month}")
    until(page, lambda: page.locator("h1").inner_text() == name)


def test_a_filter_chosen_by_month_stays_in_the_list(season_by_month, live_server, browser_page):
    _, month = season_by_month
    page = browser_page
    page.goto(live_server.url + month)
    page.get_by_role("link", name="Confirmed 2").click()
    page.wait_for_url("**status=confirmed**")
    assert page.locator(".q-entry").count() == 2
    page.get_by_role("link", name="List", exact=True).click()
    page.wait_for_url(f"{live_server.url}/?status=confirmed#sessions")
    assert page.locator(".q-row").count() == 2


def test_a_phone_lists_the_days_without_script(season_by_month, live_server, browser):
    _, month = season_by_month
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + month)
    assert page.locator(".q-cal td:visible").count() == 1
    assert page.locator(".q-cal td:visible .q-weekday").is_visible()
    assert page.locator(".q-entry").first.bounding_box()["y"] < 500
    page.get_by_text("More filters").click()
    page.get_by_role("link", name="Rest 0").click()
    page.wait_for_url("**topic=rest**")
    assert page.locator(".q-entry").count() == 0
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(live_server.url + month)
    assert page.locator(".q-cal td:visible").count() >= 28
    page.get_by_role("link", name="2 more").click()
    page.wait_for_url("**/?day=**")
    assert page.locator(".q-row").count() == 6
    context.close()
