"""The office’s second step: set up once, shown at every sign-in, before /admin/ opens."""

import json
from importlib import import_module
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.sealed import is_sealed
from devtools.testing.page import post, read
from devtools.testing.signing_in import (
    APP_SECRET,
    app_code,
    is_signed_in,
    sign_in_by_code,
)
from notifications.models import Notice

# In the shape of an answer of a passkey, and one of none.
MADE_UP = json.dumps(
    {
        "id": "eA",
        "rawId": "eA",
        "type": "public-key",
        "response": dict.fromkeys(("clientDataJSON", "authenticatorData", "signature", "attestationObject"), "e30"),
    }
)
# What recovery codes were made from, as allauth writes it where it is not sealed.
SEED = "0f" * 40


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


# ---- sealed ----


def secrets_of(person) -> str:
    """Return what the table of second factors holds of `person`, as one text."""
    return repr(list(Authenticator.objects.filter(user=person).values_list("data", flat=True)))


def set_up_plainly(person) -> None:
    """Set up an app and recovery codes as the version before wrote them down."""
    Authenticator.objects.create(user=person, type="totp", data={"secret": APP_SECRET})
    Authenticator.objects.create(user=person, type="recovery_codes", data={"seed": SEED, "used_mask": 1})


def unused_codes(person) -> list[str]:
    return Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()


def test_the_secrets_of_a_second_factor_are_sealed(office):
    TOTP.activate(office, APP_SECRET)
    RecoveryCodes.activate(office)
    kept = [factor.data.get("secret") or factor.data["seed"] for factor in Authenticator.objects.all()]
    assert APP_SECRET not in secrets_of(office)
    assert [is_sealed(secret) for secret in kept] == [True, True]


def test_the_migration_seals_what_was_written_plainly(client, office):
    set_up_plainly(office)
    migration = import_module("accounts.migrations.0006_seal_second_factors")
    for _ in range(2):
        migration.seal_what_is_plain(apps, None)
    assert APP_SECRET not in secrets_of(office) and SEED not in secrets_of(office)
    assert len(unused_codes(office)) == 9
    sign_in_by_code(client, office)
    assert client.post("/accounts/2fa/authenticate/", {"code": app_code()}).url == "/my/"


def test_a_plain_secret_is_no_second_factor(client, office):
    set_up_plainly(office)
    sign_in_by_code(client, office)
    refused = client.post("/accounts/2fa/authenticate/", {"code": app_code()})
    assert refused.status_code == 422
    assert "This cannot be read now: its key is missing on this server." in read(refused).text
    assert not is_signed_in(client)


def test_a_new_key_in_front_seals_second_factors_and_browser_sessions(client, office, settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.SIGN_IN_KEYS = [old]
    set_up_plainly(office)
    TOTP(Authenticator.objects.get(type="totp")).instance.delete()
    TOTP.activate(office, APP_SECRET)
    client.force_login(office)
    settings.SIGN_IN_KEYS = [new, old]
    for _ in range(2):
        call_command("rotate_keys", verbosity=0)
    settings.SIGN_IN_KEYS = [new]
    assert SEED not in secrets_of(office)
    assert len(unused_codes(office)) == 9
    assert client.post("/accounts/2fa/reauthenticate/", {"code": app_code()}).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_rotating_says_which_second_factors_no_key_opens(office, settings, capsys):
    TOTP.activate(office, APP_SECRET)
    before = secrets_of(office)
    settings.SIGN_IN_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="1 cannot be read with any of the keys"):
        call_command("rotate_keys")
    assert secrets_of(office) == before
    assert "Second factors: 0 encrypted with the first key." in capsys.readouterr().out


def test_without_the_key_recovery_codes_can_be_made_again(client, office, settings):
    TOTP.activate(office, APP_SECRET)
    RecoveryCodes.activate(office)
    settings.SIGN_IN_KEYS = [Fernet.generate_key().decode()]
    client.force_login(office)
    for page in ["recovery-codes/", "recovery-codes.txt"]:
        shown = client.get(f"/accounts/2fa/{page}", follow=True)
        assert "This cannot be read now: its key is missing on this server." in read(shown).text
    assert client.get("/accounts/2fa/", follow=True).status_code == 200


# ---- recovery codes ----


