"""“Send the invitation again” on the page of a registration: by POST, to its person alone, and not too often."""

from datetime import timedelta

import pytest
from django.test import Client

from devtools.testing.at_once import at_once, browser
from devtools.testing.page import read
from devtools.testing.registering import bring_near, join, kinds_of, next_page
from notifications.models import CalendarThread, Decline, Notice
from notifications.models.threads import MOST_ASKED
from registrations.models import Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited_seat(make_session, person, now) -> Registration:
    """The seat of `person` in a confirmed session; every mail about it has been sent."""
    session = make_session(minimum=1)
    registration = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    all_sent()
    registration.refresh_from_db()
    return registration


def all_sent() -> None:
    Notice.objects.update(state=Notice.State.SENT)


def again(registration: Registration) -> str:
    return f"/registrations/{registration.uuid}/invitation/"


def test_the_button_owes_the_same_invitation_once_more(me, invited_seat):
    assert read(me.get(invited_seat.get_absolute_url())).form("Send the invitation again").action == again(invited_seat)
    first = invited_seat.notices.get(kind="confirmed")
    response = me.post(again(invited_seat))
    assert (response.status_code, response.url) == (302, invited_seat.get_absolute_url())
    assert f"Your invitation is on its way to {invited_seat.person.email}." in next_page(me, response.url).text
    owed = invited_seat.notices.get(kind="again")
    assert (owed.to, owed.method, owed.sequence, owed.thread) == (first.to, "REQUEST", first.sequence, first.thread)


def test_looking_sends_nothing(me, invited_seat):
    for method in (me.get, me.head):
        assert method(again(invited_seat)).url == invited_seat.get_absolute_url()
    assert me.put(again(invited_seat)).status_code == 405
    assert kinds_of(invited_seat) == ["registered", "confirmed"]


def test_one_that_is_on_its_way_is_not_owed_twice(me, invited_seat):
    for _ in range(10):
        assert me.post(again(invited_seat)).status_code == 302
    assert kinds_of(invited_seat).count("again") == 1


def test_after_several_a_day_it_says_what_to_do_instead(me, invited_seat):
    for _ in range(MOST_ASKED):
        assert me.post(again(invited_seat)).status_code == 302
        all_sent()
    response = me.post(again(invited_seat))
    assert response.status_code == 429
    page = read(response)
    assert "We have sent it several times today. Look into your junk mail, or write to the office." in page.text
    assert page.heading() == invited_seat.session.workshop.title
    assert kinds_of(invited_seat).count("again") == MOST_ASKED


def test_each_meeting_still_to_come_has_its_invitation_sent(me, person, in_two_parts, now):
    mine = Registration.objects.register(person, in_two_parts, now=now)
    in_two_parts.settle(now=now)
    all_sent()
    for _ in range(MOST_ASKED):
        assert me.post(again(mine)).status_code == 302
        all_sent()
    assert mine.notices.filter(kind="again").values("thread").distinct().count() == 2
    assert me.post(again(mine)).status_code == 429
    first, last = in_two_parts.held_meetings
    owed = CalendarThread.objects.send_again_to(mine, now=first.ends_at + timedelta(days=2))
    assert [notice.thread.meeting for notice in owed] == [last]


@pytest.mark.parametrize("what", ["gathering", "waitlist", "withdrawn", "over"])
def test_where_no_invitation_holds_it_is_refused_with_a_sentence(me, make_session, person, people, what, now):
    session = make_session(minimum=6 if what == "gathering" else 1, capacity=6 if what == "gathering" else 1)
    if what == "waitlist":
        join(session, people(1))
    mine = Registration.objects.register(person, session, now=now)
    session.settle(now=now)
    if what == "withdrawn":
        mine.withdraw(by=person, now=now)
    if what == "over":
        bring_near(session, now - (session.ends_at - session.starts_at) * 2, now)
    before = kinds_of(mine)
    response = me.post(again(mine))
    assert (response.status_code, "There is no invitation to send" in read(response).text) == (409, True)
    assert "Send the invitation again" not in read(me.get(mine.get_absolute_url())).text
    assert kinds_of(mine) == before


def test_a_seat_declined_in_the_calendar_is_kept_and_not_sent_again(me, invited_seat, now):
    invited_seat.threads.update(partstat=CalendarThread.Partstat.DECLINED)
    Decline.objects.begin(invited_seat, now=now)
    page = read(me.get(invited_seat.get_absolute_url()))
    assert "Keep my place" in page.text and "Send the invitation again" not in page.text


def test_another_person_can_have_nothing_sent(invited_seat, people, office):
    for who in (people(1)[0], office):
        other = Client()
        other.force_login(who)
        assert other.post(again(invited_seat)).status_code == 404
    assert Client().post(again(invited_seat)).url.startswith("/accounts/login/")
    checked = Client(enforce_csrf_checks=True)
    checked.force_login(invited_seat.person)
    assert checked.post(again(invited_seat)).status_code == 403
    assert kinds_of(invited_seat) == ["registered", "confirmed"]


@pytest.mark.postgres
def test_many_presses_at_once_owe_one_invitation(transactional_db, invited_seat):
    browsers = [browser(invited_seat.person) for _ in range(8)]
    answers = at_once(*(lambda one=one: one.post(again(invited_seat)).status_code for one in browsers))
    assert answers == [302] * 8
    assert kinds_of(invited_seat).count("again") == 1
