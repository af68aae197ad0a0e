"""People are listed and found by indexes, however many there are."""

import pytest
from django.db import connection

from accounts.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def plan_of(rows) -> str:
    """How PostgreSQL would read `rows` of a table that is large."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    return rows.explain()


@pytest.mark.parametrize(("column", "index"), [("name", "person_name_letters"), ("email", "person_email_letters")])
def test_letters_of_people_are_found_by_an_index(column, index):
    assert index in plan_of(Person.objects.filter(**{f"{column}__icontains": "lindq"}).order_by())


def test_people_are_read_in_their_order_by_an_index():
    assert "person_in_order" in plan_of(Person.objects.order_by("name", "email")[:100])
