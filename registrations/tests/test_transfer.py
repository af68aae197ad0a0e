"""transfer: a place moves to another date in one step, and is left only if a seat is given there."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from catalog.models import Workshop
from devtools.testing.mail_reader import read_mail
from devtools.testing.page import read
from devtools.testing.registering import bring_near, day_of, join, kinds_of, next_page
from notifications.outbox.compose import write_mail
from registrations.models import Accommodation, Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def dates(make_session):
    """Two dates of one workshop, with two seats each."""
    return make_session(days=14, minimum=1, capacity=2), make_session(days=21, minimum=1, capacity=2)


@pytest.fixture
def moving(dates, person, now) -> Registration:
    """The registration of `person` for the first date."""
    return Registration.objects.register(person, dates[0], now=now)


def counts(session) -> tuple[int, int]:
    session.refresh_from_db()
    return session.seats_taken, session.waiting_count


# ---- the verb ----


def test_the_place_moves_in_one_step(moving, dates, now):
    place = moving.transfer(dates[1], by=moving.person, now=now)
    moving.refresh_from_db()
    assert (moving.status, moving.moved_to, moving.withdrawn_at) == ("withdrawn", place, now)
    assert (place.session, place.status, place.seated_at) == (dates[1], "registered", now)
    assert [counts(one) for one in dates] == [(0, 0), (1, 0)]


def test_the_place_left_goes_to_the_next_in_line(moving, dates, people, now):
    join(dates[0], people(2))
    moving.transfer(dates[1], by=moving.person, now=now)
    assert [one.status for one in dates[0].registrations.order_by("position")] == [
        "withdrawn",
        "registered",
        "registered",
    ]
    assert counts(dates[0]) == (2, 0)


def test_in_the_last_day_the_place_left_is_told_to_the_waiting(moving, dates, people, now):
    join(dates[0], people(2))
    bring_near(dates[0], now + timedelta(hours=5), now)
    moving.transfer(dates[1], by=moving.person, now=now)
    assert counts(dates[0]) == (1, 1)
    assert kinds_of(dates[0].registrations.waitlisted().get()) == ["waitlisted", "seat_opened"]


def test_between_confirmed_dates_a_cancel_and_a_request_follow(moving, dates, people, now):
    join(dates[1], people(1))
    for session in dates:
        session.settle(now=now)
    moving.refresh_from_db()
    place = moving.transfer(dates[1], by=moving.person, now=now)
    left = moving.notices.get(kind="withdrawn")
    assert (left.method, left.sequence) == ("CANCEL", 2)
    assert place.notices.get().method == "REQUEST"
    assert place.threads.get().uid != moving.threads.get().uid
    mail = write_mail(left)
    assert mail["subject"].startswith("You’ve moved: ")
    assert "has moved from" in mail["text"] and "takes the old date off your calendar" in mail["text"]


def test_a_full_date_is_refused_and_the_place_kept(moving, dates, people, now):
    join(dates[1], people(2))
    with pytest.raises(Registration.SessionFull):
        moving.transfer(dates[1], by=moving.person, now=now)
    moving.refresh_from_db()
    assert moving.is_registered and [counts(one) for one in dates] == [(1, 0), (2, 0)]
    assert kinds_of(moving) == ["registered"]


def test_nobody_overtakes_the_waitlist_of_the_other_date(moving, dates, people, now):
    join(dates[1], people(3))
    Session.objects.filter(pk=dates[1].pk).update(capacity=3)
    with pytest.raises(Registration.SessionFull):
        moving.transfer(dates[1], by=moving.person, now=now)


def test_moving_twice_moves_once(moving, dates, now):
    stale = Registration.objects.get(pk=moving.pk)
    place = moving.transfer(dates[1], by=moving.person, now=now)
    assert stale.transfer(dates[1], by=moving.person, now=now) == place
    assert counts(dates[1]) == (1, 0) and Registration.objects.count() == 2


def test_moving_to_a_date_that_was_left_since_is_refused(moving, dates, now):
    stale = Registration.objects.get(pk=moving.pk)
    moving.transfer(dates[1], by=moving.person, now=now).withdraw(by=moving.person, now=now)
    with pytest.raises(Registration.NotThere, match="This place has ended, so it cannot move."):
        stale.transfer(dates[1], by=moving.person, now=now)
    assert not Registration.objects.active().exists()


def test_a_place_that_moved_twice_answers_with_the_place_it_is_now(moving, dates, make_session, now):
    place = moving.transfer(dates[1], by=moving.person, now=now)
    third = make_session(days=28)
    last = place.transfer(third, by=moving.person, now=now)
    assert moving.transfer(third, by=moving.person, now=now) == last
    with pytest.raises(Registration.NotThere, match="has ended"):
        moving.transfer(dates[1], by=moving.person, now=now)


def test_a_place_in_line_moves_to_a_free_seat(moving, dates, people, now):
    join(dates[0], people(1))
    waiting = Registration.objects.register(people(1)[0], dates[0], now=now)
    place = waiting.transfer(dates[1], by=waiting.person, now=now)
    assert place.is_registered and counts(dates[0]) == (2, 0)


def test_what_the_person_needs_to_take_part_follows_the_place(moving, dates, now):
    Accommodation.objects.ask(moving, "Live captions.", now=now - timedelta(hours=1))
    place = moving.transfer(dates[1], by=moving.person, now=now)
    asked = Accommodation.objects.get()
    assert (asked.registration, asked.needs, asked.is_answered) == (place, "Live captions.", False)


def test_the_sixth_who_comes_by_transfer_confirms_it(moving, make_session, people, now):
    other = make_session(days=28)
    join(other, people(5))
    moving.transfer(other, by=moving.person, now=now)
    other.settle(now=now)
    assert other.is_confirmed


def test_the_office_moving_somebody_is_on_record(moving, dates, office, now):
    moving.transfer(dates[1], by=office, now=now)
    entry = LogEntry.objects.get(content_type__model="registration")
    assert (entry.user, entry.get_change_message()) == (office, f"Moved to {dates[1]} by Office Person.")


def refused_dates(make_session, mine, office, now):
    """Return each session a place cannot move to, with the sentence that says why."""
    cancelled, over, closed = make_session(days=30), make_session(days=31), make_session(days=32)
    cancelled.cancel("Snow.", by=office, now=now)
    bring_near(over, now - timedelta(hours=3), now)
    Session.objects.filter(pk=closed.pk).update(registration_closes_at=now)
    elsewhere = Workshop.objects.create(title="Implicit Bias", slug="implicit-bias", status="published")
    taken = make_session(days=34)
    Registration.objects.register(mine.person, taken, now=now)
    return [
        (make_session(days=33, published=False), "not open for registration yet"),
        (cancelled, "This session was cancelled."),
        (over, "This session has been held."),
        (closed, "Registration for this session is closed."),
        (make_session(days=35, workshop=elsewhere), "only move to another date of the same workshop"),
        (mine.session, "This is the date you already have."),
        (taken, "You already have a seat on that date."),
    ]


def test_what_a_place_cannot_move_to_is_refused_with_a_sentence(moving, make_session, office, now):
    for session, sentence in refused_dates(make_session, moving, office, now):
        with pytest.raises(Registration.Refused, match=sentence):
            moving.transfer(session, by=moving.person, now=now)
        moving.refresh_from_db()
        assert moving.is_registered and moving.moved_to is None


def test_an_ended_place_does_not_move(moving, dates, now):
    moving.withdraw(by=moving.person, now=now)
    with pytest.raises(Registration.NotThere, match="has ended"):
        moving.transfer(dates[1], by=moving.person, now=now)


def test_a_place_in_a_session_that_has_started_does_not_move(moving, dates, now):
    with pytest.raises(Registration.SessionOver):
        moving.transfer(dates[1], by=moving.person, now=dates[0].starts_at)


# ---- the page ----


def page_of(registration) -> str:
    return f"/registrations/{registration.uuid}/transfer/"


def offered(page) -> list[str]:
    """Return the codes of the dates the page offers, in its order."""
    return [form.data["to"][0] for form in page.forms() if "to" in form.data]


def test_the_page_lists_the_other_dates_and_no_others(me, moving, dates, make_session):
    unlisted, draft = make_session(days=40, listed=False), make_session(days=41, published=False)
    page = read(me.get(page_of(moving)))
    assert f"You have a place on {day_of(dates[0])}. It is given up only if you get a seat" in page.text
    assert offered(page) == [dates[1].code] and "0 of 1" in page.text
    for other in (dates[0], unlisted, draft):
        assert other.code not in page.everything
    linked = read(me.get(f"{page_of(moving)}?to={unlisted.code}"))
    assert offered(linked) == [dates[1].code, unlisted.code]


def test_without_other_dates_it_says_so(me, moving, dates, office):
    dates[1].cancel("Snow.", by=office)
    assert "No other date takes registrations now." in read(me.get(page_of(moving))).text


def test_a_get_moves_nothing(me, moving, dates):
    for method in (me.get, me.head):
        assert method(f"{page_of(moving)}?to={dates[1].code}").status_code == 200
    moving.refresh_from_db()
    assert moving.is_registered


def test_the_button_moves_the_place(me, moving, dates):
    response = me.post(page_of(moving), {"to": dates[1].code})
    assert (response.status_code, response.url) == (302, f"/sessions/{dates[1].code}/")
    assert f"Your place has moved to {day_of(dates[1])}." in next_page(me, response.url).text
    page = read(me.get(f"/registrations/{moving.uuid}/"))
    assert "Your place has moved to another date." in page.text and "See your new date" in page.text
    assert me.get(page_of(moving)).url == f"/registrations/{moving.uuid}/"


def test_a_second_click_answers_the_same(me, moving, dates):
    first, second = (me.post(page_of(moving), {"to": dates[1].code}) for _ in range(2))
    assert (second.status_code, second.url) == (302, first.url)
    assert Registration.objects.count() == 2


def test_an_old_tab_does_not_claim_a_seat_left_since(me, moving, dates):
    me.post(page_of(moving), {"to": dates[1].code})
    Registration.objects.get(session=dates[1]).withdraw(by=moving.person)
    response = me.post(page_of(moving), {"to": dates[1].code})
    assert response.status_code == 409
    page = read(response)
    assert "This place has ended, so it cannot move. Register for the other date instead." in page.text
    assert f"Your place on {day_of(dates[0])} has ended." in page.text and "You have a place" not in page.everything
    assert offered(page) == []


def test_a_full_date_asks_to_join_its_waitlist_and_keep_this_place(me, moving, dates, people):
    join(dates[1], people(2))
    response = me.post(page_of(moving), {"to": dates[1].code})
    assert response.status_code == 409
    page = read(response)
    assert f"Join the waitlist for Bystander Interventions on {day_of(dates[1])}?" in page.text
    assert f"You keep your place on {day_of(dates[0])} while you wait." in page.text
    response = me.post(page_of(moving), {"to": dates[1].code, "wait": "1"})
    assert response.url == f"/sessions/{dates[1].code}/"
    said = next_page(me, response.url)
    assert "You’re on the waitlist, 1st in line." in said.text
    assert f"You keep your place on {day_of(dates[0])} meanwhile." in said.text
    moving.refresh_from_db()
    assert moving.is_registered and counts(dates[1]) == (2, 1)
    again = me.post(page_of(moving), {"to": dates[1].code, "wait": "1"})
    assert "You’re on the waitlist, 1st in line." in next_page(me, again.url).text
    assert "already on the waitlist of that date" in read(me.post(page_of(moving), {"to": dates[1].code})).text


def test_what_was_asked_for_is_asked_for_on_the_waitlist_too(me, moving, dates, people):
    Accommodation.objects.ask(moving, "A sign language interpreter.")
    join(dates[1], people(2))
    me.post(page_of(moving), {"to": dates[1].code, "wait": "1"})
    waiting = dates[1].registrations.get(person=moving.person)
    assert Accommodation.objects.of(waiting).needs == "A sign language interpreter."
    assert Accommodation.objects.of(moving).needs == "A sign language interpreter."


@pytest.fixture
def busy(make_session, moving, now):
    """The place of `mine.person` in another workshop, at the time of the second date."""
    other = Workshop.objects.create(title="Disability and Allyship", slug="disability", status="published")
    return Registration.objects.register(moving.person, make_session(days=21, workshop=other), now=now)


@pytest.mark.parametrize(("taken", "typed"), [(0, {}), (2, {"wait": "1"})])
def test_moving_onto_an_overlap_asks_whether_that_is_meant(me, moving, dates, busy, people, taken, typed):
    join(dates[1], people(taken))
    response = me.post(page_of(moving), {"to": dates[1].code} | typed)
    assert response.status_code == 409
    page = read(response)
    assert "This overlaps with Disability and Allyship on the same day. You can still take this date." in page.text
    assert page.heading() == f"Take Bystander Interventions on {day_of(dates[1])}?"
    assert f"You have a place on {day_of(dates[0])}." in page.text
    moving.refresh_from_db()
    assert moving.is_registered and counts(dates[0]) == (1, 0) and counts(dates[1]) == (taken, 0)
    for _ in range(2):
        assert me.post(page_of(moving), {"to": dates[1].code, "anyway": "1"} | typed).status_code == 302
    assert dates[1].registrations.active().filter(person=moving.person).count() == 1


def test_a_second_click_after_an_accepted_overlap_asks_nothing(me, moving, dates, busy):
    me.post(page_of(moving), {"to": dates[1].code, "anyway": "1"})
    assert me.post(page_of(moving), {"to": dates[1].code}).status_code == 302


def test_who_waited_for_another_date_is_told_of_both_seats(moving, dates, people, now):
    other = people(2)
    join(dates[1], other)
    waiting = Registration.objects.register(moving.person, dates[1], now=now)
    dates[1].registrations.get(person=other[0]).withdraw(by=other[0], now=now)
    mail = write_mail(waiting.notices.get(kind="promoted"))
    for body in read_mail(mail).bodies:
        assert "You also have a seat on" in body and f"/registrations/{moving.uuid}/withdrawal/" in body


def test_a_seat_that_came_free_since_is_given(me, moving, dates):
    me.post(page_of(moving), {"to": dates[1].code, "wait": "1"})
    moving.refresh_from_db()
    assert moving.moved_to.is_registered and counts(dates[0]) == (0, 0)


def test_the_page_refuses_with_the_same_sentences(me, moving, make_session, office, now):
    for session, sentence in refused_dates(make_session, moving, office, now):
        response = me.post(page_of(moving), {"to": session.code})
        assert (response.status_code, sentence in read(response).everything) == (409, True)
    moving.refresh_from_db()
    assert moving.is_registered


@pytest.mark.parametrize("typed", ["", "nosuch00", "\0", "../..", "a" * 5000, "🌍"])
def test_what_is_no_date_is_asked_again(me, moving, typed):
    response = me.post(page_of(moving), {"to": typed})
    assert response.status_code == 422
    assert "Choose one of the dates" in read(response).text
    assert me.get(page_of(moving), {"to": typed}).status_code == 200


def test_another_persons_place_is_not_there(moving, dates, people):
    other = Client()
    other.force_login(people(1)[0])
    for method in (other.get, other.post):
        assert method(page_of(moving), {"to": dates[1].code}).status_code == 404
    assert Client().post(page_of(moving), {"to": dates[1].code}).url.startswith("/accounts/login/")
    checked = Client(enforce_csrf_checks=True)
    checked.force_login(moving.person)
    assert checked.post(page_of(moving), {"to": dates[1].code}).status_code == 403
    moving.refresh_from_db()
    assert moving.is_registered


@pytest.mark.parametrize("others", [1, 20])
def test_the_page_takes_the_same_queries_for_one_and_for_twenty(
    me, moving, make_session, others, django_assert_num_queries
):
    for number in range(others):
        make_session(days=30 + number)
    me.get(page_of(moving))
    # The browser session, the person, the registration, the other dates, and what they have there.
    with django_assert_num_queries(5):
        assert me.get(page_of(moving)).status_code == 200
