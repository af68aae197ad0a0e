"""What one has, giving it up, and my training: one's own and nobody else's."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from devtools.testing.page import read
from devtools.testing.registering import day_of, join, next_page
from foundation.dates import local
from registrations.models import Registration
from registrations.views.own import by_month
from sessions_app.models import Session


def leave_page(registration: Registration) -> str:
    return f"/registrations/{registration.uuid}/withdrawal/"


# ---- what one has ----


def test_a_registration_says_when_and_where_and_the_way_out(client, mine, session):
    page = read(client.get(f"/registrations/{mine.uuid}/"))
    assert "0 of 6" not in page.text and "1 of 6 registered, including you" in page.text
    assert "Noon–1:30 PM, Central time" in page.text and "Online" in page.text
    assert leave_page(mine) in page.addresses and f"/sessions/{session.code}/" in page.addresses


def test_the_link_to_join_is_shown_once_it_is_confirmed(client, mine, session, people, now):
    link = "https://meet.example.edu/quorum"
    assert link not in read(client.get(f"/registrations/{mine.uuid}/")).everything
    join(session, people(5))
    session.settle(now)
    assert link in read(client.get(f"/registrations/{mine.uuid}/")).text
    mine.withdraw(by=mine.person)
    assert link not in read(client.get(f"/registrations/{mine.uuid}/")).everything


def test_what_to_read_before_is_there_as_the_confirmation_says(client, mine, workshop):
    workshop.pre_work = "Read the *introduction*."
    workshop.save()
    page = read(client.get(f"/registrations/{mine.uuid}/"))
    assert "Read the introduction." in page.text and [part.text for part in page.parts("em")] == ["introduction"]
    mine.withdraw(by=mine.person)
    assert "introduction" not in read(client.get(f"/registrations/{mine.uuid}/")).everything


def test_the_waitlisted_see_their_place_in_line(client, person, people, make_session):
    session = make_session(minimum=1, capacity=1)
    join(session, people(3))
    client.force_login(person)
    waiting = Registration.objects.register(person, session)
    assert "you are 3rd of 3 waiting" in read(client.get(f"/registrations/{waiting.uuid}/")).text


def test_the_page_praises_nobody_for_a_seat_that_was_taken_away(client, mine, office):
    mine.withdraw(by=office)
    page = read(client.get(f"/registrations/{mine.uuid}/"))
    assert "Your place has ended." in page.text and "gave up" not in page.everything


def test_the_page_says_that_one_gave_the_place_up(client, mine):
    mine.withdraw(by=mine.person)
    assert "You gave up your place." in read(client.get(f"/registrations/{mine.uuid}/")).text


@pytest.mark.parametrize("page", ["", "withdrawal/"])
def test_another_persons_registration_is_not_there(mine, people, page):
    other = Client()
    other.force_login(people(1)[0])
    path = f"/registrations/{mine.uuid}/{page}"
    assert other.get(path).status_code == 404
    assert other.post(path).status_code in (404, 405)
    assert other.get(f"/registrations/{uuid4()}/{page}").status_code == 404
    mine.refresh_from_db()
    assert mine.is_registered


@pytest.mark.parametrize("page", ["", "withdrawal/"])
def test_a_registration_asks_to_sign_in_first(mine, page):
    path = f"/registrations/{mine.uuid}/{page}"
    assert Client().get(path).url == f"/accounts/login/?next={path}"
    assert Client().post(path).status_code == 302
    mine.refresh_from_db()
    assert mine.is_registered


# ---- leaving ----


def test_leaving_is_asked_first_and_a_get_changes_nothing(client, mine, session, people):
    join(session, people(3))
    page = read(client.get(leave_page(mine)))
    assert f"Leave {session.workshop.title} on {day_of(session)}?" in page.text
    assert "Three people will be left, and it needs six by" in page.text
    assert "Leave this session" in page.text and "Keep my place" in page.text
    mine.refresh_from_db()
    assert mine.is_registered


def test_leaving_gives_the_seat_up(client, mine, session):
    response = client.post(leave_page(mine))
    assert (response.status_code, response.url) == (302, f"/sessions/{session.code}/")
    mine.refresh_from_db()
    assert mine.status == Registration.Status.WITHDRAWN
    said = f"You’ve left {session.workshop.title} on {day_of(session)}. Thank you for making room."
    assert said in next_page(client, response.url).text


def test_leaving_twice_changes_nothing_more(client, mine, session, people):
    join(session, people(2))
    for _ in range(2):
        assert client.post(leave_page(mine)).status_code == 302
    session.refresh_from_db()
    assert session.seats_taken == 2
    assert client.get(leave_page(mine)).url == f"/registrations/{mine.uuid}/"


ENDED = "Your place here had ended already. Nothing was changed."
INSTEAD = "That place had ended already, and this is the one you have now. Nothing was changed."


def test_an_old_page_leads_to_the_place_one_has_since(client, mine, session):
    client.post(leave_page(mine))
    client.get(session.get_absolute_url())
    again = Registration.objects.register(mine.person, session)
    response = client.post(leave_page(mine))
    assert response.url == again.get_absolute_url()
    said = next_page(client, response.url)
    assert INSTEAD in said.text and "You’ve left" not in said.everything
    again.refresh_from_db()
    assert again.is_registered


def test_an_old_page_of_a_moved_seat_leads_on(client, mine, make_session):
    place = mine.transfer(make_session(days=30), by=mine.person)
    response = client.post(leave_page(mine))
    assert response.url == place.get_absolute_url() and INSTEAD in next_page(client, response.url).text
    place.withdraw(by=mine.person)
    assert ENDED in next_page(client, client.post(leave_page(mine)).url).text


def test_the_second_press_of_the_button_is_answered_as_the_first(client, mine):
    for _ in range(2):
        assert "You’ve left" in next_page(client, client.post(leave_page(mine)).url).text


@pytest.mark.parametrize("ended", ["left", "taken", "closed"])
def test_an_old_page_of_a_place_that_has_ended_says_so(client, mine, session, office, now, ended):
    if ended == "left":
        mine.withdraw(by=mine.person, now=now - timedelta(minutes=5))
    elif ended == "taken":
        mine.withdraw(by=office, now=now)
    else:
        Registration.objects.filter(pk=mine.pk).update(status=Registration.Status.WAITLIST_CLOSED)
    response = client.post(leave_page(mine))
    assert response.url == session.get_absolute_url()
    said = next_page(client, response.url)
    assert ENDED in said.text and "You’ve left" not in said.everything and "Thank you" not in said.everything


@pytest.mark.parametrize(
    ("others", "words"), [(0, "Nobody will be left"), (1, "One person will be left"), (2, "Two people will be left")]
)
def test_the_page_says_how_many_would_be_left(client, mine, session, people, others, words):
    join(session, people(others))
    assert words in read(client.get(leave_page(mine))).text


def test_the_page_says_what_leaving_a_confirmed_session_means(client, mine, session, people, now):
    join(session, people(5))
    session.settle(now)
    assert "The session is confirmed and goes ahead." in read(client.get(leave_page(mine))).text


def test_the_page_says_who_gets_the_seat_of_a_full_session(client, person, people, make_session):
    session = make_session(minimum=1, capacity=1)
    mine = Registration.objects.register(person, session)
    join(session, people(1))
    client.force_login(person)
    assert "The next person on the waitlist gets your seat at once." in read(client.get(leave_page(mine))).text


def test_the_waitlist_can_be_left(client, person, people, make_session):
    session = make_session(minimum=1, capacity=1)
    join(session, people(1))
    waiting = Registration.objects.register(person, session)
    client.force_login(person)
    page = read(client.get(leave_page(waiting)))
    assert "You are 1st in line." in page.text and "Leave the waitlist" in page.text
    client.post(leave_page(waiting))
    session.refresh_from_db()
    assert (session.seats_taken, session.waiting_count) == (1, 0)


def test_a_session_that_has_started_is_not_left(client, mine, session, now):
    Session.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(minutes=5), confirm_by=now - timedelta(days=3)
    )
    session.meetings.update(starts_at=now - timedelta(minutes=5))
    response = client.post(leave_page(mine))
    assert response.status_code == 409
    assert "This session has already started" in read(response).text
    assert leave_page(mine) not in read(client.get(f"/registrations/{mine.uuid}/")).everything


def test_leaving_a_cancelled_session_says_there_is_nothing_to_leave(client, mine, session, office):
    session.cancel("The facilitator is ill.", by=office)
    response = client.post(leave_page(mine))
    assert "This session was cancelled, so there is no place to give up." in next_page(client, response.url).text
    mine.refresh_from_db()
    assert mine.status == Registration.Status.SESSION_CANCELLED


def test_leaving_needs_csrf(mine):
    client = Client(enforce_csrf_checks=True)
    client.force_login(mine.person)
    assert client.post(leave_page(mine)).status_code == 403
    mine.refresh_from_db()
    assert mine.is_registered


# ---- my training ----


def test_my_training_without_any_says_where_to_look(client, person):
    client.force_login(person)
    page = read(client.get("/my/"))
    assert "Nothing booked yet." in page.text and "Find a session" in page.text


def test_my_training_lists_what_comes_by_date_and_nothing_of_others(client, person, people, make_session, office):
    later, sooner, left, others, cancelled = (make_session(days=days) for days in (30, 10, 12, 14, 20))
    full = make_session(days=25, minimum=1, capacity=1)
    stranger = people(1)[0]
    join(others, [stranger])
    join(full, [stranger])
    for session in (later, sooner, left, cancelled, full):
        registration = Registration.objects.register(person, session)
        if session == left:
            registration.withdraw(by=person)
    cancelled.cancel("The facilitator is ill.", by=office)
    client.force_login(person)
    page = read(client.get("/my/"))
    have = {one.session: one.get_absolute_url() for one in person.registrations.all()}
    places = [page.addresses.index(have[session]) for session in (sooner, cancelled, full, later)]
    assert places == sorted(places)
    assert have[left] not in page.everything and others.code not in page.everything
    assert "you are 1st of 1 waiting" in page.text and ", including you" in page.text and "Cancelled" in page.text


def test_my_training_keeps_what_has_been(client, person, session, now):
    join(session, [person])
    Session.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1), confirm_by=now - timedelta(days=5)
    )
    client.force_login(person)
    page = read(client.get("/my/"))
    past = page.region("Past")
    own = person.registrations.get().get_absolute_url()
    assert own in past.addresses
    assert page.everything.count(own) == past.everything.count(own)


@pytest.mark.parametrize(("days_left", "others", "said"), [(2, 3, True), (2, 5, False), (4, 3, False)])
def test_my_training_asks_for_people_only_near_the_decision(
    client, mine, session, people, now, days_left, others, said
):
    join(session, people(others))
    Session.objects.filter(pk=session.pk).update(confirm_by=now + timedelta(days=days_left))
    page = read(client.get("/my/"))
    assert (f"{session.workshop.title} on {day_of(session)} needs two more people by" in page.everything) == said
    assert ("Invite a colleague" in page.everything) == said


@pytest.mark.parametrize("sessions", [1, 30])
def test_my_training_takes_the_same_queries_for_one_and_for_thirty(
    client, person, make_session, sessions, django_assert_num_queries
):
    for number in range(sessions):
        join(make_session(days=10 + number), [person])
    client.force_login(person)
    client.get("/my/")
    # The browser session, the person, the places, what comes, what was, the links to join, what they asked for, and
    # where they were without a seat; and whether they lead sessions.
    with django_assert_num_queries(13):
        assert client.get("/my/").status_code == 200


def test_a_month_names_its_year_only_if_it_is_another(make_session):
    session = make_session(days=400)
    starts = local(session.starts_at, session.time_zone)
    assert by_month([session], session.starts_at) == [(f"{starts:%B}", [session])]
    assert by_month([session], session.published_at) == [(f"{starts:%B %Y}", [session])]
