"""The pages ask how a person takes part where a session is online and in person, and let them switch."""

import pytest
from django.urls import reverse

from devtools.testing.page import read
from registrations.models import Nomination, Registration
from sessions_app.models import Mode

pytestmark = pytest.mark.django_db
ROOM, ONLINE = Mode.ROOM, Mode.ONLINE


def register_page(session) -> str:
    return reverse("register", args=[session.code])


def switch_page(registration) -> str:
    return reverse("mode", args=[registration.uuid])


@pytest.fixture
def full_room(make_hybrid, people, now):
    """A session with one seat in the room, taken, and twelve online."""
    session = make_hybrid(in_room=1, online=12)
    Registration.objects.register(people(1)[0], session, now=now, mode=ROOM)
    return session


def test_the_form_asks_and_says_what_is_left(client, person, make_hybrid):
    client.force_login(person)
    page = read(client.get(register_page(make_hybrid(in_room=1, online=12))))
    assert "How do you take part?" in page.text
    assert "In the room: one seat left" in page.text and "Online: 12 seats left" in page.text


def test_a_session_of_one_mode_asks_nothing(client, person, session):
    client.force_login(person)
    assert "How do you take part?" not in read(client.get(register_page(session))).text


def test_the_choice_is_what_the_person_gets(client, person, make_hybrid):
    session = make_hybrid()
    client.force_login(person)
    response = client.post(register_page(session), {"mode": "online", "seat": "1"})
    assert response.status_code == 302
    assert Registration.objects.get().mode == ONLINE


def test_a_full_mode_offers_the_other_or_its_waitlist(client, person, full_room):
    client.force_login(person)
    page = read(client.get(register_page(full_room)))
    assert "Wait for the room: it is full, and you would be 1st in line" in page.text
    assert "Online: 12 seats left" in page.text
    client.post(register_page(full_room), {"mode": "in_person-wait", "seat": "1"})
    mine = Registration.objects.get(person=person)
    assert (mine.status, mine.mode) == ("waitlisted", ROOM)


def test_nobody_waits_for_a_mode_they_chose_a_seat_of(client, person, full_room):
    client.force_login(person)
    response = client.post(register_page(full_room), {"mode": "in_person", "seat": "1"})
    assert response.status_code == 409
    page = read(response)
    assert "The last seat has just gone." in page.text and "Wait for the room" in page.text
    assert not Registration.objects.filter(person=person).exists()


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [({}, "Say how you take part: in the room or online."), ({"mode": "banana"}, "Choose one of the two")],
)
def test_no_answer_or_a_wrong_one_is_asked_for_again(client, person, make_hybrid, posted, sentence):
    person.name = ""
    person.save(update_fields=["name"])
    client.force_login(person)
    response = client.post(register_page(make_hybrid()), posted | {"name": "Ada Example"})
    assert response.status_code == 422
    assert sentence in read(response).text and read(response).field("Name").value == "Ada Example"
    assert not Registration.objects.exists()


def test_a_mode_that_the_session_does_not_have_is_a_bad_request(client, person, make_session):
    client.force_login(person)
    response = client.post(register_page(make_session(format="online")), {"mode": "in_person"})
    assert response.status_code == 400
    assert "This session is held online only." in read(response).text
    assert not Registration.objects.exists()


def test_a_mode_of_no_session_is_refused_where_nobody_is_asked(client, person, session):
    client.force_login(person)
    assert client.post(register_page(session), {"mode": "banana"}).status_code == 400
    assert not Registration.objects.exists()


def test_signed_out_the_answer_waits_for_the_code(client, make_hybrid, now):
    from registrations.newcomers import Intent

    session = make_hybrid()
    typed = {"name": "Ada Example", "email": "ada@example.edu", "role": "staff", "mode": "online"}
    assert client.post(register_page(session), typed).status_code == 302
    assert Intent.waiting_in(client.session).mode == ONLINE


# ---- the page of a registration ----


@pytest.fixture
def mine_online(client, person, make_hybrid, now):
    """The registration of `person`, who is signed in, in the room."""
    client.force_login(person)
    return Registration.objects.register(person, make_hybrid(), now=now, mode=ROOM)


def test_one_press_switches(client, mine_online):
    page = read(client.get(mine_online.get_absolute_url()))
    assert "You take part in the room." in page.text and "Take part online instead" in page.text
    client.post(switch_page(mine_online), {"mode": "online"})
    mine_online.refresh_from_db()
    assert mine_online.mode == ONLINE
    page = read(client.get(mine_online.get_absolute_url()))
    assert "You take part online." in page.text and "Take part in the room instead" in page.text


def test_online_nobody_is_told_the_way_to_the_room(client, mine_online, room):
    room.directions = "Second floor, past the elevators."
    room.save()
    assert "past the elevators" in read(client.get(mine_online.get_absolute_url())).text
    client.post(switch_page(mine_online), {"mode": "online"})
    page = read(client.get(mine_online.get_absolute_url()))
    assert "past the elevators" not in page.text and "Learning Commons" not in page.text


