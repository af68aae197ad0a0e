"""What went wrong is said in a sentence, with the status that fits."""

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_a_missing_page_leads_to_all_sessions(client):
    response = client.get("/nothing-here/")
    assert response.status_code == 404
    assert "We can’t find that page." in response.content.decode()
    assert f'href="{reverse("home")}">See all sessions</a>' in response.content.decode()


def test_an_unknown_host_is_refused_with_a_page(client):
    response = client.get("/", headers={"host": "elsewhere.example.org"})
    assert response.status_code == 400
    assert "We can’t read that request." in response.content.decode()


def test_a_post_without_its_token_changes_nothing_and_says_what_to_do():
    response = Client(enforce_csrf_checks=True).post(reverse("appearance"), {"appearance": "dark"})
    assert response.status_code == 403
    assert "That form was open too long." in response.content.decode()
    assert "appearance" not in response.cookies


def test_our_own_mistake_has_a_page_that_needs_nothing():
    page = get_template("500.html").render()
    assert "Something went wrong on our side." in page
    assert 'href="/"' in page


@pytest.mark.parametrize("appearance", ["light", "dark", ""])
def test_the_chosen_appearance_is_written_by_the_server(client, appearance):
    client.cookies["appearance"] = appearance
    page = client.get(reverse("home")).content.decode()
    assert ("data-bs-theme" in page) == bool(appearance)
    assert f'data-bs-theme="{appearance}"' in page or not appearance


def test_pages_have_no_inline_script_or_style(client, make_session):
    made = make_session()
    for path in (
        reverse("home"),
        made.get_absolute_url(),
        reverse("workshops"),
        made.workshop.get_absolute_url(),
        "/no/",
    ):
        page = client.get(path).content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page
        assert page.count("<script") == page.count("<script src=")
