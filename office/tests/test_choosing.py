"""A field that chooses among more than fifty rows suggests them; among fewer it lists them."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import Person, Unit
from devtools.testing.office_pages import filled_in
from devtools.testing.page import read

pytestmark = pytest.mark.django_db
ASKED = {"app_label": "accounts", "model_name": "person", "field_name": "unit"}
SUGGESTS = "/admin/autocomplete/"


@pytest.fixture
def fifty_units(db) -> list[Unit]:
    return Unit.objects.bulk_create(Unit(name=f"Unit {number:02}") for number in range(50))


def page_of(person: Person) -> str:
    return f"/admin/accounts/person/{person.pk}/change/"


def test_fifty_are_listed_and_fifty_one_are_suggested(clerk, person, fifty_units):
    assert len(read(clerk.get(page_of(person))).parts("select[name=unit] option")) == 51
    person.unit = Unit.objects.create(name="Pediatrics")
    person.save(update_fields=["unit"])
    page = read(clerk.get(page_of(person)))
    assert [part.text for part in page.parts("select[name=unit] option") if part.text] == ["Pediatrics"]


def test_what_was_suggested_is_saved(clerk, person, fifty_units):
    Unit.objects.create(name="Pediatrics")
    found = clerk.get(SUGGESTS, ASKED | {"term": "pedia"}).json()["results"]
    assert [one["text"] for one in found] == ["Pediatrics"]
    typed = filled_in(clerk, page_of(person), "person_form", unit=found[0]["id"])
    assert clerk.post(page_of(person), typed).status_code == 302
    person.refresh_from_db()
    assert person.unit.name == "Pediatrics"


def test_rows_are_suggested_to_who_may_see_their_list(client, person, fifty_units):
    Unit.objects.create(name="Pediatrics")
    clerk = Person.objects.create_user("people@example.edu", name="Pe", role="staff", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_person", "change_person"]))
    client.force_login(clerk)
    assert client.get(SUGGESTS, ASKED).status_code == 403
    assert len(read(client.get(page_of(person))).parts("select[name=unit] option")) == 52


@pytest.mark.parametrize("term", ["\0", "a" * 501])
def test_what_nobody_can_have_typed_is_refused(clerk, fifty_units, term):
    assert clerk.get(SUGGESTS, ASKED | {"term": term}).status_code == 400


def test_nobody_signed_out_is_suggested_anything(client, fifty_units):
    assert client.get(SUGGESTS, ASKED).status_code == 302


@pytest.mark.parametrize("typed", ["Pediatrics", "  pediatrics "])
def test_without_script_the_name_is_typed(clerk, person, fifty_units, typed):
    unit = Unit.objects.create(name="Pediatrics")
    assert "<noscript>" in read(clerk.get(page_of(person))).source
    form = filled_in(clerk, page_of(person), "person_form", unit_typed=typed)
    assert clerk.post(page_of(person), form).status_code == 302
    person.refresh_from_db()
    assert person.unit == unit


@pytest.mark.parametrize("typed", ["Pedi", "7", "\0", "x" * 600, "typed"])
def test_what_is_typed_and_not_found_comes_back(clerk, person, fifty_units, typed):
    Unit.objects.create(name="Pediatrics")
    form = filled_in(clerk, page_of(person), "person_form", unit_typed=typed)
    answer = clerk.post(page_of(person), form)
    page = read(answer)
    assert answer.status_code == 400
    if "\0" not in typed:
        assert "None is called exactly so, or several are." in page.text and typed[:500] in page.source


def test_a_key_that_is_none_is_refused_and_not_an_error(clerk, person, fifty_units):
    Unit.objects.create(name="Pediatrics")
    form = filled_in(clerk, page_of(person), "person_form", unit="nonsense")
    assert clerk.post(page_of(person), form).status_code == 400