def test_the_link_to_join_is_for_people_online(client, mine_online, now):
    mine_online.session.settle(now=now)
    link = "https://meet.example.edu/quorum"
    for page in (mine_online.get_absolute_url(), mine_online.session.get_absolute_url()):
        assert link not in read(client.get(page)).everything
    client.post(switch_page(mine_online), {"mode": "online"})
    for page in (mine_online.get_absolute_url(), mine_online.session.get_absolute_url()):
        assert link in read(client.get(page)).everything


def test_a_full_mode_is_asked_for_and_the_seat_kept(client, person, full_room, now):
    client.force_login(person)
    mine = Registration.objects.register(person, full_room, now=now, mode=ONLINE)
    page = read(client.get(mine.get_absolute_url()))
    assert "The room is full: you keep your seat, and can switch once one comes free." in page.text
    response = client.post(switch_page(mine), {"mode": "in_person"})
    assert response.status_code == 409
    assert "The room is full. You keep your seat." in read(response).text
    client.post(switch_page(mine), {"mode": "in_person", "later": "1"})
    mine.refresh_from_db()
    assert (mine.mode, mine.wants) == (ONLINE, ROOM)
    assert "I stay where I am" in read(client.get(mine.get_absolute_url())).text
    client.post(switch_page(mine), {"mode": "online"})
    mine.refresh_from_db()
    assert (mine.mode, mine.wants) == (ONLINE, "")


def test_a_person_who_waits_takes_a_seat_of_the_other_kind(client, person, full_room, now):
    client.force_login(person)
    mine = Registration.objects.register(person, full_room, now=now, mode=ROOM)
    assert "Take a seat online" in read(client.get(mine.get_absolute_url())).text
    client.post(switch_page(mine), {"mode": "online"})
    mine.refresh_from_db()
    assert (mine.status, mine.mode) == ("registered", ONLINE)


@pytest.mark.parametrize("posted", [{}, {"mode": "banana"}, {"mode": ""}, {"mode": "in_person-wait"}])
def test_switching_to_no_mode_is_a_bad_request(client, mine_online, posted):
    response = client.post(switch_page(mine_online), posted)
    assert response.status_code == 400
    assert "in the room or online" in read(response).text


def test_switching_where_nobody_is_asked_is_a_bad_request(client, person, session):
    client.force_login(person)
    mine = Registration.objects.register(person, session)
    response = client.post(switch_page(mine), {"mode": "online"})
    assert response.status_code == 400
    assert "This session has one way to take part." in read(response).text


def test_to_look_at_the_switch_leads_to_the_registration(client, mine_online):
    assert client.get(switch_page(mine_online)).url == mine_online.get_absolute_url()


def test_nobody_switches_for_somebody_else(client, mine_online, people):
    client.force_login(people(1)[0])
    assert client.post(switch_page(mine_online), {"mode": "online"}).status_code == 404


# ---- other doors ----


def test_a_nomination_asks_too(client, person, people, make_hybrid, now):
    session, (colleague,) = make_hybrid(), people(1)
    (nomination,) = Nomination.objects.nominate([person.email], session, by=colleague, now=now)
    client.force_login(person)
    url = nomination.get_absolute_url()
    assert "How do you take part?" in read(client.get(url)).text
    assert client.post(url, {"answer": "accept"}).status_code == 422
    client.post(url, {"answer": "accept", "mode": "online"})
    assert Registration.objects.get(person=person).mode == ONLINE


def test_moving_to_another_date_may_change_the_mode(client, mine_online, make_hybrid):
    there = make_hybrid(days=21)
    client.post(reverse("transfer", args=[mine_online.uuid]), {"to": there.code, "mode": "online"})
    assert there.registrations.get().mode == ONLINE


def test_moving_to_a_date_that_asks_wants_an_answer(client, person, session, make_hybrid):
    client.force_login(person)
    mine, there = Registration.objects.register(person, session), make_hybrid(days=21)
    url = reverse("transfer", args=[mine.uuid])
    response = client.post(url, {"to": there.code})
    assert response.status_code == 409
    assert "Say how you take part" in read(response).text and not there.registrations.exists()
    client.post(url, {"to": there.code, "mode": "in_person"})
    assert there.registrations.get().mode == ROOM


def test_moving_to_a_date_that_asks_nobody_ignores_the_answer(client, mine_online, make_session):
    there = make_session(days=21)
    client.post(reverse("transfer", args=[mine_online.uuid]), {"to": there.code, "mode": "in_person"})
    assert there.registrations.get().mode == ""


def test_the_session_says_how_many_seats_there_are_of_each(client, make_hybrid, people, now):
    session = make_hybrid(in_room=2, online=12)
    assert "2 in the room, 12 online" in read(client.get(session.get_absolute_url())).text
    Registration.objects.register(people(1)[0], session, now=now, mode=ROOM)
    session.settle(now=now)
    assert "1 of 2 seats left in the room, 12 of 12 online." in read(client.get(session.get_absolute_url())).text


def test_a_row_says_where_the_seats_are_that_are_left(client, full_room, now):
    full_room.settle(now=now)
    assert "12 seats left online" in read(client.get("/")).text
