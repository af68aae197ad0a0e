"""A published session is held in another format: the page says who is told what, and does it on the next press."""

from dataclasses import replace

import pytest
from django.urls import reverse

from devtools.testing.cast import weekly
from devtools.testing.changing import MINUTES, deliver, text_of
from devtools.testing.modes import ONLINE, ROOM, join
from devtools.testing.office_pages import filled_in, session_page
from devtools.testing.page import read
from foundation import database_clock
from registrations.models import Nomination
from sessions_app.models import Session, Venue

pytestmark = pytest.mark.django_db
LINK = "https://meet.example.edu/snow"


@pytest.fixture
def snowed_in(make_session, room, people):
    """A confirmed session in a room, without a link, with two people."""
    (plan,) = weekly(1, 14)
    session = make_session(format="in_person", minimum=2, meetings=[replace(plan, venue=room, join_link="")])
    join(session, *people(2), mode="")
    session.settle()
    return session


def page_of(name: str, session) -> str:
    return reverse(f"admin:sessions_app_session_{name}", args=[session.pk])


def first_field(session, name: str) -> str:
    return f"meeting{session.meetings.get().pk}-{name}"


def press(clerk, name: str, session, **typed):
    url = page_of(name, session)
    return clerk.post(url, filled_in(clerk, url, "decision_form", **typed))


def again(clerk, name: str, session, response):
    """Press once more what the page shows again."""
    return clerk.post(page_of(name, session), read(response).form(id="decision_form").data)


def test_a_snow_day_takes_two_presses_and_says_the_very_mail(clerk, snowed_in, smtp_sink):
    session = snowed_in
    deliver(database_clock.now())
    assert "Hold it online" in read(clerk.get(session_page(session))).text
    shown = read(clerk.get(page_of("hold-online", session))).text
    assert "To two people with a seat" in shown and "2 of 24 seats are taken then, before 2 of 24." in shown
    response = press(clerk, "hold-online", session, **{first_field(session, "join_link"): LINK})
    assert response.status_code == 302
    session.refresh_from_db()
    assert (session.format, session.meetings.get().join_link) == ("online", LINK)
    deliver(database_clock.now() + 3 * MINUTES)
    mail = smtp_sink.received[-1]
    assert mail.message["Subject"] in shown
    for line in text_of(mail).replace(LINK, "the link you enter").splitlines():
        if "://" not in line and not line.startswith("Hello"):
            assert " ".join(line.split()) in " ".join(shown.split()), line


def test_no_link_is_asked_about_once(clerk, snowed_in):
    response = press(clerk, "hold-online", snowed_in)
    said = read(response).text
    assert response.status_code == 400 and "There is no link to join yet" in said and "Nothing is saved yet" in said
    assert "The link comes by mail once there is one." in said
    assert again(clerk, "hold-online", snowed_in, response).status_code == 302
    snowed_in.refresh_from_db()
    assert snowed_in.format == "online"


def test_a_yes_counts_for_the_people_it_named(clerk, snowed_in, people):
    typed = filled_in(clerk, page_of("hold-online", snowed_in), "decision_form")
    join(snowed_in, *people(1), mode="")
    response = clerk.post(page_of("hold-online", snowed_in), typed | {first_field(snowed_in, "join_link"): LINK})
    assert response.status_code == 400 and "To three people with a seat" in read(response).text


def test_back_to_a_room_the_mail_is_shown_before_it_is_done(clerk, make_session, room, people):
    session = make_session(minimum=2)
    join(session, *people(2), mode="")
    session.settle()
    assert "To two people" not in read(clerk.get(page_of("hold-in-room", session))).text
    response = press(clerk, "hold-in-room", session, **{first_field(session, "venue"): room.pk})
    said = read(response).text
    assert response.status_code == 400 and "This session is held in a room, not online." in said
    assert again(clerk, "hold-in-room", session, response).status_code == 302
    session.refresh_from_db()
    assert (session.format, session.meetings.get().venue, session.meetings.get().join_link) == ("in_person", room, "")


def test_no_venue_is_refused_with_what_to_do(clerk, make_session):
    response = press(clerk, "hold-in-room", make_session(), capacity="12")
    assert response.status_code == 400 and "Choose a venue: this session is in person." in read(response).text
    assert read(response).field(name="capacity").value == "12"


def test_a_taken_or_small_room_is_said(clerk, make_session, room, titled_allyship):
    (plan,) = weekly(1, 14)
    room.capacity = 10
    room.save()
    make_session(workshop=titled_allyship, format="in_person", meetings=[replace(plan, venue=room)])
    session = make_session()
    said = read(press(clerk, "hold-in-room", session, **{first_field(session, "venue"): room.pk})).text
    assert "Learning Commons 210 is taken: Allyship" in said
    assert "Learning Commons 210 holds 10, and the session 24." in said


