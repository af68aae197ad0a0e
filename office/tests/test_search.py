"""The office’s search: people, sessions and workshops, each to people who may see its list."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission

from accounts.models import Person, Unit
from catalog.models import Facilitator
from devtools.testing.office_pages import session_page, workshop_page
from devtools.testing.page import read

pytestmark = pytest.mark.django_db
SEARCH = "/admin/search/"


def found(client, term: str) -> dict[str, list[str]]:
    """What was found by `term`: of each kind, the addresses of its rows."""
    sections = read(client.get(SEARCH, {"q": term})).parts(".office-section")
    return {part.part("h2").text: [one.link(one.link_names[0]) for one in part.parts("tbody tr")] for part in sections}


def page_of(person: Person) -> str:
    return f"/admin/accounts/person/{person.pk}/change/"


@pytest.mark.parametrize("term", ["rosa", "Lindqvist", "lind rosa", "ROSA.L@", "  sa  lindq "])
def test_a_person_is_found_by_letters_of_name_and_address(clerk, term):
    unit = Unit.objects.create(name="Pediatrics")
    rosa = Person.objects.create_user("rosa.l@example.edu", name="Rosa Lindqvist", role="staff", unit=unit)
    Person.objects.create_user("rolf@example.edu", name="Rolf Lind", role="staff")
    assert found(clerk, term) == {"People": [page_of(rosa)]}
    assert "Pediatrics" in read(clerk.get(SEARCH, {"q": term})).text


@pytest.mark.parametrize("term", ["bystander okafor", "210", "learning okafor", "CODE"])
def test_a_session_is_found_by_workshop_room_leader_and_code(clerk, make_hybrid, make_session, term):
    session, _other = make_hybrid(), make_session(days=40)
    Facilitator.objects.create(name="Ada Okafor").sessions.add(session)
    term = session.code.upper()[:6] if term == "CODE" else term
    assert found(clerk, term) == {"Sessions": [session_page(session)]}


def test_sessions_to_come_are_found_before_those_that_are_over(clerk, make_session, now):
    later, sooner = make_session(days=30), make_session(days=3)
    draft = make_session(days=20, published=False)
    over, long_over = make_session(days=9), make_session(days=8)
    for session, days in ((over, 3), (long_over, 300)):
        at = now - timedelta(days=days)
        type(session).objects.filter(pk=session.pk).update(starts_at=at, ends_at=at + timedelta(hours=1), confirm_by=at)
    expected = [session_page(one) for one in (sooner, draft, later, over, long_over)]
    assert found(clerk, "bystander")["Sessions"] == expected


def test_of_each_kind_ten_are_shown_and_a_link_leads_to_all(clerk, people, workshop):
    people(11)
    page = read(clerk.get(SEARCH, {"q": "person"}))
    assert len(page.parts("tbody tr")) == 10
    assert page.link("All people that match") == "/admin/accounts/person/?q=person"
    assert clerk.get(page.link("All people that match")).context["cl"].result_count == 12  # and Office Person
    assert found(clerk, "interventions") == {"Workshops": [workshop_page(workshop)]}


@pytest.mark.parametrize(
    ("may", "kinds"),
    [
        ([], set()),
        (["view_person"], {"People"}),
        (["view_session"], {"Sessions"}),
        (["view_workshop"], {"Workshops"}),
        (["view_person", "view_session", "view_workshop"], {"People", "Sessions", "Workshops"}),
    ],
)
def test_each_kind_is_for_who_may_see_its_list(client, session, may, kinds):
    person = Person.objects.create_user("bystander@example.edu", name="By", role="staff", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=may))
    client.force_login(person)
    assert set(found(client, "bystander")) == kinds


def test_who_may_see_nothing_is_told_so(client):
    client.force_login(Person.objects.create_user("new@example.edu", name="New", role="staff", is_staff=True))
    assert "there is nothing to search" in read(client.get(SEARCH, {"q": "a"})).text


def test_quorum_itself_is_nobody_to_find(clerk):
    Person.objects.rule()
    assert found(clerk, "quorum") == {}
    assert "Nothing matches “quorum”." in read(clerk.get(SEARCH, {"q": "quorum"})).text


@pytest.mark.parametrize("term", ["\0", "a" * 201, "x\0y"])
def test_what_cannot_be_searched_for_is_said(clerk, term):
    response = clerk.get(SEARCH, {"q": term})
    assert response.status_code == 400 and read(response).parts(".errorlist")


@pytest.mark.parametrize("term", ["", "  ", "%", "_", "(", "\\", "'", "🙂", "a " * 90, "٣", "--", "a'); --"])
def test_no_search_is_an_error_of_ours(clerk, session, term):
    response = clerk.get(SEARCH, {"q": term})
    assert response.status_code == 200 and read(response).field(name="q").value in (term, term.strip())


def test_a_sign_of_the_database_stands_for_itself(clerk, people):
    people(2)
    assert found(clerk, "%") == found(clerk, "_") == found(clerk, "per_on") == {}
