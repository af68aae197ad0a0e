"""Say whether the disk of the database has room, and whether the database can be written at all."""

import tempfile
from pathlib import Path

from django.db import Error, connection, transaction

# About as much as a busy minute writes. It is written to a temporary file, and gone at once.
PROBE_BYTES = 2_000_000
FULL = "The disk of the database is full: nothing can be saved. Make room; what was saved is still there."
READ_ONLY = "The database can only be read: a standby, or set to read-only. Nothing can be saved."


def find_lack_of_room() -> str:
    """Return the sentence for the operator, "" when there is room. Writes no row. Raises Error if nobody answers."""
    return _on_postgresql() if connection.vendor == "postgresql" else _beside_the_file()


def _on_postgresql() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('default_transaction_read_only') = 'on' OR pg_is_in_recovery()")
        if cursor.fetchone()[0]:
            return READ_ONLY
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # What does not fit into this memory goes to a temporary file: 20 bytes or more for each number.
            cursor.execute("SET LOCAL work_mem = '64kB'")
            cursor.execute("SELECT count(*) FROM generate_series(1, %s)", [PROBE_BYTES // 20])
    except Error as error:
        if getattr(error.__cause__, "pgcode", None) == "53100":
            return FULL
        raise
    return ""


def _beside_the_file() -> str:
    """Look at the folder of SQLite's file; its own probe would only be written at a commit."""
    name = str(connection.settings_dict["NAME"])
    if not (folder := Path(name).parent).is_dir():
        return ""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"\0" * PROBE_BYTES)
            probe.flush()
    except OSError:
        return FULL
    return ""