@pytest.fixture
def titled_allyship(workshop):
    return type(workshop).objects.create(title="Allyship", slug="allyship", status="published")


def test_people_online_keep_their_seats_only_where_the_room_has_them(clerk, make_hybrid, room, people):
    session, crowd = make_hybrid(in_room=2, online=2), people(4)
    join(session, *crowd[:2], mode=ROOM)
    join(session, *crowd[2:], mode=ONLINE)
    refused = press(clerk, "hold-in-room", session)
    assert refused.status_code == 400
    assert "4 people have seats, 2 of them online: a capacity of 2 is 2 too few." in read(refused).text
    asked = press(clerk, "hold-in-room", session, capacity="4")
    assert "Seats online that become seats in the room: 2." in read(asked).text
    assert "Nothing differs for two people with a seat in the room: no mail to them." in read(asked).text
    assert "To two people with a seat online" in read(asked).text
    assert again(clerk, "hold-in-room", session, asked).status_code == 302
    session.refresh_from_db()
    assert (session.format, session.capacity, session.seats_taken) == ("in_person", 4, 4)


def test_both_ways_ask_for_the_seats_of_each(clerk, make_session, room, people):
    session = make_session(minimum=1)
    join(session, *people(2), mode="")
    typed = {first_field(session, "venue"): room.pk, "room_capacity": "10", "online_capacity": "1"}
    refused = press(clerk, "hold-both", session, **typed)
    assert "2 people have seats online. Enter 2 or more for online." in read(refused).text
    asked = press(clerk, "hold-both", session, **typed | {"online_capacity": "20"})
    said = read(asked).text
    assert "Nothing differs for two people with a seat: no mail to them." in said
    assert "People who are registered stay online" in said
    assert again(clerk, "hold-both", session, asked).status_code == 302
    session.refresh_from_db()
    assert (session.room_capacity, session.online_capacity, session.online_taken) == (10, 20, 2)


def test_everybody_who_is_told_is_counted(clerk, make_hybrid, people, now):
    session, crowd = make_hybrid(in_room=1, online=1), people(5)
    join(session, *crowd[:2], mode=ROOM)
    join(session, crowd[2], mode=ONLINE)
    Nomination.objects.nominate(["new@example.edu"], session, by=crowd[3])
    said = read(clerk.get(page_of("hold-online", session))).text
    for words in (
        "To one person with a seat in the room",
        "Nothing differs for one person with a seat online: no mail to them.",
        "To one person on the waitlist for the room",
        "To one person who could still accept a proposal",
    ):
        assert words in said, said


def test_the_page_costs_the_same_for_more_people(clerk, make_session, people, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    session = make_session(minimum=1, capacity=40, format="in_person", meetings=_in_a_room())
    join(session, *people(2), mode="")
    with CaptureQueriesContext(connection) as few:
        clerk.get(page_of("hold-online", session))
    join(session, *people(20), mode="")
    with django_assert_num_queries(len(few)):
        clerk.get(page_of("hold-online", session))


def _in_a_room():
    (plan,) = weekly(1, 14)
    return [replace(plan, venue=Venue.objects.create(campus=_campus(), building="Hall"))]


def _campus():
    from accounts.models import Campus

    return Campus.objects.get_or_create(name="Downtown", defaults={"time_zone": "America/Chicago"})[0]


def test_only_other_formats_of_a_session_that_runs_are_offered(clerk, make_session):
    session = make_session()
    page = read(clerk.get(session_page(session))).text
    assert "Hold it in a room" in page and "Hold it in a room and online" in page and "Hold it online" not in page
    response = clerk.get(page_of("hold-online", session), follow=True)
    assert "is not open" in read(response).text
    session.cancel("Snow.", by=response.wsgi_request.user)
    assert "Hold it" not in read(clerk.get(session_page(session))).text
    typed = {"as_loaded": "", first_field(session, "join_link"): LINK}
    assert clerk.post(page_of("hold-in-room", session), typed).status_code in (400, 409)
    assert Session.objects.get(pk=session.pk).format == "online"


def test_seats_typed_on_a_page_that_is_out_of_date_stay(clerk, make_session):
    session = make_session()
    typed = filled_in(clerk, page_of("hold-in-room", session), "decision_form", capacity="=1+1")
    response = clerk.post(page_of("hold-in-room", session), typed | {"as_loaded": "1_0"})
    assert response.status_code == 409 and read(response).field(name="capacity").value == "=1+1"
