"""The page of one workshop."""

import pytest
from django.urls import reverse

from catalog.models import Facilitator, Workshop
from devtools.testing.page import read

pytestmark = pytest.mark.django_db


def test_a_workshop_shows_its_dates_first_then_its_objectives_in_order(client, workshop, make_session):
    made = make_session()
    for position, words in enumerate(["Second thing", "First thing"]):
        workshop.objectives.create(position=2 - position, text=words)
    workshop.facilitators.add(Facilitator.objects.create(name="Tolu Adeyemi"))
    page = read(client.get(workshop.get_absolute_url()))
    assert reverse("session", args=[made.code]) in page.region("Choose a date").addresses
    headings = page.headings()
    assert headings.index("Choose a date") < headings.index("What you will be able to do")
    objectives = page.region("What you will be able to do")
    assert [part.text for part in objectives.parts("li")] == ["First thing", "Second thing"]
    assert "Practice in small groups." in page.text
    assert "small groups" in [part.text for part in page.parts("strong")]
    assert "Tolu Adeyemi" in page.text


def test_without_dates_it_says_so_and_how_to_ask(client, workshop):
    page = read(client.get(workshop.get_absolute_url()))
    assert page.text.count("No dates yet") == 1
    assert any(address.startswith("mailto:training@example.edu") for address in page.addresses)


def test_an_unlisted_date_is_not_shown(client, workshop, make_session):
    made = make_session(listed=False)
    assert made.code not in read(client.get(workshop.get_absolute_url())).everything


def test_a_draft_is_seen_by_the_office_alone(client, office, person):
    draft = Workshop.objects.create(title="Not ready", slug="not-ready")
    assert client.get(draft.get_absolute_url()).status_code == 404
    client.force_login(person)
    assert client.get(draft.get_absolute_url()).status_code == 404
    client.force_login(office)
    assert "Only the office sees this page" in read(client.get(draft.get_absolute_url())).text
    assert "Draft, seen by the office only" in read(client.get(reverse("workshops"))).text


@pytest.mark.parametrize("path", ["/workshops/nothing/", "/workshops/%00/", f"/workshops/{'x' * 5000}/"])
def test_a_workshop_that_is_not_there_is_404(client, path):
    assert client.get(path).status_code == 404


def test_titles_with_anything_in_them_are_shown_as_text(client, make_session):
    title = "<b>Names</b> & \u202eسلام\u202c 🌍 " + "long " * 20
    odd = Workshop.objects.create(title=title.strip(), slug="odd", status=Workshop.Status.PUBLISHED)
    make_session(workshop=odd)
    for path in (odd.get_absolute_url(), reverse("workshops"), reverse("home")):
        page = read(client.get(path))
        assert title.strip() in page.text and "Names" not in [part.text for part in page.parts("b")]
