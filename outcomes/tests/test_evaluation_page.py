"""The page on which people say what they think of a session."""

import io
import logging
from datetime import timedelta

import pytest
from django.test import Client

from config.logs import TokensOut
from devtools.testing.page import get, post, read
from outcomes.evaluations import life
from outcomes.evaluations.answered import answered_among, has_answered
from outcomes.evaluations.invitations import link_for, path_for
from outcomes.evaluations.questions import MOST_LETTERS
from outcomes.models import Attendance, Evaluation
from registrations.models import Registration

WORDS = "I will ask before I help."


@pytest.fixture
def asked_about(workshop, hold, now):
    """A session of six that has ended, of a workshop with two objectives and a question of the office's own."""
    for position, text in enumerate(["Name what happened", "Choose a way to step in"], 1):
        workshop.objectives.create(text=text, position=position)
    workshop.evaluation_questions.create(text="How was the room?", kind="scale")
    session = hold(6)
    life.open_due(now)
    return session


@pytest.fixture
def asked_people(asked_about):
    return list(Registration.objects.filter(session=asked_about).order_by("position"))


@pytest.fixture
def form_path(asked_about, asked_people) -> str:
    return path_for(asked_people[0].person, asked_about)


def answers(**other) -> dict:
    """Return what is posted by somebody who answers everything."""
    said = {
        "q0": "1",
        "q1_before": "1",
        "q1_now": "3",
        "q2_before": "0",
        "q2_now": "4",
        "q3": WORDS,
        "q4": "2",
        "q5": "",
    }
    return said | other


def test_the_page_asks_each_objective_before_and_now(form_path):
    page = get(Client(), form_path)
    assert page.status == 200
    assert [part.text for part in page.parts("legend.ev-text")] == [
        "Was it worth your time?",
        "Name what happened",
        "Choose a way to step in",
        "How was the room? optional",
    ]
    for objective in ("Name what happened", "Choose a way to step in"):
        for when in ("Before", "Now"):
            assert list(page.field(f"{when}: {objective}").options.values()) == [
                "1, not at all", "2", "3", "4", "5, very well",
            ]  # fmt: skip
    assert "Your answers are not linked to your name." in page.text


def test_answers_are_taken_once(form_path, asked_about, asked_people):
    person = asked_people[0].person
    for _ in range(2):
        answer = Client().post(form_path, answers())
        assert (answer.status_code, answer.url) == (302, form_path)
    assert Evaluation.objects.get().answered_count == 1 == len(Evaluation.objects.get().pot.sheets())
    assert has_answered(person, asked_about) and not has_answered(asked_people[1].person, asked_about)
    pairs = {(one.person_id, asked_about.pk) for one in asked_people}
    assert answered_among(pairs) == {(person.pk, asked_about.pk)}
    page = get(Client(), form_path)
    assert page.heading() == "Thank you" and "cannot be changed" in page.text and WORDS not in page.everything


def test_the_sheet_holds_what_was_answered_and_nothing_else(form_path):
    Client().post(form_path, answers())
    assert Evaluation.objects.get().pot.sheets() == [[1, [1, 3], [0, 4], WORDS, 2, ""]]


def test_what_is_missing_is_named_and_what_was_typed_stays(form_path, asked_about, asked_people):
    page = post(Client(), form_path, {"q0": "1", "q1_before": "2", "q3": WORDS})
    assert page.status == 422
    assert [part.text for part in page.parts(".q-errors li")] == [
        "Name what happened Choose a number for now.",
        "Choose a way to step in Choose a number for before.",
        "Choose a way to step in Choose a number for now.",
    ]
    assert WORDS in page.text and page.form("Send my answers").data["q1_before"] == ["2"]
    assert not has_answered(asked_people[0].person, asked_about)


@pytest.mark.parametrize(
    "wrong", [{"q0": "9"}, {"q1_now": "-1"}, {"q0": "x"}, {"q3": "x" * (MOST_LETTERS + 1)}, {"q3": "a\0b"}, {"q4": "7"}]
)
def test_what_cannot_be_an_answer_is_refused(form_path, wrong):
    assert Client().post(form_path, answers(**wrong)).status_code == 422
    assert Evaluation.objects.get().answered_count == 0


def test_words_that_turn_the_page_around_lose_that(form_path):
    Client().post(form_path, answers(q3="a\u202eb\r\nc"))
    assert Evaluation.objects.get().pot.sheets()[0][3] == "ab\nc"


def test_after_its_end_nothing_is_added_and_the_words_are_given_back(form_path, asked_people, set_clock_ahead):
    set_clock_ahead(timedelta(days=21))
    page = post(Client(), form_path, answers())
    assert (page.status, page.heading()) == (410, "This evaluation has closed")
    assert WORDS in page.text and "Nothing was added" in page.text
    assert Evaluation.objects.get().answered_count == 0
    assert get(Client(), form_path).status == 410


