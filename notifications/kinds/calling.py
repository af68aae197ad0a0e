"""Mail in which the office asks somebody to come to a session that has seats: once, and never after a no.

Who was asked and has not registered is told where the session moves or is cancelled. Nobody is told of a session that
the mail never named: one that was not written yet says what is so, or does not go out.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from foundation import database_clock
from foundation.links import absolute
from notifications.kinds.at_risk import needed, room_left_notices
from notifications.kinds.changes import (
    COLLAPSE,
    differs_from_what_was_told,
    facts_to_tell,
    known_a_day_earlier,
    known_meetings,
)
from notifications.kinds.contexts import first_name, session_context
from notifications.kinds.interests import hear_of_no_date
from notifications.kinds.nominations import about_alteration, hear_that_it_is_off, is_on_offer
from notifications.kinds.prompts import BATCH
from notifications.kinds.registrations import facts_of_ending
from notifications.models import Notice, NoticeQuerySet, counts_of
from notifications.models.kind import Example, Family, Kind
from registrations.models import Call
from sessions_app.models import Meeting, Session

NOWHERE = UUID(int=0)
# Of a mail in one of these states nobody can say that its reader does not know of the session, or will not.
HEARD = (Notice.State.QUEUED, Notice.State.SENDING, Notice.State.SENT)


def owe_call(call: Call) -> bool:
    """Owe the person the mail, unless they were told of the seats in this session before. Tells whether it is owed."""
    told = room_left_notices(call.person, call.session).exclude(state=Notice.State.EXPIRED)
    if told.exists():
        return False
    closes_at = call.session.registration_closes_at
    key, person = f"{call.session_id}:{call.person_id}:", call.person
    Notice.objects.owe_to(CALL, key, person.email, person, {"called": call.pk}, expires_at=closes_at)
    return True


def owe_changes(
    calls: Sequence[Call], session: Session, before: list[Meeting] | None, now: datetime, format_was: str = ""
) -> None:
    """Owe people who were asked to come to `session` one plain mail about times and places, two minutes later.

    `before` has the meetings as they were, and `format_was` the format, if it is another one; where `before` is None,
    nothing is owed. Nor is it to people whom no mail asked, nor where nobody can register any more. The number of
    statements does not depend on the number of people.
    """
    if before is None or not is_on_offer(session, now):
        return
    first, moved = _notices_of(session, CALL), _notices_of(session, CALL_MOVED)
    heard = _people_in(first.filter(state__in=HEARD))
    asked = {call.person_id: call for call in calls if call.person_id in heard}
    told = facts_to_tell(asked, first, moved, person_in, known_meetings(session, before, format_was=format_was))
    counts, at, closes_at = counts_of(session), now + COLLAPSE, session.registration_closes_at
    owed = []
    for key, facts in told.items():
        kind, person = CALL_MOVED if facts else CALL, asked[key].person
        facts = counts | {"called": asked[key].pk} | facts
        event = f"{session.pk}:{key}:{now:%Y%m%d%H%M%S%f}"
        owed.append(Notice.objects.owed_to(kind, event, person.email, person, facts, expires_at=closes_at, at=at))
    Notice.objects.bulk_create(owed, batch_size=BATCH)


def owe_the_end(calls: Sequence[Call], session: Session, now: datetime) -> bool:
    """Owe people who were asked a mail that `session` is cancelled, with other dates. Tells whether one is owed.

    A mail that asks and is not written expires instead. Who hears of it as proposed, or as interested in the workshop,
    hears once. The number of statements does not depend on the number of people.
    """
    first = _notices_of(session, CALL)
    (first | _notices_of(session, CALL_MOVED)).unwritten().update(expires_at=now)
    heard = _people_in(first.filter(state__in=HEARD).exclude(expires_at=now))
    asked = [call for call in calls if call.person_id in heard]
    interested = hear_of_no_date([call.person_id for call in asked], session)
    proposed = hear_that_it_is_off([call.person.email for call in asked], session)
    noted = counts_of(session) | {"reason": session.cancel_reason, "by_rule": session.cancelled_by_rule}
    owed = [
        Notice.objects.owed_to(
            CALL_OFF, f"{session.pk}:{call.person_id}:", call.person.email, call.person, noted | {"called": call.pk}
        )
        for call in asked
        if call.person_id not in interested and call.person.email not in proposed
    ]
    Notice.objects.bulk_create(owed, batch_size=BATCH)
    return bool(owed)


def told_of(session: Session, now: datetime) -> QuerySet[Call]:
    """Return the calls of people who are told where `session` changes: a mail asked them, and they may still come."""
    asked = _notices_of(session, CALL).filter(state__in=HEARD)
    calls = Call.objects.unanswered(session).filter(person__in=asked.order_by().values("person"))
    return calls if is_on_offer(session, now) else calls.none()


def _notices_of(session: Session, kind: Kind) -> NoticeQuerySet:
    """Return the Notices of `kind` to people who were called to `session`, found by the index on their key."""
    return Notice.objects.filter(dedupe_key__startswith=f"{kind.name}:{session.pk}:")


def person_in(notice: Notice) -> int:
    """Return the key of the person whom a Notice tells of the session they were called to, as its own key says."""
    return int(notice.dedupe_key.split(":")[2])


def _people_in(notices: NoticeQuerySet) -> set[int]:
    return {person_in(notice) for notice in notices.only("dedupe_key")}


def tells_a_move(notice: Notice, now: datetime) -> bool:
    """Tell whether a change has something to say at its claim, and write into its facts what was known before."""
    if notice.attempts:
        return True
    call = _call_of(notice)
    if not Call.objects.unanswered(call.session).filter(pk=call.pk).exists() or not is_on_offer(call.session, now):
        return False
    theirs = f"{CALL_MOVED.name}:{call.session_id}:{call.person_id}:"
    earlier = Notice.objects.filter(dedupe_key__startswith=theirs, pk__lt=notice.pk)
    is_news = differs_from_what_was_told(notice, earlier, call.session)
    if is_news:
        notice.save(update_fields=["facts"])
    return is_news


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


def moved_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about a change may name."""
    return about_alteration(notice, call_context(notice))


def off_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about the end may name."""
    call = _call_of(notice)
    return _about_the_end(notice, call.session, absolute(call.get_absolute_url()))


def _about_the_end(notice: Notice, session: Session, stop_url: str) -> dict[str, Any]:
    return session_context(notice, session, first_name(notice.person), offers_dates=True) | {"stop_url": stop_url}


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

CALL_MOVED = Kind(
    name="call_moved",
    label="Asked to come, session changed",
    family=Family.NEWS,
    context=moved_context,
    placeholders={"stop_url": "the link to be asked no more"},
    is_news=tells_a_move,
    example=Example(
        fits=(Session.Status.OPEN, Session.Status.CONFIRMED),
        facts=lambda session: {"known": known_a_day_earlier(session)},
        context=lambda notice, session: about_alteration(notice, example_call(notice, session)),
    ),
)
CALL_OFF = Kind(
    name="call_off",
    label="Asked to come, session cancelled",
    family=Family.NEWS,
    context=off_context,
    placeholders={"stop_url": "the link to be asked no more"},
    example=Example(
        fits=(Session.Status.CANCELLED,),
        facts=facts_of_ending,
        context=lambda notice, session: _about_the_end(notice, session, absolute(reverse("call", args=[NOWHERE]))),
    ),
)

KINDS = (CALL, CALL_MOVED, CALL_OFF)
