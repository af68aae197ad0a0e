"""What the database itself refuses of credit and certificates, whatever the code above it does."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from outcomes.models import Certificate, CertificateCredit, CreditKind, CreditOffer, License

# One change to a row that must not be, for each check.
OFFERS = [
    {"hours": Decimal("0")},
    {"hours": Decimal("-1")},
    {"hours": Decimal("100.25")},
    {"hours": Decimal("0.1")},
    {"workshop": None},
    {"session": "one"},
]
CERTIFICATES = [
    {"session": None},
    {"program": "one"},
    {"revoked_at": "now"},
    {"revoke_reason": "Left early."},
    {"replaced_by": F("pk")},
]


@pytest.fixture
def kept_certificate(certify, person):
    return certify(person)


@pytest.fixture
def filled_credit(kept_certificate):
    from catalog.models import Program

    def filled(change: dict) -> dict:
        real = {"session": kept_certificate.session, "program": None, "revoked_at": timezone.now()}
        if change == {"program": "one"}:
            real["program"] = Program.objects.create(title="Ally", slug="ally")
        return {name: real[name] if value in ("one", "now") else value for name, value in change.items()}

    return filled


def refused(rows, **change) -> bool:
    try:
        with transaction.atomic():
            rows.update(**change)
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize("change", OFFERS)
def test_an_offer_that_must_not_be_is_refused(change, filled_credit):
    assert refused(CreditOffer.objects.all(), **filled_credit(change))


@pytest.mark.parametrize("change", CERTIFICATES)
def test_a_certificate_that_must_not_be_is_refused(change, filled_credit):
    assert refused(Certificate.objects.filter(session__isnull=False), **filled_credit(change))


def test_what_may_be_is_not_refused(kept_certificate):
    assert not refused(CreditOffer.objects.all(), hours=Decimal("0.25"))
    assert not refused(Certificate.objects.all(), revoked_at=timezone.now(), revoke_reason="Left early.")


def test_no_credit_on_a_certificate_is_none(kept_certificate):
    assert refused(CertificateCredit.objects.all(), hours=0)


def copy_refused(row, **change) -> bool:
    row.pk = None
    for name, value in change.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return True
    return False


def test_nobody_has_two_valid_certificates_of_one_session(kept_certificate):
    assert copy_refused(Certificate.objects.get(), code="another234")
    kept_certificate.replace(by=kept_certificate.person, name="Other")
    ended = Certificate.objects.get(pk=kept_certificate.pk)
    assert not copy_refused(ended, code="another234", replaced_by=None)


def test_each_kind_stands_once_with_a_workshop_and_on_a_certificate(kept_certificate):
    assert copy_refused(CreditOffer.objects.get())
    assert copy_refused(CertificateCredit.objects.get())


def test_nobody_has_two_licenses_for_one_kind(person):
    kind = CreditKind.objects.create(name="State hours", asks_license=True)
    License.objects.give(person, kind, "1")
    assert copy_refused(License.objects.get())
