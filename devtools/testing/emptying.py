"""Empty the database after a test that committed: only the tables that hold rows, in one statement each.

Django truncates all of them and fills in permissions and groups once more, which costs the suite minutes. Here the
tables that `migrate` fills stay as they are; a test that changed one of them is followed by Django's own way.
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

FILLED_BY_MIGRATE = ("django_content_type", "auth_permission", "auth_group", "auth_group_permissions")


@pytest.fixture(scope="session", autouse=True)
def quick_emptying(request) -> Iterator[None]:
    """Have every test that commits be followed by the quick way, where the database's user may use it."""
    with pytest.MonkeyPatch.context() as patch:
        slow, before = TransactionTestCase._fixture_teardown, {}

        def teardown(case: TransactionTestCase) -> None:
            if not before.get("rows") or case.serialized_rollback or filled() != before["rows"] or not empty():
                slow(case)
            before["rows"] = filled()

        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


def filled() -> list[list[tuple]]:
    """Return every row of the tables that `migrate` fills."""
    with connection.cursor() as cursor:
        rows = []
        for table in FILLED_BY_MIGRATE:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")
            rows.append(cursor.fetchall())
        return rows


def empty() -> bool:
    """Delete all rows of all other tables. Return whether the database's user may: on PostgreSQL a superuser.

    Triggers and foreign keys are off until the end, so that no order matters.
    """
    tables = set(connection.introspection.django_table_names(only_existing=True)) - set(FILLED_BY_MIGRATE)
    any_row = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in sorted(tables))
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return False
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        if cursor.fetchone() != (True,):
            return False
        cursor.execute(any_row)
        with_rows = [table for (table,) in cursor.fetchall()]
        deletions = [f"DELETE FROM {table}" for table in with_rows]
        cursor.execute(
            "; ".join(["SET session_replication_role = replica", *deletions, "RESET session_replication_role"])
        )
    return True
