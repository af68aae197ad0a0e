"""What went wrong is said in a sentence, with the status that fits."""

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse

from devtools.testing.page import read

pytestmark = pytest.mark.django_db


def test_a_missing_page_leads_to_all_sessions(client):
    response = client.get("/nothing-here/")
    assert response.status_code == 404
    assert "We can’t find that page." in read(response).text
    assert read(response).link("See all sessions") == reverse("home")


def test_an_unknown_host_is_refused_with_a_page(client):
    response = client.get("/", headers={"host": "elsewhere.example.org"})
    assert response.status_code == 400
    assert "We can’t read that request." in read(response).text


def test_a_post_without_its_token_changes_nothing_and_says_what_to_do():
    response = Client(enforce_csrf_checks=True).post(reverse("appearance"), {"appearance": "dark"})
    assert response.status_code == 403
    assert "That form was open too long." in read(response).text
    assert "appearance" not in response.cookies


def test_our_own_mistake_has_a_page_that_needs_nothing():
    page = read(get_template("500.html").render())
    assert "Something went wrong on our side." in page.text
    assert "/" in page.addresses


@pytest.mark.parametrize("appearance", ["light", "dark", ""])
def test_the_chosen_appearance_is_written_by_the_server(client, appearance):
    client.cookies["appearance"] = appearance
    page = read(client.get(reverse("home")))
    assert page.appearance == (appearance or None)
    assert ("data-bs-theme" in page.everything) == bool(appearance)


def test_pages_have_no_inline_script_or_style(client, make_session):
    made = make_session()
    for path in (
        reverse("home"),
        made.get_absolute_url(),
        reverse("workshops"),
        made.workshop.get_absolute_url(),
        "/no/",
    ):
        page = read(client.get(path))
        assert page.inline_code == []
