"""Web processes of the last release go on while the migrations of the next one run (docs/deploy.md, Upgrade).

What is read here is the database that all migrations have made, against the models the last release knows. The same is
tried with its own code, and its own tests of registrations, by `python3 dev.py torture upgrade`.
"""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import CreateModel, RunPython, RunSQL
from django.db.models import CharField, CheckConstraint, DateTimeField, Q, UniqueConstraint

from devtools.release import COMMIT, KEPT_BY_ITS_CODE, MIGRATIONS, NEW_APPS
from devtools.testing.schema import Models, breaks, tables

pytestmark = pytest.mark.django_db
TABLE = "registrations_registration"
ROOT = Path(__file__).resolve().parents[2]


def released() -> Models:
    """Return the models of the last release, by table."""
    state = MigrationExecutor(connection).loader.project_state(list(MIGRATIONS.items()))
    return tables([model for model in state.apps.get_models(include_auto_created=True) if is_ours(model)])


def present() -> Models:
    return tables([model for model in apps.get_models(include_auto_created=True) if is_ours(model)])


def is_ours(model) -> bool:
    return model._meta.app_label in MIGRATIONS


def found(changed: Models | None = None, kept: tuple[str, ...] = ()) -> list[str]:
    """Return what breaks the last release, with the schema as a test has changed it."""
    return list(breaks(released(), changed or present(), {*KEPT_BY_ITS_CODE, *kept}))


def test_the_last_release_runs_on_the_schema_of_this_one():
    assert found() == []


def test_the_last_release_is_named_with_every_app_that_has_tables():
    with_migrations = {path.parents[1].name for path in ROOT.glob("*/migrations/0001_*.py")}
    assert {*MIGRATIONS, *NEW_APPS} == with_migrations
    assert not set(MIGRATIONS).intersection(NEW_APPS)
    assert len(COMMIT) == 40
    assert all(KEPT_BY_ITS_CODE.values())


def new_migrations() -> list[Migration]:
    """Return the migrations of our apps that the last release does not know, all of an app that is new."""
    known = MigrationExecutor(connection).loader.disk_migrations
    return [one for (app, name), one in sorted(known.items()) if app in NEW_APPS or name > MIGRATIONS.get(app, "zzzz")]


def locks(migration: Migration) -> set[str]:
    """Return what a migration locks until it commits: each table whose schema it changes, "rows" if it writes some."""
    made = {each.name_lower for each in migration.operations if isinstance(each, CreateModel)}
    data = {"rows" for each in migration.operations if isinstance(each, (RunPython, RunSQL))}
    return data | {each.model_name_lower for each in migration.operations if hasattr(each, "model_name_lower")} - made


def test_a_migration_locks_one_table_at_a_time():
    """Two locks taken in another order than a page takes them end in a deadlock, and with it the upgrade."""
    assert len(new_migrations()) > 10
    assert {str(one): locks(one) for one in new_migrations() if len(locks(one)) > 1} == {}


# ---- what is found ----


@pytest.fixture
def alter(request):
    """alter(method, *what) changes the schema of the registrations, until the test ends."""
    if connection.vendor != "postgresql":
        pytest.fail("PostgreSQL alone takes a changed schema back.")

    def do(method: str, *what) -> None:
        with connection.schema_editor() as editor:
            getattr(editor, method)(*what)

    return do


def registrations():
    return released()[TABLE]


def new_field(field, name="origin"):
    field.set_attributes_from_name(name)
    field.model = registrations()
    return field


@pytest.mark.postgres
def test_a_new_column_needs_a_default_in_the_database(alter):
    alter("add_field", registrations(), new_field(CharField(max_length=9, default="")))
    assert found() == [f"{TABLE}.origin: the last release does not fill it, and the database has no db_default for it"]


@pytest.mark.postgres
@pytest.mark.parametrize("more", [{"db_default": ""}, {"null": True}], ids=str)
def test_a_new_column_that_fills_itself_is_well(alter, more):
    alter("add_field", registrations(), new_field(CharField(max_length=9, **more)))
    assert found() == []


@pytest.mark.postgres
def test_a_column_that_goes_away_is_found(alter):
    alter("remove_field", registrations(), registrations()._meta.get_field("withdrawn_at"))
    assert found() == [f"{TABLE}.withdrawn_at: it is gone, and the last release reads it"]


@pytest.mark.postgres
def test_a_column_that_may_not_be_empty_any_more_is_found(alter):
    old = registrations()._meta.get_field("seated_at")
    alter("alter_field", registrations(), old, new_field(DateTimeField(), "seated_at"))
    assert found() == [f"{TABLE}.seated_at: the last release leaves it empty"]


def test_a_table_that_goes_away_is_found():
    left = {table: model for table, model in present().items() if table != TABLE}
    assert found(left) == [f"{TABLE}: it is gone, and the last release reads it"]


def test_text_that_becomes_shorter_is_found(monkeypatch):
    subject = present()["notifications_notice"]._meta.get_field("subject")
    monkeypatch.setattr(subject, "max_length", 300)
    assert found() == []
    monkeypatch.setattr(subject, "max_length", 100)
    assert found() == ["notifications_notice.subject: it was varchar(255), and is varchar(100)"]


@pytest.mark.parametrize(
    "constraint",
    [
        CheckConstraint(condition=Q(position__lt=100), name="few_wait"),
        UniqueConstraint(fields=["person"], name="one_for_each"),
        UniqueConstraint("status", name="one_of_each"),
    ],
    ids=lambda constraint: constraint.name,
)
def test_a_new_rule_about_what_was_there_is_found(constraint, monkeypatch):
    options = present()[TABLE]._meta
    monkeypatch.setattr(options, "constraints", [*options.constraints, constraint])
    assert found() == [f"{TABLE}: the last release knows nothing of {constraint.name}"]
    assert found(kept=(constraint.name,)) == []
