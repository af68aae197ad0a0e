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
def asked(make_session) -> Leading:
    """What Ada Okafor, who has no account, was asked for an open session."""
    make_session(facilitators=[Facilitator.objects.create(name="Ada Okafor", email="ada@elsewhere.example.org")])
    return Leading.objects.get()


def again(leading: Leading) -> Leading:
    return Leading.objects.get(pk=leading.pk)


def on_record(session) -> list[str]:
    return list(LogEntry.objects.filter(object_id=session.pk).order_by("pk").values_list("change_message", flat=True))


# ---- the verbs ----


def test_yes_is_noted_once(asked, now):
    asked.accept(now=now)
    again(asked).accept(now=now + MINUTES)
    assert (again(asked).words, again(asked).answered_at) == ("Accepted", now)
    assert on_record(asked.session).count("Ada Okafor said yes to leading it.") == 1


def test_no_takes_them_off_the_session_with_the_reason_on_record(asked, now):
    asked.decline("  I am away. ", now=now)
    assert list(asked.session.facilitators.all()) == []
    assert (again(asked).words, again(asked).reason) == ("Declined", "I am away.")
    assert "Ada Okafor said no to leading it. I am away." in on_record(asked.session)
    assert list(Leading.objects.waiting(now)) == [asked]


def test_no_pressed_twice_is_one_no(asked, now):
    asked.decline("First.", now=now)
    again(asked).decline("Second.", now=now + MINUTES)
    assert (again(asked).reason, again(asked).answered_at) == ("First.", now)


def test_a_no_is_taken_back_until_the_office_has_seen_to_it(asked, office, now):
    asked.decline("", now=now)
    asked.accept(now=now)
    assert asked.session.facilitators.get() == asked.facilitator
    assert (again(asked).words, list(Leading.objects.waiting(now))) == ("Accepted", [])
    asked.decline("", now=now + MINUTES)
    asked.settle(office, now=now + MINUTES)
    with pytest.raises(Leading.NotAsked, match="the office has seen to it"):
        asked.accept(now=now)


def test_somebody_else_settles_a_no(asked, office, now):
    asked.decline("", now=now)
    asked.session.appoint([Facilitator.objects.create(name="Bo Lindqvist")], by=office, now=now)
    assert list(Leading.objects.waiting(now)) == []
    assert again(asked).settled_at is not None


def test_somebody_who_was_taken_off_answers_nothing(asked, office, now):
    asked.session.appoint([], by=office, now=now)
    for answer in (asked.accept, asked.decline):
        with pytest.raises(Leading.NotAsked, match="Somebody else leads this session now"):
            answer(now=now)
    assert (again(asked).words, list(asked.session.facilitators.all())) == ("Taken off", [])


def test_no_while_it_moves_stays_a_no(asked, office, now):
    shift(asked.session, office, now, hours=2)
    asked.decline("", now=now)
    shift(asked.session, office, now, hours=1)
    assert (again(asked).words, list(asked.session.facilitators.all())) == ("Declined", [])


@pytest.mark.parametrize("how", ["cancelled", "over"])
def test_a_session_that_is_not_to_come_asks_nothing(asked, office, now, how):
    at = now
    if how == "cancelled":
        asked.session.cancel("Snow.", by=office, now=now)
    else:
        at = asked.session.ends_at
    for answer in (asked.accept, asked.decline):
        with pytest.raises(Leading.Over):
            answer(now=at)


def test_somebody_asked_again_after_a_while_answers_again(asked, office, now):
    asked.accept(now=now)
    asked.session.appoint([], by=office, now=now)
    asked.session.appoint([asked.facilitator], by=office, now=now + 3 * MINUTES)
    assert again(asked).words == "Asked"


# ---- how long names are shown, and people are checked in ----


def test_names_are_shown_from_a_week_before_until_a_week_after(asked):
    session, week = asked.session, 7 * DAY
    shown = [session.starts_at - week, session.ends_at, session.ends_at + week - MINUTES]
    hidden = [session.starts_at - week - MINUTES, session.ends_at + week]
    assert [may_see_names(session, at) for at in (*shown, *hidden)] == [True] * 3 + [False] * 2


def test_checking_in_is_theirs_from_a_day_before_until_the_day_after_ends(asked, people):
    own, other = people(2)
    Facilitator.objects.update(person=own)
    session = asked.session
    inside, outside = (
        (session.starts_at - DAY, session.ends_at + DAY),
        (session.starts_at - DAY - MINUTES, session.ends_at + 2 * DAY),
    )
    assert [may_check_in(own, session, at) for at in (*inside, *outside)] == [True, True, False, False]
    assert not may_check_in(other, session, session.starts_at)


# ---- the page of the mail ----


def test_looking_answers_nothing_and_names_nobody_who_registered(asked, client, people):
    page = read(client.get(path_of_leading(asked)))
    assert "Will you lead Bystander Interventions" in page.text and "person1" not in page.everything
    assert again(asked).words == "Asked"


def test_yes_and_no_are_pressed_without_signing_in(asked):
    browser, path = Client(), path_of_leading(asked)
    assert browser.post(path, {"answer": "yes"}).status_code == 302
    assert "You lead Bystander Interventions" in read(browser.get(path)).text
    assert browser.post(path, {"answer": "no", "reason": "Ill."}).status_code == 302
    assert "You don’t lead Bystander Interventions" in read(browser.get(path)).text
    assert browser.post(path, {"answer": "no", "reason": "Twice."}).status_code == 302
    assert again(asked).reason == "Ill."


def test_what_is_no_answer_is_refused_and_what_was_typed_kept(asked, client):
    path = path_of_leading(asked)
    answer = client.post(path, {"answer": "perhaps", "reason": "Let me think."})
    assert (answer.status_code, again(asked).words) == (400, "Asked")
    assert "Press one of the two buttons." in read(answer).text and "Let me think." in read(answer).source
    long = client.post(path, {"answer": "no", "reason": "x" * 501})
    assert (long.status_code, again(asked).words) == (400, "Asked")
    assert "x" * 501 in read(long).source


def test_a_refusal_is_said_on_the_page(asked, office, client, now):
    path = path_of_leading(asked)
    asked.session.appoint([], by=office, now=now)
    answer = client.post(path, {"answer": "yes"})
    assert answer.status_code == 409
    assert "Somebody else leads this session now" in read(answer).text


def test_another_key_opens_nothing(asked, office, client, people):
    path = path_of_leading(asked)
    assert client.get(path[:-2] + "/").status_code == 404
    # The office asks at another address: the link in the old mail is of no use any more.
    asked.facilitator.reach(by=office, person=people(1)[0], email="")
    assert client.post(path, {"answer": "yes"}).status_code == 404


def test_a_session_that_is_over_is_gone(asked, client, monkeypatch):
    monkeypatch.setattr(database_clock, "now", lambda: asked.session.ends_at)
    assert client.get(path_of_leading(asked)).status_code == 410
