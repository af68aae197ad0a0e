"""Templates keep the line length of the code (the formatter keeps their shape: devtools/templates.py)."""

from pathlib import Path

from devtools.templates import ROOT, templates

LONGEST = 120


def too_long(template: Path) -> list[str]:
    lines = template.read_text(encoding="utf-8").splitlines()
    name = template.relative_to(ROOT) if template.is_relative_to(ROOT) else template.name
    return [f"{name}:{number}" for number, line in enumerate(lines, 1) if len(line) > LONGEST]


def test_no_line_of_a_template_is_too_long():
    found = templates()
    assert len(found) > 200
    assert [place for template in found for place in too_long(template)] == []


def test_a_long_line_is_found(tmp_path):
    template = tmp_path / "page.html"
    template.write_text(f"{'é' * LONGEST}\n{'e' * (LONGEST + 1)}\n", encoding="utf-8")
    assert too_long(template) == ["page.html:2"]
