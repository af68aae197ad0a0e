"""Marks by what a test asks for, and the database of the tests for another process."""

import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from foundation import database_clock

# Where SQLite would show nothing else (docs/testing.md, section 1): what is read, written or refused without a query of
# its own. The queries and verbs behind it have modules of their own, and every page runs on both, once for each sort
# of reader (config/tests/test_who_sees_what.py).
READ_OR_REFUSED = "query_counts readable answers bounces mailbox reports report_matching schedules_of_excel"
WRITTEN = (
    "calendar_files certificate_file mail_texts links_to_join discreet_title changes_told_plainly certificates_told"
)
FORMS = "sign_in sign_ins second_factor profile greeting pressed one_press last_day outside licenses check_in"
PAGES = "pages people_pages page_texts program_page session_page request_page error_pages previews register_page"
MORE_PAGES = "modes_pages own_pages ticket certificate_pages evaluation_page own_attendance code_of_the_day"
ALIKE = {f"test_{name}.py" for name in " ".join((READ_OR_REFUSED, WRITTEN, FORMS, PAGES, MORE_PAGES)).split()}
OFFICE, OFFICE_ON_SQLITE = "office", {"test_lookups.py", "test_sessions.py", "test_workshops.py"}

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
        if is_alike(item.path):
            item.add_marker("alike")


def is_alike(path: Path) -> bool:
    """Tell whether the tests of this module show the same on SQLite as on PostgreSQL."""
    if path.parent.parent.name == OFFICE:
        return path.name not in OFFICE_ON_SQLITE
    return path.name in ALIKE


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
