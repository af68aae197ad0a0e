"""What pages of a person show of their requests for a session."""

from typing import Any

from django import template

from sessions_app.models import SessionRequest

register = template.Library()
MOST = 20


@register.inclusion_tag("sessions_app/requests/_mine.html", takes_context=True)
def own_requests(context: dict[str, Any]) -> dict[str, object]:
    """Show the requests of the viewer that wait, and those that ended in a session. One query."""
    person = context["request"].user
    shown = SessionRequest.objects.filter(by=person, status__in=["waiting", "scheduled"]).select_related("workshop")
    return {"asked": shown.order_by("-asked_at", "-pk")[:MOST]}
