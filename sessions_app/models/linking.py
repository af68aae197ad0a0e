"""The link to join: which meetings need one, and which of them have none yet."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from catalog.models import Format
from sessions_app.models.session import Session
from sessions_app.models.venue import Meeting

# The formats in which people take part by a link.
ONLINE = (Format.ONLINE, Format.HYBRID)
LINK_COMES = "The link comes by mail once there is one."


def lacks_link(meeting: Meeting, format: str) -> bool:
    """Tell whether people of a session held in `format` join `meeting` by a link that is not there yet."""
    return format in ONLINE and not meeting.join_link and not meeting.is_cancelled


def missing_link(sessions: QuerySet[Session], now: datetime) -> QuerySet[Session]:
    """Return those of `sessions` that are published, run online, and have a meeting to come without a link to join."""
    bare = Meeting.objects.filter(session=OuterRef("pk"), join_link="", ends_at__gt=now)
    return sessions.filter(Exists(bare), status__in=Session.RUNNING, format__in=ONLINE)
