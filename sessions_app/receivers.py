"""Retell the sessions that show something whose name has changed, and let drafts follow their workshop.

renamed        session_changed for each session that shows it and may still be held
parts_changed  drafts of the workshop take on its parts; session_changed for each session with parts, as above
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from accounts.models import Campus
from catalog.models import Facilitator, Part, Workshop
from catalog.signals import parts_changed
from foundation.naming import Named, renamed
from sessions_app.models import Meeting, Session, Venue


@receiver(renamed, dispatch_uid="sessions_app.renamed")
def retell_where_it_is_shown(sender: type[Named], noun: Named, **kwargs: Any) -> None:
    """Retell the sessions that show the noun and may still be held, in ascending order."""
    for session in Session.objects.running().filter(SHOWN_BY[sender](noun)).order_by("pk"):
        session.retell()


@receiver(parts_changed, dispatch_uid="sessions_app.parts_changed")
def follow_the_workshop(
    sender: type[Workshop], workshop: Workshop, parts: Sequence[Part], now: datetime, **kwargs: Any
) -> None:
    """Give drafts the parts as they are now, and retell what people know of, in ascending order of the sessions."""
    is_draft, holds_parts = (
        Q(status=Session.Status.DRAFT),
        Q(status__in=Session.RUNNING) & _meeting_at(part__workshop=workshop),
    )
    for session in Session.objects.filter(is_draft | holds_parts, workshop=workshop).order_by("pk"):
        session.follow_parts(parts)
        session.retell(now)


def _meeting_at(**where: Any) -> Q:
    return Q(pk__in=Meeting.objects.filter(**where).order_by().values("session"))


SHOWN_BY: dict[type[Named], Callable[[Any], Q]] = {
    Workshop: lambda workshop: Q(workshop=workshop),
    Facilitator: lambda facilitator: Q(pk__in=facilitator.sessions.order_by().values("pk")),
    Venue: lambda venue: _meeting_at(venue=venue),
    Campus: lambda campus: _meeting_at(venue__campus=campus),
}
