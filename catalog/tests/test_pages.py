"""The list of workshops and the page of one."""

import pytest
from django.urls import reverse

from catalog.models import Facilitator, Topic, Workshop

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_list_has_published_workshops_with_their_next_date(client, workshop, make_session):
    make_session()
    workshop.topics.add(Topic.objects.create(name="Allyship", slug="allyship"))
    Workshop.objects.create(title="Not ready", slug="not-ready")
    page = text(client.get(reverse("workshops")))
    assert "Bystander Interventions" in page
    assert "Next date" in page
    assert "Allyship" in page
    assert "Not ready" not in page


def test_an_empty_catalog_says_so(client):
    assert "No workshops yet." in text(client.get(reverse("workshops")))


def test_a_workshop_shows_its_dates_first_then_its_objectives_in_order(client, workshop, make_session):
    made = make_session()
    for position, words in enumerate(["Second thing", "First thing"]):
        workshop.objectives.create(position=2 - position, text=words)
    workshop.facilitators.add(Facilitator.objects.create(name="Tolu Adeyemi"))
    page = text(client.get(workshop.get_absolute_url()))
    places = [page.index(words) for words in (reverse("session", args=[made.code]), "First thing", "Second thing")]
    assert places == sorted(places)
    assert "<strong>small groups</strong>" in page
    assert "Tolu Adeyemi" in page


def test_without_dates_it_says_so_and_how_to_ask(client, workshop):
    page = text(client.get(workshop.get_absolute_url()))
    assert "No dates yet." in page
    assert "mailto:training@example.edu" in page


def test_an_unlisted_date_is_not_shown(client, workshop, make_session):
    made = make_session(listed=False)
    assert made.code not in text(client.get(workshop.get_absolute_url()))


def test_a_draft_is_seen_by_the_office_alone(client, office, person):
    draft = Workshop.objects.create(title="Not ready", slug="not-ready")
    assert client.get(draft.get_absolute_url()).status_code == 404
    client.force_login(person)
    assert client.get(draft.get_absolute_url()).status_code == 404
    client.force_login(office)
    assert "Only the office sees this page" in text(client.get(draft.get_absolute_url()))
    assert "Draft, seen by the office only" in text(client.get(reverse("workshops")))


@pytest.mark.parametrize("path", ["/workshops/nothing/", "/workshops/%00/", f"/workshops/{'x' * 5000}/"])
def test_a_workshop_that_is_not_there_is_404(client, path):
    assert client.get(path).status_code == 404


def test_titles_with_anything_in_them_are_shown_as_text(client, make_session):
    title = "<b>Names</b> & \u202eسلام\u202c 🌍 " + "long " * 20
    odd = Workshop.objects.create(title=title.strip(), slug="odd", status=Workshop.Status.PUBLISHED)
    make_session(workshop=odd)
    for path in (odd.get_absolute_url(), reverse("workshops"), reverse("home")):
        assert "<b>Names" not in text(client.get(path))
