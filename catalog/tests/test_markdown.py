"""Markdown by the office shows text and links, and nothing a browser would run."""

import pytest

from catalog.markdown import markdown
from devtools.testing.page import Page


def test_paragraphs_lists_emphasis_and_links_are_shown():
    page = Page(markdown("One *two* **three**\n\n- four\n\n[five](https://example.org/)"))
    texts = {name: [part.text for part in page.parts(name)] for name in ("p", "p > em", "p > strong", "li")}
    assert texts == {"p": ["One two three", "five"], "p > em": ["two"], "p > strong": ["three"], "li": ["four"]}
    assert page.link("five") == "https://example.org/"
    assert page.part("a").attribute("rel") == "noopener noreferrer"


@pytest.mark.parametrize(("text", "tag"), [("# A", "h2"), ("## A", "h2"), ("### A", "h3"), ("###### A", "h4")])
def test_headings_stay_below_the_title_of_the_page(text, tag):
    assert markdown(text) == f"<{tag}>A</{tag}>\n"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](https://example.org/pixel.png)",
        "<style>p{}</style>",
        "[x](data:text/html,<script>alert(1)</script>)",
    ],
)
def test_nothing_runs_and_nothing_is_loaded(text):
    page = Page(markdown(text))
    assert page.parts("script, img, style") == [] and page.inline_code == []


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "[" * 5000, "> " * 500, "a" * 100_000])
def test_strange_text_is_no_error(text):
    markdown(text)


def test_headings_start_where_the_page_around_them_says():
    assert markdown("# One\n\n### Three", 4) == "<h4>One</h4>\n<h5>Three</h5>\n"


def test_an_ordered_list_keeps_the_number_it_starts_with():
    assert markdown("3. Feeling\n4. Doing").startswith('<ol start="3">')
    assert markdown("1. Being").startswith("<ol>")
