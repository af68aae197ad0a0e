"""What the office does for one person on a roster: asked first, with the very mail, and done on the second press."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from devtools.testing.mail_reader import read_mail
from devtools.testing.office_pages import press_twice
from devtools.testing.page import on_one_line, read
from foundation.dates import day_and_time
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db
WHY = "Leads the team that asked for it."


@pytest.fixture
def two_and_two(make_session, people, now):
    """Two people with the two seats of a session, and two who wait."""
    session = make_session(minimum=1, capacity=2)
    return [Registration.objects.register(person, session, now=now) for person in people(4)]


def url(name: str, registration) -> str:
    return reverse(f"admin:registrations_registration_{name}", args=[registration.pk])


def roster_of(registration) -> str:
    return reverse("admin:registrations_registration_roster", args=[registration.session_id])


def rows() -> list:
    return list(Registration.objects.order_by("pk").values_list("pk", "status", "position", "session"))


def test_the_mail_shown_is_the_mail_that_goes(clerk, two_and_two):
    typed = {"why": "because", "reason": "This date is for new colleagues"}
    before, notices = rows(), Notice.objects.count()
    shown = read(clerk.post(url("withdraw", two_and_two[0]), typed))
    assert "One other person is told: of a seat that is theirs now, or that is open." in shown.text
    assert "They write: This date is for new colleagues." in shown.text
    assert (rows(), Notice.objects.count()) == (before, notices)
    press_twice(clerk, url("withdraw", two_and_two[0]), typed)
    mail = read_mail(write_mail(two_and_two[0].notices.get(kind="withdrawn")))
    for line in filter(None, mail.text.splitlines()):
        assert on_one_line(line) in shown.text or "http" in line, line


def test_the_frame_shows_the_mail_and_nothing_else_may_load(clerk, two_and_two):
    response = clerk.post(url("withdraw", two_and_two[0]), {"why": "asked", "_mail": "1"})
    assert "as you asked" in read(response).text
    assert "sandbox" in response["Content-Security-Policy"] and response["X-Frame-Options"] == "SAMEORIGIN"
    assert (
        two_and_two[0].uuid.hex not in read(response).source and str(two_and_two[0].uuid) not in read(response).source
    )


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ({}, "Say whether they asked for it."),
        ({"why": "because"}, "Say why: the person is told the reason."),
        ({"why": "nonsense"}, "Select a valid choice."),
    ],
)
def test_a_withdrawal_says_why(clerk, two_and_two, typed, sentence):
    response = clerk.post(url("withdraw", two_and_two[0]), typed)
    assert response.status_code == 400 and sentence in read(response).text
    assert two_and_two[0].__class__.objects.get(pk=two_and_two[0].pk).is_registered


def test_a_yes_to_another_mail_is_no_yes(clerk, two_and_two):
    typed = {"why": "because", "reason": "Snow"}
    agreed = read(clerk.post(url("withdraw", two_and_two[0]), typed)).field(name="agreed").attributes["value"]
    response = clerk.post(url("withdraw", two_and_two[0]), typed | {"reason": "Rain", "agreed": agreed})
    assert response.status_code == 200 and "They write: Rain." in read(response).text
    assert Registration.objects.get(pk=two_and_two[0].pk).is_registered


def test_a_yes_is_asked_again_where_more_people_are_told(clerk, two_and_two):
    two_and_two[2].withdraw(by=two_and_two[2].person)
    two_and_two[3].withdraw(by=two_and_two[3].person)
    typed = {"why": "asked"}
    agreed = read(clerk.post(url("withdraw", two_and_two[0]), typed)).field(name="agreed").attributes["value"]
    Registration.objects.register(two_and_two[2].person, two_and_two[0].session)
    response = clerk.post(url("withdraw", two_and_two[0]), typed | {"agreed": agreed})
    assert response.status_code == 200 and "One other person is told" in read(response).text


def test_the_office_moves_somebody_to_another_date(clerk, two_and_two, make_session):
    other = make_session(days=21, minimum=1)
    page = read(clerk.get(url("transfer", two_and_two[0])))
    assert f"{day_and_time(other.starts_at, other.time_zone)}, 24 seats left" in page.text
    response = press_twice(
        clerk,
        url("transfer", two_and_two[0]),
        {"to": other.pk},
        "The office has moved your place",
        "One other person is told",
    )
    assert (response.status_code, response.url) == (302, roster_of(two_and_two[0]))
    two_and_two[0].refresh_from_db()
    assert two_and_two[0].moved_to.session == other and two_and_two[0].moved_to.is_registered
    assert Registration.objects.get(pk=two_and_two[2].pk).is_registered


def test_a_full_date_is_refused_and_the_seat_kept(clerk, two_and_two, make_session, people):
    other = make_session(days=21, minimum=1, capacity=1)
    Registration.objects.register(people(1)[0], other)
    response = clerk.post(url("transfer", two_and_two[0]), {"to": other.pk})
    assert response.status_code == 409 and "That date is full." in read(response).text
    assert Registration.objects.get(pk=two_and_two[0].pk).is_registered


@pytest.mark.parametrize("to", ["", "0", "x", "99999999999999999999"])
def test_a_date_that_is_none_is_refused(clerk, two_and_two, make_session, to):
    make_session(days=21)
    assert clerk.post(url("transfer", two_and_two[0]), {"to": to}).status_code == 400


def test_without_another_date_there_is_nothing_to_choose(clerk, two_and_two):
    assert "Schedule one first." in read(clerk.get(url("transfer", two_and_two[0]))).text


def test_the_office_gives_a_seat_beyond_capacity(clerk, two_and_two):
    response = press_twice(
        clerk,
        url("seat", two_and_two[3]),
        {"reason": WHY},
        "the capacity is 3 in place of 2 until they leave",
        "The office has made room for you",
        "Nobody else is written to.",
    )
    assert response.status_code == 302
    page = read(clerk.get(roster_of(two_and_two[3])))
    assert "beyond capacity" in page.region("3 registered").text
    assert Session.objects.get().capacity == 3


@pytest.mark.parametrize("name", ["seat", "move_up"])
def test_only_somebody_who_waits_is_moved_up_or_seated(clerk, two_and_two, name):
    assert "Person 1 is not on this waitlist." in read(clerk.get(url(name, two_and_two[0]))).text
    assert clerk.post(url(name, two_and_two[0]), {"reason": WHY}).status_code in (200, 409)
    assert rows() == rows()


@pytest.mark.parametrize("name", ["withdraw", "transfer", "seat", "move_up"])
def test_looking_at_a_page_or_its_mail_changes_nothing(clerk, two_and_two, name, make_session):
    other, before = make_session(days=21), rows()
    for method in (clerk.get, clerk.head, clerk.options):
        assert method(url(name, two_and_two[3])).status_code == 200
    typed = {"why": "asked", "to": other.pk} if name != "seat" else {"reason": WHY}
    clerk.post(url(name, two_and_two[3]), typed)
    assert rows() == before


@pytest.mark.parametrize("name", ["withdraw", "transfer", "seat", "move_up"])
def test_people_who_only_look_do_nothing_for_anybody(client, people, two_and_two, name):
    staff = people(1, is_staff=True)[0]
    staff.user_permissions.set(Permission.objects.filter(codename="view_registration"))
    client.force_login(staff)
    for method in (client.get, client.post):
        assert method(url(name, two_and_two[3])).status_code == 403


def test_a_held_session_offers_only_what_still_makes_sense(clerk, two_and_two, now):
    Session.objects.update(status="completed", confirm_by=now, confirmed_at=now, confirmed_count=2, confirmed_minimum=1)
    page = read(clerk.get(roster_of(two_and_two[0])))
    for gone in ("Withdraw", "Other date", "Seat beyond capacity", "Move up", "Register somebody", "Nominate"):
        assert gone not in page.everything, gone
    assert "Download as CSV" in page.everything
