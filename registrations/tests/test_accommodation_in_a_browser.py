"""Asking for what one needs and answering it in a real browser, under the Content-Security-Policy; and axe."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache

from registrations.models import Accommodation, Registration
from registrations.tests.test_accommodation import NEEDS, page_of
from registrations.tests.test_accommodation_desk import LIST, arranger
from registrations.tests.test_register_page import form_of


def become(client, context, live_server, person) -> None:
    client.force_login(person)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])


def test_what_one_asks_is_read_and_answered(transactional_db, live_server, client, person, make_session, browser_page):
    session, page, cara = make_session(), browser_page, arranger()
    page.set_viewport_size({"width": 360, "height": 740})
    become(client, page.context, live_server, person)
    page.goto(live_server.url + form_of(session))
    page.get_by_label("Access needs (optional)").fill(NEEDS)
    page.get_by_role("button", name="Register").click()
    page.wait_for_url(f"**{session.get_absolute_url()}")
    registration = Registration.objects.get()
    page.goto(f"{live_server.url}/registrations/{registration.uuid}/")
    page.get_by_role("link", name="Change your access needs").click()
    page.get_by_label("Keep this for my next registration").check()
    page.get_by_role("button", name="Save").first.click()
    page.get_by_text("Saved. The people who arrange access read it.").wait_for()
    assert Accommodation.objects.get().keep_for_next

    become(client, page.context, live_server, cara)
    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="1 to answer").click()
    page.locator("#result_list a").first.click()
    page.get_by_role("button", name="Read it").click()
    page.get_by_text(NEEDS).wait_for()
    page.get_by_label("Answer").fill("An interpreter is booked.")
    page.get_by_role("button", name="Answer").click()
    page.get_by_text("The person is told that there is an answer.").wait_for()

    become(client, page.context, live_server, person)
    page.goto(live_server.url + page_of(registration))
    page.get_by_text("An interpreter is booked.").wait_for()
    page.get_by_role("button", name="Delete it").click()
    page.get_by_text("Deleted. Nobody can read it any more.").wait_for()
    assert not Accommodation.objects.exists()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_access(
    transactional_db, live_server, browser, client, people, make_session, width, scheme
):
    cache.clear()
    cara, session, (asker, other) = arranger(), make_session(), people(2)
    answered, bare = (Registration.objects.register(person, session) for person in (asker, other))
    asked = Accommodation.objects.ask(answered, NEEDS, keep_for_next=True)
    asked.reply("An interpreter is booked.", by=cara, asked_at=asked.asked_at)
    following = make_session(days=20)
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page, found = context.new_page(), {}

    def check(name: str) -> None:
        problems = [problem["id"] for problem in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            problems.append("scrolls sideways")
        if problems:
            found[name] = problems

    def look(*paths: str) -> None:
        for path in paths:
            page.goto(live_server.url + path)
            check(path)

    become(client, context, live_server, asker)
    look(page_of(answered), f"/registrations/{answered.uuid}/", form_of(following))
    become(client, context, live_server, other)
    look(page_of(bare), f"/registrations/{bare.uuid}/")
    page.goto(live_server.url + page_of(bare))
    page.get_by_role("button", name="Send").click()
    page.wait_for_load_state()
    check("the form, refused")
    become(client, context, live_server, cara)
    look("/admin/", LIST, f"{LIST}{asked.pk}/change/")
    page.get_by_role("button", name="Read it").click()
    page.wait_for_load_state()
    check("the request, read")
    context.close()
    assert found == {}, json.dumps(found)
