"""What pages show of the catalog."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from catalog.audiences import flags_of, open_to
from catalog.markdown import markdown
from catalog.models import PageText, Workshop

register = template.Library()


@register.filter
def markdown_html(text: str) -> SafeString:
    """Show Markdown, sanitized."""
    return markdown(text)


@register.simple_tag
def page_text(place: str) -> SafeString:
    """Give the office's own words at `place`, a value of PageText.Place, as HTML; empty where it has none."""
    return PageText.shown(place)


@register.filter
def are_open_to(workshops: Iterable[Workshop]) -> str:
    """“everyone”, “faculty and staff”: whom at least one of `workshops` is for. No query."""
    return open_to(flags_of(workshop) for workshop in workshops)
