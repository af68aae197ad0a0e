"""References in the style of the AMA, which citeproc-py writes by the style file beside this module."""

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
from citeproc.formatter import plain
from citeproc.source.json import CiteProcJSON
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

STYLE = Path(__file__).with_name("ama.csl")
# What stands for <i> and </i> until the text is escaped: citeproc-py's own formatter for HTML does not escape it.
BEGIN, END = "\ue000", "\ue001"
FORMATTER = SimpleNamespace(**vars(plain) | {"Italic": lambda text: f"{BEGIN}{text}{END}"})
# A title that ends in a question mark is followed by no period.
TWICE_ENDED = re.compile(rf"([?!]{END}?)\.")
NOT_WRITTEN = str.maketrans("", "", BEGIN + END)
# The style's formatter is set while a reference is written, and the web server may have several threads.
one_at_a_time = Lock()


def reference(facts: dict[str, Any]) -> str:
    """Return the reference for CSL's `facts`, in plain text on one line."""
    return _written(json.dumps(facts, sort_keys=True)).translate(NOT_WRITTEN)


def reference_html(facts: dict[str, Any]) -> SafeString:
    """Return the reference as HTML: the same text, with the name of the journal or the book in italics."""
    text = str(escape(_written(json.dumps(facts, sort_keys=True))))
    return mark_safe(text.replace(BEGIN, "<i>").replace(END, "</i>"))


@cache
def _style() -> CitationStylesStyle:
    return CitationStylesStyle(str(STYLE), validate=False)


@lru_cache(1024)
def _written(facts: str) -> str:
    read = _without_marks({"id": "work", "type": "webpage", **json.loads(facts)})
    with one_at_a_time:
        bibliography = CitationStylesBibliography(_style(), CiteProcJSON([read]), FORMATTER)
        bibliography.register(Citation([CitationItem("work")]))
        (written,) = bibliography.bibliography()
        return TWICE_ENDED.sub(r"\1", str(written))


def _without_marks(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(NOT_WRITTEN)
    if isinstance(value, list):
        return [_without_marks(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_marks(one) for name, one in value.items()}
    return value
