"""What people who lead a session read of it, and what nobody else does."""

from datetime import timedelta

import pytest

from catalog.models import Facilitator
from devtools.testing.page import read
from foundation import database_clock
from outcomes.evaluations.questions import Kind
from outcomes.models import Evaluation
from registrations.models import Registration, RosterReading

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def linked(people):
    """Somebody with an account who leads sessions."""
    (own,) = people(1, name="Ada Okafor")
    return Facilitator.objects.create(name="Ada Okafor", person=own)


@pytest.fixture
def theirs(make_session, linked, people, client, now):
    """A confirmed session of the facilitator, who is signed in, with Bea and Cleo registered."""
    session = make_session(minimum=2, facilitators=[linked])
    for name in ("Bea", "Cleo"):
        Registration.objects.register(people(1, name=name)[0], session, now=now)
    session.settle(now=now)
    client.force_login(linked.person)
    session.refresh_from_db()
    return session


@pytest.fixture
def clock_at(monkeypatch):
    """clock_at(instant) lets the database's clock stand there."""
    return lambda instant: monkeypatch.setattr(database_clock, "now", lambda: instant)


def page_of(session) -> str:
    return f"/my/leading/{session.code}/"


def looks(session) -> int:
    return RosterReading.objects.filter(session=session, by__facilitator__sessions=session).count()


def test_the_list_has_what_they_lead_and_my_training_leads_there(client, theirs, linked, make_session):
    make_session(days=20)
    page = read(client.get("/my/leading/"))
    assert page.source.count("q-row") and page.text.count("Bystander Interventions") == 1
    assert "You lead 1 session to come." in read(client.get("/my/")).text


def test_people_who_lead_nothing_find_no_such_page(client, people, theirs):
    client.force_login(people(1)[0])
    assert client.get("/my/leading/").status_code == 404
    assert "What you lead" not in read(client.get("/my/")).text


def test_another_facilitator_sees_nothing_of_it(client, people, theirs):
    other = people(1)[0]
    Facilitator.objects.create(name="Bo Lindqvist", person=other)
    client.force_login(other)
    assert client.get("/my/leading/").status_code == 200
    assert client.get(page_of(theirs)).status_code == 404
    assert client.post(f"{page_of(theirs)}names/").status_code == 404


def test_the_page_counts_people_and_names_nobody(client, theirs, clock_at):
    clock_at(theirs.starts_at - DAY)
    page = read(client.get(page_of(theirs)))
    assert "2 of 24 seats" in page.text
    assert "https://meet.example.edu/quorum" in page.text
    assert "Bea" not in page.everything and looks(theirs) == 0


@pytest.mark.parametrize("days, seen", [(-8, False), (-6, True), (6, True), (8, False)])
def test_names_are_shown_on_a_press_within_a_week_and_it_is_on_record(client, theirs, clock_at, days, seen):
    clock_at(theirs.starts_at + days * DAY)
    assert ("Show the names" in read(client.get(page_of(theirs))).text) == seen
    answer = client.post(f"{page_of(theirs)}names/")
    assert answer.status_code == (200 if seen else 409)
    assert [name in read(answer).everything for name in ("Bea", "Cleo")] == [seen] * 2
    assert looks(theirs) == int(seen)


def test_somebody_taken_off_sees_it_no_longer(client, theirs, office):
    theirs.appoint([], by=office)
    assert client.get(page_of(theirs)).status_code == 404


def test_people_are_checked_in_by_who_leads_around_the_session_alone(client, theirs, clock_at, people):
    door = f"/sessions/{theirs.code}/check-in/"
    assert client.get(door).status_code == 403
    clock_at(theirs.starts_at - timedelta(minutes=5))
    assert "Check people in" in read(client.get(page_of(theirs))).text
    page = read(client.get(door))
    assert "Bea" in page.text and "/admin/" not in page.source
    registration = theirs.registrations.first()
    here = {"meeting": theirs.meetings.get().pk, "does": "here", "who": f"r-{registration.uuid}"}
    assert client.post(door, here).status_code == 302
    assert client.get(f"{door}code/").status_code == 200
    client.force_login(people(1)[0])
    assert client.get(door).status_code == 403


@pytest.mark.parametrize("many, shown", [(4, False), (5, True)])
def test_results_are_read_once_they_are_closed_and_of_five_answers(client, theirs, people, now, many, shown):
    evaluation = Evaluation.objects.begin(theirs, now=now)
    type(theirs).objects.filter(pk=theirs.pk).update(status="completed")
    sheet = ["Slower, please." if one.kind == Kind.WORDS else 1 for one in evaluation.asks]
    for person in people(many):
        evaluation.answer(person, sheet, now=now)
    assert "Slower, please." not in read(client.get(page_of(theirs))).text
    evaluation.close(asked=6, now=now)
    assert ("Slower, please." in read(client.get(page_of(theirs))).text) == shown


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_costs_the_same_for_one_and_for_thirty(client, linked, make_session, many, django_assert_num_queries):
    for number in range(many):
        make_session(days=10 + number, facilitators=[linked])
    client.force_login(linked.person)
    client.get("/my/leading/")
    with django_assert_num_queries(6):
        assert client.get("/my/leading/").status_code == 200
