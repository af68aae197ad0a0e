"""What pages show of the catalog."""

from django import template
from django.utils.safestring import SafeString

from catalog.markdown import markdown

register = template.Library()


@register.filter
def markdown_html(text: str) -> SafeString:
    """Show Markdown, sanitized."""
    return markdown(text)
