"""What tests of checking in with real browsers are made of: a session that is going on, phones, and their rows."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

PHONE = 390


@pytest.fixture
def met_by_six(transactional_db, hold, now):
    """A session of six that began ten minutes ago."""
    cache.clear()  # the throttles; they outlive a test that commits
    return going_on(hold(6), now)


def going_on(session, now):
    """Have `session`, of one meeting of 90 minutes, begin ten minutes before `now`. Returns it."""
    times = {"starts_at": now - timedelta(minutes=10), "ends_at": now + timedelta(minutes=80)}
    session.meetings.update(**times)
    type(session).objects.filter(pk=session.pk).update(status="confirmed", attended=None, **times)
    return session


@pytest.fixture
def phone(browser_pages, sign_in, office, live_server) -> Callable:
    """phone(path, person) opens a page on a phone of its own, as the office unless somebody else is named."""

    def open_page(path: str, person=None, **options):
        page = browser_pages("chromium", width=PHONE, **options)
        sign_in(page, person or office)
        page.goto(live_server.url + path)
        return page

    return open_page


def door(session) -> str:
    """Return the path of the check-in page of `session`."""
    return reverse("check_in", args=[session.code])


def tap(page, name: str, button: str = "Check in") -> None:
    row(page, name).get_by_role("button", name=button).click()


def row(page, name: str):
    return page.locator(".q-roll li", has_text=name)


def says(page, name: str, words: str) -> None:
    row(page, name).get_by_text(words).wait_for()


def here() -> list[str]:
    """Return the names of everybody who is here, in order."""
    from outcomes.models import Attendance

    return sorted(str(said.person or said.name) for said in Attendance.objects.here())
