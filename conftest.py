"""The small cast of the tests: a few people, one workshop, a session. A mail server, workers and a browser are plugins.

`python3 dev.py test` gives them PostgreSQL, Valkey and a browser through the environment; what needs one of these and
does not find it fails, it is never skipped.
"""

import os

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DJANGO_LIVE_TEST_SERVER_ADDRESS", "127.0.0.1")

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

# Configured here and not by pytest.ini, so that DEBUG above is set first.
assert django_settings.DATABASES

pytest_plugins = ["devtools.testing.mail_server", "devtools.testing.stack", "devtools.testing.browser"]
ZONE = "America/Chicago"
HOW = "run it through `python3 dev.py test`, which starts one"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark tests by the fixtures they ask for, before `-m` chooses."""
    for item in items:
        if "stack" in item.fixturenames:
            item.add_marker("stack")
        if "browser" in item.fixturenames:
            item.add_marker("browser")
        if item.get_closest_marker("django_db") or {"db", "transactional_db"}.intersection(item.fixturenames):
            item.add_marker("database")


def pytest_runtest_setup(item):
    """Fail what needs PostgreSQL on any other database."""
    needs_postgresql = item.get_closest_marker("postgres") or item.get_closest_marker("stack")
    if needs_postgresql and "postgresql" not in django_settings.DATABASES["default"]["ENGINE"]:
        pytest.fail(f"This test needs PostgreSQL: {HOW}.", pytrace=False)


def database_url() -> str:
    """Return the URL of the test's own database, for another process."""
    own = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{own['NAME']}"
    login = own["USER"] + (f":{own['PASSWORD']}" if own["PASSWORD"] else "")
    if own["HOST"].startswith("/"):
        return f"postgres://{login}@/{own['HOST']}/{own['NAME']}"
    return f"postgres://{login}@{own['HOST']}:{own['PORT'] or 5432}/{own['NAME']}"


# ---- people and sessions ----


@pytest.fixture
def now() -> datetime:
    """This instant, the same one through the test."""
    return timezone.now()


@pytest.fixture
def people(db) -> Callable:
    """people(3) creates three staff members with complete profiles: person1@example.edu and so on, never one twice."""
    from accounts.models import Person

    made = []

    def make(count: int, **fields) -> list[Person]:
        new = []
        for _ in range(count):
            number = len(made) + 1
            own = {"email": f"person{number}@example.edu", "name": f"Person {number}", "role": Person.Role.STAFF}
            new.append(Person.objects.create_user(**own | fields))
            made.append(number)
        return new

    return make


@pytest.fixture
def person(people):
    """One staff member with a complete profile."""
    return people(1)[0]


@pytest.fixture
def office(db):
    """Somebody of the office, with every permission."""
    from accounts.models import Person

    fields = {"name": "Office Person", "role": Person.Role.STAFF, "is_staff": True, "is_superuser": True}
    return Person.objects.create_user("office@example.edu", **fields)


@pytest.fixture
def workshop(db):
    """A published workshop of 90 minutes online: minimum 6, capacity 24."""
    from catalog.models import Workshop

    return Workshop.objects.create(
        title="Bystander Interventions",
        slug="bystander-interventions",
        summary="What to say, and when, if you see it happen.",
        description="Practice in **small groups**.",
        status=Workshop.Status.PUBLISHED,
    )


@pytest.fixture
def make_session(workshop, office, now) -> Callable:
    """make_session(days=14, published=True, minimum=6, ...) schedules the workshop and publishes it.

    It starts `days` from now at noon in Chicago. Other arguments are those of Session.objects.schedule.
    """
    from foundation.wall_clock import instant
    from sessions_app.models import MeetingPlan, Session

    def make(days: int = 14, published: bool = True, **overrides) -> Session:
        subject = overrides.pop("workshop", workshop)
        day = timezone.localdate(now) + timedelta(days=days)
        starts_at = instant(day, datetime.min.time().replace(hour=12), ZONE)
        ends_at = starts_at + timedelta(minutes=subject.minutes)
        plan = MeetingPlan(starts_at, ends_at, ZONE, join_link="https://meet.example.edu/quorum")
        meetings = overrides.pop("meetings", [plan])
        session = Session.objects.schedule(subject, meetings=meetings, by=office, now=now, **overrides)
        if published:
            session.publish(by=office, now=now)
        return session

    return make
