"""Many people who register for the same sessions at once, each in an order of their own: all or none (G1, G23)."""

import random

import pytest
from django.utils import timezone

from catalog.models import Program, Workshop
from devtools.testing.at_once import at_once, browser
from notifications.models import Notice
from operations.invariants import breaches
from registrations.models import Registration, RegistrationQuerySet, several

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PEOPLE, SEATS = 12, 4


@pytest.fixture
def sessions(make_session):
    """Sessions of three workshops that come one after the other; the last has the fewest seats and was made first."""
    workshops = [Workshop.objects.create(title=f"Pt. {n}", slug=f"pt-{n}", status="published") for n in range(3)]
    program = Program.objects.create(title="All", slug="all", status="published")
    for first, second in zip(workshops, workshops[1:], strict=False):
        second.requires.add(first)
    for position, workshop in enumerate(workshops):
        program.entries.create(workshop=workshop, position=position)
    sizes = reversed(list(enumerate(workshops)))
    made = [make_session(days=14 + n, workshop=one, minimum=1, capacity=SEATS + 4 - 2 * n) for n, one in sizes]
    return made[::-1]


def register_all(crowd, sessions) -> list[str]:
    """Let everybody register for all of `sessions` at the same time; return what came of each."""

    def attempt(person) -> str:
        chosen = [type(one).objects.get(pk=one.pk) for one in random.Random(person.pk).sample(sessions, len(sessions))]
        try:
            Registration.objects.register_for_all(person, chosen)
        except Registration.NotAll:
            return "none"
        # What the database says of locks that run into each other is what the control is about.
        except Exception as error:
            return type(error).__name__
        return "all"

    return at_once(*(lambda person=person: attempt(person) for person in crowd))


def has(crowd) -> set[int]:
    """Return how many seats people have."""
    return {person.registrations.registered().count() for person in crowd}


def test_everybody_has_all_or_none_and_the_seats_are_used(sessions, people):
    crowd = people(PEOPLE)
    came = register_all(crowd, sessions)
    assert (came.count("all"), came.count("none")) == (SEATS, PEOPLE - SEATS)
    assert has(crowd) == {0, len(sessions)}
    for session in sessions:
        session.refresh_from_db()
        assert (session.seats_taken, session.waiting_count, session.next_position) == (SEATS, 0, SEATS + 1)
    assert Notice.objects.filter(kind="registered").count() == SEATS * len(sessions)
    assert list(breaches(timezone.now())) == []


def test_through_the_page_the_answers_are_the_same(sessions, people):
    crowd = people(PEOPLE)
    typed = {f"date-{session.workshop_id}": session.code for session in sessions}
    browsers = [browser(person) for person in crowd]
    path = "/programs/all/registration/"
    answers = at_once(*(lambda one=one: one.post(path, typed).status_code for one in browsers))
    assert (answers.count(302), answers.count(409)) == (SEATS, PEOPLE - SEATS)
    assert has(crowd) == {0, len(sessions)}


def test_ten_equal_presses_at_once_register_once(sessions, person):
    typed = {f"date-{session.workshop_id}": session.code for session in sessions}
    browsers = [browser(person) for _ in range(10)]
    answers = at_once(*(lambda one=one: one.post("/programs/all/registration/", typed).status_code for one in browsers))
    assert answers == [302] * 10
    assert Registration.objects.count() == Notice.objects.count() == len(sessions)


def test_without_one_order_of_locks_they_run_into_each_other(sessions, people, monkeypatch):
    monkeypatch.setattr(several, "lock_all", lambda chosen: [session.lock() for session in chosen])
    assert "OperationalError" in register_all(people(PEOPLE), sessions)


def test_without_one_transaction_a_place_is_left_behind(sessions, people, monkeypatch):
    def one_by_one(_, person, chosen) -> None:
        for session in sorted(chosen, key=lambda one: one.starts_at):
            try:
                Registration.objects.register(person, session, seat=True)
            except Registration.Refused as refusal:
                raise Registration.NotAll("None.", {}) from refusal

    monkeypatch.setattr(RegistrationQuerySet, "register_for_all", one_by_one)
    crowd = people(PEOPLE)
    register_all(crowd, sessions)
    assert has(crowd) - {0, len(sessions)}
