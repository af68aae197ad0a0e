"""Mail to people who asked for a date of a workshop: that there are dates, and that one was cancelled.

Dates that are published within ten minutes are one mail. Like a nomination, each is of use until registering ends,
which is asked at every claim; with none left the mail expires.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from foundation import database_clock
from foundation.dates import long_day, time_span, zone_words
from foundation.links import absolute
from foundation.verbs import lock_rows
from notifications.kinds.at_risk import room_left_key
from notifications.kinds.contexts import first_name, opening_with_zone, session_context
from notifications.kinds.nominations import is_on_offer
from notifications.kinds.prompts import BATCH
from notifications.kinds.registrations import facts_of_ending
from notifications.models import Notice, counts_of
from notifications.models.kind import Example, Family, Kind
from registrations.models import Interest
from sessions_app.models import Session

LINGER = timedelta(minutes=10)
STATE = Notice.State


# ---- what is owed ----


def owe_dates(met: Iterable[tuple[Interest, Sequence[Session]]], now: datetime) -> None:
    """Owe each person who asked for a date one plain mail about sessions, once, though one may be listed again.

    The mail waits for ten minutes, and takes in the dates of the workshop that are published until it is written: dates
    of one workshop are one mail. Two publications at the same moment wait for each other at the interests. The number
    of statements does not depend on the number of people.
    """
    dates = {interest.pk: sessions for interest, sessions in met}
    interests = _held(dates)
    told = _about_dates(interests)
    fresh: dict[int, list[Session]] = {}
    waiting: dict[int, int] = {}
    for interest in interests:
        known = {key for notice in told[interest.pk] for key in dates_of(notice)}
        fresh[interest.pk] = [session for session in dates[interest.pk] if session.pk not in known]
        open_yet = [one for one in told[interest.pk] if one.state == STATE.QUEUED and not one.text]
        if last := [one.pk for one in open_yet if one.expires_at is None][-1:]:
            waiting[interest.pk] = last[0]
    # A worker that has claimed it holds it until the dates are chosen: then these come too late for that mail.
    unwritten = Notice.objects.unwritten().filter(pk__in=waiting.values()).order_by("pk").select_for_update()
    gathering = {notice.pk: notice for notice in unwritten}
    owed, grown = [], []
    for interest in interests:
        keys = [session.pk for session in fresh[interest.pk]]
        if not keys:
            continue
        if notice := gathering.get(waiting.get(interest.pk, 0)):
            notice.facts["also"] = [*notice.facts.get("also", []), *keys]
            grown.append(notice)
        else:
            also = {"also": keys[1:]} if len(keys) > 1 else {}
            owed.append(_owed(DATED, interest, fresh[interest.pk][0], at=now + LINGER, **also))
    Notice.objects.bulk_update(grown, ["facts"], batch_size=BATCH)
    Notice.objects.bulk_create(owed, batch_size=BATCH)


def owe_no_date(interests: Iterable[Interest], session: Session, now: datetime) -> bool:
    """Owe a mail that `session` is cancelled to people who were told of it, or of its seats. Tells whether one is owed.

    A mail about this date alone that is not written expires; one about several leaves it out.
    """
    interests = _held([interest.pk for interest in interests])
    gathered = {
        key: [notice for notice in notices if session.pk in dates_of(notice)]
        for key, notices in _about_dates(interests).items()
    }
    alone = {
        notice.pk: key for key, notices in gathered.items() for notice in notices if dates_of(notice) == [session.pk]
    }
    of_room = {room_left_key(one.person, session): one.pk for one in interests}
    news = Notice.objects.filter(Q(pk__in=alone) | Q(dedupe_key__in=of_room))
    news.unwritten().update(expires_at=now)
    read = news.exclude(state=STATE.EXPIRED).exclude(expires_at=now).values_list("pk", "dedupe_key")
    knows = {alone.get(pk) or of_room[key] for pk, key in read}
    for key, notices in gathered.items():
        if any(_was_told(notice, session) for notice in notices if notice.pk not in alone):
            knows.add(key)
    why: dict[str, Any] = {"reason": session.cancel_reason, "by_rule": session.cancelled_by_rule}
    owed = [_owed(UNDATED, interest, session, **why) for interest in interests if interest.pk in knows]
    Notice.objects.bulk_create(owed, batch_size=BATCH)
    return bool(owed)


def hear_of_no_date(people: Collection[int], session: Session) -> set[int]:
    """Return those of `people`, by key, who are told as interested in the workshop that `session` is cancelled."""
    interests = Interest.objects.filter(person__in=people, workshop=session.workshop_id).values_list("pk", "person")
    keys = {f"{UNDATED.name}:{pk}:{session.pk}:": person for pk, person in interests}
    told = Notice.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)
    return {keys[key] for key in told}


def _held(keys: Collection[int]) -> list[Interest]:
    """Return these interests with their people, locked."""
    return lock_rows(Interest.objects.filter(pk__in=keys).select_related("person"))


def _owed(kind: Kind, interest: Interest, session: Session, at: datetime | None = None, **facts: Any) -> Notice:
    facts = counts_of(session) | {"interest": interest.pk, "dated": session.pk} | facts
    key = f"{interest.pk}:{session.pk}:"
    return Notice.objects.owed_to(kind, key, interest.person.email, interest.person, facts, at=at)


def _about_dates(interests: Sequence[Interest]) -> dict[int, list[Notice]]:
    """Return by interest the Notices that tell its person of dates, in the order they were written."""
    people = {interest.person_id for interest in interests}
    found: dict[int, list[Notice]] = {interest.pk: [] for interest in interests}
    told = Notice.objects.filter(person__in=people, kind=DATED.name).order_by("pk")
    for notice in told.only("kind", "dedupe_key", "facts", "state", "text", "expires_at"):
        key = int(notice.dedupe_key.split(":")[1])
        if key in found:
            found[key].append(notice)
    return found


def dates_of(notice: Notice) -> list[int]:
    """Return the keys of the sessions whose dates a Notice gathered, in the order in which they were published."""
    return [notice.facts["dated"], *notice.facts.get("also", [])]


def _was_told(notice: Notice, session: Session) -> bool:
    """Tell whether the mail of a Notice is, or is being, written with the date of `session` in it."""
    if notice.state == STATE.EXPIRED or (notice.state == STATE.QUEUED and not notice.text):
        return False
    return session.pk in notice.facts.get("said", dates_of(notice))


# ---- at the claim ----


def still_wants_a_date(notice: Notice, now: datetime) -> bool:
    """Tell whether the reader still waits for a date, and may register for one of these, now or once that begins."""
    return bool(_wanted(notice, now))


def choose_dates(notice: Notice, now: datetime) -> bool:
    """Write into the facts which dates the mail says, unless it is written. A date that is published later comes late.

    So a date that is cancelled while the mail is being written is known to have been told.
    """
    if not notice.text:
        notice.facts["said"] = [session.pk for session in _wanted(notice, now)]
        notice.save(update_fields=["facts"])
    return True


def _wanted(notice: Notice, now: datetime) -> list[Session]:
    """Return the sessions of a Notice that its reader may register for, now or later on, the soonest first."""
    keys = notice.facts["said"] if notice.text and "said" in notice.facts else dates_of(notice)
    sessions = Session.objects.listed().filter(pk__in=keys).select_related("workshop").order_by("starts_at", "pk")
    asked = Interest.objects.filter(pk=notice.facts["interest"])
    return [one for one in sessions if is_on_offer(one, now) and (Interest.objects.met_by(one, now) & asked).exists()]


# ---- what the templates may name ----


def interest_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about a date that was cancelled may name."""
    interest = Interest.objects.select_related("person").get(pk=notice.facts["interest"])
    session = Session.objects.select_related("workshop").get(pk=notice.facts["dated"])
    return about_interest(notice, interest, session)


