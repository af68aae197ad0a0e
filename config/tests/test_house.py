"""What the import linter cannot say of the house: how imports are written, and how large a room may be.

The directions of imports are contracts in pyproject.toml (docs/architecture.md, section 1).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = [
    "foundation",
    "accounts",
    "catalog",
    "sessions_app",
    "registrations",
    "library",
    "outcomes",
    "notifications",
    "operations",
    "office",
]
ROOMS = [*APPS, "config", "devtools"]
MODULES_IN_A_ROOT = 12
SMALLER = {"notifications": 8}
LINES_OF_A_MODULE = 450
CLOCK = "foundation/database_clock.py"
# What asks this machine for the time, by what it is asked of; `Now`, in a query, asks the database.
OWN_TIME = {
    "timezone": {"now", "localdate", "localtime"},
    "datetime": {"now", "today", "utcnow"},
    "date": {"today"},
    "time": {"time", "time_ns", "gmtime", "localtime"},
}


def is_shipped(path: Path) -> bool:
    return not {"tests", "migrations"}.intersection(path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


MODULES = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if is_shipped(path.relative_to(ROOT))]
TREES = {name_of(path): ast.parse(path.read_text()) for path in MODULES}


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.Import | ast.ImportFrom]]:
    """Yield the first part of every module imported anywhere in `tree`, with its node; "" for a relative import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], node
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0] if node.level == 0 else "", node


def at_the_top(tree: ast.Module) -> set[int]:
    """Return the ids of what stands at the top, alone or under `if TYPE_CHECKING:`."""
    blocks = [node.body for node in tree.body if isinstance(node, ast.If) and is_named(node.test, "TYPE_CHECKING")]
    return {id(node) for body in (tree.body, *blocks) for node in body}


def in_ready(tree: ast.AST) -> set[int]:
    """Return the ids of the imports in functions named `ready`."""
    ready = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "ready"]
    return {id(node) for function in ready for _, node in imports(function)}


def test_no_import_is_relative():
    wrong = [(name, node.lineno) for name, tree in TREES.items() for room, node in imports(tree) if room == ""]
    assert wrong == []


def test_our_imports_stand_at_the_top():
    wrong = []
    for name, tree in TREES.items():
        allowed = at_the_top(tree) | (in_ready(tree) if name.endswith("/apps.py") else set())
        wrong += [(name, node.lineno) for room, node in imports(tree) if room in ROOMS and id(node) not in allowed]
    assert wrong == []


def test_nothing_listens_to_post_save():
    listening = {name for name, tree in TREES.items() if any(is_named(node, "post_save") for node in ast.walk(tree))}
    assert listening == set()


def is_named(node: ast.AST, name: str) -> bool:
    return (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)


def asks_this_machine(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of `tree` that call or name `timezone.now` and the like, or import them by their own name.

    `timezone.localtime(at)` only converts.
    """
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    converting = {id(call.func) for call in calls if getattr(call.func, "attr", "") in ("localtime", "localdate")}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in converting:
            asked = getattr(node.value, "attr", getattr(node.value, "id", ""))
            if node.attr in OWN_TIME.get(asked, ()):
                yield node.lineno
        elif isinstance(node, ast.ImportFrom):
            asked = (node.module or "").rpartition(".")[2]
            if asked in ("time", "timezone") and OWN_TIME[asked].intersection(alias.name for alias in node.names):
                yield node.lineno
        elif isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
            yield node.value.lineno


@pytest.mark.parametrize("name", sorted(TREES))
def test_only_the_databases_clock_is_asked(name):
    assert name == CLOCK or list(asks_this_machine(TREES[name])) == []


@pytest.mark.parametrize(
    "asking",
    [
        "timezone.now()",
        "django.utils.timezone.now()",
        "models.DateTimeField(default=timezone.now)",
        "models.DateTimeField(auto_now_add=True)",
        "datetime.now(UTC)",
        "datetime.datetime.now()",
        "date.today()",
        "timezone.localdate()",
        "time.time()",
        "from time import time",
        "from django.utils.timezone import now",
    ],
)
def test_whatever_asks_this_machine_for_the_time_is_found(asking):
    assert list(asks_this_machine(ast.parse(asking))) == [1]


@pytest.mark.parametrize(
    "harmless", ["timezone.localtime(at)", "time.monotonic()", "from datetime import time", "Now()"]
)
def test_what_asks_nobody_for_the_time_is_let_be(harmless):
    assert list(asks_this_machine(ast.parse(harmless))) == []


@pytest.mark.parametrize("app", APPS)
def test_the_root_of_an_app_holds_few_modules(app):
    modules = sorted(path.name for path in (ROOT / app).glob("*.py") if path.name != "__init__.py")
    assert len(modules) <= SMALLER.get(app, MODULES_IN_A_ROOT), modules


def test_a_module_has_at_most_450_lines():
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > LINES_OF_A_MODULE} == {}
