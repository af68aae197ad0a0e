"""A snow day in a real browser: a session goes online, a decision is put off, and each mail arrives as it was shown."""

from dataclasses import replace

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from devtools.testing.cast import weekly
from devtools.testing.changing import MINUTES, deliver, text_of
from devtools.testing.mail_reader import is_as_shown
from devtools.testing.modes import join
from foundation import database_clock

LINK = "https://meet.example.edu/snow"


@pytest.fixture
def winter(transactional_db, make_session, room, people):
    """A confirmed session in a room with two people, and an open one with one; their first mail was read."""
    cache.clear()  # the throttles; they outlive a test that commits
    (plan,) = weekly(1, 14)
    confirmed = make_session(format="in_person", minimum=2, meetings=[replace(plan, venue=room, join_link="")])
    join(confirmed, *people(2), mode="")
    confirmed.settle()
    gathering = make_session(days=20)
    join(gathering, *people(1), mode="")
    return confirmed, gathering


def test_a_snow_day_and_a_later_decision_arrive_as_shown(winter, inspector, sign_in, office, live_server, smtp_sink):
    confirmed, gathering = winter
    deliver(database_clock.now())
    page = inspector.page
    sign_in(page, office)
    page.goto(live_server.url + reverse("admin:sessions_app_session_change", args=[confirmed.pk]))
    page.get_by_role("link", name="Hold it online").click()
    page.get_by_label("Join link").fill(LINK)
    inspector.look("hold online")
    shown = page.locator("pre.office-mail").first.inner_text()
    page.get_by_role("button", name="Hold it online and write to everyone").click()
    expect(page.get_by_text("Changed: it is held online, and everybody is still in it.")).to_be_visible()
    page.goto(live_server.url + reverse("admin:sessions_app_session_extend", args=[gathering.pk]))
    inspector.look("more time")
    later = page.locator("pre.office-mail").first.inner_text()
    page.get_by_role("button", name="Give it more time and write to everyone").click()
    expect(page.get_by_text("The decision date has moved.")).to_be_visible()
    before = len(smtp_sink.received)
    deliver(database_clock.now() + 3 * MINUTES)
    *moved, put_off = smtp_sink.received[before:]
    assert len(moved) == 2 and all(is_as_shown(mail, shown) for mail in moved)
    assert all(LINK in text_of(mail) for mail in moved)
    assert is_as_shown(put_off, later)
    page.goto(live_server.url + reverse("admin:sessions_app_session_hold-both", args=[gathering.pk]))
    inspector.look("hold in both")
