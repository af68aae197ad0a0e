"""What pages ask about the viewer's own registrations."""

from collections.abc import Iterable

from django import template

from registrations.models import Registration
from registrations.places import numbered
from sessions_app.models import Session

register = template.Library()


@register.simple_tag(takes_context=True)
def places(context, *lists: Iterable[Session]) -> dict[int, Registration]:
    """Give the viewer's active registrations in the sessions of `lists`, by session id. One query, none signed out.

    Each has `number`, the 1-based place on the waitlist.
    """
    person = getattr(context.get("request"), "user", None)
    ids = [session.pk for sessions in lists for session in sessions or ()]
    if person is None or not person.is_authenticated or not ids:
        return {}
    mine = Registration.objects.active().filter(person=person, session__in=ids).order_by()
    return {place.session_id: place for place in numbered(mine)}
