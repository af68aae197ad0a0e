"""What the first page of the desk tells the Accommodations group."""

from django import template
from django.utils import timezone

from registrations.models import Accommodation

register = template.Library()


@register.simple_tag(takes_context=True)
def access_requests_waiting(context) -> int:
    """Return how many access requests wait for an answer; 0 for whoever is not in the group, without a look at them."""
    if not context["request"].user.arranges_access:
        return 0
    return Accommodation.objects.waiting(timezone.now()).count()
