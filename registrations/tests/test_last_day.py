"""In the last 24 hours before the start nobody is given a seat unseen: all are told, the first to take it has it."""

from datetime import timedelta

import pytest
from django.test import Client

from devtools.testing.mail_reader import read_mail
from devtools.testing.page import read
from devtools.testing.registering import bring_near, kinds_of, next_page
from notifications.models import Notice
from notifications.outbox.compose import write_mail
from registrations.models import Registration
from registrations.tasks import close_waitlists, fill_free_seats

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def line(make_session, people, now):
    """line(4, capacity=2, hours=20) gives a confirmed session that starts in 20 hours, two in it and two waiting."""

    def make(count, hours=20, **overrides):
        session = make_session(**{"minimum": 1} | overrides)
        registrations = [Registration.objects.register(person, session, now=now) for person in people(count)]
        session.settle(now=now)
        bring_near(session, now + timedelta(hours=hours), now)
        for registration in registrations:
            registration.refresh_from_db()
        return session, registrations

    return make


def statuses(session) -> list[str]:
    return list(session.registrations.order_by("position").values_list("status", flat=True))


def seat_of(registration) -> str:
    return f"/registrations/{registration.uuid}/seat/"


# ---- who is told ----


def test_a_freed_seat_stays_open_and_everyone_waiting_is_told(line, now):
    session, registrations = line(4, capacity=2)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    assert statuses(session) == ["withdrawn", "registered", "waitlisted", "waitlisted"]
    session.refresh_from_db()
    assert (session.seats_left, session.waiting_count) == (1, 2)
    assert [kinds_of(one)[-1] for one in registrations[2:]] == ["seat_opened", "seat_opened"]
    assert "seat_opened" not in kinds_of(registrations[1])


@pytest.mark.parametrize(("hours", "status"), [(24.01, "registered"), (24, "waitlisted")])
def test_the_last_day_begins_24_hours_before_the_start(line, now, hours, status):
    _, registrations = line(3, capacity=2, hours=hours)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    registrations[2].refresh_from_db()
    assert registrations[2].status == status


def test_each_of_two_freed_seats_is_told_once(line, now):
    _, registrations = line(3, capacity=2)
    for registration in registrations[:2]:
        registration.withdraw(by=registration.person, now=now)
        registration.withdraw(by=registration.person, now=now)
    assert kinds_of(registrations[2]) == ["waitlisted", "seat_opened", "seat_opened"]
    keys = Notice.objects.filter(kind="seat_opened").values_list("dedupe_key", flat=True)
    assert [key.rpartition(":")[2] for key in keys.order_by("pk")] == [f"left-{one.pk}" for one in registrations[:2]]


def test_leaving_the_waitlist_opens_no_seat(line, now):
    _, registrations = line(4, capacity=2)
    registrations[2].withdraw(by=registrations[2].person, now=now)
    assert kinds_of(registrations[3]) == ["waitlisted"]


def test_added_seats_are_told_and_not_handed_out(line, office):
    session, registrations = line(3, capacity=2)
    session.resize(1, 3, by=office)
    session.resize(2, 3, by=office)
    assert statuses(session)[2] == "waitlisted"
    assert kinds_of(registrations[2]) == ["waitlisted", "seat_opened"]


def test_who_does_not_qualify_is_not_told(line, now):
    _, registrations = line(4, capacity=2)
    inactive = registrations[2].person
    inactive.is_active = False
    inactive.save()
    registrations[0].withdraw(by=registrations[0].person, now=now)
    assert kinds_of(registrations[2]) == ["waitlisted"] and kinds_of(registrations[3]) == ["waitlisted", "seat_opened"]


def test_the_sweep_leaves_an_open_seat_alone(line, now):
    session, registrations = line(3, capacity=2)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    fill_free_seats()
    assert statuses(session)[2] == "waitlisted"


