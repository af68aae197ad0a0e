"""What pages say about calendars: a person's private link, the file of their seat, the public feeds."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from foundation.links import absolute
from notifications.calendars.views import webcal
from notifications.models import CalendarFeed, Notice
from registrations.models import Registration

register = template.Library()


@register.inclusion_tag("notifications/_private_feed.html", takes_context=True)
def private_link(context: Context) -> dict[str, Any]:
    """Show whether the viewer has a private link, with the ways to make one, to renew it or to end it. One query."""
    request = context["request"]
    return {"request": request, "feed": CalendarFeed.objects.filter(person=request.user).first()} | {
        "csrf_token": context.get("csrf_token")
    }


@register.simple_tag
def way_into_calendar(registration: Registration) -> str:
    """Return how a seat gets into the calendar: by “mail” once an invitation is on its way, until then by “file”.

    A file beside the invitation would make a second entry in Outlook. One query; none, and "", where there is no seat.
    """
    if not registration.is_registered:
        return ""
    invitations = registration.notices.filter(method=Notice.Method.REQUEST)
    return "mail" if invitations.exclude(state=Notice.State.DEAD).exists() else "file"


@register.inclusion_tag("notifications/_subscribe.html")
def subscribe(feed: str, *key: str, to: str) -> dict[str, str]:
    """Show the links to the public feed that the URL named `feed` serves; `to` says what it holds."""
    address = absolute(reverse(feed, args=key))
    return {"address": address, "webcal": webcal(address), "to": to}
