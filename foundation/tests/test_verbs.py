"""The one way to lock a row: no change to it waits longer than three seconds."""

import pytest
from django.contrib import admin
from django.db import connection, transaction

from accounts.models import Unit
from sessions_app.models import Session

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.mark.parametrize("locked_by", ["a verb", "an office page"])
def test_a_lock_is_waited_for_three_seconds_at_most(locked_by, make_session):
    session, unit = make_session(), Unit.objects.create(name="Pediatrics")
    with transaction.atomic(), connection.cursor() as cursor:
        if locked_by == "a verb":
            session.lock()
        else:
            admin.site.get_model_admin(Unit).lock(unit)
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("3s",)


def test_a_lock_reads_all_of_the_row_again(make_session, django_assert_num_queries):
    code = make_session().code
    session, other = Session.objects.only("code").get(), Session.objects.select_related("workshop").get()
    title = f"{other.workshop.title}, again"
    other.workshop.sessions.update(capacity=17)
    type(other.workshop).objects.update(title=title)
    with transaction.atomic():
        session.lock()
        other.lock()
        with django_assert_num_queries(0):
            for one in (session, other):
                assert (one.code, one.capacity, one.workshop.title) == (code, 17, title)
