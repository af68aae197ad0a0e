"""The pages that change a published session, in a real browser under the Content-Security-Policy; and axe."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import Campus
from notifications.models import Notice
from registrations.models import Registration
from sessions_app.models import MeetingPlan, Venue

PAGES = ("reschedule", "relocate", "add-meeting", "cancel-meeting")


@pytest.fixture
def changing(transactional_db, make_session, people, office, now):
    """A confirmed session of two meetings and two people, and a room too small for them."""
    cache.clear()  # the throttles; they outlive a test that commits
    Venue.objects.create(campus=Campus.objects.create(name="Downtown"), building="Annex", room="1", capacity=1)
    session = make_session(minimum=2)
    for person in people(2):
        Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    first, week = session.meetings.get(), timedelta(days=7)
    session.add_meeting(MeetingPlan(first.starts_at + week, first.ends_at + week, first.time_zone), by=office, now=now)
    return session


def address(session, name: str) -> str:
    return reverse(f"admin:sessions_app_session_{name}", args=[session.pk])


def test_the_office_moves_the_second_meeting(changing, live_server, office, browser_page, sign_in):
    sign_in(browser_page, office)
    browser_page.goto(live_server.url + address(changing, "change"))
    browser_page.get_by_role("link", name="Change the times").click()
    day = (changing.meetings.last().starts_at + timedelta(days=1)).date()
    browser_page.get_by_label("Date").nth(1).fill(day.isoformat())
    browser_page.get_by_role("button", name="Change the times and write to everyone").click()
    browser_page.get_by_text("The times are changed.").wait_for()
    assert changing.meetings.last().starts_at.date() == day
    browser_page.get_by_role("link", name="Change the place").click()
    browser_page.get_by_label("Venue").first.select_option(label="Annex 1")
    browser_page.get_by_role("button", name="Change the place and write to everyone").click()
    browser_page.get_by_text("Annex 1 holds 1, and 2 people have seats.").wait_for()
    browser_page.get_by_label("Move there anyway").check()
    browser_page.get_by_role("button", name="Change the place and write to everyone").click()
    browser_page.get_by_text("The place is changed.").wait_for()
    assert Notice.objects.filter(method="REQUEST", sequence=0, kind="added").count() == 2


def test_axe_finds_nothing_on_the_pages_of_changes(inspector, sign_in, changing, office, now):
    page = inspector.page
    sign_in(page, office)
    for name in PAGES:
        inspector.visit(address(changing, name))
        for field in page.get_by_label("Date").all() + page.get_by_label("Join link").all():
            field.fill("2020-01-01" if name != "relocate" else "nothing")
        page.locator("#decision_form input[type=submit]").click()
        page.locator(".errorlist").first.wait_for()
        inspector.look(f"{name}, refused")
    mine = changing.registrations.first()
    changing.cancel("Snow.", by=office, now=now)
    sign_in(page, mine.person)
    inspector.visit(f"/registrations/{mine.uuid}/", f"/registrations/{mine.uuid}/transfer/")
