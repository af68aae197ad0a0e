"""A person's whole way in Chromium and in Firefox, with and without script, and how many presses it takes.

A press is one of a button or a link; typing and choosing are none. Each way begins on the page of the session, or of
the registration.
"""

import re

import pytest
from django.core.cache import cache

from devtools.testing.browser import SCROLLS_SIDEWAYS, takes_keys
from devtools.testing.registering import NEWCOMER, join
from devtools.testing.signing_in import mailed_code
from registrations.models import Registration

LOOKS = [(360, True), (390, False), (1280, True)]
# How many presses each way takes at most.
REGISTER_SIGNED_OUT, REGISTER_SIGNED_IN, WAIT, LEAVE, CHANGE_THE_DATE, SIGN_IN = 3, 1, 1, 2, 2, 2


class Walk:
    """A page in which somebody presses and types; it counts the presses, and looks that nothing is cut off."""

    def __init__(self, page, url: str) -> None:
        self.page, self.url, self.presses = page, url, 0

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)
        self.presses = 0

    def press(self, name: str) -> None:
        """Press the first button or link of the page itself whose name begins so."""
        name, page = re.compile(f"^{name}"), self.page.get_by_role("main")
        page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first.click()
        self.presses += 1

    def type(self, label: str, text: str) -> None:
        self.page.get_by_role("textbox", name=label).fill(text)

    def reads(self, words: str) -> None:
        self.page.get_by_text(words).first.wait_for()
        assert not self.page.evaluate(SCROLLS_SIDEWAYS)

    def asks(self) -> bool:
        """Say whether a form stands between the press and the seat."""
        self.page.wait_for_load_state()
        return "/registration/" in self.page.url


@pytest.fixture
def walk(transactional_db, live_server, open_page):
    """walk(width, script) begins one."""
    cache.clear()
    return lambda width, script: Walk(open_page(width, script), live_server.url)


@pytest.mark.parametrize(("width", "script"), LOOKS)
def test_somebody_new_registers_and_leaves_again(walk, make_session, width, script):
    session, way = make_session(), walk(width, script)
    way.go(session.get_absolute_url())
    way.press("Register")
    way.type("Name", "Ada Lovelace")
    way.type("Work or school email", NEWCOMER)
    way.page.get_by_role("radio", name="Faculty").check()
    way.press("Register")
    way.reads("Check your email")
    way.type("Code", mailed_code(NEWCOMER))
    way.press("Confirm and register")
    way.reads("You’re registered")
    assert way.presses <= REGISTER_SIGNED_OUT
    registration = Registration.objects.get()
    assert (registration.person.name, registration.is_registered) == ("Ada Lovelace", True)

    way.go(session.get_absolute_url())
    way.press("I can’t make it")
    way.press("Leave this session")
    way.reads("Thank you for making room.")
    assert way.presses <= LEAVE
    assert not Registration.objects.active().exists()


@pytest.mark.parametrize(("width", "script"), LOOKS)
def test_somebody_known_signs_in_registers_and_changes_the_date(walk, make_session, person, width, script):
    first, second, way = make_session(), make_session(days=20), walk(width, script)
    way.go("/accounts/login/")
    way.type("Work or school email", person.email)
    way.press("Send me a code")
    way.reads("Check your email")
    way.type("Code", mailed_code(person.email))
    way.press("Sign in$")
    way.reads("Nothing booked yet")
    assert way.presses <= SIGN_IN

    way.go(first.get_absolute_url())
    way.press("Register")
    if way.asks():
        way.press("Register")
    way.reads("You’re registered")
    assert way.presses <= REGISTER_SIGNED_IN

    way.go(Registration.objects.get().get_absolute_url())
    way.press("Change the date")
    way.page.wait_for_url("**/transfer/")
    for date in way.page.get_by_role("radio").all():
        date.check()
    way.press("Move")
    way.page.wait_for_url(lambda url: "/transfer/" not in url)
    assert way.presses <= CHANGE_THE_DATE
    assert Registration.objects.active().get().session == second


@pytest.mark.parametrize(("width", "script"), LOOKS)
def test_somebody_joins_the_waitlist_of_a_full_session(walk, sign_in, make_session, people, width, script):
    session, way = make_session(minimum=1, capacity=1), walk(width, script)
    other, person = people(2)
    join(session, [other])
    session.settle()
    sign_in(way.page, person)
    way.go(session.get_absolute_url())
    way.press("Join the waitlist")
    if way.asks():
        way.press("Join the waitlist")
    way.reads("You’re on the waitlist")
    assert way.presses <= WAIT
    assert Registration.objects.get(person=person).is_waitlisted


def test_a_form_sent_empty_says_each_error_once(walk, make_session):
    session, way = make_session(), walk(390, True)
    way.go(f"/sessions/{session.code}/registration/")
    way.press("Register")
    summary = way.page.get_by_role("group", name="Some things need another look")
    summary.wait_for()
    way.page.locator(".q-errors:focus").wait_for()
    assert way.page.get_by_role("alert").count() == 0  # the focus reads it
    for link in summary.get_by_role("link").all():
        sentence = link.inner_text()
        assert way.page.get_by_role("main").get_by_text(sentence, exact=True).count() == 2
        field = way.page.locator(link.get_attribute("href"))
        described = field.get_attribute("aria-describedby") or field.locator("xpath=ancestor::fieldset").get_attribute(
            "aria-describedby"
        )
        assert sentence in "".join(way.page.locator(f"#{each}").inner_text() for each in described.split())


# ---- with the keyboard alone ----

FOCUS_IS_SEEN = """() => {
    const at = document.activeElement;
    const shows = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return shows(getComputedStyle(at)) || shows(getComputedStyle(at, '::after'));
}"""
NAME_OF_FOCUS = """() => {
    const at = document.activeElement;
    return (at.labels && at.labels[0] ? at.labels[0].innerText : at.innerText || at.value || '').trim();
}"""


def tab_to(page, name: str) -> None:
    """Press Tab until the element of this name has the focus; every stop on the way must show that it has it."""
    takes_keys(page)
    for _ in range(60):
        page.keyboard.press("Tab")
        at = page.evaluate(NAME_OF_FOCUS)
        if at:
            assert page.evaluate(FOCUS_IS_SEEN), at
        if at.startswith(name):
            return
    pytest.fail(f"Tab does not lead to {name!r}.")


def test_somebody_new_registers_with_the_keyboard_alone(walk, make_session):
    session, way = make_session(), walk(1280, True)
    way.go(session.get_absolute_url())
    keyboard = way.page.keyboard
    tab_to(way.page, "Skip to main content")
    keyboard.press("Enter")
    tab_to(way.page, "Register")
    keyboard.press("Enter")
    way.page.wait_for_url("**/registration/")
    tab_to(way.page, "Name")
    keyboard.type("Ada Lovelace")
    tab_to(way.page, "Work or school email")
    keyboard.type(NEWCOMER)
    tab_to(way.page, "Faculty")
    keyboard.press("Space")
    tab_to(way.page, "Register")
    keyboard.press("Enter")
    way.page.wait_for_url("**/code/**")
    way.page.get_by_role("textbox", name="Code").focus()
    takes_keys(way.page)
    keyboard.type(mailed_code(NEWCOMER))
    tab_to(way.page, "Confirm and register")
    keyboard.press("Enter")
    way.reads("You’re registered")
    assert Registration.objects.get().is_registered
