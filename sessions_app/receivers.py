"""Retell the sessions that show something whose name has changed, let drafts follow their workshop, ask facilitators.

renamed              session_changed for each session that shows it and may still be held
parts_changed        drafts of the workshop take on its parts; session_changed for each session with parts, as above
sessions_published   each facilitator is asked to lead it: leadings_made for all of them
session_confirmed    leading_changed for each facilitator
session_changed      people who lead it now are asked, others are not any more; leading_changed for each
session_cancelled    leading_changed for each facilitator
unit_merged          requests of its people name the unit that took its place
facilitator_reached  leading_changed for each session that they lead and that may still be held
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from accounts.models import Campus, Unit
from accounts.signals import unit_merged
from catalog.models import Facilitator, Part, Workshop
from catalog.signals import facilitator_reached, parts_changed
from foundation import database_clock
from foundation.naming import Named, renamed
from sessions_app.models import Leading, Meeting, Session, SessionRequest, Venue
from sessions_app.signals import (
    leading_changed,
    leadings_made,
    session_cancelled,
    session_changed,
    session_confirmed,
    sessions_published,
)


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


@receiver(sessions_published, dispatch_uid="sessions_app.sessions_published")
def ask_who_is_to_lead(sender: type[Session], sessions: Sequence[Session], **kwargs: Any) -> None:
    """Ask the facilitators of all these sessions at once."""
    now = database_clock.now()
    if made := Leading.objects.ask(sessions, now):
        leadings_made.send(Leading, leadings=made, now=now)


@receiver([session_confirmed, session_changed, session_cancelled], dispatch_uid="sessions_app.leading")
def ask_who_leads(sender: type[Session], session: Session, now: datetime | None = None, **kwargs: Any) -> None:
    """Ask the facilitators of the session, and say for each that what they know of it may differ."""
    now = now or database_clock.now()
    for leading in Leading.objects.follow(session, now):
        leading_changed.send(Leading, leading=leading, now=now)


@receiver(facilitator_reached, dispatch_uid="sessions_app.facilitator_reached")
def ask_at_the_new_address(sender: type[Facilitator], facilitator: Facilitator, now: datetime, **kwargs: Any) -> None:
    """Tell the account or address that is new of every session to come that they lead, in ascending order."""
    for session in facilitator.sessions.running().filter(ends_at__gt=now).order_by("pk"):
        session.lock()
        for leading in Leading.objects.follow(session, now):
            if leading.facilitator_id == facilitator.pk:
                leading_changed.send(Leading, leading=leading, now=now)


def _meeting_at(**where: Any) -> Q:
    return Q(pk__in=Meeting.objects.filter(**where).order_by().values("session"))


SHOWN_BY: dict[type[Named], Callable[[Any], Q]] = {
    Workshop: lambda workshop: Q(workshop=workshop),
    Facilitator: lambda facilitator: Q(pk__in=facilitator.sessions.order_by().values("pk")),
    Venue: lambda venue: _meeting_at(venue=venue),
    Campus: lambda campus: _meeting_at(venue__campus=campus),
}


@receiver(unit_merged, dispatch_uid="sessions_app.unit_merged")
def let_requests_follow(sender: type[Unit], unit: Unit, into: Unit, **kwargs: Any) -> None:
    """Let the requests of a unit name the one that took its place."""
    SessionRequest.objects.filter(unit=unit).update(unit=into)
