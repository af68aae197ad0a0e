"""No template and no sentence of the code takes for granted what an office is about, where it is, or our name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from devtools.templates import ROOT, templates

SUBJECTS = r"\bDEI\b|\bdiversity\b|\bequity\b|\binclusion\b|\bbias\b|medical school|school of medicine"
ASSUMES = re.compile(rf"(?i:{SUBJECTS})|\bQuorum\b")
APPS = "foundation accounts catalog sessions_app registrations library outcomes notifications operations office"
# A default that the environment replaces, or what programs read and people do not.
NOT_SHOWN = {
    ("config/settings.py", "Quorum"),
    ("config/settings.py", "Example School of Medicine"),
    ("config/checks.py", "Quorum cannot start:\n"),
    ("notifications/calendars/writing.py", "-//Quorum//Sessions//EN"),
    ("notifications/outbox/mime.py", "X-Quorum-Notice"),
    ("notifications/replies/delivery_reports.py", "X-Quorum-Notice"),
    ("notifications/replies/mailbox.py", "Quorum-Read"),
    ("notifications/replies/mailbox.py", "Quorum-Unreadable"),
    ("sessions_app/models/decision.py", "Quorum when the rule decided."),
}


def shipped() -> list[Path]:
    """Return the modules of the portal; the demo's own words are those of an office that was made up."""
    left = {"tests", "migrations", "demo"}
    return [
        one
        for app in [*APPS.split(), "config"]
        for one in sorted((ROOT / app).rglob("*.py"))
        if not left & set(one.parts)
    ]


def sentences(source: str) -> Iterator[str]:
    """Yield the strings of a module that are no docstrings."""
    tree = ast.parse(source)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def test_no_template_names_a_subject_a_school_or_the_portal():
    found = {str(one.relative_to(ROOT)): ASSUMES.findall(without_addresses(one.read_text())) for one in templates()}
    assert {name: words for name, words in found.items() if words} == {}


def without_addresses(source: str) -> str:
    """Leave out where a style sheet or an icon of ours lies."""
    return re.sub(r"quorum/[\w.-]+|\{% load [^%]*%\}", "", source)


def test_no_sentence_of_the_code_names_a_subject_a_school_or_the_portal():
    found = {(str(one.relative_to(ROOT)), said) for one in shipped() for said in sentences(one.read_text())}
    assert {(name, said) for name, said in found if ASSUMES.search(said)} - NOT_SHOWN == set()


@pytest.mark.parametrize("said", ["Welcome to Quorum", "our DEI office", "the medical school’s calendar", "Bias"])
def test_what_takes_it_for_granted_is_found(said):
    assert [one for one in sentences(f'"""About DEI."""\nx = {said!r}') if ASSUMES.search(one)] == [said]