def test_the_mail_leads_to_the_page_and_carries_no_calendar(line, now):
    _, registrations = line(3, capacity=2)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    mail = write_mail(registrations[2].notices.get(kind="seat_opened"))
    assert mail["subject"].startswith("A seat has opened: Bystander Interventions, ")
    assert all(seat_of(registrations[2]) in body for body in read_mail(mail).bodies)
    assert "the first to take the seat has it" in mail["text"]
    assert not mail["calendar"]


# ---- who has it ----


def test_the_first_to_take_the_seat_has_it(line, now):
    session, registrations = line(4, capacity=2)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    registrations[3].take_seat(now=now)
    assert statuses(session) == ["withdrawn", "registered", "waitlisted", "registered"]
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting_count) == (2, 1)
    promoted = registrations[3].notices.get(kind="promoted")
    assert (promoted.method, promoted.facts["how"]) == ("REQUEST", "taken")
    assert "You took the seat that had opened" in write_mail(promoted)["text"]
    with pytest.raises(Registration.SessionFull, match="Somebody took the seat before you"):
        registrations[2].take_seat(now=now)


def test_taking_the_seat_twice_takes_one(line, now):
    session, registrations = line(3, capacity=2)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    for _ in range(2):
        registrations[2].take_seat(now=now)
    session.refresh_from_db()
    assert session.seats_taken == 2 and kinds_of(registrations[2]).count("promoted") == 1


def test_before_the_last_day_the_order_decides(line, now):
    session, registrations = line(3, capacity=2, hours=30)
    with pytest.raises(Registration.NotThere, match="in their order"):
        registrations[2].take_seat(now=now)


def test_after_the_start_no_seat_is_taken(line, now):
    session, registrations = line(3, capacity=2)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    with pytest.raises(Registration.SessionOver):
        registrations[2].take_seat(now=session.starts_at)


def test_who_left_the_waitlist_takes_no_seat(line, now):
    _, registrations = line(3, capacity=2)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    registrations[2].withdraw(by=registrations[2].person, now=now)
    with pytest.raises(Registration.NotThere, match="no longer on this waitlist"):
        registrations[2].take_seat(now=now)


def test_who_is_switched_off_takes_no_seat(line, now):
    _, registrations = line(3, capacity=2)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    registrations[2].person.is_active = False
    with pytest.raises(Registration.NotEligible):
        registrations[2].take_seat(now=now)


def test_a_newcomer_joins_the_waitlist_although_a_seat_is_open(line, people, now):
    session, registrations = line(3, capacity=2)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    newcomer = Registration.objects.register(people(1)[0], session, now=now)
    assert newcomer.is_waitlisted and newcomer.place_in_line == 2
    mail = write_mail(newcomer.notices.get())
    assert "A seat stands open now" in mail["text"] and seat_of(newcomer) in mail["text"]
    assert seat_of(newcomer) in read_mail(mail).page.everything
    newcomer.take_seat(now=now)
    assert newcomer.is_registered


# ---- the page ----


@pytest.fixture
def open_seat(line, client, now):
    """A session with an open seat and two waiting; the first of them is signed in."""
    session, registrations = line(4, capacity=2)
    registrations[0].withdraw(by=registrations[0].person, now=now)
    client.force_login(registrations[2].person)
    return session, registrations


def test_every_page_says_that_a_seat_has_opened(open_seat, client):
    session, registrations = open_seat
    mine = registrations[2]
    for path in [f"/sessions/{session.code}/", f"/registrations/{mine.uuid}/", "/my/", seat_of(mine)]:
        page = read(client.get(path))
        assert "A seat has opened" in page.text and "Take the seat" in page.text
        assert seat_of(mine) in page.addresses + page.actions
    assert "you are 1st of 2 waiting" in read(client.get(f"/sessions/{session.code}/")).text


def test_a_get_takes_no_seat(open_seat, client):
    _, registrations = open_seat
    for method in (client.get, client.head):
        assert method(seat_of(registrations[2])).status_code == 200
    registrations[2].refresh_from_db()
    assert registrations[2].is_waitlisted


