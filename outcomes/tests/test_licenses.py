"""License numbers: asked of people who want the credit, sealed, and theirs to delete."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.sealed import is_sealed
from devtools.testing.page import read
from outcomes.models import CreditKind, License

NUMBER = "MI-4301-887766"


@pytest.fixture
def licensed_kind(db):
    return CreditKind.objects.create(name="State hours", asks_license=True)


def test_the_number_is_sealed_in_the_database(me, licensed_kind, person):
    answer = me.post(reverse("license", args=[licensed_kind.pk]), {"number": NUMBER})
    assert (answer.status_code, answer["Location"]) == (302, reverse("licenses"))
    given = License.objects.get()
    assert (given.person, given.number, is_sealed(given.sealed_number)) == (person, NUMBER, True)


def test_only_its_own_page_shows_the_number(me, licensed_kind, person):
    License.objects.give(person, licensed_kind, NUMBER)
    assert NUMBER not in read(me.get(reverse("licenses"))).source
    assert NUMBER in read(me.get(reverse("license", args=[licensed_kind.pk]))).source


def test_another_person_never_sees_it(client, licensed_kind, person, people, office):
    License.objects.give(person, licensed_kind, NUMBER)
    for other in (*people(1), office):
        client.force_login(other)
        assert NUMBER not in read(client.get(reverse("license", args=[licensed_kind.pk]))).source


def test_a_new_number_takes_the_place_of_the_old(me, licensed_kind, person):
    for number in (NUMBER, "X-1"):
        me.post(reverse("license", args=[licensed_kind.pk]), {"number": number})
    assert [one.number for one in License.objects.of(person)] == ["X-1"]


def test_it_is_deleted_at_once(me, licensed_kind, person):
    License.objects.give(person, licensed_kind, NUMBER)
    me.post(reverse("license_deletion", args=[licensed_kind.pk]))
    assert not License.objects.exists()


@pytest.mark.parametrize(
    ("number", "sentence"),
    [("", "Enter the number as it stands on your license."), ("x" * 61, "A license number has at most 60 characters.")],
)
def test_a_number_that_cannot_be_is_refused_with_a_sentence(me, licensed_kind, number, sentence):
    answer = me.post(reverse("license", args=[licensed_kind.pk]), {"number": number})
    assert answer.status_code == 422
    assert sentence in " ".join(read(answer).text.split())


def test_credit_that_asks_for_none_takes_none(me, licensed_kind, person):
    CreditKind.objects.update(asks_license=False)
    assert me.post(reverse("license", args=[licensed_kind.pk]), {"number": NUMBER}).status_code == 404
    with pytest.raises(License.NotAsked):
        licensed_kind.refresh_from_db()
        License.objects.give(person, licensed_kind, NUMBER)


def test_only_people_who_can_earn_it_are_asked(me, licensed_kind, person, hold, workshop):
    workshop.credit_offers.create(kind=licensed_kind, hours=1)
    session = hold(5, persons=[person], here=1)
    registration = session.registrations.get(person=person)
    asks = reverse("license", args=[licensed_kind.pk])
    assert asks in read(me.get(registration.get_absolute_url())).source
    License.objects.give(person, licensed_kind, NUMBER)
    assert asks not in read(me.get(registration.get_absolute_url())).source


def test_a_missing_key_is_said_and_nothing_breaks(me, licensed_kind, person, settings):
    License.objects.give(person, licensed_kind, NUMBER)
    settings.ACCOMMODATION_KEYS = ["A" * 43 + "="]
    answer = me.get(reverse("license", args=[licensed_kind.pk]))
    assert answer.status_code == 200
    assert "its key is missing" in read(answer).source


def test_rotate_keys_seals_it_with_the_first_key(licensed_kind, person, settings):
    License.objects.give(person, licensed_kind, NUMBER)
    old = settings.ACCOMMODATION_KEYS
    settings.ACCOMMODATION_KEYS = ["A" * 43 + "=", *old]
    call_command("rotate_keys")
    settings.ACCOMMODATION_KEYS = ["A" * 43 + "="]
    assert License.objects.get().number == NUMBER
