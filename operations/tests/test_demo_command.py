"""`manage.py demo`: what it says, and that it fills an empty database and no other."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Person
from catalog.models import Workshop
from operations.demo.build import AMINA, KAI, MANAGER, OFFICE, NotEmpty, build

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 12, 17, tzinfo=UTC)


def demo(*options) -> str:
    out = StringIO()
    call_command("demo", *options, stdout=out)
    return out.getvalue()


def test_the_command_fills_an_empty_database_and_no_other():
    assert demo() == "The demo has 22 workshops, 44 sessions, 33 people and 200 registrations.\n"
    with pytest.raises(
        CommandError, match="This database is not empty, and the demo only fills an empty one."
    ) as error:
        demo()
    assert error.value.returncode == 1
    assert demo("--if-empty") == ""
    assert Workshop.objects.count() == 22
    said = demo("--accounts")
    assert "/__mail__/" in said
    assert [email for email in (OFFICE, MANAGER, AMINA, KAI) if email in said] == [OFFICE, MANAGER, AMINA, KAI]


def test_a_database_with_one_person_is_not_empty():
    Person.objects.create_user("someone@example.edu", name="Someone")
    with pytest.raises(NotEmpty):
        build(NOON)
    assert demo("--if-empty") == ""
    assert not Workshop.objects.exists()
    assert "sign in with your own address" in demo("--accounts")


def test_the_rule_alone_does_not_make_a_database_used():
    Person.objects.rule()
    build(NOON)
    assert Workshop.objects.published().count() == 22
