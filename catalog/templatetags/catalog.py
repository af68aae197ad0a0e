"""What pages show of the catalog."""

from collections.abc import Iterable

from django import template
from django.db.models import QuerySet, Value
from django.utils.safestring import SafeString

from catalog import listing
from catalog.audiences import flags_of, open_to
from catalog.markdown import markdown
from catalog.models import Action, PageText, Topic, Workshop
from foundation.prepared import prepared

register = template.Library()


@register.filter
def markdown_html(text: str, top: int = 2) -> SafeString:
    """Show Markdown, sanitized; its headings start at the level `top`, h2 if nothing is said."""
    return markdown(text, top)


@register.simple_tag
def page_text(place: str) -> SafeString:
    """Give the office's own words at `place`, a value of PageText.Place, as HTML; empty where it has none."""
    return PageText.shown(place)


@register.filter
def are_open_to(workshops: Iterable[Workshop]) -> str:
    """“everyone”, “faculty and staff”: whom at least one of `workshops` is for. No query."""
    return open_to(flags_of(workshop) for workshop in workshops)


@register.simple_tag
def more_on(workshop: Workshop) -> tuple[tuple[str, str, str], ...]:
    """Give of each topic and action of `workshop` the name of the page that gathers it, slug and name. One query."""
    ordered = sorted(gathered_with(workshop), key=lambda one: (one[0] != "topic", one[3], one[2]))
    return tuple((field, slug, name) for field, slug, name, _ in ordered)


@prepared
def gathered_with(workshop: Workshop) -> QuerySet[Topic, tuple[str, str, str, int]]:
    """Return the topics and the actions of `workshop`, in no order: their kind, slug, name and position."""
    topics = Topic.objects.filter(workshops=workshop).values_list(Value("topic"), "slug", "name", Value(0))
    actions = Action.objects.filter(workshops=workshop).values_list(Value("action"), "slug", "name", "position")
    return topics.order_by().union(actions.order_by(), all=True)


register.filter("entry_html", listing.entry_html)
