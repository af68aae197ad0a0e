"""The office’s second factor may be the school’s: what its provider says of how somebody signed in."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from devtools.testing.page import read
from devtools.testing.school import OPENID
from devtools.testing.signing_in import APP_SECRET, is_signed_in

MFA, PASSWORD = "https://refeds.org/profile/mfa", "https://refeds.org/profile/sfa"
SET_UP = [("/accounts/2fa/", 302)]


@pytest.fixture(autouse=True)
def second_factor_of_the_school(settings):
    settings.OFFICE_SECOND_FACTOR, settings.SCHOOL_SECOND_FACTOR = True, [MFA]


def sign_in_with(provider, client, office, acr, **more):
    provider.knows(f"office-{office.pk}", email=office.email, email_verified=True)
    back = provider.come_back(client, f"office-{office.pk}", **more)
    with provider.token(acr=acr):
        return client.get(back)


def test_what_the_school_proved_opens_the_office(client, office, openid_provider):
    assert sign_in_with(openid_provider, client, office, MFA).status_code == 302
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("acr", [PASSWORD, None, "", 1, [MFA], MFA + "/"])
def test_anything_else_does_not(client, office, openid_provider, acr):
    assert sign_in_with(openid_provider, client, office, acr).status_code == 302
    assert client.get("/admin/", follow=True).redirect_chain == SET_UP


def test_what_is_not_signed_proves_nothing(client, office, openid_provider):
    openid_provider.knows("unsigned", email=office.email, email_verified=True)
    back = openid_provider.come_back(client, "unsigned")
    with openid_provider.tampering(lambda path, right: right | ({"acr": MFA} if path == "/userinfo" else {})):
        assert client.get(back).status_code == 302
    assert client.get("/admin/", follow=True).redirect_chain == SET_UP


def test_a_setting_taken_back_closes_the_office(client, office, openid_provider, settings):
    sign_in_with(openid_provider, client, office, MFA)
    settings.SCHOOL_SECOND_FACTOR = []
    assert client.get("/admin/", follow=True).redirect_chain == SET_UP


def test_a_person_with_a_factor_of_ours_is_asked_unless_the_school_was(client, office, openid_provider):
    TOTP.activate(office, APP_SECRET)
    assert sign_in_with(openid_provider, client, office, PASSWORD).url.startswith("/accounts/2fa/authenticate/")
    assert not is_signed_in(client)
    other = Client()
    sign_in_with(openid_provider, other, office, MFA)
    assert is_signed_in(other) and other.get("/admin/").status_code == 200


def test_the_page_of_the_second_step_leads_to_the_schools(client, office, openid_provider):
    sign_in_with(openid_provider, client, office, PASSWORD)
    link = read(client.get("/accounts/2fa/")).link("Sign in with Example School")
    asked = client.get(link)
    assert parse_qs(urlsplit(asked.url).query)["acr_values"] == [MFA]
    sign_in_with(openid_provider, client, office, MFA, step="second")
    assert client.get("/admin/").status_code == 200


def test_a_person_who_is_signed_in_is_not_led_away(client, office, openid_provider):
    sign_in_with(openid_provider, client, office, PASSWORD)
    assert client.get(OPENID).url == "/my/"


def test_saml_says_how_somebody_proved_who_they_are(client, office, saml_provider):
    saml_provider.knows("office", mail=[office.email])
    saml_provider.sign_in(client, "office")
    assert client.get("/admin/", follow=True).redirect_chain == SET_UP
    saml_provider.proof = MFA
    saml_provider.sign_in(client, "office", step="second")
    asked = saml_provider.asked[-1].requested_authn_context.authn_context_class_ref
    assert [one.text for one in asked] == [MFA]
    assert client.get("/admin/").status_code == 200
