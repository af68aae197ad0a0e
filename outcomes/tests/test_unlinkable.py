"""Nobody with the whole database can tell who said what in an evaluation (G13)."""

import secrets
import string

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from devtools.testing.at_once import at_once
from devtools.testing.matcher import SAID, best_match, dump
from foundation.record import record
from outcomes.evaluations import life, sheets
from outcomes.evaluations.invitations import path_for
from outcomes.models import Evaluation, EvaluationPot, EvaluationReceipt
from registrations.models import Registration

COUNT = 200
# The controls need fewer: they are matched whatever the number.
FEW = 40
# In an order of chance one is in its place on average, and ten or more once in nine million times.
CHANCE = 10
PEOPLE = {
    "outcomes_evaluationreceipt": "person_id",
    "registrations_registration": "person_id",
    "accounts_browsersession": "person_id",
    "accounts_person": "id",
}


def something() -> str:
    return "said-" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))


@pytest.fixture
def sealed_evaluation(hold, now, request):
    """The evaluation of a session that a few people were in, or as many as the test gives."""
    count = getattr(request, "param", FEW)
    hold(count, capacity=count)
    life.open_due(now)
    return Evaluation.objects.select_related("session__workshop").get()


@pytest.fixture
def answering(sealed_evaluation) -> list:
    """Those people, in the order in which they answer: that of no table."""
    people = [one.person for one in Registration.objects.select_related("person")]
    return secrets.SystemRandom().sample(people, len(people))


def answer_all(sealed_evaluation, answering) -> dict[int, str]:
    """Let everybody answer on the page, signed in. Returns what each said, by the key of the person."""
    truth = {}
    for person in answering:
        truth[person.pk] = said = something()
        client = Client()
        client.force_login(person)
        answer = client.post(path_for(person, sealed_evaluation.session), {"q0": "1", "q1": said, "q2": ""})
        assert answer.status_code == 302
    return truth


def guess(truth: dict[int, str]) -> tuple:
    tables = dump()
    tables = {name: table for name, table in tables.items() if table[1]}
    return best_match(truth, tables, {name: column for name, column in PEOPLE.items() if name in tables})


@pytest.mark.parametrize("sealed_evaluation", [COUNT], indirect=True)
def test_a_matcher_with_the_whole_database_does_no_better_than_chance(sealed_evaluation, answering, now):
    truth = answer_all(sealed_evaluation, answering)
    assert not any(SAID.search(str(rows)) for _, rows in dump().values()), "an open evaluation shows what was said"
    # A server that has the key reads the sheets while it is open: they are shuffled with each that is added.
    assert sorted(sheet[1] for sheet in sealed_evaluation.pot.sheets()) == sorted(truth.values())
    assert matches_in_order(sealed_evaluation, truth) < CHANCE
    life.close(sealed_evaluation, now=now)
    right, *how = guess(truth)
    assert sorted(SAID.findall(str(dump()["outcomes_evaluation"]))) == sorted(truth.values())
    assert right < CHANCE, how


def matches_in_order(sealed_evaluation, truth: dict[int, str]) -> int:
    """Return how many sheets in the seal stand, from the front or the back, where their person has answered."""
    inside = [sheet[1] for sheet in EvaluationPot.objects.get(evaluation=sealed_evaluation).sheets()]
    answered = list(EvaluationReceipt.objects.order_by("pk").values_list("person_id", flat=True))
    return max(
        sum(truth[person] == said for person, said in zip(answered, way, strict=True)) for way in (inside, inside[::-1])
    )


@pytest.fixture
def unshuffled(monkeypatch):
    """The mechanism taken away: sheets stay in the order in which they came."""
    monkeypatch.setattr(sheets._random, "sample", lambda these, count: list(these))


def test_without_the_shuffling_the_seal_tells_everybody(unshuffled, sealed_evaluation, answering):
    assert matches_in_order(sealed_evaluation, answer_all(sealed_evaluation, answering)) == FEW


def test_without_any_order_of_chance_the_results_tell_everybody(
    unshuffled, sealed_evaluation, answering, now, monkeypatch
):
    monkeypatch.setattr(sheets, "sorted", lambda words, key: list(words), raising=False)
    truth = answer_all(sealed_evaluation, answering)
    life.close(sealed_evaluation, now=now)
    assert guess(truth)[0] == FEW


def test_answers_that_are_kept_with_their_time_are_matched(sealed_evaluation, answering, now, monkeypatch):
    """The control: somebody writes each answer on record, without a name, but when it comes."""
    add, rule = EvaluationPot.add, answering[0]

    def and_on_record(pot, sheet):
        add(pot, sheet)
        record(rule, sealed_evaluation, sheet[1])

    ContentType.objects.get_for_model(Evaluation)
    monkeypatch.setattr(EvaluationPot, "add", and_on_record)
    assert guess(answer_all(sealed_evaluation, answering))[0] == FEW


def test_a_seal_does_not_grow_by_what_is_written(sealed_evaluation):
    short, long = [0, "", ""], [0, "x" * 600, "y" * 600]
    assert len(sheets.seal_together([short] * 3)) == len(sheets.seal_together([short, short, long]))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_people_who_answer_twice_at_once_none_is_lost(hold, now):
    session = hold(12)
    life.open_due(now)
    sealed_evaluation = Evaluation.objects.get()
    people = [one.person for one in Registration.objects.filter(session=session).select_related("person")]
    works = [lambda person=person: post_of(person, session) for person in people for _ in range(2)]
    assert set(at_once(*works)) == {302}
    sealed_evaluation.refresh_from_db()
    inside = sorted(sheet[1] for sheet in EvaluationPot.objects.get().sheets())
    assert inside == sorted(f"said by {person.pk}" for person in people)
    assert sealed_evaluation.answered_count == EvaluationReceipt.objects.count() == 12


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_answers_are_lost(hold, now, monkeypatch):
    monkeypatch.setattr("outcomes.models.evaluation.lock_row", lambda row: row.refresh_from_db())
    session = hold(12)
    life.open_due(now)
    people = [one.person for one in Registration.objects.filter(session=session).select_related("person")]
    at_once(*(lambda person=person: post_of(person, session) for person in people))
    assert len(EvaluationPot.objects.get().sheets()) < 12


def post_of(person, session) -> int:
    said = {"q0": "1", "q1": f"said by {person.pk}", "q2": ""}
    return Client().post(path_for(person, session), said).status_code
