"""What pages ask about the viewer's own registrations."""

from collections.abc import Iterable

from django import template
from django.db.models import Count, OuterRef, Subquery

from registrations.models import Registration
from sessions_app.models import Session

register = template.Library()


@register.simple_tag(takes_context=True)
def places(context, *lists: Iterable[Session]) -> dict[int, Registration]:
    """Give the viewer's active registrations in the sessions of `lists`, by session id. One query, none signed out.

    Each has `number`, the 1-based place on the waitlist (None with a seat).
    """
    person = getattr(context.get("request"), "user", None)
    ids = [session.pk for sessions in lists for session in sessions or ()]
    if person is None or not person.is_authenticated or not ids:
        return {}
    before = (
        Registration.objects.waitlisted()
        .filter(session=OuterRef("session"), position__lte=OuterRef("position"))
        .order_by()
        .values("session")
        .annotate(many=Count("pk"))
        .values("many")
    )
    mine = Registration.objects.active().filter(person=person, session__in=ids).order_by()
    return {place.session_id: place for place in mine.annotate(number=Subquery(before))}
