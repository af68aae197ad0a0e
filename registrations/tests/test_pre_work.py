"""What comes before a session: its page, and the button that alone says it is read."""

import pytest
from django.test import Client

from devtools.testing.page import read
from devtools.testing.registering import next_page
from registrations.models import Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def with_pre_work(client, person, workshop, make_session) -> Registration:
    """The registration of `person`, who is signed in, in a session with pre-work."""
    workshop.pre_work = "Read the *introduction*."
    workshop.save()
    client.force_login(person)
    return Registration.objects.register(person, make_session())


def page(registration: Registration) -> str:
    return f"/registrations/{registration.uuid}/pre-work/"


def test_the_page_shows_it_and_says_what_the_button_is_for(client, with_pre_work):
    shown = read(client.get(page(with_pre_work)))
    assert "Read the introduction." in shown.text and [part.text for part in shown.parts("em")] == ["introduction"]
    assert "I have read it" in shown.text
    assert (
        "We know that you have read this only if you press the button; opening the page tells us nothing." in shown.text
    )
    with_pre_work.refresh_from_db()
    assert with_pre_work.pre_work_done_at is None


def test_the_button_says_it_is_read(client, with_pre_work):
    response = client.post(page(with_pre_work))
    assert (response.status_code, response.url) == (302, f"/registrations/{with_pre_work.uuid}/")
    assert "Noted: you have read it. We don’t remind you of it." in next_page(client, response.url).text
    with_pre_work.refresh_from_db()
    assert with_pre_work.pre_work_done_at is not None
    shown = read(client.get(page(with_pre_work)))
    assert "You have read this, on" in shown.text and "I have read it" not in shown.everything


def test_a_second_press_changes_nothing(client, with_pre_work, now):
    with_pre_work.finish_pre_work(now=now)
    assert client.post(page(with_pre_work)).status_code == 302
    with_pre_work.refresh_from_db()
    assert with_pre_work.pre_work_done_at == now


def test_the_registrations_page_has_the_button_too(client, with_pre_work):
    shown = read(client.get(f"/registrations/{with_pre_work.uuid}/"))
    assert page(with_pre_work) in shown.actions and "I have read it" in shown.text


def test_without_pre_work_the_page_leads_to_the_registration(client, with_pre_work, workshop):
    workshop.pre_work = " "
    workshop.save()
    assert client.get(page(with_pre_work)).url == f"/registrations/{with_pre_work.uuid}/"
    response = client.post(page(with_pre_work))
    assert response.status_code == 409
    assert "There is nothing to read or do before this session." in read(response).text


def test_a_place_that_has_ended_has_nothing_to_prepare(client, with_pre_work):
    with_pre_work.withdraw(by=with_pre_work.person)
    assert client.get(page(with_pre_work)).status_code == 302
    response = client.post(page(with_pre_work))
    assert response.status_code == 409
    assert "This place has ended" in read(response).text


def test_a_session_that_was_held_neither(client, with_pre_work, now):
    session = with_pre_work.session
    with pytest.raises(Registration.SessionOver):
        with_pre_work.finish_pre_work(now=session.ends_at)


def test_another_persons_is_not_there(with_pre_work, people):
    other = Client()
    other.force_login(people(1)[0])
    assert (other.get(page(with_pre_work)).status_code, other.post(page(with_pre_work)).status_code) == (404, 404)
    with_pre_work.refresh_from_db()
    assert with_pre_work.pre_work_done_at is None


def test_a_place_that_moves_takes_it_along(with_pre_work, make_session, now):
    with_pre_work.finish_pre_work(now=now)
    moved = with_pre_work.transfer(make_session(days=21), by=with_pre_work.person, now=now)
    moved.refresh_from_db()
    assert moved.pre_work_done_at == now
