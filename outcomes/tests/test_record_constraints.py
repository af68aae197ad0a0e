"""What the database itself refuses of the record, whatever the code above it does (guarantees: constraint first)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from catalog.models import Program
from foundation.files.uploads import Upload
from outcomes.models import AttendanceTally, Consent, CreditKind, Export, OutsideActivity, OutsideProof, Requirement
from outcomes.models.outside import Told

pytestmark = pytest.mark.django_db

CHECKS = {
    "requirement_of_hours_or_a_program": [
        {"hours": None},
        {"hours": 0},
        {"hours": 101},
        {"program": "program"},
        {"program": "program", "hours": None, "kind": "kind"},
    ],
    "requirement_window_has_its_months": [
        {"months": 12},
        {"window": "rolling"},
        {"window": "refresh", "months": 0},
        {"window": "banana"},
    ],
    "requirement_outside_hours_in_range": [{"most_outside": -1}, {"most_outside": 101}],
    "outside_hours_in_range": [{"hours": 0}, {"hours": -1}, {"hours": Decimal("100.25")}],
    "outside_activity_in_this_century": [{"happened_on": date(1999, 12, 31)}, {"happened_on": date(2101, 1, 1)}],
    "outside_activity_answered_with_words": [
        {"status": "approved"},
        {"status": "declined", "answered_at": Now()},
        {"answered_at": Now()},
        {"status": "banana", "answered_at": Now(), "answer": "No."},
    ],
    "revoked_consent_keeps_no_facts": [{"revoked_at": Now()}, {"revoked_at": Now(), "sealed_birthday": ""}],
    "export_ends_after_it_begins": [{"first_on": date(2026, 12, 2)}],
    "tally_adds_up": [{"walked_in": 4}],
}
MODELS = (Requirement, OutsideActivity, OutsideProof, Consent, Export, AttendanceTally)
OF = {each.name: model for model in MODELS for each in model._meta.constraints}


@pytest.fixture(autouse=True)
def rows(person, office, session, now):
    Requirement.objects.create(title="Hours", hours=6)
    told = Told("Elsewhere", date(2026, 5, 14), Decimal(1), "A society")
    OutsideActivity.objects.tell(person, told, Upload("pdf", "application/pdf", b"%PDF"), now=now)
    Consent.objects.give(person, "pars", "05-14", "MI", now=now)
    Export.objects.note("hr", office, date(2026, 12, 1), date(2026, 12, 1), 1, 1, now=now)
    AttendanceTally.objects.create(session=session, here=3, absent=0, walked_in=0, forgotten_at=now)
    Program.objects.create(title="Foundations", slug="foundations")
    CreditKind.objects.create(name="DEI hours")


def test_every_constraint_is_tried():
    assert OF.keys() == {*CHECKS, "one_consent_per_person_and_purpose"}


@pytest.mark.parametrize(("name", "values"), [(name, values) for name in CHECKS for values in CHECKS[name]])
def test_the_database_refuses_what_must_not_be(name, values):
    made = {"program": Program.objects.get(), "kind": CreditKind.objects.get()}
    values = {field: made.get(value, value) if isinstance(value, str) else value for field, value in values.items()}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        OF[name].objects.update(**values)


def test_one_person_agrees_once_to_one_purpose(person, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(person=person, purpose="pars", given_at=now)
