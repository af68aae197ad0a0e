"""The office’s second step: set up once, shown at every sign-in, before /admin/ opens."""

import json
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from devtools.testing.page import post, read
from devtools.testing.signing_in import (
    APP_SECRET,
    app_code,
    is_signed_in,
    sign_in_by_code,
)
from notifications.models import Notice


@pytest.fixture(autouse=True)
def required(settings):
    settings.OFFICE_SECOND_FACTOR = True


def test_the_admin_stays_closed_until_a_second_step_is_set_up(client, office):
    assert sign_in_by_code(client, office).url == "/my/"
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain == [("/accounts/2fa/", 302)]
    assert "Set up a second step first" in read(response).text


def test_setting_up_an_app_opens_the_admin(transactional_db, client, office):
    sign_in_by_code(client, office)
    page = client.get("/accounts/2fa/app/")
    assert read(page).parts('img[src^="data:image/svg+xml;base64,"]') != []
    response = client.post("/accounts/2fa/app/", {"code": app_code(page.context["form"].secret)})
    assert response.url == "/accounts/2fa/recovery-codes/"
    assert client.get(response.url).status_code == 200
    assert client.get("/accounts/2fa/recovery-codes.txt").content.count(b"\n") >= 10
    assert client.get("/admin/").status_code == 200
    notice = Notice.objects.filter(kind="account").get()
    assert (notice.to, notice.subject) == (office.email, "An authenticator app now guards your account")


def test_a_wrong_app_code_sets_nothing_up(client, office):
    sign_in_by_code(client, office)
    client.get("/accounts/2fa/app/")
    assert "That code is not right" in read(client.post("/accounts/2fa/app/", {"code": "x"})).text
    assert not Authenticator.objects.exists()


def test_signing_in_asks_for_the_app_and_then_leads_on(client, office):
    TOTP.activate(office, APP_SECRET)
    response = sign_in_by_code(client, office, next="/admin/")
    assert response.url == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)
    refused = client.post(response.url, {"code": "000000" if app_code() != "000000" else "000001"})
    assert refused.status_code == 422
    assert "That code is not right. Enter the one your app shows now, or a recovery code." in read(refused).text
    assert client.post(response.url, {"code": app_code()}).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_recovery_code_works_once(client, office):
    TOTP.activate(office, APP_SECRET)
    code = RecoveryCodes.activate(office).get_unused_codes()[0]
    sign_in_by_code(client, office)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    sign_in_by_code(client, office)
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 422


def test_a_session_that_never_showed_the_factor_shows_it_first(client, office):
    client.force_login(office)
    TOTP.activate(office, APP_SECRET)
    response = client.get("/admin/catalog/workshop/?q=x")
    assert response.url == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2Fcatalog%2Fworkshop%2F%3Fq%3Dx"
    response = client.post("/accounts/2fa/reauthenticate/", {"code": app_code(), "next": "/admin/"})
    assert response.url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_post_to_the_admin_without_the_factor_changes_nothing(client, office):
    client.force_login(office)
    response = client.post("/admin/accounts/unit/add/", {"name": "Pediatrics"})
    assert response.url == "/accounts/2fa/"


def test_the_factor_is_guessed_ten_times_a_minute_at_most(client, office):
    client.force_login(office)
    TOTP.activate(office, APP_SECRET)
    answers = [client.post("/accounts/2fa/reauthenticate/", {"code": "x"}) for _ in range(11)]
    assert answers[-1].status_code == 429
    assert "That was too many tries." in read(answers[-1]).text


def test_recovery_codes_alone_do_not_open_the_admin(client, office):
    RecoveryCodes.activate(office)
    client.force_login(office)
    assert client.get("/admin/").url == "/accounts/2fa/"


def test_development_asks_for_no_second_step(client, office, settings):
    settings.OFFICE_SECOND_FACTOR = False
    client.force_login(office)
    assert client.get("/admin/").status_code == 200


# ---- doors ----


def test_the_admin_leads_a_visitor_to_the_sign_in_page(client, db):
    response = client.get("/admin/catalog/workshop/", follow=True)
    assert unquote(response.redirect_chain[-1][0]) == "/accounts/login/?next=/admin/catalog/workshop/"
    assert "Send me a code" in read(response).text


def test_the_admin_refuses_people_who_are_not_of_the_office(client, person):
    client.force_login(person)
    response = client.get("/admin/", follow=True)
    assert response.status_code == 403
    assert client.post("/admin/login/", {"username": person.email, "password": "x"}).status_code == 403


def test_the_password_form_of_the_admin_is_not_served(client, office):
    response = client.post("/admin/login/", {"username": office.email, "password": "x"})
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=%2Fadmin%2F")


def test_the_way_into_the_admin_stays_on_our_host(client, office):
    assert client.get("/admin/login/?next=https://evil.example/").url == "/accounts/login/?next=%2Fadmin%2F"
    client.force_login(office)
    assert client.get("/admin/login/?next=https://evil.example/", follow=True).redirect_chain[-1][0] == "/accounts/2fa/"


@pytest.mark.parametrize("page", ["", "app/", "recovery-codes/", "recovery-codes/new/", "passkeys/", "passkeys/new/"])
def test_only_the_office_sets_up_a_second_step(client, person, page):
    assert client.get(f"/accounts/2fa/{page}").url.startswith("/accounts/login/")
    client.force_login(person)
    assert client.get(f"/accounts/2fa/{page}").status_code == 403


ANSWER = {"clientDataJSON": "e30", "attestationObject": "o2NmbXRkbm9uZQ", "signature": "AA", "authenticatorData": "AA"}


NO_ANSWERS = [
    "9" * 5000,
    "[" * 20_000,
    '"words"',
    "[]",
    "{}",
    json.dumps({"id": 3, "rawId": "\u00e9", "type": "public-key", "response": ANSWER}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": ANSWER}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": "AA"}),
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": ANSWER | {"clientDataJSON": "W10"}}),
]


@pytest.mark.parametrize("answer", NO_ANSWERS)
def test_what_no_passkey_answers_is_refused_at_the_second_step(client, office, answer):
    TOTP.activate(office, APP_SECRET)
    step = sign_in_by_code(client, office).url
    assert client.get(step).status_code == 200
    refused = client.post(step, {"credential": answer})
    assert (refused.status_code, is_signed_in(client)) == (422, False)


@pytest.mark.parametrize("answer", NO_ANSWERS)
def test_what_no_passkey_answers_adds_none(client, office, answer):
    sign_in_by_code(client, office)
    assert client.get("/accounts/2fa/passkeys/new/").status_code == 200
    assert "Add a passkey" in post(client, "/accounts/2fa/passkeys/new/", {"credential": answer}).text
    assert not Authenticator.objects.exists()
