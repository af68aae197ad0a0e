"""The office says which unit is meant by the words of the school’s sign-in."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import SchoolRecord, Unit, UnitName
from devtools.testing.page import read

LIST = "/admin/accounts/unitname/"


@pytest.fixture
def nephrology(people):
    """Words that nobody knows, which the school says of two people."""
    for person in people(2):
        SchoolRecord.objects.create(
            person=person, provider="saml", unit_words="Dept of Nephrology", said_at=timezone.now()
        )
    return UnitName.objects.create(words="Dept of Nephrology")


def test_choosing_a_unit_puts_the_people_there(clerk, nephrology):
    medicine = Unit.objects.create(name="Medicine")
    page = f"{LIST}{nephrology.pk}/change/"
    assert "Dept of Nephrology" in read(clerk.get(page)).text
    assert clerk.post(page, {"unit": medicine.pk}).status_code == 302
    assert {record.person.unit for record in SchoolRecord.objects.select_related("person__unit")} == {medicine}
    entry = LogEntry.objects.get(object_id=nephrology.pk, content_type__model="unitname")
    assert entry.change_message == "Means: from no unit to Medicine."
    assert clerk.post(page, {"unit": medicine.pk}).status_code == 302
    assert LogEntry.objects.filter(content_type__model="unitname").count() == 1


def test_a_unit_that_does_not_exist_is_refused(clerk, nephrology):
    answer = clerk.post(f"{LIST}{nephrology.pk}/change/", {"unit": "4711"})
    assert answer.status_code == 400
    nephrology.refresh_from_db()
    assert nephrology.unit is None


def test_the_list_shows_what_waits_at_a_fixed_cost(clerk, nephrology):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = read(clerk.get(LIST, {"meant": "no"}))
        assert "Dept of Nephrology" in page.text
        return len(queries)

    few = cost()
    UnitName.objects.bulk_create(UnitName(words=f"Unit {number}") for number in range(30))
    assert cost() == few
