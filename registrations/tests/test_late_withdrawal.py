"""A seat given up in the last 24 hours is marked as late, for the office only."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.models import Person
from catalog.models import Workshop
from devtools.testing.page import read
from devtools.testing.registering import bring_near
from registrations.models import Registration

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


@pytest.mark.parametrize(("hours", "moved_to", "late"), [(2, timedelta(days=7), True), (48, timedelta(hours=3), False)])
def test_late_stays_what_it_was_when_the_session_moves(gone, now, hours, moved_to, late):
    registration = gone(hours)
    bring_near(registration.session, now + moved_to, now)
    registration.refresh_from_db()
    assert registration.left_late == late


@pytest.fixture
def taken_away(make_session, people, office, now) -> dict[str, Registration]:
    """Who lost or left a seat three hours before the start, by the way it went."""
    session = make_session(minimum=1)
    by_office, by_rule, moved, left = [Registration.objects.register(person, session, now=now) for person in people(4)]
    elsewhere = make_session(days=30)
    bring_near(session, now + timedelta(hours=3), now)
    for registration in (by_office, by_rule, moved, left):
        registration.refresh_from_db()
    by_office.withdraw(by=office, now=now)
    moved.transfer(elsewhere, by=moved.person, now=now)
    left.withdraw(by=left.person, now=now)
    Person.objects.filter(pk=by_rule.person_id).update(role=Person.Role.STUDENT)
    Workshop.objects.update(for_students=False)
    by_rule.refresh_from_db()
    by_rule.disqualify(now=now)
    return {"by the office": by_office, "by the rule": by_rule, "moved": moved, "left": left}


def late_and_given_up(taken_away) -> dict[str, tuple[bool, bool]]:
    for registration in taken_away.values():
        registration.refresh_from_db()
    return {how: (each.gave_up, each.left_late) for how, each in taken_away.items()}


THEMSELVES = {
    "by the office": (False, False),
    "by the rule": (False, False),
    "moved": (True, True),
    "left": (True, True),
}


def test_who_did_not_leave_by_themselves_did_not_leave_late(taken_away, client, office):
    assert {each.status for each in taken_away.values()} == {"withdrawn"}
    assert late_and_given_up(taken_away) == THEMSELVES
    client.force_login(office)
    session = taken_away["left"].session_id
    roster = read(client.get(reverse("admin:registrations_registration_roster", args=[session])))
    assert "2 left late" in roster.text
    for how, (_, late) in THEMSELVES.items():
        assert (taken_away[how].person.email in roster.everything) == late


def test_what_was_left_before_this_was_kept_is_told_from_the_record(taken_away, gone):
    in_time = gone(48)
    Registration.objects.update(gave_up=False, left_late=False)
    import_module("registrations.migrations.0003_who_ended_a_place").say_of_earlier_ones(apps, None)
    assert late_and_given_up(taken_away | {"in time": in_time}) == THEMSELVES | {"in time": (True, False)}


def test_the_roster_says_who_left_late_and_the_person_is_not_told(client, office, gone):
    registration = gone(3)
    client.force_login(office)
    roster = client.get(reverse("admin:registrations_registration_roster", args=[registration.session_id]))
    assert "1 left late" in read(roster).text and "Person 1" in read(roster).text
    client.force_login(registration.person)
    for path in (f"/registrations/{registration.uuid}/", registration.session.get_absolute_url(), "/my/"):
        assert not re.search(r"\blate\b", read(client.get(path)).everything)


def test_the_roster_says_nothing_of_who_left_in_time(client, office, gone):
    registration = gone(48)
    client.force_login(office)
    roster = client.get(reverse("admin:registrations_registration_roster", args=[registration.session_id]))
    assert "left late" not in read(roster).everything
