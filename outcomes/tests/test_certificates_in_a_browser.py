"""Certificates and licenses in a real browser: axe in every state, light and dark, wide and narrow."""

import pytest

from outcomes.certificates.keys import name_key
from outcomes.models import CreditKind, License


@pytest.mark.django_db(transaction=True)
def test_the_pages_of_a_certificate_have_no_violations(inspector, certify, person, office, sign_in):
    certificate = certify(person, name="Maria Åström-Delgado, MD")
    path = certificate.get_absolute_url()
    inspector.visit(path, f"{path}?name={name_key(certificate)}")
    sign_in(inspector.page, person)
    registration = certificate.session.registrations.get(person=person)
    inspector.visit(path, f"{path}name/", registration.get_absolute_url(), "/my/")
    newer = certificate.replace(by=person, name="W" * 200)
    inspector.visit(path, newer.get_absolute_url())
    newer.revoke("Attendance was corrected.", by=office)
    inspector.visit(newer.get_absolute_url())


@pytest.mark.django_db(transaction=True)
def test_the_pages_of_licenses_have_no_violations(inspector, person, sign_in):
    sign_in(inspector.page, person)
    inspector.visit("/my/licenses/")
    given = CreditKind.objects.create(name="State hours", statement="One hour a year.", asks_license=True)
    other = CreditKind.objects.create(name="Nursing hours", asks_license=True)
    License.objects.give(person, given, "MI-4301")
    inspector.visit("/my/licenses/", f"/my/licenses/{given.pk}/", f"/my/licenses/{other.pk}/")
