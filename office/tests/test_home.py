"""The office’s first page: what waits, each with its count and the list that shows it, and the next two weeks."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from catalog.models import Facilitator, Workshop
from devtools.bench.data import fill
from devtools.testing.access import NEEDS, arranger
from devtools.testing.office_pages import session_page
from devtools.testing.page import read
from office.home.lines import LINES
from registrations.models import Accommodation, Registration

pytestmark = pytest.mark.django_db
HOME, LIST = "/admin/", "/admin/sessions_app/session/"


def somebody_who_may(*codenames: str) -> Client:
    """A browser of a person of the office with these permissions and no other."""
    person = Person.objects.create_user("may@example.edu", name="May Some", role="staff", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(person)
    return client


def waiting(client) -> dict[str, str]:
    """What stands under “Waiting for you”: the words of each line and where it leads."""
    (part,) = read(client.get(HOME)).parts("section[aria-labelledby=waiting]")
    return {link.name: link.address for link in part.links()}


@pytest.fixture
def nobody_leads(make_session):
    """An open session in nine days, short of its minimum, which nobody leads."""
    return make_session(days=9)


def test_a_line_leads_to_exactly_what_it_counts(clerk, nobody_leads, make_session, people, now):
    Facilitator.objects.create(name="Ada Okafor").sessions.add(
        *(led := [make_session(days=30, minimum=2), make_session(days=40, published=False)])
    )
    for person in people(2):
        registration = Registration.objects.register(person, led[0])
    led[0].settle()
    registration.withdraw(by=registration.person)
    lines = waiting(clerk)
    assert list(lines) == [
        "1 session short of its minimum is decided within ten days",
        "1 confirmed session is below its minimum",
        "1 session without a facilitator",
        "1 draft to publish",
    ]
    found = [{row.pk for row in clerk.get(address).context["cl"].result_list} for address in lines.values()]
    assert found == [{nobody_leads.pk}, {led[0].pk}, {nobody_leads.pk}, {led[1].pk}]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.one)
def test_every_line_leads_to_a_list_that_is_there(line, client):
    person = arranger("everything@example.edu")
    person.is_superuser = True
    person.save(update_fields=["is_superuser"])
    client.force_login(person)
    assert client.get(line.address).status_code == 200
    assert line.words(1) == line.one and "2" in line.words(2)


def test_a_session_needs_nothing_once_it_is_over_or_off(clerk, nobody_leads, office, now):
    nobody_leads.cancel("Snow.", by=office, now=now)
    assert waiting(clerk) == {}
    assert "Nothing." in read(clerk.get(HOME)).text


def test_who_may_see_no_sessions_is_told_of_none(nobody_leads):
    page = read(somebody_who_may("view_person").get(HOME))
    assert not page.parts("section[aria-labelledby=waiting]")
    assert str(nobody_leads) not in page.everything and session_page(nobody_leads) not in page.addresses


def test_each_line_is_for_who_may_see_its_list(nobody_leads, undelivered):
    assert list(waiting(somebody_who_may("view_notice"))) == ["1 mail could not be delivered"]


def test_access_requests_wait_for_those_who_answer_them(clerk, person, make_session):
    Accommodation.objects.ask(Registration.objects.register(person, make_session()), NEEDS)
    assert not any("access request" in words for words in waiting(clerk))
    client = Client()
    client.force_login(arranger())
    assert waiting(client) == {
        "1 access request to answer": "/admin/registrations/accommodation/?state=waiting",
    }


def test_the_next_two_weeks_say_when_where_and_who(clerk, make_session, make_hybrid):
    Facilitator.objects.create(name="Ada Okafor").sessions.add(soon := make_session(days=5))
    hybrid, late = make_hybrid(days=6), make_session(days=20)
    (part,) = read(clerk.get(HOME)).parts("section[aria-labelledby=ahead]")
    assert [link.address for link in part.links()] == [session_page(soon), session_page(hybrid)]
    assert "Ada Okafor" in part.text and "Noon–1:30 PM" in part.text and "0 of 6" in part.text
    assert "Learning Commons 210 and online" in part.text and "Nobody leads it yet" in part.text
    assert session_page(late) not in part.addresses


def test_the_next_two_weeks_end_somewhere(clerk, now):
    fill(60, now - timedelta(days=9))
    (part,) = read(clerk.get(HOME)).parts("section[aria-labelledby=ahead]")
    assert len(part.parts("tbody tr")) == 20
    assert part.link("All sessions, the soonest first") == LIST


# Of each page: how many queries it makes, with those for the browser session, the person and the banner.
QUERIES = {
    HOME: 12,
    LIST: 11,
    f"{LIST}?needs=short&when=upcoming": 11,
    f"{LIST}?q=number": 11,
    "/admin/search/?q=number": 9,
    "/admin/activity/": 7,
}


@pytest.mark.parametrize("sessions", [50, 5000])
def test_the_office_asks_as_often_for_many_sessions_as_for_few(clerk, office, now, sessions):
    fill(sessions, now - timedelta(days=9))
    Workshop.objects.first().rename(office, title="Bystanders")
    counts = {}
    for path in QUERIES:
        clerk.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert clerk.get(path).status_code == 200
        counts[path] = len(queries)
    assert counts == QUERIES
