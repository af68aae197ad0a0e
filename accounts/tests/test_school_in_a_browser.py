"""Signing in with the school in a real browser: between two sites, under the Content-Security-Policy; and axe."""

import pytest
from django.core.cache import cache

from accounts.models import Person, Unit
from devtools.testing.browser import until
from devtools.testing.school import OPENID


@pytest.fixture
def school_portal(transactional_db, live_server, openid_provider, saml_provider, settings):
    """The portal at another site than both providers: localhost, while they are at 127.0.0.1."""
    cache.clear()
    settings.SITE_URL = live_server.url.replace("127.0.0.1", "localhost")
    settings.SCHOOL_PROVIDERS = {"openid": "Example School", "saml": "Example Hospital"}
    return settings.SITE_URL


def test_people_come_back_from_either_provider_signed_in(school_portal, openid_provider, saml_provider, browser_page):
    page = browser_page
    openid_provider.knows("browser", email="ada@example.edu", email_verified=True, name="Ada Lovelace")
    page.goto(f"{school_portal}/accounts/profile/")
    page.get_by_role("link", name="Sign in with Example School").click()
    page.get_by_placeholder("sub").fill("browser")
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{school_portal}/accounts/profile/")
    page.get_by_text("From Example School").wait_for()
    page.goto(f"{school_portal}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()

    saml_provider.knows("browser", mail=["ada@example.edu"], displayName=["Ada King"])
    saml_provider.present = "browser"
    saml_provider.learn_of(school_portal)
    page.goto(f"{school_portal}/accounts/login/")
    page.get_by_role("link", name="Sign in with Example Hospital").click()
    page.wait_for_url(f"{school_portal}/my/")
    until(page, lambda: Person.objects.get(email="ada@example.edu").name == "Ada King")


def test_axe_finds_nothing_on_the_pages_of_the_schools_sign_in(openid_provider, person, client, inspector, settings):
    settings.SCHOOL_SECOND_FACTOR = ["https://refeds.org/profile/mfa"]
    page, host = inspector.page, inspector.page.context
    inspector.visit("/accounts/login/")
    page.goto(f"{inspector.url}{OPENID}answer/")
    inspector.look("nobody is signed in")
    Unit.objects.create(name="Surgery")
    Person.objects.filter(pk=person.pk).update(is_staff=True)
    openid_provider.knows(
        "axe", email=person.email, email_verified=True, name="Ada Lovelace", ou="Surgery", eduperson_affiliation="staff"
    )
    openid_provider.sign_in(client, "axe")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    host.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": inspector.url}])
    inspector.visit("/accounts/profile/")
    inspector.visit("/accounts/2fa/")
    assert page.get_by_role("link", name="Sign in with Example School").count() == 1
