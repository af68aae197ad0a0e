"""Mail to a colleague who was proposed: that they were, that times changed, that the session was called off.

A nomination is of use until registering ends. That time is asked at every claim and not noted with the Notice, because
the session may move while its mail waits.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from accounts.models import Person
from foundation import database_clock
from foundation.links import absolute
from notifications.kinds.changes import (
    COLLAPSE,
    changed_meetings,
    differs_from_what_was_told,
    facts_to_tell,
    known_a_day_earlier,
    known_meetings,
    labels_of,
)
from notifications.kinds.contexts import first_name, session_context
from notifications.kinds.prompts import BATCH
from notifications.kinds.registrations import facts_of_ending
from notifications.models import Notice, NoticeQuerySet, counts_of
from notifications.models.kind import Example, Family, Kind
from registrations.models import Nomination
from sessions_app.models import Meeting, Session

# ---- what is owed ----


def owe_nominated(kind: Kind, nominations: Sequence[Nomination], **facts: Any) -> None:
    """Owe each address that was proposed for a session one plain Notice of `kind`."""
    people = _people_of(nominations)
    owed = [
        Notice.objects.owed_to(
            kind,
            f"{one.pk}::",
            one.email,
            people.get(one.email),
            counts_of(one.session) | {"nomination": one.pk} | facts,
        )
        for one in nominations
    ]
    Notice.objects.bulk_create(owed, batch_size=BATCH)


def owe_called_off(nominations: Sequence[Nomination], now: datetime) -> bool:
    """Owe people who were proposed a mail that the session is cancelled. Tells whether one is owed.

    The first mail to one of them that is not written expires instead: nobody can have read it.
    """
    first = _by_nomination(nominations, NOMINATED).unwritten().order_by("pk").select_for_update()
    unread = {notice.pk: nomination_in(notice) for notice in first.only("dedupe_key")}
    Notice.objects.filter(pk__in=unread).update(expires_at=now)
    told = [one for one in nominations if one.pk not in unread.values()]
    if told:
        session = told[0].session
        why = {"count": session.cancelled_count, "by_rule": session.cancelled_by_rule, "reason": session.cancel_reason}
        owe_nominated(CALLED_OFF, told, **why)
    return bool(told)


def bring_nominated_up_to_date(
    nominations: Sequence[Nomination],
    session: Session,
    before: list[Meeting] | None,
    now: datetime,
    format_was: str = "",
) -> None:
    """Owe people who were proposed for `session`, and have not answered, one plain mail about times and places.

    `before` has the meetings as they were, and `format_was` the format, if it is another one; where `before` is None,
    nothing is owed. A nomination whose delivery was put off is replaced by a new one instead: its mail would arrive
    after the change and say what was before.
    """
    if before is None:
        return
    known = known_meetings(session, before, format_was=format_was)
    first, altered = _by_nomination(nominations, NOMINATED), _by_nomination(nominations, ALTERED)
    told = facts_to_tell([one.pk for one in nominations], first, altered, nomination_in, known)
    others = [one for one in nominations if one.pk in told]
    people, counts, owed = _people_of(others), counts_of(session), []
    for one in others:
        facts = counts | {"nomination": one.pk} | told[one.pk]
        key, kind = f"{one.pk}::{now:%Y%m%d%H%M%S%f}", ALTERED if told[one.pk] else NOMINATED
        owed.append(Notice.objects.owed_to(kind, key, one.email, people.get(one.email), facts, at=now + COLLAPSE))
    Notice.objects.bulk_create(owed, batch_size=BATCH)


def hear_that_it_is_off(emails: Collection[str], session: Session) -> set[str]:
    """Return those of `emails` that are told, as proposed for it, that `session` is cancelled."""
    proposed = session.nominations.filter(email__in=emails).values_list("pk", "email")
    keys = {f"{CALLED_OFF.name}:{pk}::": email for pk, email in proposed}
    told = Notice.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)
    return {keys[key] for key in told}


def _people_of(nominations: Sequence[Nomination]) -> dict[str, Person]:
    """Return by address the people with an account among those who were proposed."""
    return {person.email: person for person in Person.objects.filter(email__in=[one.email for one in nominations])}


def _by_nomination(nominations: Sequence[Nomination], *kinds: Kind) -> NoticeQuerySet:
    """Return the Notices of these kinds about any of `nominations`: `notices_about`, of many."""
    about = [Q(dedupe_key__startswith=f"{kind.name}:{one.pk}:") for kind in kinds for one in nominations]
    return Notice.objects.filter(reduce(or_, about)) if about else Notice.objects.none()


def nomination_in(notice: Notice) -> int:
    """Return the key of the nomination that a Notice is about, as its own key says."""
    return int(notice.dedupe_key.split(":")[1])


def notices_about(nomination: Nomination, kind: Kind) -> NoticeQuerySet:
    """Return the Notices of `kind` about a nomination, found by the index on their key."""
    return Notice.objects.filter(dedupe_key__startswith=f"{kind.name}:{nomination.pk}:")


# ---- at the claim ----


def may_still_accept(notice: Notice, now: datetime) -> bool:
    """Tell whether the reader has not answered, and could still register."""
    nomination = Nomination.objects.open().filter(pk=notice.facts["nomination"]).select_related("session").first()
    return nomination is not None and is_on_offer(nomination.session, now)


def is_on_offer(session: Session, now: datetime) -> bool:
    """Tell whether people may register for `session`, or may later on."""
    return session.is_running and now < session.registration_closes_at and not session.has_started(now)


def tells_a_change(notice: Notice, now: datetime) -> bool:
    """Tell whether a change still has something to say at its claim, and write into its facts what was known before."""
    if notice.attempts:
        return True
    is_news = _is_news_to_the_nominated(notice, now)
    if is_news:
        notice.save(update_fields=["facts"])
    return is_news


def _is_news_to_the_nominated(notice: Notice, now: datetime) -> bool:
    nomination = Nomination.objects.select_related("session").get(pk=notice.facts["nomination"])
    if not nomination.is_open or nomination.session.ends_at <= now:
        return False
    earlier = notices_about(nomination, ALTERED).filter(pk__lt=notice.pk)
    return differs_from_what_was_told(notice, earlier, nomination.session)


# ---- what the templates may name ----


def nomination_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail to a proposed colleague may name."""
    nomination = Nomination.objects.select_related("session__workshop", "by").get(pk=notice.facts["nomination"])
    return about_nomination(notice, nomination)


