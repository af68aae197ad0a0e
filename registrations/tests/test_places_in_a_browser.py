"""axe on the pages of moving a place, taking a seat and meeting a warning; and taking the seat from the mail's link."""

import json
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.urls import reverse

from accounts.models import Campus
from registrations.models import Registration
from registrations.tests.test_last_day import bring_near
from registrations.tests.test_register_page import form_of, join


@pytest.fixture
def scene(transactional_db, people, make_session, now):
    """Somebody with a place, a date that is full, an open seat they wait for, and a session that opens later."""
    cache.clear()  # the throttles; they outlive a test that commits
    me, other, third = people(3)
    mine, full, near = make_session(), make_session(days=20, minimum=1, capacity=1), make_session(minimum=1, capacity=1)
    join(mine, [me])
    join(full, [other])
    join(near, [other, me, third])
    near.settle(now=now)
    bring_near(near, now + timedelta(hours=20), now)
    near.registrations.get(person=other).withdraw(by=other, now=now)
    opens_at, east = now + timedelta(days=2), Campus.objects.create(name="East")
    later = make_session(days=30, registration_opens_at=opens_at, for_campus=east)
    places = {name: Registration.objects.get(person=me, session=at) for name, at in [("mine", mine), ("near", near)]}
    return me, full, near, later, places


def sign_in(client, context, live_server, person) -> None:
    client.force_login(person)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_places(live_server, browser, client, office, scene, width, scheme):
    me, full, near, later, places = scene
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page, found = context.new_page(), {}

    def check(path: str) -> None:
        problems = [problem["id"] for problem in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            problems.append("scrolls sideways")
        if problems:
            found[path] = problems

    def look(*paths: str) -> None:
        for path in paths:
            page.goto(live_server.url + path)
            check(path)

    sign_in(client, context, live_server, me)
    transfer = f"/registrations/{places['mine'].uuid}/transfer/"
    look("/my/", near.get_absolute_url(), later.get_absolute_url(), later.workshop.get_absolute_url())
    look(places["near"].get_absolute_url(), f"/registrations/{places['near'].uuid}/seat/", form_of(full), transfer)
    page.get_by_role("button", name="Move my place").click()
    check("no date chosen")
    page.goto(f"{live_server.url}{transfer}?to={full.code}")
    page.get_by_role("button", name="Move my place").click()
    check("a full date")
    near.registrations.waitlisted().last().take_seat()
    page.goto(f"{live_server.url}/registrations/{places['near'].uuid}/seat/")
    check("no open seat")
    sign_in(client, context, live_server, office)
    look(reverse("admin:registrations_registration_roster", args=[near.pk]))
    look(reverse("admin:registrations_registration_move_up", args=[places["near"].pk]))
    look(reverse("admin:registrations_priorattendance_add"))
    context.close()
    assert found == {}, json.dumps(found)


def test_the_seat_is_taken_by_a_press_and_not_by_opening_the_link(live_server, browser_page, client, scene):
    me, _, near, _, places = scene
    sign_in(client, browser_page.context, live_server, me)
    browser_page.goto(f"{live_server.url}/registrations/{places['near'].uuid}/seat/")
    places["near"].refresh_from_db()
    assert places["near"].is_waitlisted
    browser_page.get_by_role("button", name="Take the seat").dblclick()
    browser_page.wait_for_url(f"**{near.get_absolute_url()}")
    assert "You have a seat in Bystander Interventions" in browser_page.get_by_role("main").inner_text()
    places["near"].refresh_from_db()
    assert places["near"].is_registered
