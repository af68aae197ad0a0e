"""A seat given up in the last 24 hours is marked as late, for the office only."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from registrations.models import Registration
from registrations.tests.test_last_day import bring_near

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(make_session, people, now):
    """gone(20) gives the registration of somebody who left 20 hours before the start."""

    def make(hours):
        session = make_session(minimum=1, capacity=1)
        registration = Registration.objects.register(people(1)[0], session, now=now)
        bring_near(session, now + timedelta(hours=hours), now)
        registration.refresh_from_db()
        registration.withdraw(by=registration.person, now=now)
        return registration

    return make


@pytest.mark.parametrize(("hours", "late"), [(25, False), (24, True), (1, True)])
def test_late_is_within_24_hours_of_the_start(gone, hours, late):
    assert gone(hours).left_late == late


def test_leaving_a_waitlist_is_never_late(make_session, people, now):
    session = make_session(minimum=1, capacity=1)
    waiting = [Registration.objects.register(person, session, now=now) for person in people(2)][1]
    bring_near(session, now + timedelta(hours=2), now)
    waiting.refresh_from_db()
    waiting.withdraw(by=waiting.person, now=now)
    assert not waiting.left_late


def test_the_roster_says_who_left_late_and_the_person_is_not_told(client, office, gone):
    registration = gone(3)
    client.force_login(office)
    roster = client.get(reverse("admin:registrations_registration_roster", args=[registration.session_id]))
    assert "1 left late" in roster.content.decode() and "Person 1" in roster.content.decode()
    client.force_login(registration.person)
    for path in (f"/registrations/{registration.uuid}/", registration.session.get_absolute_url(), "/my/"):
        assert not re.search(r"\blate\b", client.get(path).content.decode())


def test_the_roster_says_nothing_of_who_left_in_time(client, office, gone):
    registration = gone(48)
    client.force_login(office)
    roster = client.get(reverse("admin:registrations_registration_roster", args=[registration.session_id]))
    assert "left late" not in roster.content.decode()
