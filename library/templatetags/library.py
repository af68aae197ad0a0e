"""What pages show of the library: whether there is anything, and what belongs to a workshop or a session."""

from datetime import datetime
from typing import Any

from django import template
from django.template import Context

from catalog.models import Workshop
from foundation import database_clock
from library import shelf
from library.display import facts
from library.models import Resource
from sessions_app.models import Session

register = template.Library()


@register.simple_tag
def has_resources() -> bool:
    """Tell whether there is anything in the library. No query on most pages."""
    return shelf.has_any("listed", Resource.objects.listed)


@register.filter
def facts_of(resource: Resource) -> list[str]:
    """Give kind, length and audience of a resource, each in words."""
    return facts(resource)


@register.simple_tag
def resources_of_workshop(workshop: Workshop) -> list[Resource]:
    """Give the published resources of every session of `workshop`. One query; none where the library is empty."""
    if not _is_in_use():
        return []
    return _rows(Resource.objects.published().of_workshop(workshop))


@register.simple_tag
def resources_of_session(session: Session) -> list[Resource]:
    """Give the published resources of `session` and of its workshop. One query; none where the library is empty."""
    if not _is_in_use():
        return []
    return _rows(Resource.objects.published().of_session(session))


@register.simple_tag(takes_context=True)
def to_prepare_for(context: Context, session: Session) -> list[Resource]:
    """Give the pre-work that people of `session` may open now. One query; none where the library is empty."""
    if not _is_in_use():
        return []
    now: datetime = context.get("now") or database_clock.now()
    return _rows(Resource.objects.to_prepare_for(session, now))


def _is_in_use() -> bool:
    return shelf.has_any("published", Resource.objects.published)


def _rows(resources: Any) -> list[Resource]:
    return list(resources.select_related("citation__resource").defer("body"))
