"""How far a person is with a program: taken, booked, waiting, too long ago, open; and what counts as what."""

from datetime import date, timedelta

import pytest

from catalog.models import Program, Workshop
from foundation.dates import months_later
from registrations.models import PriorAttendance, Registration
from registrations.progress import State, progress
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshops_taken(db) -> list[Workshop]:
    """Four published workshops, A to D."""
    return [Workshop.objects.create(title=name, slug=name.lower(), status="published") for name in "ABCD"]


@pytest.fixture
def program_taken(workshops_taken) -> Program:
    """A published program that takes all four."""
    made = Program.objects.create(title="Ally", slug="ally", status="published", rule=Program.Rule.ALL)
    for position, workshop in enumerate(workshops_taken):
        made.entries.create(workshop=workshop, position=position)
    return made


@pytest.fixture
def take(make_session, person, now):
    """take(workshop, days_ago) has `person` registered in a session of it that was held so long ago."""

    def made(workshop, days_ago: int = 30, status=Session.Status.COMPLETED) -> Registration:
        session = make_session(workshop=workshop, minimum=1)
        registration = Registration.objects.register(person, session, now=now)
        ended = now - timedelta(days=days_ago)
        Session.objects.filter(pk=session.pk).update(
            status=status,
            starts_at=ended - timedelta(hours=2),
            ends_at=ended,
            confirm_by=ended - timedelta(days=3),
            registration_closes_at=ended - timedelta(hours=2),
            confirmed_at=ended,
            confirmed_count=1,
            confirmed_minimum=1,
        )
        return registration

    return made


@pytest.fixture
def states(person, program_taken, now):
    """states() gives the state of each of the four for `person`, in order."""

    def read() -> list[State]:
        found = Program.objects.with_entries().get(pk=program_taken.pk)
        steps = progress(person, found, now).steps
        return [steps[entry.pk].state for entry in found.entries.all()]

    return read


@pytest.fixture
def far_ahead(person, program_taken, now):
    """far() gives the progress of `person` as words, and whether it is complete."""

    def read() -> tuple[str, bool]:
        found = progress(person, Program.objects.with_entries().get(pk=program_taken.pk), now)
        return found.words, found.is_complete

    return read


def test_done_booked_waiting_and_open(states, far_ahead, take, workshops_taken, make_session, people, person, now):
    take(workshops_taken[0])
    Registration.objects.register(person, make_session(workshop=workshops_taken[1]), now=now)
    full = make_session(workshop=workshops_taken[2], minimum=1, capacity=1)
    for one in (*people(1), person):
        Registration.objects.register(one, full, now=now)
    assert states() == ["done", "booked", "waiting", "open"]
    assert far_ahead() == ("1 of 4 done", False)


def test_a_seat_is_said_before_a_place_in_line(states, workshops_taken, make_session, people, person, now):
    full = make_session(days=5, workshop=workshops_taken[0], minimum=1, capacity=1)
    for one in (*people(1), person):
        Registration.objects.register(one, full, now=now)
    Registration.objects.register(person, make_session(days=20, workshop=workshops_taken[0]), now=now)
    assert states()[0] == "booked"


@pytest.mark.parametrize("status", [Session.Status.CONFIRMED, Session.Status.COMPLETED])
def test_a_session_that_is_over_and_was_held_is_done(states, take, workshops_taken, status):
    take(workshops_taken[0], days_ago=0, status=status)
    assert states()[0] == "done"


@pytest.mark.parametrize("status", [Session.Status.OPEN, Session.Status.CANCELLED])
def test_a_session_that_was_not_held_is_not_done(states, take, workshops_taken, status):
    take(workshops_taken[0], status=status)
    assert states()[0] == "open"


def test_a_place_given_up_is_not_done(states, take, workshops_taken):
    registration = take(workshops_taken[0])
    Registration.objects.filter(pk=registration.pk).update(status="withdrawn", withdrawn_at=registration.registered_at)
    assert states()[0] == "open"


def test_what_others_took_is_theirs(states, take, workshops_taken, people):
    registration = take(workshops_taken[0])
    Registration.objects.filter(pk=registration.pk).update(person=people(1)[0])
    assert states()[0] == "open"


def test_taken_elsewhere_is_done(states, far_ahead, workshops_taken, person):
    for workshop in workshops_taken:
        PriorAttendance.objects.create(person=person, workshop=workshop)
    assert states() == ["done"] * 4
    assert far_ahead() == ("You have completed this program.", True)


def test_a_draft_workshop_does_not_count(states, far_ahead, workshops_taken, person):
    for workshop in workshops_taken[1:]:
        PriorAttendance.objects.create(person=person, workshop=workshop)
    assert far_ahead() == ("3 of 4 done", False)
    Workshop.objects.filter(pk=workshops_taken[0].pk).update(status="draft")
    assert far_ahead() == ("You have completed this program.", True)


# ---- what counts as what ----


