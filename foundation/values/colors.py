"""Colors, and how well one can be read on another: the contrast of WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""

import re

SIX_DIGITS = re.compile(r"#[0-9a-fA-F]{6}")
TEXT = 4.5  # WCAG 1.4.3, level AA
STEPS = 100


def is_color(value: str) -> bool:
    """Tell whether `value` is a color as pages take it: # and six hexadecimal digits."""
    return SIX_DIGITS.fullmatch(value) is not None


def channels(color: str) -> tuple[int, int, int]:
    """Return the red, green and blue of a color, each from 0 to 255."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors, from 1 (none) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(color: str, other: str, part: float) -> str:
    """Return `color` with so much of another in it: 0 is the color, 1 the other."""
    pairs = zip(channels(color), channels(other), strict=True)
    return "#" + "".join(f"{round(here + (there - here) * part):02x}" for here, there in pairs)


def nearest(color: str, towards: str, grounds: list[str], least: float = TEXT) -> str:
    """Return the first color on the way from one to another that has the contrast with every ground."""
    for step in range(STEPS + 1):
        tried = mixed(color, towards, step / STEPS)
        if all(contrast(tried, ground) >= least for ground in grounds):
            return tried
    return towards


def _luminance(color: str) -> float:
    """Return the relative luminance: 0 is black, 1 white."""
    shares = [value / 255 for value in channels(color)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
