"""Markdown by the office shows text and links, and nothing a browser would run."""

import pytest

from catalog.markdown import markdown


def test_paragraphs_lists_emphasis_and_links_are_shown():
    html = markdown("One *two* **three**\n\n- four\n\n[five](https://example.org/)")
    assert "<p>One <em>two</em> <strong>three</strong></p>" in html
    assert "<li>four</li>" in html
    assert '<a href="https://example.org/" rel="noopener noreferrer">five</a>' in html


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
    html = markdown(text)
    for tag in ("<script", "<img", "<style", 'href="javascript', 'href="data'):
        assert tag not in html


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "[" * 5000, "> " * 500, "a" * 100_000])
def test_strange_text_is_no_error(text):
    markdown(text)
