"""What tests share is on the shelf devtools/testing/: no test imports from a test, each fixture has its own name."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# `response.content` may be read only where the answer is no page.
NO_PAGES = {
    "office/tests/test_exports.py",
    "office/tests/test_figures.py",
    "office/tests/test_modes.py",
    "office/tests/test_numbers.py",
    "office/tests/test_roster.py",
    "outcomes/tests/test_record.py",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield the path and the tree of each module of tests, of the shelf, and the root's conftest.py."""
    paths = [ROOT / "conftest.py", *ROOT.glob("devtools/testing/*.py"), *ROOT.glob("*/tests/*.py")]
    for path in paths:
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def is_fixture(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any("fixture" in ast.unparse(one) for one in node.decorator_list)


def test_nothing_imports_from_a_test():
    imported = [
        (path, node.module)
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").rpartition(".")[2].startswith(("test_", "conftest"))
    ]
    assert imported == []


def test_each_fixture_is_defined_once():
    names = Counter(node.name for _, tree in modules() for node in ast.walk(tree) if is_fixture(node))
    assert len(names) > 50
    assert [name for name, count in names.items() if count > 1] == []


def test_no_test_decodes_the_content_of_a_page():
    decoded = [
        path
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "decode" and ast.unparse(node.value).endswith(".content")
    ]
    assert set(decoded) <= NO_PAGES | {"devtools/testing/page.py", "devtools/testing/only_pages.py"}
