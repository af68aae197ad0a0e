"""Guesses at once, from several connections: five tries of a code are five, however many come together."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client

from accounts.browser_sessions import model
from accounts.browser_sessions.model import BrowserSession
from accounts.forms import CodeForm
from devtools.testing.page import read
from devtools.testing.signing_in import CODE_PAGE, ask_for_code, is_signed_in, mailed_code

GUESSES = 20


@pytest.fixture
def guesses_at_once(transactional_db, person, settings) -> list[int]:
    """Return a function that sends 20 wrong codes from one browser at once; it returns what each was answered."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"wrong_login_code": "999/m/ip"}
    cache.clear()  # the throttles; they outlive a test that commits
    client = Client()
    ask_for_code(client, person.email)
    cookie, code = client.cookies["sessionid"].value, mailed_code(person.email).replace(" ", "")
    start = Barrier(GUESSES)

    def guess(number: int) -> int:
        browser = Client()
        browser.cookies["sessionid"] = cookie
        start.wait()
        try:
            return browser.post(CODE_PAGE, {"code": f"{(int(code) + 1 + number) % 10**6:06}"}).status_code
        finally:
            connections.close_all()

    def send() -> list[int]:
        with ThreadPoolExecutor(GUESSES) as pool:
            return list(pool.map(guess, range(GUESSES)))

    send.client, send.code = client, code
    return send


@pytest.mark.postgres
def test_twenty_guesses_at_once_are_five_tries(guesses_at_once, monkeypatch):
    compared = count_comparisons(monkeypatch)
    answers = guesses_at_once()
    assert len(compared) == 5
    assert answers.count(302) == 4 and answers.count(429) == 16
    assert BrowserSession.objects.get().tries == 5
    client = guesses_at_once.client
    late = client.post(CODE_PAGE, {"code": guesses_at_once.code}, follow=True)
    assert late.status_code == 429 and "That was too many tries" in read(late).text
    assert not is_signed_in(client)


@pytest.mark.postgres
def test_without_the_lock_more_than_five_are_compared(guesses_at_once, monkeypatch):
    """Show that the test above tells: the control."""
    monkeypatch.setattr(model, "lock_row", lambda row: row.refresh_from_db())
    compared = count_comparisons(monkeypatch)
    guesses_at_once()
    assert len(compared) > 5


def count_comparisons(monkeypatch) -> list[str]:
    """Return a list that grows by each code that is compared with the mailed one."""
    compared, clean = [], CodeForm.clean_code

    def counted(form):
        compared.append(form.cleaned_data["code"])
        return clean(form)

    monkeypatch.setattr(CodeForm, "clean_code", counted)
    return compared
