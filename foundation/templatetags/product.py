"""The portal's own name, in every template without loading anything: also where there is no request, as in mail."""

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html

from foundation.portal.brand import has_its_own

register = template.Library()


@register.simple_tag
def product_name() -> str:
    """Write what this portal is called here: PRODUCT_NAME."""
    return settings.PRODUCT_NAME


@register.simple_tag
def own_colors() -> str:
    """Link the sheet of the office's own colors, where there are any."""
    return format_html('<link rel="stylesheet" href="{}">', reverse("colors")) if has_its_own() else ""


@register.simple_tag
def color(on: str = "light") -> str:
    """Write the office's color for where no sheet is read, as in mail: on a light ground, or on a dark one."""
    return settings.COLOR if on == "light" else settings.COLOR_ON_DARK
