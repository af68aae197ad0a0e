"""What every answer carries, so that a browser guards the page (guarantees: Security)."""

import json

import pytest
from django.test import Client

from devtools.testing.production import start_in_production
from devtools.testing.signing_in import CODE_PAGE, ask_for_code, mailed_code

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "manifest-src": "'self'",
    "img-src": "'self' data:",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
ASK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
answers = {}
for name, more in {"plain": {}, "https": {"HTTP_X_FORWARDED_PROTO": "https"}}.items():
    for path in ["/healthz"] + ["/nowhere/"] * (name == "plain"):
        response = Client(SERVER_NAME="training.example.edu").get(path, **more)
        answers[name + path] = [response.status_code, dict(response.headers)]
cookies = [f"{owner}_COOKIE_{what}" for owner in ("SESSION", "CSRF") for what in ("NAME", "SECURE")]
print(json.dumps([answers, {name: getattr(settings, name) for name in [*cookies, "OFFICE_SECOND_FACTOR"]}]))
"""


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/my/", "/admin/", "/nowhere/", "/healthz"])
def test_every_answer_carries_the_headers_that_guard_it(client, path):
    headers = client.get(path).headers
    directives = (directive.strip().partition(" ") for directive in headers["Content-Security-Policy"].split(";"))
    assert {name: value for name, _, value in directives} == POLICY
    assert headers["Permissions-Policy"] == "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_cookies_are_not_for_scripts_nor_for_other_sites(client, person):
    ask_for_code(client, person.email)
    cookies = client.post(CODE_PAGE, {"code": mailed_code(person.email)}).cookies
    for name in ("sessionid", "csrftoken"):
        assert (cookies[name]["httponly"], cookies[name]["samesite"]) == (True, "Lax")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/login/code/", "/accounts/appearance/"])
def test_a_post_without_a_token_is_refused(path):
    assert Client(enforce_csrf_checks=True).post(path, {"email": "new@example.edu"}).status_code == 403


def test_production_insists_on_https_and_on_the_second_factor():
    told = start_in_production("-c", ASK, DJANGO_SETTINGS_MODULE="config.settings")
    answers, chosen = json.loads(told.stdout.splitlines()[-1])
    assert chosen == {
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "OFFICE_SECOND_FACTOR": True,
    }
    assert [answers[name][0] for name in ("plain/healthz", "plain/nowhere/", "https/healthz")] == [200, 301, 200]
    assert answers["plain/nowhere/"][1]["Location"] == "https://training.example.edu/nowhere/"
    hsts = answers["https/healthz"][1]["Strict-Transport-Security"]
    assert hsts == "max-age=31536000; includeSubDomains; preload"
