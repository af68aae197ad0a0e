"""A person's own export: everything that names them is in it, or is listed with why not; nobody else is."""

import io
import json
import zipfile

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from foundation.values.addresses import AddressField
from operations.forgetting.mine import ADDRESSES_LEFT_OUT, BY_ADDRESS, LEFT_OUT, ROWS, sections_of
from operations.forgetting.rows import keys_to_people
from registrations.models import Accommodation, Nomination, Registration

pytestmark = pytest.mark.django_db

# By way of something else that is the person's, and an address that is none of a person.
INDIRECT = {key for key in ROWS if key.endswith((".registration", ".facilitator"))}
CLAIMED = {"notifications.ReceivedMail.sender", "notifications.ReceivedMail.attendee", "outcomes.Attendance.address"}


def test_every_key_to_a_person_is_shown_or_says_why_not():
    assert {name for name, _ in keys_to_people()} == set(ROWS) - INDIRECT | set(LEFT_OUT)


def test_every_column_with_an_address_is_shown_or_says_why_not():
    there = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, (models.EmailField, AddressField))
    }
    assert there | CLAIMED == set(BY_ADDRESS) | set(ADDRESSES_LEFT_OUT)


def test_everything_that_names_the_person_is_in_the_file(every_noun, client, people):
    client.force_login(every_noun.person)
    (stranger,) = people(1, name="Sadie Stranger")
    Registration.objects.register(stranger, every_noun.session)
    response = client.post(reverse("own_export"))
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    packed = zipfile.ZipFile(io.BytesIO(response.content))
    assert set(packed.namelist()) == {"data.json", "index.html", "proofs/1.pdf"}
    data, page = json.loads(packed.read("data.json")), packed.read("index.html").decode()
    assert data["profile"][0]["email"] == "person1@example.edu"
    assert data["registrations.Accommodation.registration"][0]["needs"] == "An interpreter."
    assert data["outcomes.License.person"][0]["number"] == "License 4301"
    shown = {section.key for section in sections_of(every_noun.person)} - {"profile", "admin.LogEntry"}
    assert shown == set(data) - {"profile", "admin.LogEntry"}
    for said in ("An interpreter.", "License 4301", "Cultural humility", "person1@example.edu"):
        assert said in page
    for other in ("Sadie", "person2@", "Person 2", "office@"):
        assert other not in page and other not in json.dumps(data)


def test_the_file_of_who_proposed_colleagues_does_not_say_who_accepted(session, people, client):
    by, first, second = people(3)
    Nomination.objects.nominate([first.email, second.email], session, by=by)
    before = sections_of(by)
    session.nominations.get(email=first.email).accept(first)
    assert session.nominations.get(email=first.email).status == "accepted" and sections_of(by) == before
    (proposed,) = (section.rows for section in before if section.key == "registrations.Nomination.by")
    assert [row["email"] for row in proposed] == [first.email, second.email]


def test_the_file_of_another_person_has_nothing_of_the_first(every_noun, client, people):
    (other,) = people(1)
    client.force_login(other)
    packed = zipfile.ZipFile(io.BytesIO(client.post(reverse("own_export")).content))
    assert "An interpreter." not in packed.read("data.json").decode()
    assert Accommodation.objects.exists()
