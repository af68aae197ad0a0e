"""The table at the top of each receivers.py names the signals that the module receives (architecture.md section 1)."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.dispatch import Signal

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(f"{path.parent.name}/{path.stem}" for path in ROOT.glob("*/receivers*.py"))
# One or several signals, and after at least two spaces what follows.
ROW = re.compile(r"(\w+(?:, \w+)*) {2,}\S.*")


def told(source: str) -> list[str]:
    """Return the signals that the table in the docstring of a module names, in its order."""
    lines = (ast.get_docstring(ast.parse(source)) or "").splitlines()
    return [name for line in lines if (row := ROW.fullmatch(line)) for name in row[1].split(", ")]


def received(source: str) -> set[str]:
    """Return the signals of the @receiver decorators in a module."""
    names = set()
    for function in ast.walk(ast.parse(source)):
        for decorator in getattr(function, "decorator_list", ()):
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "receiver":
                signals = decorator.args[0]
                names |= {ast.unparse(one) for one in getattr(signals, "elts", [signals])}
    return names


def complaint(name: str, source: str) -> str:
    """Return in words how the table of a module differs from what the module receives; "" where it does not."""
    rows, signals = told(source), received(source)
    wrong = {
        "is missing in the table": signals - {*rows},
        "is in the table and not received": {*rows} - signals,
        "is in the table twice": {row for row in rows if rows.count(row) > 1},
    }
    sentences = [f"{', '.join(sorted(names))} {what}" for what, names in wrong.items() if names]
    return f"{name}: {'; '.join(sentences)}." if sentences else ""


def source_of(module: str) -> str:
    return (ROOT / f"{module}.py").read_text()


@pytest.mark.parametrize("name", MODULES)
def test_each_table_of_events_names_what_the_module_receives(name):
    assert complaint(f"{name}.py", source_of(name)) == ""


@pytest.mark.parametrize("path", MODULES)
def test_each_event_of_a_table_is_a_signal_with_receivers(path):
    module = import_module(path.replace("/", "."))
    for name in told(source_of(path)):
        signal = getattr(module, name)
        assert isinstance(signal, Signal), f"{name} in {path}.py is not a signal"
        assert signal.has_listeners(), f"nothing receives {name}"


@pytest.mark.parametrize("name", MODULES)
def test_receivers_register_by_the_decorator_alone(name):
    assert ".connect(" not in source_of(name)


SOURCE = '''"""What follows.

made      a mail
{row}
"""


@receiver(made, dispatch_uid="made")
@receiver([moved, ended], dispatch_uid="others")
def tell(sender, **kwargs):
    pass
'''


def test_a_true_table_passes():
    assert complaint("x", SOURCE.format(row="moved, ended  another mail")) == ""


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("moved  another mail", "x: ended is missing in the table."),
        ("moved, ended, kept  another mail", "x: kept is in the table and not received."),
        ("made, moved, ended  another mail", "x: made is in the table twice."),
    ],
)
def test_a_false_table_is_told(row, sentence):
    assert complaint("x", SOURCE.format(row=row)) == sentence
