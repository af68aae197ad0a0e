"""Every page, section, heading and promise that code, templates and pages cite is there (architecture.md section 8).

A citation is a page by its file name (`calendar.md`), with or without a section (`calendar.md 8.3`), a heading of the
guarantees in parentheses (`guarantees: Locks`), a promise by its number, or a path under docs/.
"""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
NOT_OURS = {"var", "staticfiles", "__pycache__"}
READ = {".py", ".html", ".txt", ".md", ".css", ".js", ".toml", ".ini", ".in", ".yml", ".yaml", ".service"}

ADDRESS = re.compile(r"https?://\S+")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# A citation may go on in the next line of a comment.
SPACE = r"(?:\s|#)+"
NUMBER = r"\d+(?:\.\d+)*"
NUMBERS = rf"{NUMBER}(?:(?:,| and| to){SPACE}{NUMBER})*"
PAGE = re.compile(rf"((?:[\w.-]+/)*[\w-]+\.md)\b(?:(?:,?{SPACE}sections?{SPACE}|{SPACE})({NUMBERS})\b)?")
OWN_SECTION = re.compile(rf"\(sections? ({NUMBERS})\)")
HEADING = re.compile(r"\(guarantees:\s*([^)]*)\)")
PROMISE = re.compile(r"\bG\d{1,2}\b")
PATH = re.compile(r"(?<![\w/.-])(docs/[\w./@-]*\w|decisions/[\w-]+)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"`([\w.-]+(?:/[\w@-][\w.@-]*)+/?)`")


def pages_and_code() -> Iterator[Path]:
    """Yield every text file of the project but this one, whose examples are wrong on purpose."""
    for folder, folders, names in os.walk(ROOT):
        hidden = {name for name in folders if name.startswith(".")} - {".github"}
        folders[:] = sorted(set(folders) - NOT_OURS - hidden)
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix in READ and path != Path(__file__):
                yield path


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def found(name: str, citing: Path) -> Path | None:
    """Return the page or path that `name` means where the file `citing` says it; None if there is none."""
    folders = (ROOT, citing.parent, DOCS, DOCS / "decisions")
    pages = ((folder / name).resolve() for folder in folders)
    return next((page for page in pages if page.is_relative_to(ROOT) and page.exists()), None)


@cache
def headings(page: Path) -> list[str]:
    return [line.lstrip("#").strip() for line in FENCED.sub("", text_of(page)).splitlines() if line.startswith("#")]


@cache
def sections(page: Path) -> set[str]:
    """Return the numbers of a page's sections: of headings, and of the items of a list as 2.1, 2.2 ... of section 2."""
    numbers, current = set(), ""
    for line in FENCED.sub("", text_of(page)).splitlines():
        if heading := re.match(rf"#+ ({NUMBER})\.? ", line):
            numbers.add(heading[1])
            current = heading[1]
        elif line.startswith("#"):
            current = ""
        elif current and (item := re.match(r"(\d+)\. ", line)):
            numbers.add(f"{current}.{item[1]}")
    return numbers


@cache
def anchors(page: Path) -> set[str]:
    """Return what a link may name behind the # of a page, as GitHub makes it from the headings."""
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings(page)}


@cache
def promises() -> set[str]:
    """Return the promises that have a row in the guarantees."""
    return set(re.findall(r"^\| (G\d+) \|", text_of(DOCS / "guarantees.md"), re.MULTILINE))


def wrong_citations(text: str, citing: Path) -> Iterator[str]:
    """Yield what `text`, a part of the file `citing`, cites and is not there."""
    text = ADDRESS.sub("", text)
    for name, numbers in PAGE.findall(text):
        page = found(name, citing)
        if page is None:
            yield name
        else:
            yield from (f"{name} section {one}" for one in re.findall(NUMBER, numbers) if one not in sections(page))
    if citing.suffix == ".md":
        for numbers in OWN_SECTION.findall(text):
            yield from (f"section {one}" for one in re.findall(NUMBER, numbers) if one not in sections(citing))
    known = {heading.casefold() for heading in headings(DOCS / "guarantees.md")}
    for cited in HEADING.findall(text):
        parts = [" ".join(part.split()) for part in cited.split(",")]
        yield from (f"guarantees: {one}" for one in parts if not PROMISE.fullmatch(one) and one.casefold() not in known)
    yield from (one for one in PROMISE.findall(text) if one not in promises())
    for path in PATH.findall(text):
        if not found(path, citing) and not found(f"{path}.md", citing):
            yield path


