"""Queries that are put together once. A process builds each one a single time, and a call sends only its values.

For Django, building the SQL of a page takes longer than reading its rows; for PostgreSQL, planning it does. So a
function that returns a queryset becomes `@prepared`: it is called once with a `Given` in the place of each value, and
the SQL that Django made of it is kept. On PostgreSQL the statement is prepared on the connection as well, and planned
there once (server.py). It is for the queries of pages that many people open, by name, and no second way to write
queries elsewhere.

    @prepared
    def coming(now: datetime, *, listed: bool) -> QuerySet[Session]:
        return Session.objects.filter(ends_at__gt=now, listed=listed)

    coming(database_clock.now(), listed=True)  # the list of its rows

- What stands before the `*` is a **value**. The function may hand it on to the query and do nothing else with it.
- What stands behind the `*` is the **shape**: the query is built once for each. Shapes are few and the portal's own;
  what somebody typed is never one.
- Several keys are one value: `filter(Among(F("session"), sessions))`.
- What belongs to the rows has a query of its own, and `put_beside` puts it there.
- Of the rows nothing is kept: each call asks the database.
"""

from foundation.prepared.beside import put_beside
from foundation.prepared.query import Among, prepared

__all__ = ["Among", "prepared", "put_beside"]
