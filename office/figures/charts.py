"""Charts as SVG in the page itself, drawn by pygal; each stands beside a table with the same figures.

pygal's own style, script and tooltips are taken out: the Content-Security-Policy lets neither run, and so a chart has
the colors of the page (static/quorum/figures.css), light, dark and on paper.
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

import pygal
from django.utils.safestring import SafeString, mark_safe

# pygal looks for plugins with maps at each import of whatever module, in a way that Python gives up (and warns of).
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != pygal.__name__]

SVG = "{http://www.w3.org/2000/svg}"
NOT_SHOWN = {"defs", "title", "desc", "style", "script"}
TOOLTIPS = {"tooltip", "tooltip-overlay"}
WIDE, MOST_LETTERS = 480, 24
PER_BAR = 26
SHARED = {
    "js": [],
    "no_prefix": True,
    "show_legend": False,
    "print_values": True,
    "print_zeroes": False,
    "margin": 4,
    "no_data_text": "",
    "spacing": 4,
}


def beside_each_other(labels: Sequence[str], title: str, **series: Sequence[int | None]) -> SafeString:
    """Return horizontal bars: a group for each of `labels`, in their order from above, and a bar of each series in it.

    None is a figure that is not told, and has no bar. "" where there is nothing to draw.
    """
    if not any(value for values in series.values() for value in values):
        return SafeString()
    height = 40 + PER_BAR * len(labels) * max(1, len(series))
    chart = pygal.HorizontalBar(width=WIDE, height=height, show_y_guides=False, show_x_labels=False, **SHARED)
    # pygal draws from below.
    chart.x_labels = [_short(label) for label in reversed(labels)]
    for name, values in reversed(series.items()):
        chart.add(name, list(reversed(values)))
    return _drawn(chart, title)


def above_each_other(labels: Sequence[str], title: str, **series: Sequence[int]) -> SafeString:
    """Return upright bars: one for each of `labels`, in which the series stand above each other."""
    if not any(value for values in series.values() for value in values):
        return SafeString()
    chart = pygal.StackedBar(width=WIDE, height=220, show_y_labels=False, show_y_guides=False, **SHARED)
    chart.x_labels = [_short(label) for label in labels]
    for name, values in series.items():
        chart.add(name, list(values))
    return _drawn(chart, title)


def _short(label: str) -> str:
    return label if len(label) <= MOST_LETTERS else f"{label[: MOST_LETTERS - 1].rstrip()}…"


def _drawn(chart: Any, title: str) -> SafeString:
    """Return the SVG of `chart` with what draws it, and nothing that styles or runs."""
    root = ElementTree.fromstring(chart.render())
    _tidy(root)
    for name in ("id", "viewBox"):
        size = root.attrib.pop(name, "")
    ElementTree.register_namespace("", SVG.strip("{}"))
    attributes: Mapping[str, str] = {"class": "office-graph", "viewBox": size, "role": "img", "aria-label": title}
    root.attrib.clear()
    root.attrib.update(attributes)
    # Made of elements, so whatever a label has in it stands there as text.
    return mark_safe(ElementTree.tostring(root, encoding="unicode"))


def _tidy(element: ElementTree.Element) -> None:
    for child in list(element):
        is_element, classes = isinstance(child.tag, str), set(child.get("class", "").split())
        if not is_element or child.tag.removeprefix(SVG) in NOT_SHOWN or classes & TOOLTIPS:
            element.remove(child)
        else:
            child.attrib.pop("style", None)
            _tidy(child)
