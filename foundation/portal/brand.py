"""The two colors of the office's own: COLOR on light pages and in mail, COLOR_ON_DARK on dark ones. What stands on them
and what they stand on is in static/quorum/tokens.css; every pair has the contrast of text.
"""

from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from foundation.values.colors import TEXT, contrast, is_color, mixed, nearest

PINE, PINE_ON_DARK = "#0f5147", "#86d3c2"
WHITE, BLACK = "#ffffff", "#000000"


class Scheme(NamedTuple):
    """Light pages or dark ones: the grounds that the color is read on, what is read on it, and where to go for more."""

    name: str
    grounds: dict[str, str]
    towards: str


LIGHT = Scheme(
    "light",
    {
        "the page": "#fbfcfa",
        "a card": WHITE,
        "a sunken field": "#eef2ee",
        "a button, as its white words": WHITE,
        "the band, as its soft words": "#d3e5df",
    },
    BLACK,
)
DARK = Scheme(
    "dark",
    {"the page": "#0f1513", "a card": "#18201d", "a sunken field": "#1b2421", "a button, as its dark words": "#0a2521"},
    WHITE,
)
SCHEMES = {"COLOR": LIGHT, "COLOR_ON_DARK": DARK}


def problem_with(name: str, value: str) -> str:
    """Return what is wrong with the color of a setting, with one beside it that would do; "" for a good one."""
    if not is_color(value):
        return f"{name} is {value!r}, and a color is # and six hexadecimal digits, such as {PINE}."
    scheme = SCHEMES[name]
    ratios = {ground: contrast(value, color) for ground, color in scheme.grounds.items()}
    ground = min(ratios, key=ratios.__getitem__)
    if ratios[ground] >= TEXT:
        return ""
    would_do = nearest(value, scheme.towards, list(scheme.grounds.values()))
    return (
        f"{name} is {value}, and on {scheme.name} pages its contrast with {ground} ({scheme.grounds[ground]}) is "
        f"{ratios[ground]:.1f}:1 where text needs {TEXT}:1. The nearest that would do is {would_do}."
    )


def has_its_own() -> bool:
    """Tell whether the office has colors of its own."""
    return (settings.COLOR, settings.COLOR_ON_DARK) != (PINE, PINE_ON_DARK)


def sheet() -> str:
    """Return the style sheet that puts the office's colors in the place of those of tokens.css."""
    light, dark = settings.COLOR, settings.COLOR_ON_DARK
    values = {
        "pine": (light, dark),
        "pine-deep": (mixed(light, BLACK, 0.25), mixed(dark, WHITE, 0.3)),
        "pine-tint": (mixed(light, WHITE, 0.9), mixed(dark, "#0f1513", 0.85)),
        "band": (light, mixed(light, "#0f1513", 0.5)),
    }
    lines = [f"  --q-{name}: light-dark({one}, {other});" for name, (one, other) in values.items()]
    plain = [f"  --q-{name}: {one};" for name, (one, _) in values.items()]
    old = ["@supports not (color: light-dark(#000, #fff)) {", ":root {", *plain, "}", "}"]
    return "\n".join([":root {", *lines, "}", *old, ""])


@csrf_exempt
@login_not_required
@require_safe
def colors(request: HttpRequest) -> HttpResponse:
    """Give the sheet; it may be kept for an hour."""
    return HttpResponse(sheet(), "text/css; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"})
