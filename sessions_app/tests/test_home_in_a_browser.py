"""Search and filters in a real browser: on a slow network, on a phone, without script, and as axe sees them."""

import pytest

from catalog.models import Topic, Workshop


def test_a_second_search_replaces_the_one_under_way(transactional_db, live_server, make_session, browser_page):
    make_session()
    page = browser_page
    page.goto(live_server.url)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 1000, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)
    search = page.get_by_role("searchbox")
    with page.expect_request("**/?q=nothing"):
        search.fill("nothing")
        search.press("Enter")
    search.fill("bystander")
    search.press("Enter")
    page.wait_for_url("**/?q=bystander#sessions")
    assert search.input_value() == "bystander"
    assert page.locator("#say").inner_text() == "1 found. 1 session shown."


@pytest.fixture
def season(transactional_db, make_session, workshop):
    """A dated workshop with two topics, and one without a date."""
    make_session()
    other = Workshop.objects.create(title="Mentoring", slug="mentoring", status=Workshop.Status.PUBLISHED)
    for name, workshops in {"Allyship": [workshop], "Speaking up": [workshop], "Rest": [other]}.items():
        topic = Topic.objects.create(name=name, slug=name.lower().replace(" ", "-"))
        topic.workshops.set(workshops)


def test_search_and_filters_are_accessible(season, inspector, workshop):
    inspector.visit("/", "/?q=mentoring", "/?q=bystandr", "/?topic=rest", "/?q=nothing-of-the-kind")
    inspector.visit(workshop.get_absolute_url(), workshop.sessions.get().get_absolute_url())
    inspector.page.set_viewport_size({"width": 390, "height": 900})
    inspector.page.goto(f"{inspector.url}/?topic=allyship")
    inspector.page.locator(".q-more summary").click()
    inspector.look("the filters, opened")


def test_a_press_on_a_filter_swaps_the_list_and_the_address(season, live_server, browser_page):
    page = browser_page
    page.goto(live_server.url)
    page.get_by_role("link", name="Rest 0").click()
    page.wait_for_url("**/?topic=rest#sessions")
    assert page.locator("#undated + ul .q-t").inner_text() == "Mentoring"
    assert page.locator("#say").inner_text() == "0 sessions shown."
    page.get_by_role("link", name="Remove Rest").click()
    page.wait_for_url(f"{live_server.url}/")
    assert page.locator("#sessions .q-row").count() == 1


def test_filters_stay_shut_on_a_phone_and_open_without_script(season, live_server, browser):
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url)
    topic = page.get_by_role("link", name="Speaking up 1")
    assert not topic.is_visible()
    far_down = page.locator(".q-row").first.bounding_box()["y"] - page.locator("#sessions").bounding_box()["y"]
    assert far_down < 400
    page.locator(".q-more summary").click()
    topic.click()
    page.wait_for_url("**/?topic=speaking-up#sessions")
    assert page.locator(".q-row").count() == 1
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.get_by_role("link", name="Allyship 1").is_visible()
    context.close()
