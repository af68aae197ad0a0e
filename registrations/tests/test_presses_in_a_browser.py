"""How many presses each way takes, on phones and a laptop, with and without script: docs/testing.md has the numbers."""

import pytest
from django.core.cache import cache

from accounts.browser_sessions.model import BrowserSession
from devtools.testing.browser import takes_keys, type_where_focus_is
from devtools.testing.registering import NEWCOMER, interest_page, join, register_page
from devtools.testing.signing_in import mailed_code
from registrations.models import Interest, Registration

# A long one, one without a place to break, emoji, and one from right to left.
NAMES = ["Ada", "Wolfeschlegelsteinhausen " * 4 + "Ada", "x" * 120, "🦊" * 12, "محمد الفارسي"]
SIZES = [(360, 740), (390, 844), (1280, 900)]


class Hand:
    """Press links and buttons of a page and count them: each one that leads on, or sends something."""

    def __init__(self, page, url: str) -> None:
        self.page, self.url, self.count = page, url, 0

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)
        self.count = 0

    def press(self, role: str, name: str) -> None:
        self.page.get_by_role("main").get_by_role(role, name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        self.count += 1

    def enter_code(self, email: str, button: str) -> None:
        """Type into the field that has the focus, as it is."""
        self.page.wait_for_url("**/accounts/login/code/**")
        type_where_focus_is(self.page, "code", mailed_code(email))
        self.press("button", button)

    def text(self) -> str:
        return self.page.get_by_role("main").inner_text()

    def fits(self) -> bool:
        return not self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]} px")
def size(request) -> dict[str, int]:
    return dict(zip(("width", "height"), request.param, strict=True))


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def hand(request, size, transactional_db, live_server, browser_page):
    """A hand at a window of this size, with and without script."""
    cache.clear()  # the throttles; they outlive a test that commits
    if request.param:
        browser_page.set_viewport_size(size)
        yield Hand(browser_page, live_server.url)
        return
    context = browser_page.context.browser.new_context(java_script_enabled=False, viewport=size, locale="en-US")
    yield Hand(context.new_page(), live_server.url)
    context.close()


def test_a_newcomer_presses_three_times(hand, make_session):
    session = make_session()
    hand.open(session.get_absolute_url())
    hand.press("link", "Register")
    hand.page.get_by_role("textbox", name="Name").fill("Ada Lovelace")
    hand.page.get_by_role("textbox", name="Work or school email").fill(NEWCOMER)
    hand.page.get_by_role("radio", name="Faculty").check()
    hand.press("button", "Register")
    assert f"Your registration for {session.workshop.title} is waiting for this code." in hand.text()
    hand.enter_code(NEWCOMER, "Confirm and register")
    hand.page.wait_for_url(f"**{session.get_absolute_url()}")
    assert hand.count == 3 and Registration.objects.get().is_registered and hand.fits()


def test_signed_in_one_presses_once_and_leaves_with_two(hand, make_session, person, sign_in):
    session = make_session()
    sign_in(hand.page, person)
    hand.open(session.get_absolute_url())
    hand.press("button", "Register")
    assert hand.count == 1 and Registration.objects.get().is_registered and hand.fits()
    assert "Is there anything you need to take part?" in hand.text()
    hand.open(session.get_absolute_url())
    hand.press("link", "I can’t make it")
    hand.press("button", "Leave this session")
    assert hand.count == 2 and Registration.objects.get().status == Registration.Status.WITHDRAWN


def test_a_waitlist_takes_one_press_too(hand, make_session, people, sign_in):
    session, (other, person) = make_session(minimum=1, capacity=1), people(2)
    join(session, [other])
    sign_in(hand.page, person)
    hand.open(session.get_absolute_url())
    hand.press("button", "Join the waitlist")
    assert "You’re on the waitlist, 1st in line." in hand.text() and hand.count == 1
    hand.open(session.get_absolute_url())
    hand.press("link", "Leave the waitlist")
    hand.press("button", "Leave the waitlist")
    assert hand.count == 2 and not session.registrations.waitlisted().exists()


