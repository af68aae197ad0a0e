"""By when to ask for what takes long to arrange: set per venue and per session in the office."""

import pytest
from django.contrib.admin.models import LogEntry

from accounts.models import Campus
from devtools.testing.office_pages import filled_in
from sessions_app.models import Session, Venue

pytestmark = pytest.mark.django_db


def change(clerk, session: Session, **typed):
    url = f"/admin/sessions_app/session/{session.pk}/change/"
    return clerk.post(url, filled_in(clerk, url, "session_form", **typed))


@pytest.mark.parametrize("published", [False, True])
def test_the_office_sets_it_for_one_session_before_and_after_publishing(clerk, make_session, published):
    session = make_session(published=published)
    assert session.accommodation_lead_days is None
    assert change(clerk, session, accommodation_lead_days="21").status_code == 302
    session.refresh_from_db()
    assert session.accommodation_lead_days == 21
    said = LogEntry.objects.filter(object_id=str(session.pk)).latest("pk").change_message
    assert "Accommodation lead days: from nothing to 21." in said
    assert change(clerk, session, accommodation_lead_days="").status_code == 302
    session.refresh_from_db()
    assert session.accommodation_lead_days is None


@pytest.mark.parametrize("days", ["-1", "181", "99999", "soon"])
def test_an_impossible_lead_time_is_refused(clerk, make_session, days):
    session = make_session()
    assert change(clerk, session, accommodation_lead_days=days).status_code == 400
    session.refresh_from_db()
    assert session.accommodation_lead_days is None


def test_a_venue_needs_two_weeks_unless_the_office_says_otherwise(clerk):
    venue = Venue.objects.create(campus=Campus.objects.create(name="East"), building="Library")
    assert venue.accommodation_lead_days == 14
    url = f"/admin/sessions_app/venue/{venue.pk}/change/"
    clerk.post(url, filled_in(clerk, url, "venue_form", accommodation_lead_days="30"))
    venue.refresh_from_db()
    assert venue.accommodation_lead_days == 30