def test_the_button_takes_the_seat(open_seat, client):
    session, registrations = open_seat
    response = client.post(seat_of(registrations[2]))
    assert (response.status_code, response.url) == (302, f"/sessions/{session.code}/")
    page = next_page(client, response.url)
    assert "You have a seat in Bystander Interventions on" in page.text and "invitation is on its way" in page.text
    assert client.get(seat_of(registrations[2])).url == f"/registrations/{registrations[2].uuid}/"


def test_who_comes_second_is_told_and_keeps_the_place_in_line(open_seat, client, now):
    _, registrations = open_seat
    registrations[3].take_seat(now=now)
    response = client.post(seat_of(registrations[2]))
    assert response.status_code == 409
    page = read(response)
    assert "Somebody took the seat before you. You keep your place on the waitlist." in page.text
    assert "You are 1st in line." in page.text and "Take the seat" not in page.everything
    assert "No open seat" in read(client.get(seat_of(registrations[2]))).text


def test_somebody_no_longer_eligible_is_told_why(open_seat, client):
    session, registrations = open_seat
    type(session.workshop).objects.update(for_staff=False)
    page = read(client.get(seat_of(registrations[2])))
    assert "This workshop is for" in page.text and "Take the seat" not in page.everything


def test_another_persons_seat_is_not_there(open_seat, people):
    _, registrations = open_seat
    other = Client()
    other.force_login(people(1)[0])
    for method in (other.get, other.post):
        assert method(seat_of(registrations[2])).status_code == 404
    assert Client().post(seat_of(registrations[2])).url.startswith("/accounts/login/")
    registrations[2].refresh_from_db()
    assert registrations[2].is_waitlisted


def test_a_visitor_is_told_to_join_the_waitlist_for_it(open_seat):
    session, _ = open_seat
    page = read(Client().get(f"/sessions/{session.code}/"))
    assert "A seat has opened" in page.text and "Join the waitlist" in page.text


# ---- the end ----


def test_at_the_start_the_list_closes_and_names_other_dates(line, make_session, now):
    session, registrations = line(4, capacity=2)
    other = make_session(days=40)
    bring_near(session, now - HOUR / 2, now)
    close_waitlists()
    close_waitlists()
    assert statuses(session) == ["registered", "registered", "waitlist_closed", "waitlist_closed"]
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting_count) == (2, 0)
    for registration in registrations[2:]:
        assert kinds_of(registration) == ["waitlisted", "waitlist_closed"]
        registration.refresh_from_db()
        mail = write_mail(registration.notices.get(kind="waitlist_closed"))
        assert all(f"/sessions/{other.code}/" in body for body in read_mail(mail).bodies)
        assert mail["subject"].startswith("No seat this time: Bystander Interventions, ")
    assert kinds_of(registrations[0])[-1] == "confirmed"


def test_before_the_start_no_list_is_closed(line):
    session, _ = line(3, capacity=2)
    close_waitlists()
    assert statuses(session)[2] == "waitlisted"


def test_a_session_open_at_its_start_is_cancelled_instead(make_session, people, now):
    session = make_session(minimum=2, capacity=2)
    waiting = [Registration.objects.register(person, session, now=now) for person in people(3)][2]
    bring_near(session, now - HOUR / 2, now)
    close_waitlists()
    session.settle(now=now)
    waiting.refresh_from_db()
    assert waiting.status == "session_cancelled" and kinds_of(waiting) == ["waitlisted", "cancelled"]


def test_a_closed_waitlist_is_said_on_the_page(line, client, now):
    session, registrations = line(3, capacity=2)
    bring_near(session, now - HOUR / 2, now)
    close_waitlists()
    client.force_login(registrations[2].person)
    page = read(client.get(f"/registrations/{registrations[2].uuid}/"))
    assert "The session has started, and no seat came free." in page.text and "See other dates" in page.text
    assert session.code not in read(client.get("/my/")).everything
