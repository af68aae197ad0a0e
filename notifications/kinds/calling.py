"""Mail in which the office asks somebody to come to a session that has seats: once, and never after a no."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from foundation import database_clock
from foundation.links import absolute
from notifications.kinds.at_risk import needed, room_left_notices
from notifications.kinds.contexts import first_name, session_context
from notifications.models import Notice
from notifications.models.kind import Example, Family, Kind
from registrations.models import Call
from sessions_app.models import Session

NOWHERE = UUID(int=0)


def owe_call(call: Call) -> bool:
    """Owe the person the mail, unless they were told of the seats in this session before. Tells whether it is owed."""
    told = room_left_notices(call.person, call.session).exclude(state=Notice.State.EXPIRED)
    if told.exists():
        return False
    closes_at = call.session.registration_closes_at
    key, person = f"{call.session_id}:{call.person_id}:", call.person
    Notice.objects.owe_to(CALL, key, person.email, person, {"called": call.pk}, expires_at=closes_at)
    return True


def still_calls(notice: Notice, now: datetime) -> bool:
    """Tell whether the session still has a seat for the reader, who is not in it and wants such mail."""
    call = _call_of(notice)
    if call.stopped_at or call.session.registrations.active().filter(person=call.person_id).exists():
        return False
    try:
        Call.refuse_unless_callable(call.session, now)
    except Call.Refused:
        return False
    return True


def _call_of(notice: Notice) -> Call:
    return Call.objects.select_related("session__workshop", "person").get(pk=notice.facts["called"])


def call_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates may name."""
    call = _call_of(notice)
    return _about(notice, call.session, call.why, absolute(call.get_absolute_url()))


def example_call(notice: Notice, session: Session) -> dict[str, Any]:
    """Return the context of an example: `why` of its facts, or the reader asked for a date."""
    why = notice.facts.get("why", Call.Why.INTERESTED)
    return _about(notice, session, why, absolute(reverse("call", args=[NOWHERE])))


def _about(notice: Notice, session: Session, why: str, stop_url: str) -> dict[str, Any]:
    return (
        session_context(notice, session, first_name(notice.person))
        | needed(session, database_clock.now())
        | {
            "why": why,
            "stop_url": stop_url,
            "is_short": session.seats_taken < session.minimum and not session.is_confirmed,
        }
    )


CALL = Kind(
    name="call",
    label="Asked to come",
    family=Family.PROMPT,
    context=call_context,
    placeholders={"stop_url": "the link to be asked no more"},
    required=frozenset({"stop_url"}),
    still_true=still_calls,
    example=Example(fits=(Session.Status.OPEN,), context=example_call),
)

KINDS = (CALL,)
