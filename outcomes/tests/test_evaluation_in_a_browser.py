"""An evaluation in a real browser: with the keyboard alone, without script, on a narrow phone; and axe."""

import re

import pytest

from outcomes.evaluations import life
from outcomes.evaluations.invitations import path_for
from outcomes.models import Evaluation
from registrations.models import Registration


@pytest.fixture
def on_a_phone(transactional_db, workshop, hold, now):
    workshop.objectives.create(text="Name what happened, calmly and without blame", position=1)
    workshop.evaluation_questions.create(text="Which room was it?", kind="choice", choices="210\n211", position=1)
    workshop.evaluation_questions.create(text="How was the room?", kind="scale", position=2)
    session = hold(7)
    life.open_due(now)
    return session


@pytest.fixture
def path_on_a_phone(on_a_phone) -> str:
    return path_for(Registration.objects.filter(session=on_a_phone).first().person, on_a_phone)


@pytest.mark.parametrize("script", [True, False])
def test_it_is_answered_on_a_phone_with_and_without_script(browser, live_server, path_on_a_phone, script):
    context = browser.new_context(java_script_enabled=script, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(live_server.url + path_on_a_phone)
    page.get_by_label("Worth it", exact=True).check()
    for when, number in (("Before", 0), ("Now", 3)):
        box = page.get_by_role("group", name=re.compile(f"^{when}.*Name what happened")).locator("label").nth(number)
        bounds = box.bounding_box()
        assert bounds["width"] >= 44 and bounds["height"] >= 44 and bounds["x"] + bounds["width"] <= 360
        box.click()
    page.get_by_label("What will you do differently?").fill("I will ask before I help.")
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert Evaluation.objects.get().pot.sheets() == [[1, [0, 3], "I will ask before I help.", None, None, ""]]
    context.close()


def test_the_keyboard_alone_answers_it(browser_page, live_server, path_on_a_phone):
    page = browser_page
    page.goto(live_server.url + path_on_a_phone)
    page.get_by_label("Well worth it").focus()
    for key in ("ArrowDown", "Tab", "ArrowRight", "Tab", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    page.keyboard.type("Ask first.")
    page.get_by_role("button", name="Send my answers").press("Enter")
    page.get_by_role("heading", name="Thank you").wait_for()
    assert Evaluation.objects.get().pot.sheets()[0][:3] == [1, [1, 2], "Ask first."]


def test_what_is_missing_is_reached_from_the_top_of_the_page(browser_page, live_server, path_on_a_phone):
    page = browser_page
    page.goto(live_server.url + path_on_a_phone)
    page.get_by_label("Anything else").fill("Typed before.")
    page.get_by_role("button", name="Send my answers").click()
    page.get_by_role("link", name="Was it worth your time?").click()
    assert page.evaluate("document.activeElement.name") == "q0"
    assert page.get_by_label("Anything else").input_value() == "Typed before."


def test_axe_finds_nothing_on_the_pages_of_a_person(inspector, on_a_phone, path_on_a_phone, live_server, now):
    inspector.visit(path_on_a_phone)
    inspector.page.goto(live_server.url + path_on_a_phone.replace("-", "-1", 1))
    inspector.look("a link that opens nothing")
    inspector.page.goto(live_server.url + path_on_a_phone)
    inspector.page.get_by_role("button", name="Send my answers").click()
    inspector.page.get_by_text("Something is missing").wait_for()
    inspector.look("the form with what is missing")
    answer_by_five(on_a_phone, now)
    inspector.visit(path_on_a_phone)
    life.close(Evaluation.objects.get(), now=now)
    late = path_for(Registration.objects.filter(session=on_a_phone).last().person, on_a_phone)
    inspector.page.goto(live_server.url + late)
    inspector.page.get_by_text("This evaluation has closed").wait_for()
    inspector.look("an evaluation that has closed")


def answer_by_five(session, now) -> None:
    for one in Registration.objects.filter(session=session)[:5]:
        Evaluation.objects.get().answer(one.person, [0, [0, 4], "Words, which are long " * 9, 1, 2, ""], now=now)


def test_axe_finds_nothing_on_the_pages_of_the_office(inspector, on_a_phone, sign_in, office, workshop, now):
    answer_by_five(on_a_phone, now)
    evaluation = Evaluation.objects.get()
    sign_in(inspector.page, office)
    of_one = f"/admin/outcomes/evaluation/{evaluation.pk}"
    inspector.visit(f"{of_one}/change/", f"{of_one}/closing/", f"{of_one}/audit/")
    life.close(evaluation, now=now)
    over_time = f"/admin/outcomes/evaluation/workshop/{workshop.slug}/"
    inspector.visit("/admin/outcomes/evaluation/", f"{of_one}/change/", f"{of_one}/audit/", over_time)
    inspector.visit(f"{over_time}form/", f"/admin/catalog/workshop/{workshop.pk}/change/")
