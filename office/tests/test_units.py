"""Units in the admin: what each is part of, how many people, and who represents it."""

import pytest
from django.urls import reverse

from accounts.models import Champion, Unit
from devtools.testing.groups import in_group
from devtools.testing.page import read

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/unit/"


@pytest.fixture
def hospital() -> tuple[Unit, Unit]:
    """Two units: the second is part of the first."""
    whole = Unit.objects.create(name="Medicine", head_count=900)
    return whole, Unit.objects.create(name="Pediatrics", parent=whole)


def page_of(unit, name="change"):
    return reverse(f"admin:accounts_unit_{name}", args=[unit.pk])


def test_a_circle_is_said_at_its_field_and_nothing_is_saved(clerk, hospital):
    whole, part = hospital
    form = read(clerk.get(page_of(whole))).form("Save").data
    answer = clerk.post(page_of(whole), form | {"parent": part.pk, "head_count": "950"})
    assert answer.status_code == 400
    assert "Medicine is part of Pediatrics, which is part of Medicine." in read(answer).text
    assert read(answer).field(name="head_count").value == "950"
    whole.refresh_from_db()
    assert (whole.parent, whole.head_count) == (None, 900)


def test_the_list_counts_people_and_champions_in_fixed_queries(
    clerk, hospital, people, office, django_assert_max_num_queries
):
    for one in people(3, unit=hospital[1]):
        Champion.objects.appoint(one, hospital[1], by=office)
    Unit.objects.bulk_create(Unit(name=f"Unit {number}", parent=hospital[0]) for number in range(40))
    with django_assert_max_num_queries(10):
        page = read(clerk.get(LIST))
    assert "Pediatrics Medicine – 3 Three" in page.text
    assert "Pediatrics Medicine" not in read(clerk.get(f"{LIST}?champion=no")).text
    assert "Pediatrics Medicine" in read(clerk.get(f"{LIST}?champion=yes")).text


def test_somebody_is_made_champion_by_address_and_it_is_ended(clerk, hospital, person):
    url = page_of(hospital[1], "champions")
    answer = clerk.post(url, {"email": person.email, "since": "2026-01-15"}, follow=True)
    assert "Person 1 is a champion of Pediatrics." in read(answer).text
    assert "Person 1, since Jan. 15, 2026" in read(clerk.get(page_of(hospital[1]))).text
    answer = clerk.post(url, {"ends": Champion.objects.get().pk}, follow=True)
    assert "Person 1 is no champion of Pediatrics any more." in read(answer).text
    assert "Nobody represents Pediatrics." in read(answer).text


@pytest.mark.parametrize(
    "typed,said",
    [
        ({"email": "nobody@example.edu"}, "Nobody has this address. Add the person under People first."),
        ({"email": "person1@example.edu", "since": "3026-01-15"}, "This day has not come yet."),
        ({"email": "person1@example.edu", "since": "June"}, "Enter a valid date."),
    ],
)
def test_a_wrong_champion_is_refused_and_what_was_typed_stays(clerk, hospital, person, typed, said):
    answer = clerk.post(page_of(hospital[1], "champions"), typed)
    page = read(answer)
    assert answer.status_code == 400
    assert said in page.text
    assert page.field(name="email").value == typed["email"]
    assert page.field(name="since").value == typed.get("since", "")


@pytest.mark.parametrize("key", ["", "x", "9" * 40, "-1", "٣", "1"])
def test_a_champion_who_is_not_there_is_no_error_of_ours(clerk, hospital, key):
    answer = clerk.post(page_of(hospital[1], "champions"), {"ends": key}, follow=True)
    assert "This champion is not on the list any more." in read(answer).text


def test_a_viewer_sees_a_unit_and_no_name(client, hospital, person, people, office):
    Champion.objects.appoint(person, hospital[1], by=office)
    client.force_login(in_group(people, "Viewer", name="Vera"))
    page = read(client.get(page_of(hospital[1])))
    assert "Medicine" in page.text
    assert person.name not in page.source
    assert client.get(page_of(hospital[1], "champions")).status_code == 403


# ---- a unit goes ----


def test_deleting_says_whose_profiles_it_empties_and_waits_for_a_yes(clerk, hospital, people):
    people(2, unit=hospital[1])
    url = page_of(hospital[1], "leaving")
    assert clerk.get(page_of(hospital[1], "delete")).url == url
    answer = clerk.post(url, {"into": ""})
    page = read(answer)
    assert answer.status_code == 400
    assert "Pediatrics is deleted, and empties the unit in the profile of two people." in page.text
    assert Unit.objects.filter(name="Pediatrics").exists()
    answer = clerk.post(
        url, page.form("Merge or delete").data | {"agreed": page.field(name="agreed").attributes["value"]}, follow=True
    )
    assert "Pediatrics was deleted." in read(answer).text
    assert not Unit.objects.filter(name="Pediatrics").exists()


def test_a_yes_to_something_else_merges_nothing(clerk, hospital, people):
    url = page_of(hospital[1], "leaving")
    agreed = read(clerk.post(url, {"into": hospital[0].pk})).field(name="agreed").attributes["value"]
    people(1, unit=hospital[1])
    answer = clerk.post(url, {"into": hospital[0].pk, "agreed": agreed})
    assert "the profile of one person names Medicine instead" in read(answer).text
    assert Unit.objects.count() == 2
    agreed = read(answer).field(name="agreed").attributes["value"]
    answer = clerk.post(url, {"into": hospital[0].pk, "agreed": agreed}, follow=True)
    assert "Pediatrics was merged into Medicine." in read(answer).text


@pytest.mark.parametrize("into", ["x", "0", "9" * 30])
def test_a_place_that_is_no_unit_is_refused(clerk, hospital, into):
    answer = clerk.post(page_of(hospital[0], "leaving"), {"into": into})
    assert answer.status_code == 400
    assert Unit.objects.count() == 2
