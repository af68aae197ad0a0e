"""The portal's own name, in every template without loading anything: also where there is no request, as in mail."""

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html

from foundation.portal import logo
from foundation.portal.brand import has_its_own

register = template.Library()
LOGO_HEIGHT = 32  # CSS pixels; the sheet makes it smaller on a phone


@register.simple_tag
def product_name() -> str:
    """Write what this portal is called here: PRODUCT_NAME."""
    return settings.PRODUCT_NAME


@register.simple_tag
def own_colors() -> str:
    """Link the sheet of the office's own colors, where there are any."""
    return format_html('<link rel="stylesheet" href="{}">', reverse("colors")) if has_its_own() else ""


@register.simple_tag
def logos() -> list[dict[str, object]]:
    """Give the school's logo for light pages and for dark ones, with its height in the header; none without LOGO.

    Raise nothing: a file that has gone wrong since the start is left out, also on the page that says what broke.
    """
    if not settings.LOGO:
        return []
    both = [("light", "logo", settings.LOGO), ("dark", "logo_on_dark", settings.LOGO_ON_DARK or settings.LOGO)]
    try:
        sizes = [logo.logo(path) for _, _, path in both]
    except logo.Unusable:
        return []
    return [
        {
            "on": on,
            "address": reverse(name),
            "width": round(LOGO_HEIGHT * one.width / one.height),
            "height": LOGO_HEIGHT,
            "on_white": on == "dark" and not settings.LOGO_ON_DARK,
        }
        for (on, name, _), one in zip(both, sizes, strict=True)
    ]


@register.simple_tag
def institution() -> str:
    """Write whose logo it is: INSTITUTION_NAME."""
    return settings.INSTITUTION_NAME


@register.simple_tag
def color(on: str = "light") -> str:
    """Write the office's color for where no sheet is read, as in mail: on a light ground, or on a dark one."""
    return settings.COLOR if on == "light" else settings.COLOR_ON_DARK
