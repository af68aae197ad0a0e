"""Facilitators say yes or no to leading a session, and the office may have changed its mind in between."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from catalog.models import Facilitator
from devtools.testing.changing import shift
from devtools.testing.page import read
from foundation import database_clock
from sessions_app.models import Leading
from sessions_app.models.leading import may_check_in, may_see_names
from sessions_app.models.leading_keys import path_of_leading

pytestmark = pytest.mark.django_db
MINUTES, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def their_leading(make_session) -> Leading:
    """What Ada Okafor, who has no account, was asked for an open session."""
    make_session(facilitators=[Facilitator.objects.create(name="Ada Okafor", email="ada@elsewhere.example.org")])
    return Leading.objects.get()


def again(leading: Leading) -> Leading:
    return Leading.objects.get(pk=leading.pk)


def on_record(session) -> list[str]:
    return list(LogEntry.objects.filter(object_id=session.pk).order_by("pk").values_list("change_message", flat=True))


# ---- the verbs ----


def test_yes_is_noted_once(their_leading, now):
    their_leading.accept(now=now)
    again(their_leading).accept(now=now + MINUTES)
    assert (again(their_leading).words, again(their_leading).answered_at) == ("Accepted", now)
    assert on_record(their_leading.session).count("Ada Okafor said yes to leading it.") == 1


def test_no_takes_them_off_the_session_with_the_reason_on_record(their_leading, now):
    their_leading.decline("  I am away. ", now=now)
    assert list(their_leading.session.facilitators.all()) == []
    assert (again(their_leading).words, again(their_leading).reason) == ("Declined", "I am away.")
    assert "Ada Okafor said no to leading it. I am away." in on_record(their_leading.session)
    assert list(Leading.objects.waiting(now)) == [their_leading]


def test_no_pressed_twice_is_one_no(their_leading, now):
    their_leading.decline("First.", now=now)
    again(their_leading).decline("Second.", now=now + MINUTES)
    assert (again(their_leading).reason, again(their_leading).answered_at) == ("First.", now)


def test_a_no_is_taken_back_until_the_office_has_seen_to_it(their_leading, office, now):
    their_leading.decline("", now=now)
    their_leading.accept(now=now)
    assert their_leading.session.facilitators.get() == their_leading.facilitator
    assert (again(their_leading).words, list(Leading.objects.waiting(now))) == ("Accepted", [])
    their_leading.decline("", now=now + MINUTES)
    their_leading.settle(office, now=now + MINUTES)
    with pytest.raises(Leading.NotAsked, match="the office has seen to it"):
        their_leading.accept(now=now)


def test_somebody_else_settles_a_no(their_leading, office, now):
    their_leading.decline("", now=now)
    their_leading.session.appoint([Facilitator.objects.create(name="Bo Lindqvist")], by=office, now=now)
    assert list(Leading.objects.waiting(now)) == []
    assert again(their_leading).settled_at is not None


def test_somebody_who_was_taken_off_answers_nothing(their_leading, office, now):
    their_leading.session.appoint([], by=office, now=now)
    for answer in (their_leading.accept, their_leading.decline):
        with pytest.raises(Leading.NotAsked, match="Somebody else leads this session now"):
            answer(now=now)
    assert (again(their_leading).words, list(their_leading.session.facilitators.all())) == ("Taken off", [])


def test_no_while_it_moves_stays_a_no(their_leading, office, now):
    shift(their_leading.session, office, now, hours=2)
    their_leading.decline("", now=now)
    shift(their_leading.session, office, now, hours=1)
    assert (again(their_leading).words, list(their_leading.session.facilitators.all())) == ("Declined", [])


@pytest.mark.parametrize("how", ["cancelled", "over"])
def test_a_session_that_is_not_to_come_asks_nothing(their_leading, office, now, how):
    at = now
    if how == "cancelled":
        their_leading.session.cancel("Snow.", by=office, now=now)
    else:
        at = their_leading.session.ends_at
    for answer in (their_leading.accept, their_leading.decline):
        with pytest.raises(Leading.Over):
            answer(now=at)


def test_somebody_asked_again_after_a_while_answers_again(their_leading, office, now):
    their_leading.accept(now=now)
    their_leading.session.appoint([], by=office, now=now)
    their_leading.session.appoint([their_leading.facilitator], by=office, now=now + 3 * MINUTES)
    assert again(their_leading).words == "Asked"


# ---- how long names are shown, and people are checked in ----


def test_names_are_shown_from_a_week_before_until_a_week_after(their_leading):
    session, week = their_leading.session, 7 * DAY
    shown = [session.starts_at - week, session.ends_at, session.ends_at + week - MINUTES]
    hidden = [session.starts_at - week - MINUTES, session.ends_at + week]
    assert [may_see_names(session, at) for at in (*shown, *hidden)] == [True] * 3 + [False] * 2


def test_checking_in_is_theirs_from_a_day_before_until_the_day_after_ends(their_leading, people):
    own, other = people(2)
    Facilitator.objects.update(person=own)
    session = their_leading.session
    inside, outside = (
        (session.starts_at - DAY, session.ends_at + DAY),
        (session.starts_at - DAY - MINUTES, session.ends_at + 2 * DAY),
    )
    assert [may_check_in(own, session, at) for at in (*inside, *outside)] == [True, True, False, False]
    assert not may_check_in(other, session, session.starts_at)


# ---- the page of the mail ----


def test_looking_answers_nothing_and_names_nobody_who_registered(their_leading, client, people):
    page = read(client.get(path_of_leading(their_leading)))
    assert "Will you lead Bystander Interventions" in page.text and "person1" not in page.everything
    assert again(their_leading).words == "Asked"


def test_yes_and_no_are_pressed_without_signing_in(their_leading):
    browser, path = Client(), path_of_leading(their_leading)
    assert browser.post(path, {"answer": "yes"}).status_code == 302
    assert "You lead Bystander Interventions" in read(browser.get(path)).text
    assert browser.post(path, {"answer": "no", "reason": "Ill."}).status_code == 302
    assert "You don’t lead Bystander Interventions" in read(browser.get(path)).text
    assert browser.post(path, {"answer": "no", "reason": "Twice."}).status_code == 302
    assert again(their_leading).reason == "Ill."


def test_what_is_no_answer_is_refused_and_what_was_typed_kept(their_leading, client):
    path = path_of_leading(their_leading)
    answer = client.post(path, {"answer": "perhaps", "reason": "Let me think."})
    assert (answer.status_code, again(their_leading).words) == (400, "Asked")
    assert "Press one of the two buttons." in read(answer).text and "Let me think." in read(answer).source
    long = client.post(path, {"answer": "no", "reason": "x" * 501})
    assert (long.status_code, again(their_leading).words) == (400, "Asked")
    assert "x" * 501 in read(long).source


def test_a_refusal_is_said_on_the_page(their_leading, office, client, now):
    path = path_of_leading(their_leading)
    their_leading.session.appoint([], by=office, now=now)
    answer = client.post(path, {"answer": "yes"})
    assert answer.status_code == 409
    assert "Somebody else leads this session now" in read(answer).text


def test_another_key_opens_nothing(their_leading, office, client, people):
    path = path_of_leading(their_leading)
    assert client.get(path[:-2] + "/").status_code == 404
    # The office asks at another address: the link in the old mail is of no use any more.
    their_leading.facilitator.reach(by=office, person=people(1)[0], email="")
    assert client.post(path, {"answer": "yes"}).status_code == 404


def test_a_session_that_is_over_is_gone(their_leading, client, monkeypatch):
    monkeypatch.setattr(database_clock, "now", lambda: their_leading.session.ends_at)
    assert client.get(path_of_leading(their_leading)).status_code == 410