@pytest.fixture
def set_clock_ahead(monkeypatch):
    """set_now(by) sets the one clock ahead by so much."""
    from foundation import database_clock

    right = database_clock.now

    def set_ahead(by: timedelta) -> None:
        monkeypatch.setattr(database_clock, "now", lambda: right() + by)

    return set_ahead


def test_people_who_were_absent_are_not_asked(form_path, asked_about, asked_people, office):
    Attendance.objects.mark(asked_about.meetings.get(), asked_people[0], "absent", "roster", by=office)
    page = post(Client(), form_path, answers())
    assert page.status == 403 and "We have you as absent" in page.text
    assert Evaluation.objects.get().answered_count == 0


def test_people_of_whom_nobody_has_said_a_word_are_asked(asked_about, asked_people, office):
    Attendance.objects.mark(asked_about.meetings.get(), asked_people[0], "here", "roster", by=office)
    assert get(Client(), path_for(asked_people[1].person, asked_about)).status == 200


def test_people_without_a_place_are_not_asked(asked_about, person):
    page = post(Client(), path_for(person, asked_about), answers())
    assert page.status == 403 and "You had no place in this session" in page.text


def test_a_link_is_for_one_person_and_one_session(form_path, asked_about, asked_people, hold):
    cut, other = form_path[:-3] + "/", form_path.replace(asked_about.code, hold(1).code)
    for wrong in (cut, other, form_path.replace(f"-{asked_people[0].person_id}-", f"-{asked_people[1].person_id}-")):
        page = get(Client(), wrong)
        assert (page.status, page.heading()) == (404, "This link opens nothing")


def test_before_the_session_has_ended_the_page_says_when_it_opens(make_session, person, now):
    session = make_session(minimum=1)
    registration = Registration.objects.register(person, session, now=now)
    page = get(Client(), path_for(person, session))
    assert (page.status, page.heading()) == (200, "This opens when the session has ended")
    assert link_for(registration).endswith(path_for(person, session))


def test_the_questions_stay_as_they_were_when_it_opened(form_path, workshop):
    workshop.objectives.all().delete()
    workshop.evaluation_questions.update(text="Another question")
    page = get(Client(), form_path)
    assert "Name what happened" in page.text and "Another question" not in page.text


def test_a_session_that_was_not_held_has_no_evaluation(make_session, now):
    session = make_session()
    assert Evaluation.objects.open(session, now=now) is None
    life.open_due(now)
    assert not Evaluation.objects.exists()


def test_opening_twice_is_one_evaluation(asked_about, now):
    life.open_due(now)
    assert Evaluation.objects.open(asked_about, now=now) == Evaluation.objects.get()


def test_the_page_names_nobody_and_is_kept_nowhere(form_path, asked_people):
    answer = Client().get(form_path)
    page = read(answer)
    assert asked_people[0].person.name not in page.everything and asked_people[0].person.email not in page.everything
    assert "no-store" in answer["Cache-Control"]
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("strict-origin", "noindex")
    assert page.inline_code == []


def test_no_log_has_the_token_whatever_is_refused(form_path):
    (handler,) = [one for one in logging.root.handlers if any(isinstance(each, TokensOut) for each in one.filters)]
    before = handler.setStream(log := io.StringIO())
    try:
        statuses = [Client().put(form_path).status_code, Client(enforce_csrf_checks=True).post(form_path).status_code]
        statuses.append(Client().get(form_path[:-3] + "/").status_code)
    finally:
        handler.setStream(before)
    assert statuses == [405, 403, 404]
    assert log.getvalue().count("/evaluations/[token]") == 3 and form_path[-30:-4] not in log.getvalue()


def test_the_signal_says_that_somebody_answered_and_not_what(form_path, asked_about, asked_people):
    from outcomes.signals import evaluation_answered

    heard = []

    def hear(sender, **told):
        heard.append(told)

    evaluation_answered.connect(hear)
    try:
        Client().post(form_path, answers())
    finally:
        evaluation_answered.disconnect(hear)
    (told,) = heard
    assert told.keys() == {"session", "person", "signal"}
    assert (told["session"], told["person"]) == (asked_about, asked_people[0].person)


def test_the_number_of_people_makes_no_more_queries(
    form_path, asked_about, workshop, hold, now, django_assert_num_queries
):
    many = hold(12)
    life.open_due(now)
    person = Registration.objects.filter(session=many).first().person
    for address in (form_path, path_for(person, many)):
        with django_assert_num_queries(8):
            Client().get(address)