def about_nomination(notice: Notice, nomination: Nomination) -> dict[str, Any]:
    """Return what a mail names to the person who was proposed."""
    by = nomination.by
    offers_dates = notice.kind == CALLED_OFF.name
    return session_context(notice, nomination.session, first_name(notice.person), offers_dates=offers_dates) | {
        "by": f"{by.name} ({by.email})" if by.name else by.email,
        "nomination_url": absolute(nomination.get_absolute_url()),
    }


def altered_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about a change to a proposed colleague may name."""
    return about_alteration(notice, nomination_context(notice))


def about_alteration(notice: Notice, context: dict[str, Any]) -> dict[str, Any]:
    """Return `context` with what changed of the meetings."""
    rows, _ = changed_meetings(context["session"], notice.facts["known"], database_clock.now().year)
    return context | {"changes": rows, "what": labels_of(rows)}


def example_nomination(notice: Notice, session: Session) -> Nomination:
    """Return an unsaved nomination of the reader by the reader, for an example."""
    return Nomination(session=session, email=notice.to, by=notice.person)


def example_context(notice: Notice, session: Session) -> dict[str, Any]:
    """Return the context of an example: the reader was proposed by the reader."""
    return about_nomination(notice, example_nomination(notice, session))


NOMINATED = Kind(
    name="nominated",
    label="Nominated",
    family=Family.NEWS,
    context=nomination_context,
    placeholders={"by": "who thought of them", "nomination_url": "the link to accept or decline"},
    required=frozenset({"by"}),
    still_true=may_still_accept,
    example=Example(context=example_context),
)
CALLED_OFF = Kind(
    name="called_off",
    label="Nominated, session cancelled",
    family=Family.NEWS,
    context=nomination_context,
    example=Example(fits=(Session.Status.CANCELLED,), facts=facts_of_ending, context=example_context),
)
ALTERED = Kind(
    name="altered",
    label="Nominated, session changed",
    family=Family.NEWS,
    context=altered_context,
    is_news=tells_a_change,
    example=Example(
        facts=lambda session: {"known": known_a_day_earlier(session)},
        context=lambda notice, session: about_alteration(notice, example_context(notice, session)),
    ),
)

KINDS = (NOMINATED, CALLED_OFF, ALTERED)
