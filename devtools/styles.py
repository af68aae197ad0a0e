"""Make the one style sheet a page links: `python -m devtools.styles` writes it, with `--check` it only tells.

`static/quorum/layers.css` names our sheets and the layer of each. They are put into `static/quorum/quorum.css` in that
order, and of Bootstrap the rules that something here can use: a page loads one sheet of some kilobytes, and not fifteen
one after another.
"""

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import crispy_bootstrap5
import crispy_forms
import django_include_bootstrap
import tinycss2

from devtools.processes import ROOT
from devtools.templates import templates

SHEETS = ROOT / "static" / "quorum"
LAYERS, MADE = SHEETS / "layers.css", SHEETS / "quorum.css"
BOOTSTRAP = Path(django_include_bootstrap.__file__).parent / "static" / "css" / "bootstrap.min.css"
# What writes the fields of a form and their errors. The layouts that crispy has beside them stand on no page here.
FIELDS = """
    errors errors_formset field uni_form layout/attrs layout/field_errors layout/field_errors_block layout/field_file
    layout/help_text layout/help_text_and_errors layout/radio_checkbox_select
"""
CRISPY = [
    *(Path(crispy_forms.__file__).parent / "templatetags").glob("*.py"),
    *(Path(crispy_bootstrap5.__file__).parent / "templates" / "bootstrap5" / f"{name}.html" for name in FIELDS.split()),
]
HEAD = """\
/* Made by `python -m devtools.styles` from layers.css. Never edit it.
   In the layer "bootstrap": Bootstrap, Copyright 2011-2025 The Bootstrap Authors, licensed under MIT
   (https://github.com/twbs/bootstrap/blob/main/LICENSE). */"""
IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);\n')
# What is given as a class: in a template, in Python and in a script.
GIVEN = re.compile(r"[cC]lass\w*[\"']?\s*(?:=|:|\(|\+=)\s*f?[\"']([^\"']*)")
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
# Apps whose Python gives classes to what stands on a page.
PAGES = ("foundation", "accounts", "catalog", "sessions_app", "registrations", "library", "outcomes", "office")
NEGATED, STRING = re.compile(r":not\([^()]*\)"), re.compile(r"\"[^\"]*\"")
VARIABLE = re.compile(r"--bs-[\w-]+")


def made() -> str:
    """Return the sheet: the order of the layers, each layer with what is imported, and what layers.css says itself."""
    source = LAYERS.read_text(encoding="utf-8")
    imported = IMPORT.findall(source)
    order, own = source[: source.index("@import")], source[source.rindex("@import") :].partition("\n")[2]
    ours = {name: compact((SHEETS / name).read_text(encoding="utf-8")) for name, _ in imported if in_house(name)}
    theirs = usable(BOOTSTRAP.read_text(encoding="utf-8"), "".join(ours.values()) + own)
    layers = [f"@layer {layer} {{\n{ours.get(name, theirs)}\n}}" for name, layer in imported]
    return "\n".join([HEAD, compact(order), *layers, compact(own)]) + "\n"


def in_house(name: str) -> bool:
    """Tell whether a sheet is one of ours."""
    return not name.endswith(BOOTSTRAP.name)


def compact(sheet: str) -> str:
    """Return a sheet without comments and indentation, a rule a line."""
    lines = [""]
    for token in tinycss2.parse_component_value_list(sheet, skip_comments=True):
        lines[-1] += squeezed(token.serialize())
        if token.type == "{} block" or token == ";":
            lines.append("")
    return "\n".join(line.strip() for line in lines if line.strip())


def squeezed(text: str) -> str:
    """Return a piece of a sheet with its comments gone and one space for many."""
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


def usable(bootstrap: str, ours: str) -> str:
    """Return the rules of Bootstrap that can apply to something here, with the variables that they or `ours` read."""
    rules = list(applying(tinycss2.parse_stylesheet(bootstrap, skip_comments=True, skip_whitespace=True)))
    known, asked = re.compile(r"(--bs-[\w-]+)\s*:([^;}]*)"), set(re.findall(r"var\(\s*(--bs-[\w-]+)", ours))
    plain = "".join(re.sub(known, "", rule) for rule in rules)
    asked |= set(VARIABLE.findall(plain))
    values: dict[str, set[str]] = {}
    for name, value in known.findall("".join(rules)):
        values.setdefault(name, set()).update(VARIABLE.findall(value))
    new = asked
    while new := {name for one in new for name in values.get(one, ())} - asked:
        asked |= new
    kept = (re.sub(known, lambda found: found[0] if found[1] in asked else "", rule) for rule in rules)
    tidied = (re.sub(r";+", ";", rule).replace("{;", "{").replace(";}", "}") for rule in kept)
    return "\n".join(rule for rule in tidied if not rule.endswith("{}"))


def applying(rules: list[Any]) -> Iterator[str]:
    """Yield the text of each rule whose selectors ask for no class but those that are given here."""
    for rule in rules:
        if rule.type == "at-rule" and rule.at_keyword == "media":
            inside = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            if kept := "".join(applying(inside)):
                yield f"@media{tinycss2.serialize(rule.prelude)}{{{kept}}}"
        elif rule.type == "qualified-rule":
            selectors = [one for one in split(tinycss2.serialize(rule.prelude)) if applies(one)]
            if selectors:
                yield f"{','.join(selectors)}{{{tinycss2.serialize(rule.content)}}}"


def split(selectors: str) -> list[str]:
    """Return the selectors between commas; those inside brackets divide nothing."""
    return re.split(r",(?![^()]*\))", selectors)


def applies(selector: str) -> bool:
    """Tell whether everything that a selector asks for is given somewhere here."""
    return set(CLASS.findall(NEGATED.sub("", STRING.sub("", selector)))) <= classes()


@cache
def classes() -> set[str]:
    """Return every word that is given as a class: in a template, in Python, in a script, and by crispy to a field."""
    modules = (path for folder in PAGES for path in (ROOT / folder).rglob("*.py") if "tests" not in path.parts)
    given: set[str] = set()
    for path in [*templates(), *modules, *SHEETS.glob("*.js"), *CRISPY]:
        text = TAG.sub(" ", path.read_text(encoding="utf-8"))
        given |= {word for value in GIVEN.findall(text) for word in value.split()}
    return given


@cache
def left_out() -> set[str]:
    """Return the classes of Bootstrap whose rules the sheet has not. A page that uses one would look broken."""
    selectors = re.sub(r"{[^{}]*}", "{}", BOOTSTRAP.read_text(encoding="utf-8"))
    return set(CLASS.findall(selectors)) - classes()


if __name__ == "__main__":
    if "--check" not in sys.argv:
        MADE.write_text(made(), encoding="utf-8")
    elif MADE.read_text(encoding="utf-8") != made():
        sys.exit("static/quorum/quorum.css is not what its sheets say: run `python -m devtools.styles`.")
