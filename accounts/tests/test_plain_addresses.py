"""The migration that brings addresses into the form in which they are compared."""

from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import Person

make_plain = import_module("accounts.migrations.0007_plain_addresses").make_plain


@pytest.mark.django_db
def test_addresses_become_plain_but_for_one_that_another_person_has(people):
    kai, kim, lee = people(3)
    Person.objects.filter(pk=kai.pk).update(email="kai@bücher.example")
    Person.objects.filter(pk=kim.pk).update(email="person3@exam\u200bple.edu")
    make_plain(apps, None)
    assert dict(Person.objects.values_list("pk", "email")) == {
        kai.pk: "kai@xn--bcher-kva.example",
        kim.pk: "person3@exam\u200bple.edu",
        lee.pk: "person3@example.edu",
    }
