"""Imports point left along the chain, at module level (architecture.md section 1)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAIN = ["accounts", "catalog", "sessions_app", "registrations", "notifications"]
MODULES = sorted(path for app in CHAIN for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
SHIPPED = [path for path in MODULES if "tests" not in path.parts]


def imports(tree: ast.AST):
    """Yield the first part of every module imported anywhere in `tree`, with its node."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], node
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import hides its direction"
            yield node.module.split(".")[0], node


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_imports_point_left(path):
    app = path.relative_to(ROOT).parts[0]
    forbidden = set(CHAIN[CHAIN.index(app) + 1 :]) | {"config"}
    wrong = {
        f"line {node.lineno}: {module}" for module, node in imports(ast.parse(path.read_text())) if module in forbidden
    }
    assert wrong == set()


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_our_imports_stand_at_the_top(path):
    tree = ast.parse(path.read_text())
    at_the_top = {id(node) for node in tree.body}
    inside = {node.lineno for module, node in imports(tree) if module in CHAIN and id(node) not in at_the_top}
    if path.name == "apps.py":
        ready = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "ready"]
        inside -= {
            child.lineno for function in ready for child in ast.walk(function) if isinstance(child, ast.ImportFrom)
        }
    assert inside == set()


@pytest.mark.parametrize("path", [path for path in SHIPPED if "models" in str(path)], ids=name_of)
def test_models_never_import_tasks(path):
    modules = [node.module for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    assert not [module for module in modules if module.endswith(".tasks")]


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_nothing_listens_to_post_save(path):
    assert not [
        node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name) and node.id == "post_save"
    ]
