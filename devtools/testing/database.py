"""Marks by what a test asks for, and the database of the tests for another process."""

import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from foundation import database_clock

# What a database does in its own way (docs/testing.md, section 1), by app: verbs that lock and count, queries that
# compare, sort and add up, what is refused by a constraint, migrations. These modules run on SQLite too.
ON_SQLITE = {
    "accounts": "browser_sessions address_changes",
    "catalog": "catalog search",
    "config": "claims constraints impossible_rows inbox outages upgrade who_sees_what",
    "foundation": "prepared wake",
    "library": "access search",
    "notifications": "changes claims delivery notices",
    "office": "sessions workshops",
    "operations": "attendance_invariants demo_command invariants merging_invariants readyz",
    "outcomes": "attendance attendance_constraints credit credit_constraints evaluation_results record"
    " record_constraints retention twice",
    "registrations": "attendance_counts clash eligibility exchanging interest merging modes nominate progress register"
    " seats_of_each_mode seats_the_office_gives several switching transfer withdraw",
    "sessions_app": "changes combined_filters filters holding home import_schedule month months parts requests"
    " rows_of_sessions_there settle",
}

HOW = "run it through `python3 dev.py test`, which starts one"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark tests by the fixtures they ask for, before `-m` chooses."""
    for item in items:
        if "stack" in item.fixturenames:
            item.add_marker("stack")
        if "real_browsers" in item.fixturenames:
            item.add_marker("browser")
        if item.get_closest_marker("django_db") or {"db", "transactional_db"}.intersection(item.fixturenames):
            item.add_marker("database")
        if item.get_closest_marker("database") and runs_on_sqlite(item.path):
            item.add_marker("sqlite")


def runs_on_sqlite(path: Path) -> bool:
    """Tell whether the tests of this module run on SQLite too."""
    named = ON_SQLITE.get(path.parent.parent.name, "").split()
    return path.stem.removeprefix("test_") in named


def pytest_runtest_setup(item):
    """Fail what needs PostgreSQL on any other database; let a test without a database go by this machine's clock."""
    needs_postgresql = item.get_closest_marker("postgres") or item.get_closest_marker("stack")
    if needs_postgresql and "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        pytest.fail(f"This test needs PostgreSQL: {HOW}.", pytrace=False)
    if not item.get_closest_marker("database"):
        here = timezone.now()
        database_clock._last = database_clock.Reading(time.monotonic(), here, here)


def database_url() -> str:
    """Return the URL of the test's own database, for another process."""
    own = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{own['NAME']}"
    login = own["USER"] + (f":{own['PASSWORD']}" if own["PASSWORD"] else "")
    if own["HOST"].startswith("/"):
        return f"postgres://{login}@/{own['HOST']}/{own['NAME']}"
    return f"postgres://{login}@{own['HOST']}:{own['PORT'] or 5432}/{own['NAME']}"
