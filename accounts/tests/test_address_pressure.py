"""A change of address under pressure, on PostgreSQL: of what is asked at the same time exactly one thing happens."""

import threading

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test import Client
from django.utils import timezone

from accounts.models import AddressChange, Person, address_change
from accounts.models.address_change import LIFE, SILENCE
from devtools.testing.access import NEEDS, access_page
from notifications.models import Notice
from registrations.models import Accommodation, Registration

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

NEW = "moved@example.edu"
ROUNDS = 20


def at_once(*works) -> list:
    """Run every one of `works` at the same time, each on a connection of its own; return what each gave or raised."""
    ready, results = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        try:
            ready.wait(10)
            results[number] = work()
        except (AddressChange.Refused, Accommodation.Refused, IntegrityError, OperationalError) as problem:
            results[number] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number, work]) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def fetched(change) -> AddressChange:
    return AddressChange.objects.select_related("person").get(pk=change.pk)


@pytest.fixture
def due_change(people, office):
    """due_change() is a change of a new person’s address that takes hold once the sweep comes by."""

    def make() -> AddressChange:
        now, person = timezone.now(), people(1)[0]
        change = AddressChange.objects.ask(person, f"new.{person.email}", by=office, now=now - LIFE)
        change.confirm_new(now - SILENCE)
        return change

    return make


def races_of_stop_against_hold(due_change) -> list[tuple]:
    """Return of each round what came of it: the state, whether the address changed, whether stopping was refused."""
    came = []
    for _ in range(ROUNDS):
        change = due_change()
        _, stopped = at_once(lambda c=change: fetched(c).take_hold(), lambda c=change: fetched(c).stop(by=None))
        change = fetched(change)
        came.append((change.state, change.person.email == change.new_address, isinstance(stopped, AddressChange.Ended)))
    return came


def test_stopping_against_taking_hold_has_one_winner(due_change):
    came = races_of_stop_against_hold(due_change)
    assert set(came) <= {("held", True, True), ("stopped", False, False)}


def test_without_the_lock_both_win(due_change, monkeypatch):
    monkeypatch.setattr(address_change, "lock_row", lambda row: row.refresh_from_db())
    # Long enough for both to have looked before either writes.
    meet = threading.Barrier(2)
    end = AddressChange.end

    def end_after_both_have_looked(self, state, now):
        try:
            meet.wait(2)
        except threading.BrokenBarrierError:
            meet.reset()
        end(self, state, now)

    monkeypatch.setattr(AddressChange, "end", end_after_both_have_looked)
    came = races_of_stop_against_hold(due_change)
    assert not set(came) <= {("held", True, True), ("stopped", False, False)}


def test_two_yeses_at_once_change_the_address_once(people, office):
    for _ in range(ROUNDS):
        person = people(1)[0]
        change = AddressChange.objects.ask(person, f"new.{person.email}", by=office)
        problems = at_once(
            lambda c=change: fetched(c).confirm_new(),
            lambda c=change: fetched(c).confirm_old(),
            lambda c=change: fetched(c).confirm_new(),
        )
        assert problems == [None, None, None]
        change = fetched(change)
        assert (change.state, change.person.email) == ("held", change.new_address)
        assert Notice.objects.filter(kind="account", person=person).count() == 2


def test_two_sweeps_at_once_take_hold_once(due_change):
    for _ in range(5):
        change = due_change()
        at_once(*[lambda c=change: fetched(c).take_hold()] * 4)
        assert Notice.objects.filter(kind="account", person=change.person).count() == 2


def test_two_addresses_asked_for_at_once_leave_one_waiting(people, office):
    for _ in range(ROUNDS):
        person = people(1)[0]
        at_once(
            *(
                lambda new=new, p=person: AddressChange.objects.ask(Person.objects.get(pk=p.pk), new, by=office)
                for new in (f"a.{person.email}", f"b.{person.email}")
            )
        )
        states = sorted(AddressChange.objects.filter(person=person).values_list("state", flat=True))
        assert states == ["replaced", "waiting"]


def test_two_people_get_no_one_address(people, office):
    for _ in range(5):
        now, both = timezone.now(), people(2)
        changes = []
        for person in both:
            change = AddressChange.objects.ask(person, f"one.{both[0].email}", by=office, now=now - LIFE)
            change.confirm_new(now - SILENCE)
            changes.append(change)
        at_once(*(lambda c=change: fetched(c).take_hold() for change in changes))
        for change in changes:
            fetched(change).take_hold()
        assert sorted(fetched(change).state for change in changes) == ["held", "taken"]


@pytest.mark.parametrize("round", range(10))
def test_needs_written_down_while_it_takes_hold_are_never_left_behind(due_change, make_session, round):
    change, session = due_change(), make_session()
    own = Registration.objects.register(change.person, session)
    browser = Client()
    browser.force_login(change.person)
    answer, _ = at_once(
        lambda: browser.post(access_page(own), {"needs": NEEDS}).status_code, lambda: fetched(change).take_hold()
    )
    if fetched(change).is_waiting:
        fetched(change).take_hold()
    assert fetched(change).state == "held"
    assert answer in (302, 409)
    assert not Accommodation.objects.exists()


@pytest.mark.parametrize("round", range(10))
def test_registering_while_it_takes_hold_ends_in_no_deadlock(due_change, make_session, people, round):
    change, sessions = due_change(), [make_session(days=days) for days in (14, 15)]
    Registration.objects.register(change.person, sessions[1])
    person = Person.objects.get(pk=change.person_id)
    came = at_once(
        lambda: Registration.objects.register(person, sessions[0]).status, lambda: fetched(change).take_hold()
    )
    assert not [one for one in came if isinstance(one, Exception)]
    assert fetched(change).state == "held"
