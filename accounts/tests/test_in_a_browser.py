"""Signing in with a real browser, under the Content-Security-Policy: the code, the app, the passkey; and axe."""

import pytest
from django.core.cache import cache

from accounts.models import AddressChange
from devtools.testing.signing_in import app_code, mailed_code


def sign_in_by_code(page, url: str, email: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.get_by_label("Work or school email").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    page.wait_for_url("**/accounts/login/code/**")
    page.get_by_role("textbox", name="Code").fill(mailed_code(email))
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def portal(transactional_db, live_server, office, settings):
    """The portal with the second step required, at a host a passkey can belong to."""
    settings.OFFICE_SECOND_FACTOR = True
    cache.clear()  # the throttles; they outlive a test that commits
    return live_server.url.replace("127.0.0.1", "localhost")


def test_a_passkey_is_set_up_and_opens_the_admin(portal, office, browser_page):
    page = browser_page
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key | {"automaticPresenceSimulation": True}})
    sign_in_by_code(page, portal, office.email)
    page.wait_for_url("**/my/")
    page.goto(f"{portal}/admin/")
    page.get_by_role("link", name="Add a passkey").click()
    page.wait_for_url("**/passkeys/new/")  # and its scripts: a press before them does nothing
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/recovery-codes/")
    page.get_by_role("link", name="Go to the office’s desk").click()
    page.wait_for_url("**/admin/")

    page.goto(f"{portal}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    sign_in_by_code(page, portal, office.email)
    page.wait_for_url("**/authenticate/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/my/")
    page.goto(f"{portal}/admin/")
    assert page.url == f"{portal}/admin/"


def test_an_app_is_set_up_and_asked_for(portal, office, browser_page):
    page = browser_page
    sign_in_by_code(page, portal, office.email)
    page.wait_for_url("**/my/")
    page.goto(f"{portal}/admin/")
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("#key").inner_text()
    page.get_by_label("Authenticator code").fill(app_code(secret))
    page.get_by_role("button", name="Set up").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto(f"{portal}/admin/")
    assert page.url == f"{portal}/admin/"


def test_errors_take_the_focus(portal, browser_page):
    browser_page.goto(f"{portal}/accounts/login/")
    browser_page.get_by_role("button", name="Send me a code").click()
    browser_page.locator(".q-errors:focus").wait_for()


def test_axe_finds_nothing_on_the_account_pages(portal, office, inspector, sign_in):
    page = inspector.page
    inspector.visit("/accounts/login/")
    page.get_by_role("button", name="Send me a code").click()
    inspector.look("sign in, refused")
    page.get_by_label("Work or school email").fill("new@example.edu")
    page.get_by_role("button", name="Send me a code").click()
    page.wait_for_url("**/code/")
    inspector.look("code")
    sign_in(page, office)
    AddressChange.objects.ask(office, f"{'a' * 50}@example.edu", by=office)
    own = ["profile/", "address/", "sign-ins/", "logout/"]
    for path in [*own, "2fa/", "2fa/app/", "2fa/passkeys/", "2fa/passkeys/new/"]:
        inspector.visit(f"/accounts/{path}")
