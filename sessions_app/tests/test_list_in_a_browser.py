"""The list of the home page in a real browser: how soon the first date comes, and where the reader is after a press."""

import pytest

from devtools.bench.data import fill
from devtools.testing.browser import takes_keys, until

TOP = "selector => document.querySelector(selector).getBoundingClientRect().top"
IN_VIEW = """selector => {
    const {top, bottom} = document.querySelector(selector).getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
}"""
OPACITY = "() => getComputedStyle(document.querySelector('.q-months')).opacity"
FOCUSED = "() => document.activeElement.textContent.trim()"
PHONES = pytest.mark.parametrize("width", [360, 390])


@pytest.fixture
def long_season(transactional_db, now):
    """Sessions of two months or more, eight on a day."""
    fill(200, now)


@PHONES
@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without"])
def test_the_first_date_is_near_the_top_of_a_phone(long_season, live_server, browser, width, scripts):
    context = browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(live_server.url)
    assert page.locator("[name=q]").bounding_box()["y"] < 450
    assert page.locator(".q-row").first.bounding_box()["y"] < 500
    context.close()


@PHONES
def test_results_stand_near_the_top_and_nothing_above_them_but_the_filters(
    long_season, live_server, browser_page, width
):
    page = browser_page
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{live_server.url}/?status=confirmed")
    assert page.locator(".q-how, .q-near").count() == 0
    assert page.evaluate(TOP, ".q-row") < 500


def test_those_nearly_there_are_one_row_that_scrolls_within_itself(long_season, live_server, browser_page):
    page = browser_page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url)
    near = page.locator(".q-near .q-cards")
    assert near.evaluate("row => row.scrollWidth > row.clientWidth")
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert len({card.bounding_box()["y"] for card in near.locator(".q-card").all()}) == 1
    near.focus()
    takes_keys(page)
    page.keyboard.press("ArrowRight")
    until(page, lambda: near.evaluate("row => row.scrollLeft > 0"))


@pytest.mark.parametrize("width", [390, 1280])
def test_a_month_stays_above_its_rows_and_covers_no_focus(long_season, live_server, browser_page, width):
    page = browser_page
    page.set_viewport_size({"width": width, "height": 700})
    page.emulate_media(reduced_motion="reduce")  # otherwise it is on its way for a while
    page.goto(live_server.url)
    links = page.locator(".q-months:not(.q-near) .q-t a")
    links.nth(12).scroll_into_view_if_needed()
    page.mouse.wheel(0, 600)
    heading = page.locator(".q-month h3").first
    until(page, lambda: page.evaluate("scrollY > 300"))
    assert 0 <= heading.bounding_box()["y"] < 40
    # Backwards, what gets the focus comes from under the heading.
    links.nth(14).focus()
    takes_keys(page)
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        focused = page.evaluate("document.activeElement.getBoundingClientRect().top")
        assert width == 1280 or focused >= heading.bounding_box()["y"] + heading.bounding_box()["height"]


def test_a_press_dims_the_old_list_and_goes_on_at_the_new_heading(long_season, live_server, browser_page):
    page = browser_page
    page.goto(live_server.url)
    waiting = []
    page.route("**/?status=confirmed*", lambda route: waiting.append(route))
    page.get_by_role("link", name="Confirmed").first.click()
    page.wait_for_selector("#sessions.htmx-request")
    until(page, lambda: page.evaluate(OPACITY) == "0.5")
    waiting.pop().continue_()
    page.wait_for_url("**/?status=confirmed#sessions")
    page.locator(".q-month h3:focus").wait_for()
    assert page.evaluate(FOCUSED) == page.locator("#sessions h3").first.inner_text()
    assert page.evaluate(IN_VIEW, ".q-row")
    assert page.evaluate(OPACITY) == "1"


def test_a_lost_connection_is_said_on_the_page_and_forgotten_once_it_is_back(long_season, live_server, browser_page):
    page = browser_page
    page.goto(live_server.url)
    page.context.set_offline(True)
    page.get_by_role("link", name="Confirmed").first.click()
    lost = page.get_by_role("alert")
    lost.wait_for()
    assert "The connection was lost." in lost.inner_text()
    assert page.locator("#sessions.htmx-request").count() == 0
    page.context.set_offline(False)
    page.get_by_role("link", name="Confirmed").first.click()
    page.wait_for_url("**/?status=confirmed#sessions")
    lost.wait_for(state="hidden")


def test_the_rail_leads_to_a_month_on_another_page(long_season, live_server, browser_page):
    page = browser_page
    page.goto(live_server.url)
    last = page.locator(".q-rail a").last
    month = last.inner_text().split()[0]
    last.click()
    page.wait_for_url("**/?page=*#month-*")
    page.locator(".q-month h3:focus").wait_for()
    assert page.evaluate(FOCUSED).startswith(month)
    assert page.evaluate(IN_VIEW, "#" + page.evaluate("document.activeElement.id"))


def test_the_pager_goes_on_at_the_first_heading_of_the_next_page(long_season, live_server, browser_page):
    page = browser_page
    page.goto(live_server.url)
    page.get_by_role("link", name="Later sessions").click()
    page.wait_for_url("**/?page=2#sessions")
    page.locator(".q-month h3:focus").wait_for()
    assert page.evaluate(IN_VIEW, ".q-row")


def test_without_script_a_search_and_a_chip_land_on_the_results(long_season, live_server, browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_role("searchbox").fill("workshop number 1")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/?q=workshop+number+1#sessions")
    assert 0 <= page.locator("#sessions").bounding_box()["y"] < 200
    page.get_by_role("link", name="Confirmed").first.click()
    page.wait_for_url("**&status=confirmed#sessions")
    assert 0 <= page.locator("#sessions").bounding_box()["y"] < 200
    context.close()


@pytest.mark.parametrize("width", [320, 360, 390, 1280])
def test_a_time_never_breaks_inside(long_season, live_server, browser_page, width):
    page = browser_page
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(live_server.url)
    assert page.locator(".q-row .q-nb").count() == 50
    assert page.evaluate("[...document.querySelectorAll('.q-nb')].every(time => time.getClientRects().length === 1)")


def test_the_list_is_accessible(long_season, inspector):
    inspector.visit("/", "/?page=2", "/?status=confirmed", "/?q=nothing-of-the-kind")
    inspector.page.goto(inspector.url)
    inspector.page.context.set_offline(True)
    inspector.page.get_by_role("link", name="Confirmed").first.click()
    inspector.page.get_by_role("alert").wait_for()
    inspector.look("a lost connection")
