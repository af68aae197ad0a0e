"""What comes of an evaluation when it closes: from five answers, for good, and never who said what (G13)."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client, override_settings

from accounts.sealed import ACCESS_NEEDS, Unreadable
from devtools.testing.page import post
from outcomes.evaluations import life
from outcomes.evaluations.asked import people_asked
from outcomes.evaluations.invitations import path_for
from outcomes.evaluations.questions import Kind, Question, questions_of
from outcomes.evaluations.results import over_time, results_of
from outcomes.evaluations.sheets import complete, count, seal_together, unseal_together
from outcomes.models import Attendance, Evaluation, EvaluationPot, EvaluationReceipt
from registrations.models import Registration

LIFE = timedelta(days=21)
ANOTHER_KEY = Fernet.generate_key().decode()


@pytest.fixture
def people_there(evaluated) -> list:
    return [one.person for one in Registration.objects.filter(session=evaluated).order_by("position")]


def sheet(before: int = 1, after: int = 3, words: str = "") -> list:
    return [0, [before, after], words, ""]


def answer(open_evaluation, people, now, **said) -> None:
    for person in people:
        open_evaluation.answer(person, sheet(**said), now=now)


def test_five_answers_are_shown_once_it_closes(open_evaluation, people_there, now):
    answer(open_evaluation, people_there[:5], now)
    assert results_of(open_evaluation) == []
    life.close_due(now + LIFE)
    open_evaluation.refresh_from_db()
    shown = results_of(open_evaluation)
    assert [one.question.text for one in shown] == [
        "Was it worth your time?",
        "Name what happened",
        "What will you do differently?",
        "Anything else you want to tell us?",
    ]
    assert shown[0].rows[0] == ("1", "Well worth it", 5)
    assert shown[1].rows == [("1", 0, 0), ("2", 5, 0), ("3", 0, 0), ("4", 0, 5), ("5", 0, 0)]
    assert shown[1].sentence == "On average 2.0 before and 4.0 now. 5 of 5 rate themselves higher now than before."


def test_four_answers_are_never_shown_and_only_counted(open_evaluation, people_there, now):
    answer(open_evaluation, people_there[:4], now, words="Said by one of four.")
    life.close_due(now + LIFE)
    open_evaluation.refresh_from_db()
    assert (open_evaluation.results, open_evaluation.answered_count, open_evaluation.complete_count) == (None, 4, 4)
    assert open_evaluation.has_too_few and results_of(open_evaluation) == []
    assert not EvaluationPot.objects.exists()


def test_a_closed_evaluation_stays_as_it_is(open_evaluation, people_there, now):
    answer(open_evaluation, people_there[:5], now)
    open_evaluation.close(asked=9, now=now)
    before = Evaluation.objects.values().get()
    with pytest.raises(Evaluation.Closed, match="has closed"):
        open_evaluation.answer(people_there[5], sheet(), now=now)
    open_evaluation.close(asked=1, now=now + LIFE)
    life.close_due(now + LIFE)
    assert Evaluation.objects.values().get() == before
    assert EvaluationReceipt.objects.count() == 5


def test_nobody_answers_after_its_time_even_before_the_sweep(open_evaluation, people_there, now):
    with pytest.raises(Evaluation.Closed):
        open_evaluation.answer(people_there[0], sheet(), now=open_evaluation.closes_at)


def test_it_closes_at_its_time_and_not_before(open_evaluation, now):
    assert open_evaluation.closes_at == open_evaluation.session.ends_at + LIFE
    life.close_due(open_evaluation.closes_at - timedelta(seconds=1))
    assert not Evaluation.objects.get().is_closed
    life.close_due(open_evaluation.closes_at)
    assert Evaluation.objects.get().is_closed


def test_the_seal_goes_when_the_results_come(open_evaluation, people_there, now):
    answer(open_evaluation, people_there, now)
    open_evaluation.close(asked=9, now=now)
    assert not EvaluationPot.objects.exists() and Evaluation.objects.get().results is not None


def test_closing_is_on_record_without_an_answer(open_evaluation, people_there, office, now):
    answer(open_evaluation, people_there[:5], now, words="Something private")
    life.close(open_evaluation, by=office, now=now)
    said = [entry.change_message for entry in LogEntry.objects.filter(user=office, object_id=str(open_evaluation.pk))]
    assert "Closed: 5 of 9 have answered." in said
    assert not any("Something private" in entry.change_message for entry in LogEntry.objects.all())


def test_a_receipt_and_its_sheet_come_together_or_not_at_all(open_evaluation, people_there, now, monkeypatch):
    def crash(*args, **kwargs):
        raise RuntimeError("the worker dies here")

    monkeypatch.setattr("outcomes.models.evaluation.evaluation_answered.send", crash)
    with pytest.raises(RuntimeError), transaction.atomic():
        open_evaluation.answer(people_there[0], sheet(), now=now)
    assert EvaluationPot.objects.get().sheets() == [] and not EvaluationReceipt.objects.exists()


def test_of_two_sheets_of_one_person_the_first_stays(open_evaluation, people_there, now):
    assert open_evaluation.answer(people_there[0], sheet(words="first"), now=now)
    assert not open_evaluation.answer(people_there[0], sheet(words="second"), now=now)
    assert EvaluationPot.objects.get().sheets() == [sheet(words="first")]


# ---- counting ----

ASKED = [Question(Kind.CHOICE, "One?", ("a", "b", "c")), Question(Kind.PAIR, "Two?", is_needed=True),
         Question(Kind.SCALE, "Three?"), Question(Kind.WORDS, "Four?")]  # fmt: skip


def test_each_question_is_counted_alone():
    sheets = [[0, [0, 4], 2, "banana"], [2, [0, 4], None, ""], [0, [1, 1], 4, "Apple"]]
    assert count(ASKED, sheets) == [
        {"counts": [2, 0, 1]},
        {"pairs": [[0, 0, 0, 0, 2], [0, 1, 0, 0, 0], [0] * 5, [0] * 5, [0] * 5]},
        {"counts": [0, 0, 1, 0, 1]},
        {"words": ["Apple", "banana"]},
    ]


def test_a_sheet_without_a_rating_is_not_complete():
    assert complete(ASKED, [[0, [0, 4], 2, ""], [0, [0, None], 2, ""], [0, None, 2, ""]]) == 1


def test_words_stand_in_the_order_of_the_alphabet_whatever_came_first():
    words = ["b", "a", "C"]
    for said in (words, words[::-1]):
        assert count(ASKED, [[0, [0, 0], 0, one] for one in said])[3] == {"words": ["a", "b", "C"]}


def test_what_is_sealed_comes_back_in_any_script():
    sheets = [[0, [0, 4], None, "مرحبا\n🙂 \\ \u2028 x"]]
    assert unseal_together(seal_together(sheets)) == sheets
    assert unseal_together("") == []


# ---- who is asked ----


def test_people_who_were_absent_are_not_counted_and_walk_ins_are(evaluated, people_there, people, office):
    meeting, (walked_in,) = evaluated.meetings.get(), people(1)
    registered = Registration.objects.get(session=evaluated, person=people_there[0])
    assert people_asked(evaluated) == 9
    Attendance.objects.mark(meeting, registered, "absent", "roster", by=office)
    assert people_asked(evaluated) == 8
    Attendance.objects.create(
        meeting=meeting, person=walked_in, state="here", source="check_in", said_by=office, said_at=evaluated.ends_at
    )
    assert people_asked(evaluated) == 9


def test_somebody_who_walked_in_may_answer(client, evaluated, people, office):
    (walked_in,) = people(1)
    assert client.get(path_for(walked_in, evaluated)).status_code == 403
    Attendance.objects.create(
        meeting=evaluated.meetings.get(), person=walked_in, state="here", source="code", said_by=office,
        said_at=evaluated.ends_at,
    )  # fmt: skip
    assert client.get(path_for(walked_in, evaluated)).status_code == 200


# ---- the key ----


def test_with_a_missing_key_nothing_is_lost_and_it_stays_open(open_evaluation, people_there, now, settings):
    answer(open_evaluation, people_there[:5], now)
    said = {"q0": "0", "q1_before": "0", "q1_now": "1", "q2": "Kept on the page", "q3": ""}
    with override_settings(ACCOMMODATION_KEYS=[ANOTHER_KEY]):
        page = post(Client(), path_for(people_there[5], open_evaluation.session), said)
        assert page.status == 409 and "could not be taken just now" in page.text and "Kept on the page" in page.text
        assert EvaluationReceipt.objects.count() == 5
        with pytest.raises(Unreadable):
            open_evaluation.close(asked=9, now=now)
        life.close_due(now + LIFE)
        assert not Evaluation.objects.get().is_closed
    life.close_due(now + LIFE)
    assert Evaluation.objects.get().results is not None


def test_a_new_key_seals_open_evaluations_again(open_evaluation, people_there, now, settings):
    answer(open_evaluation, people_there[:2], now)
    old = settings.ACCOMMODATION_KEYS
    settings.ACCOMMODATION_KEYS = [ANOTHER_KEY, *old]
    call_command("rotate_keys", verbosity=0)
    settings.ACCOMMODATION_KEYS = [ANOTHER_KEY]
    assert len(EvaluationPot.objects.get().sheets()) == 2
    assert ACCESS_NEEDS.unseal(EvaluationPot.objects.get().sealed)


# ---- what the database refuses ----


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"results": []}, "evaluation_shows_five_or_nothing"),
        ({"results": [], "closed_at": "2030-01-01T00:00Z", "asked_count": 9, "complete_count": 4, "answered_count": 4},
         "evaluation_shows_five_or_nothing"),
        ({"closed_at": "2030-01-01T00:00Z", "complete_count": 0}, "closed_evaluation_has_its_counts"),
        ({"closed_at": "2030-01-01T00:00Z", "asked_count": 0}, "closed_evaluation_has_its_counts"),
        ({"asked_count": 3}, "closed_evaluation_has_its_counts"),
        ({"closes_at": "2000-01-01T00:00Z"}, "evaluation_closes_after_it_opens"),
    ],
)  # fmt: skip
def test_the_database_refuses_results_of_few_and_half_a_closing(open_evaluation, values, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Evaluation.objects.update(**values)


def test_the_database_refuses_a_second_receipt(open_evaluation, people_there):
    open_evaluation.receipts.create(person=people_there[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        open_evaluation.receipts.create(person=people_there[0])


def test_the_database_refuses_choices_without_a_choice(workshop):
    for wrong in ({"kind": "choice", "choices": ""}, {"kind": "words", "choices": "a"}, {"kind": "banana"}):
        with pytest.raises(IntegrityError, match="evaluation_question_has_its_choices"), transaction.atomic():
            workshop.evaluation_questions.create(text="How?", **wrong)


# ---- over time ----


def test_objectives_are_followed_from_session_to_session(workshop, evaluated, hold, people_there, now):
    later = hold(6, days_ago=0)
    life.open_due(now)
    for session, now_is in ((evaluated, 2), (later, 4)):
        open_evaluation = Evaluation.objects.get(session=session)
        people = [one.person for one in Registration.objects.filter(session=session)[:5]]
        answer(open_evaluation, people, now, after=now_is)
        open_evaluation.close(asked=9, now=now)
    (objective,) = over_time(list(Evaluation.objects.order_by("session__starts_at", "pk")))
    assert [(count, before, after) for _, _, count, before, after in objective.rows] == [
        (5, "2.0", "3.0"), (5, "2.0", "5.0")
    ]  # fmt: skip
    assert objective.all_together.rows[2] == ("3", 0, 5) and objective.all_together.rows[4] == ("5", 0, 5)
    assert len(objective.course.spans) == 2


def test_the_offices_own_questions_stand_before_the_last(workshop):
    workshop.evaluation_questions.create(text="How was the room?", kind="choice", choices="Fine\nCold")
    asked = questions_of(workshop)
    assert [(one.text, one.choices) for one in asked[-2:]] == [
        ("How was the room?", ("Fine", "Cold")), ("Anything else you want to tell us?", ())
    ]  # fmt: skip