def dates_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about new dates may name: the first of them, and all where it has more."""
    interest, now = Interest.objects.select_related("person").get(pk=notice.facts["interest"]), database_clock.now()
    said = Session.objects.select_related("workshop").in_bulk(notice.facts.get("said") or dates_of(notice))
    dates = sorted(said.values(), key=lambda one: (one.starts_at, one.pk))
    several = [_date_context(session, now) for session in dates] if len(dates) > 1 else []
    # Those in the facts are of the date that was published first.
    counts = counts_of(dates[0]) if dates[0].pk != notice.facts["dated"] else {}
    return about_interest(notice, interest, dates[0]) | counts | {"dates": several}


def _date_context(session: Session, now: datetime) -> dict[str, Any]:
    """Return the words about one of several dates."""
    zone = session.time_zone
    return {
        "day": long_day(session.starts_at, zone, now.year),
        "times": time_span(session.starts_at, session.ends_at, zone),
        "zone": zone_words(zone, session.starts_at),
        "meetings": len(session.held_meetings),
        "is_confirmed": session.is_confirmed,
        "opens": opening_with_zone(session, now) if session.opens_later(now) else "",
        "url": absolute(session.get_absolute_url()),
    }


def about_interest(notice: Notice, interest: Interest, session: Session) -> dict[str, Any]:
    """Return what a mail names to a person who asked for a date, about `session`."""
    name, now, offers_dates = first_name(interest.person), database_clock.now(), notice.kind == UNDATED.name
    return session_context(notice, session, name, offers_dates=offers_dates) | {
        "interest_url": absolute(interest.get_absolute_url()),
        "opens": opening_with_zone(session, now) if session.opens_later(now) else "",
    }


def example_context(notice: Notice, session: Session) -> dict[str, Any]:
    """Return the context of an example: the reader asked for a date."""
    return about_interest(notice, Interest(person=notice.person, workshop=session.workshop), session)


DATED = Kind(
    name="dated",
    label="A new date",
    family=Family.NEWS,
    context=dates_context,
    placeholders={"interest_url": "the link to hear no more of this workshop"},
    required=frozenset(),
    still_true=still_wants_a_date,
    is_news=choose_dates,
    example=Example(context=example_context),
)
UNDATED = Kind(
    name="undated",
    label="A new date cancelled",
    family=Family.NEWS,
    context=interest_context,
    example=Example(fits=(Session.Status.CANCELLED,), facts=facts_of_ending, context=example_context),
)

KINDS = (DATED, UNDATED)
