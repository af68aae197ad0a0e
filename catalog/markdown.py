"""Markdown written by the office, made safe to show."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
TAGS = {"p", "br", "hr", "ul", "ol", "li", "em", "strong", "code", "pre", "blockquote", "a", *HEADINGS}
# An ordered list keeps the number it starts with.
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
PARSER = MarkdownIt("commonmark", {"html": False})


@lru_cache(512)
def markdown(text: str, top: int = 2) -> SafeString:
    """Return `text` as HTML: no raw HTML, no images, links to the web and to mail only.

    Headings start at the level `top`, of which there are three at most: h2, h3 and h4.
    """
    # Half a surrogate pair is no character, and the sanitizer takes only UTF-8.
    tokens = PARSER.parse(text.encode("utf-8", "replace").decode())
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4) + top - 2}"
    html = PARSER.renderer.render(tokens, PARSER.options, {})
    return mark_safe(nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES))
