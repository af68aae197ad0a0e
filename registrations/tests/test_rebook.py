"""rebook: after a session was cancelled one POST takes the place up on another date, with what was asked for."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from devtools.testing.mail_reader import read_mail
from devtools.testing.page import read
from devtools.testing.registering import join, next_page
from notifications.outbox.compose import write_mail
from registrations.models import Accommodation, Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(now):
    return now + timedelta(hours=1)


@pytest.fixture
def two_dates(make_session):
    """Two dates of one workshop, with one seat each."""
    return make_session(days=14, minimum=1, capacity=1), make_session(days=21, minimum=1, capacity=1)


@pytest.fixture
def called_off(two_dates, person, office, now) -> Registration:
    """The registration of `person` for the first date, which is cancelled; they had asked for something."""
    registration = Registration.objects.register(person, two_dates[0], now=now)
    Accommodation.objects.ask(registration, "Captions.", now=now)
    two_dates[0].cancel("Snow.", by=office, now=now)
    registration.refresh_from_db()
    return registration


def page_of(registration) -> str:
    return f"/registrations/{registration.uuid}/transfer/"


def test_the_place_is_taken_up_with_what_was_asked(called_off, two_dates, later):
    place = called_off.rebook(two_dates[1], by=called_off.person, now=later)
    assert (place.session, place.status) == (two_dates[1], "registered")
    called_off.refresh_from_db()
    assert (called_off.status, called_off.moved_to) == ("session_cancelled", place)
    assert Accommodation.objects.get().registration == place
    assert called_off.rebook(two_dates[1], by=called_off.person, now=later) == place
    assert Registration.objects.count() == 2


def test_a_full_date_means_its_waitlist(called_off, two_dates, people, later):
    join(two_dates[1], people(1))
    place = called_off.rebook(two_dates[1], by=called_off.person, now=later)
    assert (place.status, place.place_in_line) == ("waitlisted", 1)
    assert Accommodation.objects.get().registration == place


def test_a_place_one_has_there_already_is_answered_with(called_off, two_dates, make_session, office, now, later):
    there = Registration.objects.register(called_off.person, two_dates[1], now=now)
    assert called_off.rebook(two_dates[1], by=called_off.person, now=later) == there
    third = make_session(days=30)
    second = Registration.objects.register(called_off.person, third, now=now)
    third.cancel("Snow.", by=office, now=now)
    second.refresh_from_db()
    assert second.rebook(two_dates[1], by=called_off.person, now=later) == there


def test_somebody_who_left_the_other_date_takes_a_third(me, called_off, two_dates, make_session, later):
    third = make_session(days=28)
    called_off.rebook(two_dates[1], by=called_off.person, now=later).withdraw(by=called_off.person, now=later)
    called_off.refresh_from_db()
    assert called_off.may_rebook
    own = read(me.get(called_off.get_absolute_url()))
    assert (
        "This session was cancelled." in own.text
        and "Choose another date" in own.text
        and "See your new date" not in own.everything
    )
    response = me.post(page_of(called_off), {"to": third.code})
    assert response.url == third.get_absolute_url()
    assert "already registered" not in next_page(me, response.url).everything
    called_off.refresh_from_db()
    assert called_off.moved_to == Registration.objects.active().get() == third.registrations.get()
    assert not called_off.may_rebook


def test_somebody_who_moved_on_has_their_seat(called_off, two_dates, make_session, later):
    third, fourth = make_session(days=28), make_session(days=35)
    second = called_off.rebook(two_dates[1], by=called_off.person, now=later)
    last = second.transfer(third, by=called_off.person, now=later + timedelta(minutes=1))
    called_off.refresh_from_db()
    assert not called_off.may_rebook
    assert called_off.rebook(fourth, by=called_off.person, now=later) == last


def test_what_cannot_be_is_refused(called_off, two_dates, workshop, make_session, office, now, later):
    registered = Registration.objects.register(called_off.person, make_session(days=30), now=now)
    with pytest.raises(Registration.NotThere, match="was not cancelled"):
        registered.rebook(two_dates[1], by=called_off.person, now=later)
    two_dates[1].cancel("Ill.", by=office, now=now)
    with pytest.raises(Registration.SessionCancelled):
        called_off.rebook(two_dates[1], by=called_off.person, now=later)
    called_off.refresh_from_db()
    assert called_off.moved_to is None


def test_the_office_is_on_record(called_off, two_dates, office, later):
    called_off.rebook(two_dates[1], by=office, now=later)
    assert LogEntry.objects.filter(change_message__startswith=f"Moved to {two_dates[1]} by").count() == 1


def test_the_mail_leads_to_the_page_where_one_press_moves_it(me, called_off, two_dates):
    mail = write_mail(called_off.notices.get(kind="cancelled"))
    link = f"http://127.0.0.1:8000{page_of(called_off)}"
    for body in read_mail(mail).bodies:
        assert f"{link}?to={two_dates[1].code}" in body
    page = read(me.get(page_of(called_off), {"to": two_dates[1].code}))
    assert page.field(name="to").value == two_dates[1].code
    assert "was cancelled. What you asked for comes along." in page.text
    assert Registration.objects.count() == 1
    response = me.post(page_of(called_off), {"to": two_dates[1].code})
    assert "Your place has moved to" in next_page(me, response.url).text
    assert Registration.objects.get(session=two_dates[1]).is_registered


def test_afterwards_the_page_leads_to_the_place(me, called_off, two_dates):
    me.post(page_of(called_off), {"to": two_dates[1].code})
    assert me.get(page_of(called_off)).url == called_off.get_absolute_url()
    assert "See your new date" in read(me.get(called_off.get_absolute_url())).text
    assert me.post(page_of(called_off), {"to": two_dates[1].code}).status_code == 302
    assert Registration.objects.count() == 2


def test_their_own_page_offers_it(me, called_off):
    assert "Choose another date" in read(me.get(called_off.get_absolute_url())).text


def test_without_another_date_the_page_says_so(me, called_off, two_dates, office, now):
    two_dates[1].cancel("Ill.", by=office, now=now)
    assert "No other date takes registrations now." in read(me.get(page_of(called_off))).text
    response = me.post(page_of(called_off), {"to": two_dates[1].code})
    assert (response.status_code, "was cancelled" in read(response).everything) == (409, True)


def test_another_persons_place_is_not_there(called_off, two_dates, people):
    other = Client()
    other.force_login(people(1)[0])
    assert other.post(page_of(called_off), {"to": two_dates[1].code}).status_code == 404
    called_off.refresh_from_db()
    assert called_off.moved_to is None
