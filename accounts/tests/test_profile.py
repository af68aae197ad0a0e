"""What people say about themselves, and how the portal looks to them."""

import pytest
from django.test import Client

from accounts.models import Campus, Person, Unit
from devtools.testing.names import NAMES, NOT_NAMES
from devtools.testing.page import read

PROFILE = "/accounts/profile/"


@pytest.fixture
def said(client, person):
    """Return a function that posts the profile form of `person` with some fields changed."""
    client.force_login(person)
    return lambda **changed: client.post(PROFILE, {"name": "Ada Lovelace", "role": "faculty"} | changed)


def test_the_profile_is_for_people_who_are_signed_in(client, db):
    assert client.get(PROFILE).url == f"/accounts/login/?next={PROFILE}"


def test_all_of_it_can_be_changed(said, person):
    unit, campus = Unit.objects.create(name="Pediatrics"), Campus.objects.create(name="North")
    response = said(pronouns="she/her", unit=unit.pk, campus=campus.pk)
    assert (response.status_code, response.url) == (302, PROFILE)
    kept = Person.objects.get(pk=person.pk)
    assert (kept.name, kept.role, kept.pronouns) == ("Ada Lovelace", "faculty", "she/her")
    assert (kept.unit, kept.campus) == (unit, campus)


def test_the_choice_of_a_neutral_title_is_kept_with_its_time(said, person):
    assert not person.discreet_titles
    said(discreet_titles="on")
    kept = Person.objects.get(pk=person.pk)
    assert kept.discreet_titles
    said(discreet_titles="on", pronouns="she/her")
    assert Person.objects.get(pk=person.pk).discreet_titles_chosen_at == kept.discreet_titles_chosen_at
    said()
    again = Person.objects.get(pk=person.pk)
    assert not again.discreet_titles
    assert again.discreet_titles_chosen_at > kept.discreet_titles_chosen_at


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_is_kept_as_typed(said, person, client, name):
    assert said(name=name).status_code == 302
    assert Person.objects.get(pk=person.pk).name == name
    page = read(client.get(PROFILE))
    assert page.field("Name").value == name and page.inline_code == []


@pytest.mark.parametrize(("name", "sentence"), NOT_NAMES)
def test_what_is_no_name_is_refused(said, person, name, sentence):
    response = said(name=name, pronouns="they/them")
    assert response.status_code == 422
    assert sentence in read(response).text
    assert read(response).field("Pronouns (optional)").value == "they/them"
    assert Person.objects.get(pk=person.pk).name == "Person 1"


@pytest.mark.parametrize("role", ["", "dean", "faculty\0", "<script>"])
def test_the_role_is_one_of_five(said, person, role):
    response = said(role=role)
    assert response.status_code == 422
    assert "Choose the one that fits you best" in read(response).text


@pytest.mark.parametrize("unit", ["0", "999999", "x", "1' OR '1'='1"])
def test_the_unit_is_one_of_the_list(said, unit):
    response = said(unit=unit)
    assert response.status_code == 422
    assert "Choose a department from the list, or leave it empty" in read(response).text


def test_a_unit_with_a_nul_is_refused(said):
    response = said(unit="1\0")
    assert response.status_code == 422
    assert "Null characters are not allowed." in read(response).text


def test_a_tampered_form_changes_nothing_else(said, person):
    said(email="boss@example.edu", is_staff="on", is_superuser="on", is_active="")
    kept = Person.objects.get(pk=person.pk)
    assert (kept.email, kept.is_staff, kept.is_superuser, kept.is_active) == (person.email, False, False, True)


def test_the_profile_needs_csrf(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    assert client.post(PROFILE, {"name": "Ada", "role": "faculty"}).status_code == 403
    assert Person.objects.get(pk=person.pk).name == "Person 1"


# ---- the appearance ----


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_the_chosen_appearance_is_kept_and_written_into_the_page(client, db, chosen):
    response = client.post("/accounts/appearance/", {"appearance": chosen, "next": "/workshops/"})
    assert (response.status_code, response.url) == (302, "/workshops/")
    assert read(client.get("/accounts/login/")).appearance == chosen


def test_the_devices_appearance_can_be_chosen_again(client, db):
    client.post("/accounts/appearance/", {"appearance": "dark"})
    client.post("/accounts/appearance/", {"appearance": ""})
    assert "data-bs-theme" not in read(client.get("/accounts/login/")).everything


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "on", "23:59", "admin:index", "\\x", "²"]
)
def test_choosing_an_appearance_leads_to_our_own_pages_only(client, db, address):
    response = client.post("/accounts/appearance/", {"appearance": "dark", "next": address})
    assert (response.status_code, response.url) == (302, "/")


def test_an_appearance_nobody_offered_is_refused(client, db):
    assert client.post("/accounts/appearance/", {"appearance": '"><script>'}).status_code == 400
    assert client.post("/accounts/appearance/").status_code == 400
    response = client.get("/accounts/appearance/")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "This address belongs to a button on another page." in read(response).text