def test_the_workshop_before_the_one_before_it_counts(person, program_taken, take, workshops_taken, now):
    oldest = Workshop.objects.create(title="Unconscious Bias", slug="unconscious", status="published")
    older = Workshop.objects.create(title="Bias", slug="bias")
    older.successor, oldest.successor = workshops_taken[0], older
    older.save(), oldest.save()
    take(oldest)
    entry = program_taken.entries.first()
    step = progress(person, Program.objects.with_entries().get(), now).steps[entry.pk]
    assert step.state == "done" and step.words.endswith(", as Unconscious Bias")


def test_the_successor_does_not_count_as_what_it_followed(states, take, workshops_taken):
    workshops_taken[0].successor = Workshop.objects.create(title="Bias", slug="bias", status="published")
    workshops_taken[0].save()
    take(workshops_taken[0].successor)
    assert states()[0] == "open"


def test_a_circle_of_successors_ends(states, take, workshops_taken):
    """No form makes one; SQL could."""
    for one, other in zip(
        workshops_taken[:3], [workshops_taken[1], workshops_taken[2], workshops_taken[0]], strict=True
    ):
        Workshop.objects.filter(pk=one.pk).update(successor=other)
    take(workshops_taken[2])
    assert states() == ["done", "done", "done", "open"]


# ---- within a time ----


def within(program_taken: Program, months: int) -> None:
    program_taken.within_months = months
    program_taken.save()


def test_what_was_taken_too_long_ago_counts_no_more(states, far_ahead, program_taken, take, workshops_taken):
    within(program_taken, 12)
    take(workshops_taken[0], days_ago=500)
    take(workshops_taken[1], days_ago=100)
    assert states() == ["lapsed", "done", "open", "open"]
    assert far_ahead() == ("1 of 4 done in the last 12 months", False)


def test_what_was_completed_in_time_stays_complete(states, far_ahead, program_taken, take, workshops_taken):
    within(program_taken, 12)
    for number, workshop in enumerate(workshops_taken):
        take(workshop, days_ago=1000 - number)
    assert states() == ["done"] * 4 and far_ahead() == ("You have completed this program.", True)


def test_all_of_it_over_too_long_a_time_is_not_complete(far_ahead, program_taken, take, workshops_taken):
    within(program_taken, 12)
    for number, workshop in enumerate(workshops_taken):
        take(workshop, days_ago=100 + number * 125)
    assert far_ahead() == ("3 of 4 done in the last 12 months", False)


def test_taking_it_again_makes_it_count(states, program_taken, take, workshops_taken):
    within(program_taken, 12)
    take(workshops_taken[0], days_ago=500)
    take(workshops_taken[0], days_ago=10)
    assert states()[0] == "done"


def test_what_was_taken_elsewhere_counts_at_any_time(far_ahead, program_taken, take, workshops_taken, person):
    within(program_taken, 1)
    PriorAttendance.objects.create(person=person, workshop=workshops_taken[0])
    for workshop in workshops_taken[1:]:
        take(workshop, days_ago=3)
    assert far_ahead() == ("You have completed this program.", True)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 12, 5), 1, date(2025, 1, 5)),
        (date(2024, 1, 5), -13, date(2022, 12, 5)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(day, months, later):
    assert months_later(day, months) == later


# ---- so many of them, so many of each category ----


def test_so_many_of_them_complete_it(far_ahead, program_taken, take, workshops_taken):
    program_taken.rule, program_taken.needed = Program.Rule.SOME, 2
    program_taken.save()
    take(workshops_taken[3])
    assert far_ahead() == ("1 of 2 done", False)
    take(workshops_taken[0])
    assert far_ahead() == ("You have completed this program.", True)


def test_so_many_of_each_category_complete_it(far_ahead, program_taken, take, workshops_taken):
    program_taken.rule = Program.Rule.CATEGORIES
    program_taken.save()
    first, second = (program_taken.categories.create(name=name) for name in ("Foundations", "Practice"))
    program_taken.entries.filter(workshop__in=workshops_taken[:2]).update(category=first)
    program_taken.entries.filter(workshop__in=workshops_taken[2:]).update(category=second)
    take(workshops_taken[0])
    take(workshops_taken[1])
    assert far_ahead() == ("1 of 2 done", False)
    take(workshops_taken[2])
    assert far_ahead() == ("You have completed this program.", True)


def test_a_heading_is_never_complete(far_ahead, program_taken, take, workshops_taken):
    program_taken.rule = Program.Rule.NONE
    program_taken.save()
    for workshop in workshops_taken:
        take(workshop)
    assert far_ahead() == ("4 of 4 done", False)


def test_progress_makes_four_queries_however_much_was_taken(
    person, program_taken, take, workshops_taken, now, django_assert_num_queries
):
    found = Program.objects.with_entries().get()
    for _ in range(2):
        with django_assert_num_queries(4):
            progress(person, found, now)
        for workshop in workshops_taken:
            take(workshop)
            take(workshop, days_ago=400)
