"""People ticked on a roster are withdrawn or moved at one press, once the office has seen what comes of each."""

import pytest
from django.urls import reverse

from devtools.testing.groups import in_group
from devtools.testing.page import read
from notifications.models import Notice
from registrations.models import Registration
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


def roster(session) -> str:
    return reverse("admin:registrations_registration_roster", args=[session.pk])


@pytest.fixture
def tick(clerk):
    """tick(session, "withdraw", registrations, ...) ticks them and shows what comes of it; tick.again() presses it."""

    class Tick:
        def __call__(self, session, act, registrations, **typed):
            self.url = reverse("admin:registrations_registration_ticked", args=[session.pk])
            chosen = {"action": act, "_selected_action": [one.pk for one in registrations]}
            self.answer = clerk.post(self.url, chosen, follow=True)
            if typed:
                self.answer = clerk.post(self.url, chosen | {"step": "1", "show": "1"} | typed)
            self.page = read(self.answer)
            return self.page

        def again(self):
            self.answer = clerk.post(self.url, self.page.form(id="many_form").data | {"sure": "1"}, follow=True)
            return read(self.answer)

    return Tick()


@pytest.fixture
def three_of_three(make_session, people):
    """A session of three seats, three people in them and two who wait."""
    session = make_session(minimum=1, capacity=3)
    for person in people(5):
        Registration.objects.register(person, session)
    session.settle()
    return session


def in_order(session) -> list[Registration]:
    return list(session.registrations.order_by("position"))


def test_the_roster_ticks_each_person_by_name(clerk, three_of_three):
    page = read(clerk.get(roster(three_of_three)))
    assert all(f'aria-label="Tick Person {number}"' in page.source for number in range(1, 6))
    assert len(page.parts('[name="_selected_action"]')) == 5


def test_ticked_people_are_withdrawn_and_who_waits_gets_their_seats(tick, three_of_three):
    first, second, *_ = in_order(three_of_three)
    page = tick(three_of_three, "withdraw", [first, second], why="because", reason="The room is flooded.")
    assert "A mail about it goes to two people." in page.text
    assert "Two people who wait are told: of a seat that is theirs now" in page.text
    assert page.text.count("Loses the seat.") == 2
    assert all(one.is_active for one in in_order(three_of_three)) and not Notice.objects.filter(kind="left").exists()
    assert "2 people are withdrawn." in tick.again().text
    assert [one.is_registered for one in in_order(three_of_three)] == [False, False, True, True, True]


def test_a_reason_that_people_read_is_asked_for(tick, three_of_three):
    page = tick(three_of_three, "withdraw", in_order(three_of_three)[:2], why="because")
    assert tick.answer.status_code == 400 and "Say why: they are told the reason." in page.text


def test_people_move_in_the_order_of_their_seats_while_there_are_seats(tick, three_of_three, make_session):
    there = make_session(days=30, capacity=6)
    Session.objects.filter(pk=there.pk).update(capacity=2, minimum=1)
    everybody = in_order(three_of_three)[:3]
    page = tick(three_of_three, "transfer", reversed(everybody), to=there.pk)
    assert "It is done to 2. One cannot be, and stays as it is." in page.text
    assert "That date is full." in page.text
    text = tick.again().text
    assert "2 people have moved to the other date." in text and "That date is full." in text
    moved = there.registrations.order_by("position").values_list("person__name", flat=True)
    assert list(moved) == ["Person 1", "Person 2"]


def test_a_press_agrees_to_what_was_shown_and_to_nothing_else(tick, three_of_three, people):
    first, second, *_ = in_order(three_of_three)
    tick(three_of_three, "withdraw", [first, second], why="asked")
    second.withdraw(by=second.person)
    assert "This is not what it was when you looked" in tick.again().text
    first.refresh_from_db()
    assert first.is_registered


def test_with_nobody_ticked_the_roster_says_so(tick, three_of_three, make_session):
    assert "Tick the people first." in tick(three_of_three, "withdraw", []).text
    other = Registration.objects.register(in_order(three_of_three)[0].person, make_session(days=40))
    assert "Tick the people first." in tick(three_of_three, "withdraw", [other]).text


@pytest.mark.parametrize("act", ["", "delete", "withdraw\0"])
def test_an_act_that_is_none_does_nothing(tick, three_of_three, act):
    assert "Tick the people first." in tick(three_of_three, act, in_order(three_of_three)[:1]).text


def test_more_than_a_hundred_are_too_many(clerk, three_of_three):
    url = reverse("admin:registrations_registration_ticked", args=[three_of_three.pk])
    chosen = {"action": "withdraw", "_selected_action": [str(number) for number in range(101)]}
    assert "Tick 100 people at most at a time." in read(clerk.post(url, chosen, follow=True)).text


def test_a_viewer_ticks_nobody(client, people, three_of_three):
    client.force_login(in_group(people, "Viewer"))
    url = reverse("admin:registrations_registration_ticked", args=[three_of_three.pk])
    assert client.post(url, {"action": "withdraw", "_selected_action": ["1"]}).status_code == 403


def test_nobody_is_given_a_seat_only_to_lose_it(tick, three_of_three):
    seated, *_, waiting, last = in_order(three_of_three)
    tick(three_of_three, "withdraw", [seated, waiting], why="asked")
    tick.again()
    assert [one.status for one in in_order(three_of_three)[3:]] == ["withdrawn", "registered"]
    told = Notice.objects.filter(person=waiting.person).values_list("kind", flat=True)
    assert "promoted" in Notice.objects.filter(person=last.person).values_list("kind", flat=True)
    assert "promoted" not in told and "withdrawn" in told
