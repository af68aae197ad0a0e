"""What waits for a code to be accepted, for the page that asks for it."""

from django import template
from django.template import Context

from registrations.newcomers import Intent

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_intent(context: Context) -> Intent | None:
    """Return the intent that waits in this browser session, if any."""
    return Intent.waiting_in(context["request"].session)