@pytest.fixture
def with_codes(client, office) -> list[str]:
    """Sign the office in, its app just shown; returns the recovery codes it has."""
    TOTP.activate(office, APP_SECRET)
    codes = RecoveryCodes.activate(office).get_unused_codes()
    client.force_login(office)
    client.post("/accounts/2fa/reauthenticate/", {"code": app_code()})
    return codes


@pytest.mark.parametrize("page", ["recovery-codes/", "recovery-codes.txt", "recovery-codes/new/"])
def test_the_first_look_at_recovery_codes_changes_nothing(client, with_codes, page):
    before = list(Authenticator.objects.order_by("pk").values())
    assert client.get(f"/accounts/2fa/{page}").status_code == 200
    assert list(Authenticator.objects.order_by("pk").values()) == before


def test_the_codes_are_shown_and_given_as_a_file(client, with_codes):
    assert all(code in read(client.get("/accounts/2fa/recovery-codes/")).text for code in with_codes)
    given = client.get("/accounts/2fa/recovery-codes.txt")
    assert given["Content-Type"].startswith("text/plain")
    assert given.content.split() == [code.encode() for code in with_codes]


def test_new_recovery_codes_are_made_by_the_button(client, with_codes, office):
    asked = client.get("/accounts/2fa/recovery-codes/new/")
    assert "The ones you have stop working." in read(asked).text
    assert client.post("/accounts/2fa/recovery-codes/new/").url == "/accounts/2fa/recovery-codes/"
    assert not set(unused_codes(office)).intersection(with_codes)


# ---- the log ----


def said(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("accounts")]


def test_sign_ins_and_refused_factors_are_in_the_log_by_key(client, office, caplog):
    caplog.set_level("INFO")
    TOTP.activate(office, APP_SECRET)
    sign_in_by_code(client, office)
    wrong = {"code": "000000" if app_code() != "000000" else "000001"}
    client.post("/accounts/2fa/authenticate/", wrong)
    client.post("/accounts/2fa/authenticate/", {"credential": "{}"})
    client.post("/accounts/2fa/authenticate/", {"code": app_code()})
    client.post("/accounts/2fa/reauthenticate/", wrong)
    Authenticator.objects.create(user=office, type="webauthn", data={})
    client.post("/accounts/2fa/passkeys/confirm/", {"credential": "{}"})
    client.post("/accounts/logout/")
    who = f"person {office.pk}"
    assert said(caplog) == [
        f"{who}: a second factor was refused",
        f"{who}: a second factor was refused",
        f"{who} showed a second factor: totp",
        f"{who} signed in",
        f"{who}: a second factor was refused",
        f"{who}: a second factor was refused",
        f"{who} signed out",
    ]
    assert office.email not in caplog.text and office.name not in caplog.text


NO_PASSKEYS = ["{}", "[]", "1", "null", '"x"', '{"id": 1}', '{"id": "x", "response": []}', "{", "\0", MADE_UP]


@pytest.mark.parametrize("credential", NO_PASSKEYS)
def test_what_is_no_passkey_does_not_sign_in(client, office, credential):
    TOTP.activate(office, APP_SECRET)
    sign_in_by_code(client, office)
    assert client.post("/accounts/2fa/authenticate/", {"credential": credential}).status_code == 422
    assert not is_signed_in(client)


@pytest.mark.parametrize("credential", NO_PASSKEYS)
def test_what_is_no_passkey_confirms_nothing(client, office, credential):
    client.force_login(office)
    Authenticator.objects.create(user=office, type="webauthn", data={})
    assert client.post("/accounts/2fa/passkeys/confirm/", {"credential": credential}).status_code == 302
    assert client.get("/admin/").url.startswith("/accounts/2fa/reauthenticate/")


@pytest.mark.parametrize("credential", NO_PASSKEYS)
def test_what_is_no_passkey_is_not_set_up(client, office, credential):
    sign_in_by_code(client, office)
    client.get("/accounts/2fa/passkeys/new/")
    assert client.post("/accounts/2fa/passkeys/new/", {"name": "Key", "credential": credential}).status_code == 200
    assert not Authenticator.objects.exists()


def test_a_form_sent_empty_is_no_refused_factor(client, office, caplog):
    TOTP.activate(office, APP_SECRET)
    sign_in_by_code(client, office)
    assert client.post("/accounts/2fa/authenticate/", {"code": ""}).status_code == 422
    assert said(caplog) == []
