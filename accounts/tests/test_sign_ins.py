"""The page on which people see where they are signed in, and end it."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.utils import timezone

from accounts.browser_sessions.devices import device_words
from accounts.browser_sessions.model import BrowserSession, name_of
from devtools.testing.page import read
from devtools.testing.signing_in import APP_SECRET, ask_for_code, is_signed_in, sign_in_by_code

PAGE = "/accounts/sign-ins/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 "
    "Safari/537.36 Edg/137.0.0.0"
)
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture
def browsers(people) -> list[Client]:
    """Two browsers of one person, and one of another."""
    one, other = people(2)
    made = [Client(headers={"user-agent": said}) for said in (FIREFOX, IPHONE, CHROME)]
    for browser, person in zip(made, [one, one, other], strict=True):
        sign_in_by_code(browser, person)
    return made


def ends_on(page) -> list[str]:
    """Return the addresses of the buttons that end one sign-in."""
    return [action for action in page.actions if re.fullmatch(rf"{PAGE}[0-9a-f]{{40}}/end/", action)]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on an iPhone"),
        (EDGE, "Edge on Windows"),
        (CHROME, "Chrome on Android"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "A browser on Linux"),
        ("curl/8.5.0", "A browser we do not know"),
        ("", "A browser we do not know"),
        ("<script>alert(1)</script>" * 10_000, "A browser we do not know"),
    ],
)
def test_a_device_is_named_as_its_owner_knows_it(said, words):
    assert device_words(said) == words


def test_people_see_where_they_are_signed_in(browsers):
    page = read(browsers[0].get(PAGE))
    assert page.text.index("Firefox on Windows · this browser") < page.text.index("Safari on an iPhone")
    assert "Chrome on Android" not in page.text
    assert "A sign-in ends by itself after 30 days." in page.text


def test_one_sign_in_is_ended(browsers):
    (end,) = ends_on(read(browsers[0].get(PAGE)))
    assert browsers[0].post(end).url == PAGE
    assert "That sign-in is ended." in read(browsers[0].get(PAGE)).text
    assert [browser.get("/my/").status_code for browser in browsers] == [200, 302, 200]
    assert "That sign-in had ended already." in read(browsers[0].post(end, follow=True)).text


def test_all_others_are_ended(browsers):
    browsers[0].post(f"{PAGE}others/end/")
    assert [browser.get("/my/").status_code for browser in browsers] == [200, 302, 200]
    assert "Sign out everywhere but here" not in read(browsers[0].get(PAGE)).everything


def test_nobody_ends_the_sign_in_of_another(browsers):
    theirs = name_of(browsers[2].session.session_key)
    page = browsers[0].post(f"{PAGE}{theirs}/end/", follow=True)
    assert "That sign-in had ended already." in read(page).text
    assert browsers[2].get("/my/").status_code == 200


def test_a_code_that_is_awaited_is_no_sign_in(client, person):
    ask_for_code(Client(), person.email)
    client.force_login(person)
    assert read(client.get(PAGE)).part("main").text.count("Signed in ") == 1


def test_a_second_factor_that_is_awaited_is_no_sign_in(client, office):
    TOTP.activate(office, APP_SECRET)
    sign_in_by_code(Client(), office)
    client.force_login(office)
    assert read(client.get(PAGE)).part("main").text.count("Signed in ") == 1


def test_a_sign_in_that_is_over_is_not_shown(browsers):
    BrowserSession.objects.filter(name=name_of(browsers[1].session.session_key)).update(ends_at=timezone.now())
    assert "Safari on an iPhone" not in read(browsers[0].get(PAGE)).text


def test_the_office_reads_after_how_many_hours_it_ends(client, office):
    client.force_login(office)
    assert "A sign-in ends after 12 hours without use" in read(client.get(PAGE)).text


def test_ending_takes_a_post_with_a_token(person):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    assert browser.post(f"{PAGE}others/end/").status_code == 403
    assert browser.get(f"{PAGE}others/end/").status_code == 405
    assert is_signed_in(browser)