def wrong_links(text: str, page: Path) -> Iterator[str]:
    """Yield the links of a page, with `text` or a part of it, to files and headings that are not there."""
    for target in LINK.findall(FENCED.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            yield target


def wrong_paths(text: str) -> Iterator[str]:
    """Yield the files and folders of ours that a page names in backquotes and that are not there."""
    for path in NAMED.findall(text):
        if (ROOT / path.split("/")[0]).is_dir() and not (ROOT / path).exists():
            yield path


def test_every_citation_is_of_something_that_is_there():
    wrong = {
        str(path.relative_to(ROOT)): cited
        for path in pages_and_code()
        if (cited := list(wrong_citations(text_of(path), path)))
    }
    assert wrong == {}


def test_every_link_between_pages_leads_somewhere():
    pages = [path for path in pages_and_code() if path.suffix == ".md"]
    assert {DOCS / "architecture.md", ROOT / "README.md", ROOT / "CONTRIBUTING.md"} <= set(pages)
    wrong = {str(page.relative_to(ROOT)): links for page in pages if (links := list(wrong_links(text_of(page), page)))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Sealed away (sealing.md).", ["sealing.md"]),
        ("As in ../shared/architecture.md.", ["../shared/architecture.md"]),
        ("The chain (architecture.md section 99).", ["architecture.md section 99"]),
        ("The chain (docs/architecture.md, section 99).", ["docs/architecture.md section 99"]),
        ("# The chain (architecture.md\n# section 99).", ["architecture.md section 99"]),
        ("What is proven (calendar.md 8.33).", ["calendar.md section 8.33"]),
        ("Both (calendar.md sections 4 and 44).", ["calendar.md section 44"]),
        ("A list (calendar.md 0.11).", ["calendar.md section 0.11"]),
        ("Lock a row (guarantees: Keys).", ["guarantees: Keys"]),
        ("Lock a row (guarantees: Locks, Keys).", ["guarantees: Keys"]),
        ("Lock a row (guarantees: Locks, G99).", ["G99"]),
        ("One of guarantees G7 to G98.", ["G98"]),
        ("Read docs/no-such-page first.", ["docs/no-such-page"]),
        ("Read docs/systemd/quorum-cook.service.", ["docs/systemd/quorum-cook.service"]),
        ("Why: decisions/nobody-asked.", ["decisions/nobody-asked"]),
    ],
)
def test_a_citation_of_nothing_is_found(text, wrong):
    assert list(wrong_citations(text, ROOT / "foundation" / "verbs.py")) == wrong


@pytest.mark.parametrize(
    "text",
    [
        "The chain (architecture.md section 1), in docs/architecture.md, section 1.",
        "The table of calendar.md 8.3, in its order; calendar.md 0.2 and calendar.md 12.",
        "Lock a row (guarantees: Locks, G14), as in guarantees: whatever prose says.",
        "guarantee G9, guarantees G7 to G9, G1, G3 and G4",
        "See docs/, docs/systemd/*.service, docs/systemd/quorum-web.service and decisions/the-uid-comes-with-the-seat.",
        "https://example.org/docs/no-such-page/other.md section 99",
        "office/sessions/decisions/page.html is no page of ours",
    ],
)
def test_a_citation_of_what_is_there_is_not_taken_for_wrong(text):
    assert list(wrong_citations(text, ROOT / "foundation" / "verbs.py")) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[locks](guarantees.md#locks), [here](#1-the-chain), [up](../README.md), [far](https://example.org/x.md)", []),
        ("[keys](guarantees.md#keys)", ["guarantees.md#keys"]),
        ("[nowhere](#99-nowhere)", ["#99-nowhere"]),
        ("![picture](screenshots/no-such-page.png)", ["screenshots/no-such-page.png"]),
        ("[up](../READ.md)", ["../READ.md"]),
    ],
)
def test_a_link_that_leads_nowhere_is_found(text, wrong):
    assert list(wrong_links(text, DOCS / "architecture.md")) == wrong


def test_every_file_that_a_page_names_is_there():
    pages = [path for path in pages_and_code() if path.suffix == ".md"]
    wrong = {str(page.relative_to(ROOT)): paths for page in pages if (paths := list(wrong_paths(text_of(page))))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("`foundation/verbs.py`, `docs/systemd/`, `admin/base.html`, `templates/<app>/...`", []),
        ("`foundation/adverbs.py` and `docs/systems/`", ["foundation/adverbs.py", "docs/systems/"]),
    ],
)
def test_a_file_that_is_not_there_is_found(text, wrong):
    assert list(wrong_paths(text)) == wrong


def test_a_page_that_cites_a_section_it_lacks_is_found():
    assert list(wrong_citations("Times are in UTC (section 44).", DOCS / "calendar.md")) == ["section 44"]
