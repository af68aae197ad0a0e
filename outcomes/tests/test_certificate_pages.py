"""The page of a certificate: valid or not for everybody, whose it is for few."""

import pytest
from django.urls import reverse

from devtools.testing.page import read
from foundation import database_clock
from outcomes.certificates.keys import address_with_name, name_key
from outcomes.models import Certificate, CertificateCredit


@pytest.fixture
def certificate(certify, person):
    return certify(person, name="Maria Åström")


def words(answer) -> str:
    return " ".join(read(answer).text.split())


def test_a_stranger_sees_that_it_is_valid_and_not_whose_it_is(client, certificate):
    answer = client.get(certificate.get_absolute_url())
    said = words(answer)
    assert "This certificate is valid." in said
    assert certificate.title in said and certificate.days in said and "1.5 hours: Implicit-bias hours" in said
    assert "Åström" not in read(answer).source
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "strict-origin"


def test_people_with_the_key_see_whose_it_is(client, certificate):
    path = address_with_name(certificate).partition("/certificates")[2]
    assert "Maria Åström" in words(client.get(f"/certificates{path}"))


@pytest.mark.parametrize("change", [lambda key: key[:-1], lambda key: key + "a", lambda key: "", lambda key: "é"])
def test_a_part_of_the_key_names_nobody(client, certificate, change):
    answer = client.get(certificate.get_absolute_url(), {"name": change(name_key(certificate))})
    assert "Åström" not in read(answer).source


def test_the_key_of_another_certificate_names_nobody(client, certificate, certify, people):
    other = certify(people(1)[0], days_ago=3)
    assert "Åström" not in read(client.get(certificate.get_absolute_url(), {"name": name_key(other)})).source


def test_the_holder_sees_their_name_and_the_link_to_give(me, certificate):
    answer = me.get(certificate.get_absolute_url())
    assert "Maria Åström" in words(answer)
    assert address_with_name(certificate) in read(answer).source


def test_another_person_and_the_office_see_no_name(client, certificate, people, office):
    for other in (*people(1), office):
        client.force_login(other)
        assert "Åström" not in read(client.get(certificate.get_absolute_url())).source


def test_a_revoked_one_says_so_and_only_its_holder_why(client, certificate, office, person):
    certificate.revoke("Left after ten minutes.", by=office)
    path, key = certificate.get_absolute_url(), name_key(certificate)
    said = read(client.get(path, {"name": key})).source
    assert "This certificate was revoked" in said
    assert "Åström" not in said and "ten minutes" not in said
    client.force_login(person)
    assert "Left after ten minutes." in words(client.get(path))


def test_a_replaced_one_leads_nobody_but_its_holder_to_the_newer(client, certificate, person):
    newer = certificate.replace(by=person, name="Mario Åström")
    path, key = certificate.get_absolute_url(), name_key(certificate)
    said = read(client.get(path, {"name": key})).source
    assert "replaced by a newer one" in said
    assert newer.code not in said and "Åström" not in said
    client.force_login(person)
    assert newer.get_absolute_url() in read(client.get(path)).source


def test_a_code_is_read_in_any_case(client, certificate):
    assert client.get(f"/certificates/{certificate.code.upper()}/").status_code == 200


def test_guesses_are_throttled_and_then_tell_nothing(client, certificate, settings, fresh_cache, now, monkeypatch):
    settings.CERTIFICATE_GUESSES_A_MINUTE = 3
    monkeypatch.setattr(database_clock, "now", lambda: now)
    answers = [client.get(f"/certificates/abcdefghj{letter}/").status_code for letter in "abcde"]
    assert answers == [404, 404, 404, 429, 429]
    assert client.get(certificate.get_absolute_url()).status_code == 429


def test_the_cost_does_not_grow_with_the_credit(
    client, certificate, django_assert_max_num_queries, django_assert_num_queries
):
    path = certificate.get_absolute_url()
    client.get(path)
    with django_assert_max_num_queries(12) as few:
        client.get(path)
    kind = certificate.credits.get().kind
    for number in range(5):
        other = type(kind).objects.create(name=f"Kind {number}")
        CertificateCredit.objects.create(certificate=certificate, kind=other, name=other.name, unit="hours", hours=1)
    with django_assert_num_queries(len(few)):
        client.get(path)


# ---- another name ----


def test_the_holder_has_it_issued_with_another_name(me, certificate):
    path = reverse("certificate_name", args=[certificate.code])
    assert me.get(path).status_code == 200
    answer = me.post(path, {"name": "Maria Åström, MD"}, follow=True)
    assert "Maria Åström, MD" in words(answer)
    assert Certificate.objects.valid().get().name == "Maria Åström, MD"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Enter the name that the certificate is to say."),
        ("x" * 201, "A name has at most 200 characters here."),
        ("Maria\nÅström", "Enter this on one line, without control characters"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_stays_typed(me, certificate, name, sentence):
    answer = me.post(reverse("certificate_name", args=[certificate.code]), {"name": name})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert Certificate.objects.count() == 1


def test_nobody_has_the_certificate_of_somebody_else_issued_again(client, certificate, people, office):
    for other in (*people(1), office):
        client.force_login(other)
        assert client.post(reverse("certificate_name", args=[certificate.code]), {"name": "X"}).status_code == 404
    assert Certificate.objects.get().name == "Maria Åström"


def test_one_that_was_revoked_meanwhile_keeps_what_was_typed(me, certificate, office):
    certificate.revoke("A mistake.", by=office)
    answer = me.post(reverse("certificate_name", args=[certificate.code]), {"name": "Maria A."})
    assert answer.status_code == 409
    assert "not issued again" in words(answer) and 'value="Maria A."' in read(answer).source


# ---- where it is found ----


def test_the_page_of_the_registration_leads_to_it(me, certificate, person):
    registration = certificate.session.registrations.get(person=person)
    assert certificate.get_absolute_url() in read(me.get(registration.get_absolute_url())).source


def test_my_training_leads_to_it_and_not_to_one_that_was_revoked(me, certificate, office):
    assert certificate.get_absolute_url() in read(me.get("/my/")).source
    certificate.revoke("A mistake.", by=office)
    assert certificate.get_absolute_url() not in read(me.get("/my/")).source
