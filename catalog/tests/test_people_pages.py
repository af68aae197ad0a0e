"""Facilitators and a page each, the office's team, the partners; and names on other pages lead there."""

import pytest
from django.urls import reverse

from catalog.models import Facilitator, Partner, TeamMember, Workshop
from devtools.testing.page import read

# As a page is kept: the number before and after it is made, and the office's own words.
KEEPING = 3
pytestmark = pytest.mark.django_db


@pytest.fixture
def renata() -> Facilitator:
    return Facilitator.objects.create(
        name="Renata Oyelaran",
        credentials="MEd",
        pronouns="she/her",
        title="Learning and development manager",
        unit="Pediatrics",
        biography="She has *taught* for ten years.",
    )


def test_a_facilitator_has_a_page_with_what_they_lead_next(client, workshop, make_session, renata):
    led, other, hidden = make_session(), make_session(), make_session(listed=False)
    for session in (led, hidden):
        session.facilitators.add(renata)
    workshop.facilitators.add(renata)
    page = read(client.get(renata.get_absolute_url()))
    assert "Renata Oyelaran, MEd (she/her)" in page.headings()
    assert "Learning and development manager, Pediatrics" in page.text
    assert "taught" in [part.text for part in page.parts("em")]
    leads = page.region("Leads next").addresses
    assert reverse("session", args=[led.code]) in leads
    assert not {reverse("session", args=[one.code]) for one in (other, hidden)} & set(leads)
    assert workshop.get_absolute_url() in page.region("Teaches").addresses


def test_a_date_in_a_list_without_headings_names_its_month(client, make_session, renata):
    session = make_session()
    session.facilitators.add(renata)
    day = read(client.get(renata.get_absolute_url())).region("Leads next").parts("time")[0]
    assert f"{session.starts_at:%b}" in day.text


def test_drafts_are_not_among_what_a_facilitator_teaches(client, renata):
    Workshop.objects.create(title="Not ready", slug="not-ready").facilitators.add(renata)
    assert "Not ready" not in read(client.get(renata.get_absolute_url())).everything


def test_a_facilitator_without_anything_else_has_a_page_too(client):
    page = read(client.get(Facilitator.objects.create(name="李雷").get_absolute_url()))
    assert "李雷" in page.text and "No dates at the moment." in page.text


def test_an_old_name_in_the_address_leads_to_the_new_one(client, renata):
    old = renata.get_absolute_url()
    Facilitator.objects.filter(pk=renata.pk).update(name="Renata Lark")
    response = client.get(old)
    assert (response.status_code, response.url) == (302, f"/facilitators/{renata.pk}-renata-lark/")


@pytest.mark.parametrize("key", ["nobody", "0", "9" * 30, "٣-name", "-", "%00"])
def test_a_facilitator_who_is_not_there_is_404(client, key):
    assert client.get(f"/facilitators/{key}/").status_code == 404


def test_the_list_says_when_each_of_them_leads_next(client, make_session, renata):
    Facilitator.objects.create(name="Bo Dovecairn")
    make_session().facilitators.add(renata)
    page = read(client.get(reverse("facilitators")))
    assert renata.get_absolute_url() in page.addresses
    first, second = (part for part in page.parts("li") if "date" in part.text)
    assert "Bo Dovecairn" in first.text and "No dates at the moment" in first.text
    assert "Renata Oyelaran" in second.text and "Next date" in second.text


@pytest.mark.parametrize("many", [1, 20])
def test_the_list_of_facilitators_costs_two_queries(client, many, django_assert_num_queries):
    Facilitator.objects.bulk_create(Facilitator(name=f"Person {number}") for number in range(many))
    with django_assert_num_queries(2 + KEEPING):
        client.get(reverse("facilitators"))


def test_names_lead_to_the_page_of_a_facilitator(client, workshop, make_session, renata):
    second = Facilitator.objects.create(name="Tolu Adeyemi")
    session = make_session()
    session.facilitators.set([renata, second])
    workshop.facilitators.add(renata)
    page = read(client.get(session.get_absolute_url()))
    assert {renata.get_absolute_url(), second.get_absolute_url()} <= set(page.addresses)
    assert ", with Renata Oyelaran, MEd (she/her) and Tolu Adeyemi" in page.text
    assert renata.get_absolute_url() in read(client.get(workshop.get_absolute_url())).addresses


def test_the_team_says_who_does_what_and_how_to_write(client, renata):
    TeamMember.objects.create(name="Renata Oyelaran", role="Manager", email="renata@example.edu", facilitator=renata)
    TeamMember.objects.create(name="Sam Birch", credentials="MPH", role="Coordinator", about="Books *rooms*.")
    page = read(client.get(reverse("team")))
    assert {"mailto:renata@example.edu", renata.get_absolute_url()} <= set(page.addresses)
    assert "Sam Birch, MPH" in page.text and "Coordinator" in page.text
    assert "rooms" in [part.text for part in page.parts("em")]


def test_a_partner_says_what_it_gives_and_to_what(client, workshop):
    partner = Partner.objects.create(
        name="Ally Association", slug="ally", link="https://ally.example.org/", gives="Rooms."
    )
    sponsor = Partner.objects.create(name="Alumni Fund", slug="fund")
    workshop.sponsor = sponsor
    workshop.save()
    workshop.partners.add(partner)
    page = read(client.get(reverse("partners")))
    assert "https://ally.example.org/" in page.addresses and "Rooms." in page.text
    assert "Sponsor of" in page.text
    page = read(client.get(workshop.get_absolute_url()))
    assert {"/partners/#ally", "/partners/#fund"} <= set(page.addresses) and "Alumni Fund, sponsor" in page.text


@pytest.mark.parametrize("many", [1, 20])
def test_the_list_of_partners_has_a_fixed_number_of_queries(client, workshop, many, django_assert_num_queries):
    for number in range(many):
        partner = Partner.objects.create(name=f"Partner {number}", slug=f"partner-{number}")
        workshop.partners.add(partner)
    with django_assert_num_queries(5 + KEEPING):
        client.get(reverse("partners"))


@pytest.mark.parametrize("name", ["facilitators", "team", "partners"])
def test_an_empty_list_says_where_to_go(client, name):
    assert read(client.get(reverse(name))).text
