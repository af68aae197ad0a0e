"""What the first page of the admin tells the Accommodations group."""

from typing import Any

from django import template

from foundation import database_clock
from registrations.models import Accommodation

register = template.Library()


@register.simple_tag(takes_context=True)
def access_requests_waiting(context: dict[str, Any]) -> int:
    """Return how many access requests wait for an answer; 0, without a query, for people outside the group."""
    if not context["request"].user.arranges_access:
        return 0
    return Accommodation.objects.waiting(database_clock.now()).count()
