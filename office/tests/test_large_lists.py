"""Lists that grow without end: counted only so far, searched by people first, filtered by a period."""

from datetime import timedelta

import pytest

from accounts.models import Person
from devtools.testing.page import read
from notifications.models import Notice
from office.lists import large
from registrations.models import Registration

pytestmark = pytest.mark.django_db
PEOPLE, REGISTRATIONS, NOTICES = (
    "/admin/accounts/person/",
    "/admin/registrations/registration/",
    "/admin/notifications/notice/",
)


def found(client, url: str, **query) -> set[int]:
    response = client.get(url, query)
    assert response.status_code == 200
    return {row.pk for row in response.context["cl"].result_list}


def test_a_list_is_counted_only_so_far(clerk, people, monkeypatch):
    people(6)
    assert "7 people" in read(clerk.get(PEOPLE)).text
    monkeypatch.setattr(large, "MOST_COUNTED", 5)
    assert "more than 5 people" in read(clerk.get(PEOPLE)).text
    assert "7 people" not in read(clerk.get(PEOPLE)).text


@pytest.mark.parametrize("most", [500, 1])
@pytest.mark.parametrize(
    ("term", "which"),
    [("vale", {0}), ("rosa vale", {0}), ("vale bystander", {0}), ("r", {0, 1}), ("lind@", {1}), ("vale lind", set())],
)
def test_a_registration_is_found_by_person_and_session(clerk, make_session, monkeypatch, most, term, which):
    monkeypatch.setattr(large, "MOST_NAMED", most)
    session = make_session()
    people = [
        Person.objects.create_user("rosa.v@example.edu", name="Rosa Vale", role="staff"),
        Person.objects.create_user("lind@example.edu", name="Karl", role="staff"),
    ]
    rows = [Registration.objects.register(person, session).pk for person in people]
    assert found(clerk, REGISTRATIONS, q=term) == {rows[number] for number in which}


def test_mail_is_found_by_person_address_and_problem(clerk, undelivered):
    Notice.objects.create(kind="nominated", to="partner@elsewhere.org", dedupe_key="nominated:1")
    (elsewhere,) = Notice.objects.filter(person=None)
    assert undelivered.pk in found(clerk, NOTICES, q=undelivered.person.name)
    assert found(clerk, NOTICES, q="mailbox") == {undelivered.pk}
    assert found(clerk, NOTICES, q="elsewhere") == {elsewhere.pk}


def test_a_period_has_what_is_no_older(clerk, session, people, now):
    rows = [Registration.objects.register(person, session) for person in people(3)]
    for row, days in zip(rows, (0, 6, 29), strict=True):
        Registration.objects.filter(pk=row.pk).update(registered_at=now - timedelta(days=days))
    keys = [row.pk for row in rows]
    sizes = {"day": 1, "week": 2, "month": 3, "year": 3}
    for period, many in sizes.items():
        assert found(clerk, REGISTRATIONS, period=period) == set(keys[:many])


def test_mail_of_a_period_is_found_in_every_state(clerk, undelivered, now):
    every = set(Notice.objects.values_list("pk", flat=True))
    assert found(clerk, NOTICES, period="day") == every
    Notice.objects.filter(pk=undelivered.pk).update(created_at=now - timedelta(days=2))
    assert found(clerk, NOTICES, period="day") == every - {undelivered.pk}
