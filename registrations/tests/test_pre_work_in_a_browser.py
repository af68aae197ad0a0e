"""axe on the page of pre-work before and after its button; and the button on a phone."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache

from registrations.models import Registration
from registrations.tests.test_places_in_a_browser import sign_in

PRE_WORK = "Fifteen minutes. Read the [introduction](https://example.edu/intro), then:\n\n- note an example\n- bring it"


@pytest.fixture
def mine(transactional_db, person, workshop, make_session, now) -> Registration:
    cache.clear()  # the throttles; they outlive a test that commits
    workshop.pre_work = PRE_WORK
    workshop.save()
    return Registration.objects.register(person, make_session(), now=now)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_pre_work(live_server, browser, client, mine, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page, found = context.new_page(), {}
    sign_in(client, context, live_server, mine.person)

    def look(path: str, when: str) -> None:
        page.goto(live_server.url + path)
        problems = [problem["id"] for problem in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            problems.append("scrolls sideways")
        if problems:
            found[f"{path} {when}"] = problems

    own = mine.get_absolute_url()
    for path in (own, f"{own}pre-work/"):
        look(path, "unread")
    mine.finish_pre_work()
    for path in (own, f"{own}pre-work/"):
        look(path, "read")
    context.close()
    assert found == {}, json.dumps(found)


def test_pressing_the_button_says_it_is_read_and_opening_the_page_does_not(live_server, browser_page, client, mine):
    browser_page.set_viewport_size({"width": 390, "height": 844})
    sign_in(client, browser_page.context, live_server, mine.person)
    browser_page.goto(f"{live_server.url}{mine.get_absolute_url()}pre-work/")
    mine.refresh_from_db()
    assert mine.pre_work_done_at is None
    browser_page.get_by_role("button", name="I have read it").dblclick()
    browser_page.wait_for_url(f"**{mine.get_absolute_url()}")
    assert "You have read this, on" in browser_page.get_by_role("main").inner_text()
    mine.refresh_from_db()
    assert mine.pre_work_done_at is not None
