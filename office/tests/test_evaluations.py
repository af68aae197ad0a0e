"""Evaluations in the admin: questions of the office's own, what is shown when, the audit, and closing early."""

import pytest
from cryptography.fernet import Fernet
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.test import Client

from accounts.models import Person
from devtools.testing.page import get, post
from outcomes.evaluations import life
from outcomes.models import Evaluation, EvaluationQuestion
from registrations.models import Registration

LIST = "/admin/outcomes/evaluation/"


@pytest.fixture
def let_answer(open_evaluation, evaluated, now):
    """answered(count) lets so many people answer, in words that are theirs, and returns the address of the page."""

    def make(count: int, close: bool = False) -> str:
        for number, one in enumerate(Registration.objects.filter(session=evaluated)[:count]):
            open_evaluation.answer(one.person, [0, [0, 4], f"Words {number}", ""], now=now)
        if close:
            life.close(open_evaluation, now=now)
        return f"{LIST}{open_evaluation.pk}/change/"

    return make


def test_an_open_evaluation_shows_how_many_and_nothing_else(clerk, let_answer):
    page = get(clerk, let_answer(7))
    assert "Words" not in page.everything
    assert "lies under one seal" in page.text
    assert page.parts(".office-section") == []


def test_a_closed_one_shows_each_question_with_its_table(clerk, let_answer):
    page = get(clerk, let_answer(5, close=True))
    assert page.table("Name what happened").rows[0] == {"Rating": "1, not at all", "Before": "5", "Now": "0"}
    assert [part.text for part in page.parts(".office-words li")] == [f"Words {number}" for number in range(5)]
    assert "On average 1.0 before and 5.0 now." in page.text
    assert len(page.parts("svg.office-bars")) == 2 and page.inline_code == []


def test_of_four_answers_nothing_is_shown(clerk, let_answer):
    page = get(clerk, let_answer(4, close=True))
    assert "fewer than five answers" in page.text and "Words" not in page.everything
    assert page.parts(".office-section") == []


def test_the_audit_has_the_questions_and_the_counts_and_no_answer(clerk, let_answer, open_evaluation):
    let_answer(5, close=True)
    page = get(clerk, f"{LIST}{open_evaluation.pk}/audit/")
    rows = [part.text for part in page.parts(".office-facts tr")]
    assert "People asked 9" in rows and "People who answered 5" in rows
    assert "Answers that rate every objective twice, before and now 5" in rows
    assert [part.text for part in page.parts(".office-asked b")] == [
        "Was it worth your time?",
        "Name what happened",
        "What will you do differently?",
        "Anything else you want to tell us?",
    ]
    assert "Words" not in page.everything and "5.0" not in page.text


def test_the_office_closes_one_early_on_a_second_press(clerk, let_answer, open_evaluation, office):
    let_answer(5)
    closing = f"{LIST}{open_evaluation.pk}/closing/"
    assert "5 of 9 have answered" in get(clerk, closing).text and not Evaluation.objects.get().is_closed
    page = post(clerk, closing, follow=True)
    assert page.messages == ["Closed. No more answers are taken."] and Evaluation.objects.get().is_closed
    assert LogEntry.objects.filter(user=office, change_message="Closed: 5 of 9 have answered.").exists()
    again = post(clerk, closing, follow=True)
    assert again.messages == ["This evaluation is closed already."]


def test_without_the_key_it_stays_open_and_says_so(clerk, let_answer, open_evaluation, settings):
    let_answer(5)
    settings.ACCOMMODATION_KEYS = [Fernet.generate_key().decode()]
    (said,) = post(clerk, f"{LIST}{open_evaluation.pk}/closing/", follow=True).messages
    assert said.startswith("Not closed, and nothing is lost.") and not Evaluation.objects.get().is_closed


def test_closing_with_four_says_that_they_are_destroyed(clerk, let_answer, open_evaluation):
    let_answer(4)
    assert "what they said is destroyed unread" in get(clerk, f"{LIST}{open_evaluation.pk}/closing/").text


