"""What the page of a registration says about a decline that came from the person's calendar."""

from django import template

from notifications.models import Decline
from registrations.models import Registration

register = template.Library()


@register.simple_tag
def decline_of(registration: Registration) -> Decline | None:
    """Return the decline by which this seat will be given up, or None. One query, and two more where there is one."""
    if not registration.is_registered:
        return None
    waiting = Decline.objects.waiting().filter(registration=registration).first()
    if waiting is None:
        return None
    waiting.registration = registration
    return waiting if waiting.may_be_kept else None
