"""The school's logo, an SVG or PNG file of the operator's: LOGO on light pages, LOGO_ON_DARK on dark ones.

It is read once, at the start, and given from the portal's own address: a logo fetched elsewhere would tell another
server who looks at which page, and the Content-Security-Policy lets none in. An SVG is let through only if it draws:
nothing in it runs, and nothing in it is fetched.
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple, Never
from xml.etree import ElementTree

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

MOST_BYTES = 100_000
MOST_PIXELS = 2_000
NARROWEST, WIDEST = 0.5, 8.0  # width by height: between a tall crest and a line of words
PNG = b"\x89PNG\r\n\x1a\n"
SVG = "{http://www.w3.org/2000/svg}"
RUNS = {"script", "foreignobject", "iframe", "audio", "video", "handler", "listener"}  # whatever its namespace
ADDRESS = re.compile(r"url\(\s*['\"]?(?!#|['\"]?data:image/)|@import", re.IGNORECASE)
HEADERS = {
    "Cache-Control": "public, max-age=3600",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
}


class Unusable(ValueError):
    """The file cannot be the logo; `str(error)` says why, after the name of the file."""


class Logo(NamedTuple):
    """What is given out, and how wide it is by how high."""

    content: bytes
    type: str
    width: float
    height: float


@cache
def logo(path: str) -> Logo:
    """Read the file at `path`. Raise Unusable where it is no SVG or PNG that a header can show."""
    file = Path(path)
    if not file.is_file():
        raise Unusable("is no file that can be read")
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError:
        raise Unusable("is no file that can be read") from None
    if len(content) > MOST_BYTES:
        raise Unusable(f"is larger than {MOST_BYTES // 1000} kB")
    found = _png(content) if content.startswith(PNG) else _svg(content)
    if not NARROWEST <= found.width / found.height <= WIDEST:
        raise Unusable(
            f"is {found.width:g} wide and {found.height:g} high: the header has room for {WIDEST:g} times as wide as "
            "high, and for twice as high as wide"
        )
    return found


def problem_with(name: str, value: str) -> str:
    """Return what is wrong with the file that a setting names; "" for a good one, or for none."""
    if not value.strip():
        return ""
    if "://" in value:
        return f"{name} is an address, and must be a file: the logo comes from the portal, and from nowhere else."
    try:
        logo(value.strip())
    except Unusable as refusal:
        return f"{name} names {value!r}, which {refusal}."
    return ""


def _png(content: bytes) -> Logo:
    """Read the size out of the first chunk (PNG, section 11.2.1)."""
    if content[12:16] != b"IHDR" or len(content) < 33:
        raise Unusable("begins like a PNG and is none")
    width, height = int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise Unusable(f"is {width} by {height} pixels, and {MOST_PIXELS:,} each way is the most")
    return Logo(content, "image/png", width, height)


def _svg(content: bytes) -> Logo:
    try:
        root = ElementTree.fromstring(content, ElementTree.XMLParser(target=_OnlyElements()))
    except Unusable:
        raise
    except (ElementTree.ParseError, ValueError, LookupError):  # the last two: an encoding that nobody knows
        raise Unusable("is neither SVG nor PNG") from None
    if root.tag != f"{SVG}svg":
        raise Unusable("is neither SVG nor PNG")
    for element in root.iter():
        _only_draws(element)
    return Logo(content, "image/svg+xml", *_size(root))


class _OnlyElements(ElementTree.TreeBuilder):
    """Refuse what stands beside elements before it is read: entities that multiply, and style sheets from elsewhere."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> Never:
        raise Unusable("has a document type, which can hold what is not drawn: save it as plain SVG")

    def pi(self, target: str, text: str | None = None) -> Never:
        raise Unusable(f"holds <?{target}?>: a logo only draws")


def _only_draws(element: ElementTree.Element) -> None:
    """Raise Unusable where an element runs something, or fetches it."""
    name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if name.lower() in RUNS:
        raise Unusable(f"holds <{name}>: a logo only draws")
    for key, value in element.items():
        attribute = key.rpartition("}")[2].lower()
        if attribute.startswith("on"):
            raise Unusable(f"holds {attribute}: a logo only draws")
        fetches = attribute in ("href", "src") and not value.strip().startswith(("#", "data:image/"))
        if fetches or ADDRESS.search(value) or "javascript:" in value.lower():
            raise Unusable(f"fetches something from elsewhere in {attribute}: put it into the file")
    if name == "style" and ADDRESS.search(element.text or ""):
        raise Unusable("fetches something from elsewhere in its style: put it into the file")


def _size(root: ElementTree.Element) -> tuple[float, float]:
    """Return width and height of the drawing: of its viewBox, or as it says."""
    said = root.get("viewBox", "").replace(",", " ").split()[2:] or [
        re.sub(r"(?:px|pt|mm|cm|in)$", "", root.get(name, "").strip()) for name in ("width", "height")
    ]
    try:
        width, height = (float(number) for number in said)
    except ValueError:
        raise Unusable("says no size: give it a viewBox") from None
    if not (0 < width < float("inf") and 0 < height < float("inf")):
        raise Unusable("says no size: give it a viewBox")
    return width, height


def _give(path: str) -> HttpResponse:
    if not path:
        raise Http404
    try:
        found = logo(path)
    except Unusable:  # it was usable when this process started
        raise Http404 from None
    return HttpResponse(found.content, found.type, headers=HEADERS)


@csrf_exempt
@login_not_required
@require_safe
def on_light(request: HttpRequest) -> HttpResponse:
    """Give the logo for light pages; it may be kept for an hour. 404 where there is none."""
    return _give(settings.LOGO)


@csrf_exempt
@login_not_required
@require_safe
def on_dark(request: HttpRequest) -> HttpResponse:
    """Give the logo for dark pages, which is that of light ones unless there is another."""
    return _give(settings.LOGO_ON_DARK or settings.LOGO)
