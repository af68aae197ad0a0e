"""The one way to lock a row: no change to it waits longer than three seconds."""

import pytest
from django.contrib import admin
from django.db import connection, transaction

from accounts.models import Unit

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.mark.parametrize("locked_by", ["a verb", "a page of the desk"])
def test_whoever_locks_waits_three_seconds_at_most(locked_by, make_session):
    session, unit = make_session(), Unit.objects.create(name="Pediatrics")
    with transaction.atomic(), connection.cursor() as cursor:
        if locked_by == "a verb":
            session.lock()
        else:
            admin.site.get_model_admin(Unit).lock(unit)
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("3s",)
