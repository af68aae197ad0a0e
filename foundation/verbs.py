"""Lock a row the one way the portal does (guarantees: Locks)."""

from django.db import connection, models

SECONDS = 3


def lock_row(obj: models.Model, *related: str) -> None:
    """Lock the row of `obj` until the transaction ends and refresh it. Waits 3 s at most, then OperationalError.

    `related` are foreign keys to read with it, fresh but not locked. NO KEY UPDATE, so that rows pointing here can
    still be inserted. On SQLite the IMMEDIATE transaction already holds the one write lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{SECONDS}s'")
    rows = type(obj)._default_manager.select_for_update(no_key=True, of=("self",)).order_by()
    fresh = (rows.select_related(*related) if related else rows).get(pk=obj.pk)
    # Not refresh_from_db, which leaves unread what `obj` was fetched without: a verb's caller needs only the key. The
    # state holds the related rows just read, and none from before.
    vars(obj).pop("_prefetched_objects_cache", None)
    vars(obj).update(vars(fresh))
