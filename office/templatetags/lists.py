"""What every list of the admin says."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.contrib.admin.views.main import ChangeList
from django.template.defaultfilters import capfirst
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def labelled(cells: Iterable[SafeString], headers: list[dict[str, Any]]) -> Iterator[SafeString]:
    """Yield each cell of a row, HTML that Django wrote, with what its column is called in `data-label`."""
    for cell, header in zip(cells, headers, strict=False):
        # The first column of a list with actions holds a checkbox, and its header another.
        label = "" if "<input" in str(header["text"]) else escape(capfirst(header["text"]))
        tag = cell[:3]
        yield mark_safe(f'{tag} data-label="{label}"{cell[3:]}') if label and tag in ("<td", "<th") else cell


@register.filter
def counted(cl: ChangeList) -> str:
    """Return “1 person”, “12 people”; of a list that is counted only so far, “more than 10,000 people”."""
    one, many = str(cl.opts.verbose_name), str(cl.opts.verbose_name_plural)
    if getattr(cl.paginator, "is_cut", False):
        return f"more than {cl.result_count:,} {many}"
    return f"{cl.result_count:,} {one if cl.result_count == 1 else many}"
