"""The office says when registering begins and for which campus a session is, while it is a draft."""

from datetime import datetime, time, timedelta

import pytest

from accounts.models import Campus
from devtools.testing.office_pages import filled_in, in_chicago, schedule, session_page
from devtools.testing.page import read
from sessions_app.models import Session

pytestmark = pytest.mark.django_db

OPENS = "registration_opens_at"


def opening(on, at="09:00") -> dict:
    return {f"{OPENS}_0": on.isoformat(), f"{OPENS}_1": at}


def test_a_window_and_a_campus_are_kept(clerk, workshop, wednesday):
    east, opens_on = Campus.objects.create(name="East"), wednesday - timedelta(days=7)
    _, session = schedule(clerk, workshop, wednesday, for_campus=east.pk, **opening(opens_on))
    assert in_chicago(session.registration_opens_at) == datetime.combine(opens_on, time(9))
    assert session.for_campus == east
    moved = filled_in(clerk, session_page(session), "session_form", **opening(opens_on, "10:30") | {"for_campus": ""})
    assert clerk.post(session_page(session), moved).status_code == 302
    session.refresh_from_db()
    assert in_chicago(session.registration_opens_at) == datetime.combine(opens_on, time(10, 30))
    assert session.for_campus is None


@pytest.mark.parametrize("days", [0, 1])
def test_registering_cannot_begin_when_it_ends(clerk, workshop, wednesday, days):
    response, session = schedule(clerk, workshop, wednesday, **opening(wednesday + timedelta(days=days), "12:00"))
    assert response.status_code == 400 and session is None
    assert "Registration opens before" in read(response).text


def test_a_session_that_started_shows_both_and_takes_neither(clerk, make_session, now):
    east = Campus.objects.create(name="East")
    session = make_session(for_campus=east, registration_opens_at=now - timedelta(days=1))
    begun = now - timedelta(minutes=5)
    Session.objects.update(starts_at=begun, confirm_by=begun, registration_closes_at=begun)
    page = read(clerk.get(session_page(session)))
    assert "East" in page.text and "for_campus" not in page.field_names and f"{OPENS}_0" not in page.field_names
    assert Session.objects.get().for_campus == east
