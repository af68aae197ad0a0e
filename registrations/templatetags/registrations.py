"""What pages ask about the viewer's own registrations."""

from collections.abc import Iterable

from django import template
from django.template import Context

from registrations.models import Registration
from sessions_app.models import Session

register = template.Library()


@register.simple_tag(takes_context=True)
def own_registrations(context: Context, *lists: Iterable[Session]) -> dict[int, Registration]:
    """Give the viewer's active registrations in the sessions of `lists`, by session id. One query, none signed out.

    Each has `number`, its 1-based number on the waitlist.
    """
    person = getattr(context.get("request"), "user", None)
    ids = [session.pk for sessions in lists for session in sessions or ()]
    if person is None or not person.is_authenticated or not ids:
        return {}
    own = Registration.objects.active().filter(person=person, session__in=ids).order_by()
    return {registration.session_id: registration for registration in own.numbered()}
