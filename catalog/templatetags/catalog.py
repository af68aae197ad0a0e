"""What pages show of the catalog."""

from django import template
from django.utils.safestring import SafeString

from catalog import listing
from catalog.markdown import markdown
from catalog.models import PageText

register = template.Library()


@register.filter
def markdown_html(text: str, top: int = 2) -> SafeString:
    """Show Markdown, sanitized; its headings start at the level `top`, h2 if nothing is said."""
    return markdown(text, top)


@register.simple_tag
def page_text(place: str) -> SafeString:
    """Give the office's own words at `place`, a value of PageText.Place, as HTML; empty where it has none."""
    return PageText.shown(place)


register.filter("entry_html", listing.entry_html)
