"""Hear that something shown with sessions has another name, and retell each of these sessions."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from accounts.models import Campus
from catalog.models import Facilitator, Workshop
from foundation.naming import Named, renamed
from sessions_app.models import Meeting, Session, Venue


@receiver(renamed, dispatch_uid="sessions_app.renamed")
def retell_where_it_is_shown(sender: type[Named], noun: Named, **kwargs: Any) -> None:
    """Retell the sessions that show the noun and may still be held, in ascending order."""
    for session in Session.objects.running().filter(SHOWN_BY[sender](noun)).order_by("pk"):
        session.retell()


def _meeting_at(**where: Any) -> Q:
    return Q(pk__in=Meeting.objects.filter(**where).order_by().values("session"))


SHOWN_BY: dict[type[Named], Callable[[Any], Q]] = {
    Workshop: lambda workshop: Q(workshop=workshop),
    Facilitator: lambda facilitator: Q(pk__in=facilitator.sessions.order_by().values("pk")),
    Venue: lambda venue: _meeting_at(venue=venue),
    Campus: lambda campus: _meeting_at(venue__campus=campus),
}