def test_a_workshop_is_followed_over_time(clerk, let_answer, workshop):
    let_answer(5, close=True)
    page = get(clerk, f"{LIST}workshop/{workshop.slug}/")
    assert page.table("Name what happened, session by session").rows[0]["Now"] == "5.0"
    assert [part.text for part in page.parts(".office-words li")] == [f"Words {number}" for number in range(5)]
    assert page.link("See the form") == f"{LIST}workshop/{workshop.slug}/form/"
    assert page.inline_code == []


def test_a_workshop_without_results_says_when_there_are_some(clerk, let_answer, workshop):
    let_answer(4, close=True)
    page = get(clerk, f"{LIST}workshop/{workshop.slug}/")
    assert "There is nothing to show yet." in page.text and "Words" not in page.everything


def test_the_form_is_looked_at_and_cannot_be_sent(clerk, workshop):
    workshop.evaluation_questions.create(text="How was the room?", kind="scale")
    page = get(clerk, f"{LIST}workshop/{workshop.slug}/form/")
    assert "How was the room?" in page.text and "Send my answers" not in page.button_names


def test_the_number_of_evaluations_makes_no_more_queries(clerk, evaluated, hold, now, django_assert_num_queries):
    clerk.get(LIST)
    with django_assert_num_queries(10):
        clerk.get(LIST)
    hold(2)
    hold(2)
    life.open_due(now)
    with django_assert_num_queries(10):
        clerk.get(LIST)


def test_the_group_office_reads_and_closes_and_others_do_not(let_answer, open_evaluation, people):
    address = let_answer(5)
    call_command("create_office", "colleague@example.edu", verbosity=0)
    colleague, stranger = Client(), Client()
    colleague.force_login(Person.objects.get(email="colleague@example.edu"))
    (person,) = people(1)
    stranger.force_login(person)
    pages = [address, LIST, f"{LIST}{open_evaluation.pk}/audit/", f"{LIST}{open_evaluation.pk}/closing/"]
    assert [colleague.get(page).status_code for page in pages] == [200] * 4
    assert {stranger.get(page).status_code for page in pages} == {302}


# ---- questions of the office's own ----


def workshop_form(clerk, workshop) -> tuple[str, dict]:
    address = f"/admin/catalog/workshop/{workshop.pk}/change/"
    form = get(clerk, address).form(id="workshop_form")
    return address, form.data


def test_a_question_is_added_on_the_page_of_its_workshop(clerk, workshop):
    address, data = workshop_form(clerk, workshop)
    data |= {
        "evaluation_questions-0-text": ["How was the room?"],
        "evaluation_questions-0-kind": ["choice"],
        "evaluation_questions-0-choices": ["Fine\r\n\r\n Cold "],
    }
    assert clerk.post(address, data).status_code == 302
    question = EvaluationQuestion.objects.get()
    assert (question.text, question.choices, question.position) == ("How was the room?", "Fine\nCold", 1)
    said = LogEntry.objects.filter(object_id=str(workshop.pk)).latest("pk").change_message
    assert "Questions of your own: from nothing to 1. How was the room? (Fine / Cold)." in said


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ("Fine", "Write two answers at least, each on a line of its own."),
        ("\n".join(f"answer {number}" for number in range(13)), "There are 13 answers; 12 are the most."),
        ("a\n" + "x" * 101, "An answer has at most 100 characters."),
        ("Fine\nfine", "The same answer stands there twice."),
    ],
)
def test_a_choice_that_is_none_is_refused_and_kept(clerk, workshop, choices, sentence):
    address, data = workshop_form(clerk, workshop)
    data |= {
        "evaluation_questions-0-text": ["How was the room?"],
        "evaluation_questions-0-kind": ["choice"],
        "evaluation_questions-0-choices": [choices],
    }
    page = post(clerk, address, data)
    assert page.status == 400 and sentence in page.text
    assert page.form(id="workshop_form").data["evaluation_questions-0-choices"] == [choices]
    assert not EvaluationQuestion.objects.exists()


def test_questions_stand_in_the_order_of_their_numbers(clerk, workshop):
    for text in ("Second", "First"):
        workshop.evaluation_questions.create(text=text, position=5)
    address, data = workshop_form(clerk, workshop)
    data |= {"evaluation_questions-0-position": ["2"], "evaluation_questions-1-position": ["1"]}
    assert clerk.post(address, data).status_code == 302
    assert list(EvaluationQuestion.objects.values_list("text", "position")) == [("First", 1), ("Second", 2)]
