"""Style sheets: a class belongs to one of them, and none is left over."""

import re
from collections import defaultdict
from pathlib import Path

import brotli
from django.contrib.staticfiles import finders

from devtools import styles
from devtools.templates import ROOT, templates
from devtools.testing.page import read

# But for the one that is made of them.
SHEETS = sorted(sheet for sheet in styles.SHEETS.glob("*.css") if sheet != styles.MADE)
CLASS = re.compile(r"\.(q-[\w-]+)")
WRITTEN = re.compile(r"\bq-[\w-]+")


def rules(sheet: str) -> list[str]:
    """Return the selectors of the rules that hold at every width and on every medium."""
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    sheet = re.sub(r"@[^{;]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", sheet)
    sheet = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", sheet))  # the commas in :is(a, b)
    return [one.strip() for many in re.findall(r"([^{}]+)\{", sheet) for one in many.split(",")]


def owners(sheets: dict[str, str]) -> dict[str, list[str]]:
    """Return, by each class that stands alone before a rule, the sheets with such a rule."""
    found = defaultdict(set)
    for name, sheet in sheets.items():
        for selector in rules(sheet):
            if alone := re.fullmatch(CLASS, selector):
                found[alone[1]].add(name)
    return {one: sorted(names) for one, names in found.items()}


def test_a_class_belongs_to_one_style_sheet():
    found = owners({sheet.name: sheet.read_text() for sheet in SHEETS if sheet.name != "print.css"})
    assert len(found) > 80
    assert {one: names for one, names in found.items() if len(names) > 1} == {}


def test_a_class_of_two_style_sheets_is_found():
    sheets = {"a.css": ".q-a { top: 0; } @media print { .q-c { top: 1px; } }", "b.css": ".q-b, .q-a {} .q-c {}"}
    assert owners(sheets) == {"q-a": ["a.css", "b.css"], "q-b": ["b.css"], "q-c": ["b.css"]}


def test_no_class_of_ours_is_left_over_or_without_a_rule():
    styled = {one for sheet in SHEETS for one in CLASS.findall(sheet.read_text())}
    pages = {one for template in templates() for one in WRITTEN.findall(template.read_text(encoding="utf-8"))}
    code = [*(ROOT / "static" / "quorum").glob("*.js")]
    code += [
        module
        for folder in ("foundation", "sessions_app", "accounts", "office", "registrations", "outcomes")
        for module in (ROOT / folder).rglob("*.py")
    ]
    written = pages | {one for module in code for one in WRITTEN.findall(module.read_text(encoding="utf-8"))}
    assert styled - written == set()
    assert pages - styled == set()


def test_the_sheet_of_all_pages_is_what_its_sheets_say():
    assert styles.MADE.read_text() == styles.made(), "run `python -m devtools.styles`"


def test_rules_of_bootstrap_are_kept_for_what_is_used_with_the_variables_they_read():
    bootstrap = """
        :root{--bs-red:#f00;--bs-danger:var(--bs-red);--bs-blue:#00f}
        .btn,.carousel{color:var(--bs-danger)}
        .btn:not(.dropdown){color:inherit}
        .carousel{color:var(--bs-blue)}
        @media (min-width:9px){.carousel{top:0}.btn{top:0}}
        @keyframes spin{to{top:0}}
    """
    assert styles.usable(bootstrap, ours="").split("\n") == [
        ":root{--bs-red:#f00;--bs-danger:var(--bs-red)}",
        ".btn{color:var(--bs-danger)}",
        ".btn:not(.dropdown){color:inherit}",
        "@media (min-width:9px){.btn{top:0}}",
    ]
    assert "--bs-blue" in styles.usable(bootstrap, ours="a { color: var(--bs-blue) }")
    assert "carousel" in styles.left_out() and "btn" not in styles.left_out()


def test_the_files_of_a_first_visit_are_few_and_small(client, db):
    links = read(client.get("/")).parts("link[rel=stylesheet], script[src], link[rel=icon]")
    files = [link.attribute("href") or link.attribute("src") for link in links]
    # django-htmx's own script is there while DEBUG is on.
    names = [name.removeprefix("/static/") for name in files if "django-htmx.js" not in name]
    assert len(names) == 5
    assert sum(len(brotli.compress(Path(finders.find(name)).read_bytes())) for name in names) < 33_000
