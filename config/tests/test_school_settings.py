"""The settings of the school’s sign-in: what is wrong stops the start, with a sentence that names it."""

import importlib.util

import pytest
from django.conf import settings

from config.checks import errors
from config.school import RULES, USUAL_ROLES, names_by_field, pairs, together
from devtools.testing.production import PRODUCTION, start_in_production

OPENID = {
    "OPENID_URL": "https://login.example.edu",
    "OPENID_CLIENT_ID": "portal",
    "OPENID_CLIENT_SECRET": "hunter2",
}


@pytest.mark.parametrize(
    ("id", "name", "value"),
    [
        ("E050", "SIGN_IN_BY_CODE", "guests"),
        ("E051", "OPENID_URL", "login.example.edu"),
        ("E051", "OPENID_URL", "http://login.example.edu"),
        ("E051", "OPENID_URL", "https://login.example.edu:port"),
        ("E051", "OPENID_URL", "https://[::1"),
        ("E051", "OPENID_URL", "https://login.example.edu/?tenant=1"),
        ("E051", "OPENID_URL", "https://login.example.edu/.well-known/openid-configuration"),
        ("E052", "OPENID_CLIENT_ID", "\n"),
        ("E053", "OPENID_CLIENT_SECRET", "hunter2\r\n"),
        ("E054", "OPENID_NAME", ""),
        ("E055", "OPENID_SCOPES", "profile email"),
        ("E055", "OPENID_SCOPES", 'openid "profile"'),
        ("E056", "SAML_METADATA", "/nowhere/metadata.xml"),
        ("E056", "SAML_METADATA", "http://login.example.edu/metadata"),
        ("E056", "SAML_METADATA", __file__),
        ("E057", "SAML_ENTITY_ID", " "),
        ("E058", "SAML_NAME", "two\nlines"),
        ("E059", "SAML_CERTIFICATE", "/nowhere/portal.pem"),
        ("E060", "SAML_KEY", "/nowhere/portal.key"),
        ("E061", "SCHOOL_VOUCHES_FOR", "@example.edu"),
        ("E061", "SCHOOL_VOUCHES_FOR", "example.edu,edu"),
        ("E062", "SCHOOL_ATTRIBUTES", "department=ou"),
        ("E062", "SCHOOL_ATTRIBUTES", "unit"),
        ("E063", "SCHOOL_ROLES", ""),
        ("E063", "SCHOOL_ROLES", "employee=professor"),
        ("E063", "SCHOOL_ROLES", "=staff"),
        ("E064", "SCHOOL_LEFT", "affiliate"),
        ("E065", "SCHOOL_NEW_UNITS", "some"),
        ("E066", "SCHOOL_SECOND_FACTOR", "https://refeds.org/profile/mfa\u200b"),
    ],
)
def test_a_wrong_value_is_named(id, name, value):
    environ = PRODUCTION | OPENID | {"SCHOOL_VOUCHES_FOR": "example.edu"} | {name: value}
    found = {error.id: error for error in errors(environ)}
    error = found[f"quorum.{id}"]
    assert name in error.msg and error.hint
    assert "hunter2" not in error.msg + error.hint


def test_every_rule_has_a_wrong_value_above():
    (mark,) = test_a_wrong_value_is_named.pytestmark
    assert {id for id, _, _ in mark.args[1]} == {rule.id for rule in RULES}


@pytest.mark.parametrize(
    ("environ", "id"),
    [
        ({"OPENID_URL": OPENID["OPENID_URL"]}, "E070"),
        ({"SIGN_IN_BY_CODE": "off"}, "E071"),
        ({"SAML_METADATA": "https://login.example.edu/metadata"}, "E073"),
        (OPENID | {"SAML_KEY": __file__}, "E074"),
    ],
)
def test_settings_that_do_not_agree_are_named(environ, id):
    assert [error.id for error in errors(PRODUCTION | environ)] == [f"quorum.{id}"]


def test_saml_says_what_to_install(monkeypatch):
    saml = {"SAML_METADATA": "https://login.example.edu/metadata", "SCHOOL_VOUCHES_FOR": "example.edu"}
    assert together(saml) == []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    ((sentence, hint, id),) = together(saml)
    assert (sentence, id) == ("SAML_METADATA is set, and what speaks SAML is not installed.", "E072")
    assert "requirements-saml.txt" in hint
    assert together({}) == []


@pytest.mark.parametrize(
    "environ",
    [
        OPENID,
        OPENID | {"OPENID_URL": "https://login.example.edu/realms/school/"},
        OPENID | {"OPENID_URL": "http://127.0.0.1:8080"},
        OPENID | {"SIGN_IN_BY_CODE": "off", "SCHOOL_LEFT": "refuse", "SCHOOL_NEW_UNITS": "1"},
        OPENID | {"SCHOOL_VOUCHES_FOR": "example.edu, Bücher.example", "SCHOOL_ROLES": USUAL_ROLES},
        OPENID | {"SCHOOL_ATTRIBUTES": "unit=urn:oid:2.5.4.11,campus=site"},
        OPENID | {"SCHOOL_SECOND_FACTOR": "https://refeds.org/profile/mfa phr"},
    ],
)
def test_right_settings_pass(environ):
    assert errors(PRODUCTION | environ) == []


def test_the_tables_are_read_in_their_order():
    assert pairs("Faculty=faculty, employee=staff,") == [("faculty", "faculty"), ("employee", "staff")]
    assert names_by_field("unit=ou,campus=l,unit=department") == {"unit": ["ou", "department"], "campus": ["l"]}


def test_every_setting_is_in_the_table_of_the_documents():
    page = (settings.BASE_DIR / "docs" / "sign-in.md").read_text()
    assert [rule.name for rule in RULES if f"`{rule.name}`" not in page] == []


def test_a_portal_with_the_schools_sign_in_starts():
    started = start_in_production("manage.py", "check", "--fail-level", "WARNING", **OPENID)
    assert (started.returncode, started.stderr) == (0, ""), started.stderr
