"""axe on the pages of moving a place, taking a seat and meeting a warning; and taking the seat from the mail's link."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import Campus
from devtools.testing.registering import bring_near, join, register_page
from registrations.models import Registration


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


def test_axe_finds_nothing_on_the_pages_of_places(inspector, sign_in, office, scene):
    me, full, near, later, places = scene
    page, transfer = inspector.page, f"/registrations/{places['mine'].uuid}/transfer/"
    sign_in(page, me)
    inspector.visit("/my/", near.get_absolute_url(), later.get_absolute_url(), later.workshop.get_absolute_url())
    inspector.visit(places["near"].get_absolute_url(), f"/registrations/{places['near'].uuid}/seat/")
    inspector.visit(register_page(full), transfer)
    page.goto(f"{inspector.url}{transfer}?to={full.code}")
    inspector.look("a full date")
    page.get_by_role("button", name="Join the waitlist for").click()
    inspector.look("on the waitlist of the other date")
    near.registrations.waitlisted().last().take_seat()
    page.goto(f"{inspector.url}/registrations/{places['near'].uuid}/seat/")
    inspector.look("no open seat")
    sign_in(page, office)
    inspector.visit(reverse("admin:registrations_registration_roster", args=[near.pk]))
    inspector.visit(reverse("admin:registrations_registration_move_up", args=[places["near"].pk]))
    inspector.visit(reverse("admin:registrations_priorattendance_add"))


def test_axe_finds_nothing_where_a_person_says_how_they_take_part(
    inspector, sign_in, transactional_db, make_hybrid, people, now
):
    cache.clear()  # the throttles; they outlive a test that commits
    (me, other), session, later = people(2), make_hybrid(in_room=1, online=12), make_hybrid(days=21)
    Registration.objects.register(other, session, now=now, mode="in_person")
    sign_in(inspector.page, me)
    inspector.visit(register_page(session))
    inspector.page.get_by_role("button", name="Register").click()
    inspector.look("no answer")
    inspector.page.get_by_label("Online").check()
    inspector.page.get_by_role("button", name="Register").click()
    inspector.look("registered")
    mine = Registration.objects.get(person=me)
    assert mine.mode == "online"
    inspector.visit(mine.get_absolute_url(), f"{mine.get_absolute_url()}transfer/?to={later.code}")
    inspector.page.goto(inspector.url + mine.get_absolute_url())
    inspector.page.get_by_role("button", name="Switch to the room when there is a seat").click()
    inspector.look("asked to switch")
    inspector.page.get_by_role("button", name="I stay where I am").click()
    Registration.objects.get(person=other).withdraw(by=other)
    inspector.page.goto(inspector.url + mine.get_absolute_url())
    inspector.page.get_by_role("button", name="Take part in the room instead").click()
    inspector.page.wait_for_url(f"**{mine.get_absolute_url()}")
    mine.refresh_from_db()
    assert mine.mode == "in_person"
    inspector.page.get_by_role("button", name="Take part online instead").evaluate("button => button.value = 'banana'")
    inspector.page.get_by_role("button", name="Take part online instead").click()
    inspector.look("no such mode")


def test_only_a_press_takes_the_seat(live_server, browser_page, sign_in, scene):
    me, _, near, _, places = scene
    sign_in(browser_page, me)
    browser_page.goto(f"{live_server.url}/registrations/{places['near'].uuid}/seat/")
    places["near"].refresh_from_db()
    assert places["near"].is_waitlisted
    browser_page.get_by_role("button", name="Take the seat").dblclick()
    browser_page.wait_for_url(f"**{near.get_absolute_url()}")
    assert "You have a seat in Bystander Interventions" in browser_page.get_by_role("main").inner_text()
    places["near"].refresh_from_db()
    assert places["near"].is_registered
