"""What the office's pages say about attendance."""

from typing import NamedTuple

from django import template
from django.db.models import Count, Q

from sessions_app.models import Meeting, Session

register = template.Library()


class Taken(NamedTuple):
    """One meeting: how many are said to have been there, and whether its list is closed."""

    meeting: Meeting
    here: int
    is_closed: bool


@register.simple_tag
def attendance_of_meetings(session: Session) -> list[Taken]:
    """Give how attendance stands at each meeting of `session`; none of a session that does not take place. A query."""
    if session.status not in (Session.Status.CONFIRMED, Session.Status.COMPLETED):
        return []
    here = Count("attendances", filter=Q(attendances__state="here"))
    meetings = session.meetings.select_related("sheet").annotate(here=here).order_by("starts_at", "pk")
    return [Taken(one, one.here, hasattr(one, "sheet") and one.sheet.is_closed) for one in meetings]
