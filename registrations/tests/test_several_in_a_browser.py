"""axe on the page where people register for several, in each of its states; and the whole way in a browser."""

import pytest

from accounts.models import Campus
from catalog.models import Program, Workshop
from devtools.testing.registering import join, register_page
from registrations.models import Registration
from sessions_app.models import Session

PAGE = "/programs/all/registration/"


@pytest.fixture
def pro_scene(transactional_db, people, make_session):
    """Somebody, and a program: two dates at one time, a full one, one of another campus, a later part, one booked."""
    person, other = people(2, campus=Campus.objects.create(name="West"))
    program = Program.objects.create(title="All of it", slug="all", status="published")
    titles = ("Pt. 1", "Pt. 2", "Beside", "Full", "Elsewhere", "Booked", "Undated")
    workshops = [Workshop.objects.create(title=one, slug=f"w{n}", status="published") for n, one in enumerate(titles)]
    for position, workshop in enumerate(workshops):
        program.entries.create(workshop=workshop, position=position)
    workshops[1].requires.add(workshops[0])
    first, second, beside, full, _, booked = (
        make_session(days=days, workshop=workshop, **how)
        for workshop, days, how in zip(
            workshops,
            (14, 21, 14, 28, 30, 35),
            ({}, {}, {}, {"minimum": 1, "capacity": 2}, {"for_campus": Campus.objects.create(name="East")}, {}),
            strict=False,
        )
    )
    join(full, [other])
    join(booked, [person])
    return person, other, first, second, beside, full


def choose(page, *sessions) -> None:
    for session in sessions:
        page.locator(f"input[value='{session.code}']").check()


def test_axe_finds_nothing_where_people_register_for_several(inspector, sign_in, pro_scene):
    person, other, first, second, beside, full = pro_scene
    page = inspector.page
    inspector.visit(PAGE)
    sign_in(page, person)
    inspector.visit("/programs/all/", PAGE)
    page.get_by_role("button", name="Register").click()
    inspector.look("nothing chosen")
    choose(page, first, beside, full)
    Session.objects.filter(pk=full.pk).update(capacity=1)
    page.get_by_role("button", name="Register").click()
    inspector.look("a full date and a clash")
    page.get_by_role("group", name="Full").get_by_label("Not now").check()
    page.get_by_role("button", name="Register").click()
    inspector.look("a clash")
    page.get_by_role("button", name="Register anyway").click()
    inspector.look("registered")
    assert Registration.objects.registered().filter(person=person).count() == 3


def test_axe_finds_nothing_where_somebody_may_not_register(inspector, sign_in, pro_scene):
    _, other, first, second, *_ = pro_scene
    sign_in(inspector.page, other)
    inspector.visit(second.get_absolute_url(), register_page(second))


def test_a_click_anywhere_on_a_date_chooses_it_and_one_press_registers(live_server, browser_page, sign_in, pro_scene):
    person, _, first, second, *_ = pro_scene
    sign_in(browser_page, person)
    browser_page.goto(live_server.url + PAGE)
    for session in (first, second):
        browser_page.locator(".q-pick", has=browser_page.locator(f"input[value='{session.code}']")).click()
    browser_page.get_by_role("button", name="Register").dblclick()
    browser_page.get_by_text("You’re registered for Pt. 2").wait_for()
    assert Registration.objects.registered().filter(person=person, session__in=(first, second)).count() == 2
