"""An index of the letters of names and addresses in threes, by which PostgreSQL finds a person among fifty thousand.

It needs the extension pg_trgm, which the owner of a database may create wherever its files are installed. Where they
are not, searches read every person, and nothing else changes.
"""

import logging

from django.db import DatabaseError, migrations, transaction

logger = logging.getLogger(__name__)
INDEXES = {"person_name_letters": "name", "person_email_letters": "email"}
# As Django writes `icontains`: UPPER(name::text) LIKE UPPER(...).
CREATE = 'CREATE INDEX IF NOT EXISTS {name} ON accounts_person USING gin (UPPER("{column}"::text) gin_trgm_ops)'


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            for name, column in INDEXES.items():
                schema_editor.execute(CREATE.format(name=name, column=column))
    except DatabaseError as error:
        logger.warning("no index for searching people, searches read them all: %s", error)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_people_in_order"),
    ]

    operations = [
        migrations.RunPython(create, drop),
    ]
