"""move_up: the office puts somebody first in line, with a reason on record."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from devtools.testing.page import read
from registrations.models import Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(make_session, people, now):
    """Five people for one seat, the first of them in it."""
    session = make_session(minimum=1, capacity=1)
    return [Registration.objects.register(person, session, now=now) for person in people(5)]


def waiting(session) -> list[str]:
    return [str(one.person) for one in session.registrations.waitlisted().select_related("person")]


def page_of(registration) -> str:
    return reverse("admin:registrations_registration_move_up", args=[registration.pk])


def test_who_is_moved_up_is_first_and_the_others_keep_their_order(queue, office):
    session = queue[0].session
    queue[3].move_up(by=office, reason="Missed the last date through our mistake.")
    assert waiting(session) == ["Person 4", "Person 2", "Person 3", "Person 5"]
    assert queue[3].place_in_line == 1
    positions = session.registrations.order_by("position").values_list("position", flat=True)
    assert list(positions) == [1, 2, 3, 4, 5]


def test_the_first_in_line_gets_the_next_seat(queue, office, now):
    queue[4].move_up(by=office, reason="Leads the team.")
    queue[0].withdraw(by=queue[0].person, now=now)
    queue[4].refresh_from_db()
    assert queue[4].is_registered


def test_moving_up_is_on_record_once(queue, office):
    for _ in range(2):
        queue[3].move_up(by=office, reason="Leads the team.")
    entry = LogEntry.objects.get(content_type__model="registration")
    assert (entry.user, entry.get_change_message()) == (office, "Moved up the waitlist from 3 to 1. Leads the team.")


@pytest.mark.parametrize(("who", "reason", "error"), [(3, " ", "ReasonMissing"), (0, "Why not.", "NotThere")])
def test_moving_up_needs_a_reason_and_a_place_in_line(queue, office, who, reason, error):
    with pytest.raises(getattr(Registration, error)):
        queue[who].move_up(by=office, reason=reason)
    assert waiting(queue[0].session) == ["Person 2", "Person 3", "Person 4", "Person 5"]


def test_nobody_is_moved_up_after_the_start(queue, office):
    with pytest.raises(Registration.SessionOver):
        queue[3].move_up(by=office, reason="Leads the team.", now=queue[0].session.starts_at)


def test_the_office_moves_somebody_up_from_the_roster(client, queue, office):
    client.force_login(office)
    roster = reverse("admin:registrations_registration_roster", args=[queue[0].session_id])
    page = read(client.get(roster))
    assert (
        page_of(queue[3]) in page.addresses
        and page_of(queue[1]) not in page.everything
        and page_of(queue[0]) not in page.everything
    )
    assert "Person 4 is 3rd in line" in read(client.get(page_of(queue[3]))).text
    response = client.post(page_of(queue[3]), {"reason": "Leads the team."})
    assert (response.status_code, response.url) == (302, roster)
    assert waiting(queue[0].session)[0] == "Person 4"


def test_without_a_reason_the_page_asks_for_it(client, queue, office):
    client.force_login(office)
    response = client.post(page_of(queue[3]), {"reason": ""})
    assert response.status_code == 400
    assert "Say why: the record needs a reason." in read(response).text


def test_who_has_a_seat_is_refused_with_the_reason_kept(client, queue, office):
    client.force_login(office)
    response = client.post(page_of(queue[0]), {"reason": "Leads the team."})
    assert response.status_code == 409
    assert "Person 1 is not on this waitlist." in read(response).text


def test_only_the_office_moves_people_up(client, queue, person):
    client.force_login(person)
    assert client.post(page_of(queue[3]), {"reason": "Me."}).status_code == 302
    assert waiting(queue[0].session)[0] == "Person 2"