def test_an_ended_sign_in_costs_two_presses_more(hand, make_session, person, sign_in):
    session = make_session()
    sign_in(hand.page, person)
    hand.open(session.get_absolute_url())
    BrowserSession.objects.all().delete()
    hand.press("button", "Register")
    assert "it is done when you enter the code" in hand.text()
    hand.page.get_by_role("textbox", name="Work or school email").fill(person.email)
    hand.press("button", "Send me a code")
    hand.enter_code(person.email, "Confirm and register")
    hand.page.wait_for_url(f"**{session.get_absolute_url()}")
    assert hand.count == 3 and Registration.objects.get().is_registered


def test_tell_me_is_pressed_once_signed_out(hand, workshop):
    hand.open(workshop.get_absolute_url())
    hand.press("button", "Tell me when one is scheduled")
    hand.page.get_by_role("textbox", name="Work or school email").fill(NEWCOMER)
    hand.press("button", "Send me a code")
    hand.enter_code(NEWCOMER, "Confirm")
    hand.page.wait_for_url(f"**{workshop.get_absolute_url()}")
    assert hand.count == 3 and Interest.objects.get().is_standing
    assert "We tell you when this workshop has a new date." in hand.text()


def test_after_a_wrong_code_back_shows_the_page(hand, make_session, person):
    session = make_session()
    hand.open(session.get_absolute_url())
    hand.page.goto(f"{hand.url}/accounts/login/?next={session.get_absolute_url()}")
    hand.page.get_by_role("textbox", name="Work or school email").fill(person.email)
    hand.press("button", "Send me a code")
    type_where_focus_is(hand.page, "code", "x")
    hand.press("button", "Sign in")
    hand.page.get_by_text("That code is not right.").first.wait_for()
    hand.page.locator("[name=code]:focus").wait_for()
    hand.page.goto(hand.url + session.get_absolute_url())
    hand.page.go_back()
    assert "That code is not right." in hand.text()
    hand.page.get_by_role("textbox", name="Code").fill(mailed_code(person.email))
    hand.press("button", "Sign in")
    hand.page.wait_for_url(f"**{session.get_absolute_url()}")


@pytest.mark.parametrize("name", NAMES)
def test_the_header_says_who_is_signed_in_and_lets_them_out(hand, people, sign_in, name):
    (person,) = people(1, name=name)
    sign_in(hand.page, person)
    hand.open("/my/")
    who = hand.page.locator(".q-who summary")
    assert name in who.inner_text() and hand.fits()
    assert who.bounding_box()["height"] < 60
    who.click()
    assert person.email in hand.page.locator(".q-who-more").inner_text() and hand.fits()
    hand.page.locator(".q-who").get_by_role("button", name="Sign out").click()
    hand.page.get_by_role("link", name="Sign in").wait_for()


def test_axe_finds_nothing_on_what_one_meets_on_the_way(inspector, sign_in, people, make_session):
    session, page = make_session(), inspector.page
    mine, newcomer = *people(1), people(2, role="")[1]
    inspector.visit(session.get_absolute_url(), register_page(session), interest_page(session.workshop))
    page.get_by_role("button", name="Tell me", exact=True).click()
    inspector.look("sign in, with what waits for it")
    page.get_by_role("textbox", name="Work or school email").fill(NEWCOMER)
    page.get_by_role("button", name="Send me a code").click()
    inspector.look("the code, with what waits for it")
    page.get_by_role("textbox", name="Code").fill("x")
    page.get_by_role("button", name="Confirm", exact=True).click()
    inspector.look("the code, refused")
    sign_in(page, newcomer)
    inspector.visit(register_page(session))
    sign_in(page, mine)
    inspector.visit(session.get_absolute_url())
    page.locator(".q-who summary").click()
    inspector.look("who is signed in, opened")
    takes_keys(page)
    page.keyboard.press("Escape")
    page.locator("#panel-button").click()
    inspector.look("just registered")
    registration = Registration.objects.get()
    page.goto(f"{inspector.url}/registrations/{registration.uuid}/accommodation/")
    BrowserSession.objects.all().delete()
    page.get_by_label("What do you need to take part?").fill("A large print handout, please.")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("textbox", name="Work or school email").fill(mine.email)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_role("textbox", name="Code").fill(mailed_code(mine.email))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/accounts/unsent/")
    inspector.look("not sent yet")
