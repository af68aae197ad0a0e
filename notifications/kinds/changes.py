"""Mail about a change of a session: one mail, two minutes after the first change, with what was and what is.

A change is the difference between what a person was told and what is so now, not the edit. So several edits within the
two minutes are one mail, and an edit that is taken back is none. The Notice that waits for its two minutes is locked
here before anything is compared, and its sender locks it too: either the sender finds what is so now, or this module
finds what the sender said.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from foundation import database_clock
from notifications.calendars.snapshots import (
    Snapshot,
    differences,
    held_otherwise,
    snapshot_of,
    snapshots_differ,
    tells_a_switch,
    times_differ,
    when_and_where,
    when_words,
)
from notifications.kinds import registrations
from notifications.kinds.contexts import (
    OF_A_REGISTRATION,
    meeting_context,
    next_dates,
    registration_context,
)
from notifications.models import KINDS as EVERY_KIND
from notifications.models import Notice, NoticeQuerySet
from notifications.models.kind import Carries, Example, Family, Kind, News
from sessions_app.models import Meeting, Session

COLLAPSE = timedelta(minutes=2)
STATE, METHOD = Notice.State, Notice.Method


# ---- what is owed ----


def known_meetings(
    session: Session, meetings: Iterable[Meeting] | None = None, mode: str = "", format_was: str = ""
) -> list[Snapshot]:
    """Return what a person without an invitation knows of the session's meetings, or of `meetings` as they were.

    They take part as `mode` says, in a session held as it is, or as it was until then.
    """
    shown = session.meetings.select_related("venue__campus") if meetings is None else meetings
    return [when_and_where(meeting, format_was or session.format, mode) for meeting in shown]


def lock_unwritten(notices: NoticeQuerySet) -> bool:
    """Lock those of `notices` whose mail is not written and was never tried, and tell whether there is one."""
    return bool(notices.unwritten().filter(attempts=0).select_for_update())


def facts_to_tell(
    asked: Collection[int],
    first: NoticeQuerySet,
    later: NoticeQuerySet,
    whose: Callable[[Notice], int],
    known: list[Snapshot],
) -> dict[int, dict[str, Any]]:
    """Return the facts of a mail about times and places to people who were only asked, by the keys of who is owed one.

    `first` are the mails that asked them, `later` those about changes, and `whose` reads a key of `asked` off a Notice.
    Who has one that waits hears what is so once it is written. A first mail whose delivery was put off would say what
    was before: it is superseded, and facts without `known` say that another one is owed in its place. In as many
    statements for many as for one.
    """
    waiting = (first | later).unwritten().filter(attempts=0)
    hears_anyway = {whose(one) for one in _locked(waiting)}
    others = [key for key in asked if key not in hears_anyway]
    put_off = {one.pk: whose(one) for one in _locked(first.filter(state=STATE.QUEUED))}
    replaced = {pk: key for pk, key in put_off.items() if key in others}
    Notice.objects.filter(pk__in=replaced).update(state=STATE.SUPERSEDED)
    return {key: {} if key in replaced.values() else {"known": known} for key in others}


def _locked(notices: NoticeQuerySet) -> NoticeQuerySet:
    return notices.order_by("pk").select_for_update().only("dedupe_key")


# ---- at the claim ----


def tells_a_change(notice: Notice, now: datetime) -> bool:
    """Tell whether a change still has something to say at its claim, and write into its facts what was known before.

    A change that overtook news its reader never got becomes that news.
    """
    if notice.attempts:
        return True
    is_news = _is_news_to_the_calendar(notice, now) if notice.thread else _is_plain_news(notice, now)
    if is_news:
        notice.save(update_fields=["kind", "facts"])
    return is_news


def tells_a_cancelled_meeting(notice: Notice, now: datetime) -> bool:
    """Tell whether there is anything to say: not about a meeting added and cancelled before any mail went out."""
    if notice.method != METHOD.CANCEL or notice.thread.requested_at is not None:
        return True
    return not notice.thread.notices.filter(kind=ADDED.name).exists()


def _is_news_to_the_calendar(notice: Notice, now: datetime) -> bool:
    thread = notice.thread
    if thread.meeting.ends_at <= now:
        return False
    earlier = thread.notices.filter(method=METHOD.REQUEST, sequence__lt=notice.sequence).order_by("-sequence", "-pk")
    got = earlier.filter(state=STATE.SENT).first()
    if got is None:
        first = earlier.filter(kind__in=INVITING).first()
        return _take_over(notice, first) if first else True
    now_so, last_said = snapshot_of(notice.registration, thread.meeting), got.facts.get("says", thread.shown)
    if not snapshots_differ(last_said, now_so) and not snapshots_differ(thread.shown, now_so):
        return False
    notice.facts["known"] = last_said if snapshots_differ(last_said, now_so) else thread.shown
    return True


def _is_plain_news(notice: Notice, now: datetime) -> bool:
    registration = notice.registration
    if not registration.is_active or registration.session.ends_at <= now:
        return False
    own = registration.notices.exclude(pk=notice.pk)
    last = own.filter(pk__lt=notice.pk, thread=None).exclude(kind=CHANGED.name).order_by("-pk").first()
    if last and _never_went_out(last) and not own.filter(pk__gt=notice.pk).exists():
        return _take_over(notice, last)
    return differs_from_what_was_told(
        notice,
        own.filter(kind=CHANGED.name, thread=None, pk__lt=notice.pk),
        registration.session,
        registration.mode,
    )


def _never_went_out(news: Notice) -> bool:
    """Tell whether `news` says how the registration stands, and its reader was not sent it."""
    is_standing = EVERY_KIND[news.kind].news is News.STANDING
    return is_standing and news.state not in (STATE.SENT, STATE.SENDING)


def differs_from_what_was_told(notice: Notice, earlier: NoticeQuerySet, session: Session, mode: str = "") -> bool:
    """Tell whether the meetings differ from what the reader was told last, and note that in the facts of `notice`.

    The reader takes part as `mode` says.

    `earlier` are the changes before it: one that never went out was not told, one that was tried may have been.
    """
    known, uncertain = notice.facts["known"], False
    for one in earlier.order_by("-pk"):
        if one.state == STATE.SENT:
            break
        known, uncertain = one.facts["known"], uncertain or one.attempts > 0
    now_so = known_meetings(session, mode=mode)
    if known != now_so:
        notice.facts["known"] = known
    return uncertain or known != now_so


def _take_over(notice: Notice, overtaken: Notice) -> bool:
    """Make `notice` the news that it overtook, with the facts of that."""
    notice.kind = overtaken.kind
    notice.facts = {name: fact for name, fact in overtaken.facts.items() if name != "says"}
    return True


# ---- what the templates may name ----


def change_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about a change may name: what was and what is, and only that."""
    session, this_year = notice.registration.session, database_clock.now().year
    context = registration_context(notice)
    mode = notice.registration.mode
    if notice.thread:
        before, after = notice.facts.get("known", {}), notice.facts["says"]
        pairs = [(before, after)]
        found, is_moved = differences(before, after, this_year), times_differ(before, after)
        heading = context["meetings"][0]["heading"]
        rows = [row | {"part": heading} for row in _with_its_hour(found, after, this_year)]
    else:
        rows, is_moved = changed_meetings(session, notice.facts["known"], this_year, mode)
        held = {values["meeting"]: values for values in known_meetings(session, session.held_meetings, mode)}
        pairs = [(one, held[one["meeting"]]) for one in notice.facts["known"] if one["meeting"] in held]
    is_switched = any(tells_a_switch(*pair, mode) for pair in pairs)
    return context | {
        "changes": rows,
        "what": labels_of(rows),
        "is_moved": is_moved,
        "switched_to": mode if is_switched and not is_moved else "",
        "held": "" if is_switched or is_moved else held_otherwise(pairs, session.format),
        "is_waiting": notice.registration.is_waitlisted,
        "next_dates": next_dates(session, notice.registration) if is_moved else [],
    }


def changed_meetings(
    session: Session, before: list[Snapshot], this_year: int, mode: str = ""
) -> tuple[list[dict[str, str]], bool]:
    """Return what changed of the meetings as rows (`label`, `was`, `now`, `part`), and whether a time did.

    The reader takes part as `mode` says.

    A new meeting was not held before, a cancelled one is not held now.
    """
    numbers, is_moved = session.part_numbers(), False
    rows: list[dict[str, str]] = []
    was = {values["meeting"]: values for values in before}
    held = {meeting.pk: when_and_where(meeting, session.format, mode) for meeting in session.held_meetings}
    for pk, part in numbers.items():
        old, new = was.get(pk), held.get(pk)
        if old and new:
            found = _with_its_hour(differences(old, new, this_year), new, this_year)
            is_moved = is_moved or times_differ(old, new)
        else:
            found = [{"label": label, "was": words(old), "now": words(new)} for label, words in WHOLE if old or new]
            is_moved = is_moved or bool(old or new)
        rows += [row | {"part": part.heading} for row in found]
    return rows, is_moved


def _with_its_hour(rows: list[dict[str, str]], after: Snapshot, this_year: int) -> list[dict[str, str]]:
    """Return `rows` of one meeting, and before them when it is, where that has not changed: `stays` is not empty.

    A person who reads of another room asks for the hour next.
    """
    if not rows or "When" in labels_of(rows):
        return rows
    return [{"label": "When", "now": when_words(after, this_year), "stays": "as before"}, *rows]


def labels_of(rows: list[dict[str, str]]) -> set[str]:
    """Return the labels of what changed."""
    return {row["label"] for row in rows if "stays" not in row}


WHOLE: list[tuple[str, Callable[[Snapshot | None], str]]] = [
    ("When", lambda values: when_words(values) if values else "not held"),
    ("Where", lambda values: values["place"] if values else "–"),
]


def dropped_context(notice: Notice) -> dict[str, Any]:
    """Return what the templates of the mail about one cancelled meeting may name; `meetings` are the others ahead."""
    meeting, session = notice.thread.meeting, notice.registration.session
    context, numbers, mode = registration_context(notice), session.part_numbers(), notice.registration.mode
    rest = [one for one in session.held_meetings if one.ends_at > database_clock.now()]
    return context | {
        "dropped": meeting_context(meeting, session, numbers, invited=False, mode=mode),
        "reason": meeting.cancel_reason,
        "meetings": [meeting_context(one, session, numbers, invited=True, mode=mode) for one in rest],
    }


# ---- the examples ----


def known_a_day_earlier(session: Session) -> list[Snapshot]:
    """Return what people would know of the meetings, had each been a day earlier."""
    known = []
    for meeting in session.meetings.select_related("venue__campus"):
        meeting.starts_at, meeting.ends_at = (at - timedelta(days=1) for at in (meeting.starts_at, meeting.ends_at))
        known.append(when_and_where(meeting, session.format))
    return known


CHANGED = Kind(
    name="changed",
    label="Session changed",
    family=Family.NEWS,
    news=News.CHANGE,
    carries=Carries.REQUEST,
    context=change_context,
    placeholders=OF_A_REGISTRATION,
    is_news=tells_a_change,
    example=Example(facts=lambda session: {"known": known_a_day_earlier(session)}, carries=lambda session: False),
)
ADDED = Kind(
    name="added",
    label="A meeting added",
    family=Family.NEWS,
    news=News.CHANGE,
    carries=Carries.REQUEST,
    context=registration_context,
    placeholders=OF_A_REGISTRATION,
    required=frozenset(),
)
DROPPED = Kind(
    name="dropped",
    label="A meeting cancelled",
    family=Family.NEWS,
    news=News.CHANGE,
    carries=Carries.CANCEL,
    context=dropped_context,
    placeholders=OF_A_REGISTRATION,
    is_news=tells_a_cancelled_meeting,
)

KINDS = (CHANGED, ADDED, DROPPED)
# Plain news that may still wait: it will say how things are, so that a change needs no mail of its own.
PLAIN_NEWS = [kind.name for kind in (*registrations.KINDS, CHANGED) if kind.news is News.STANDING or kind is CHANGED]
INVITING = [registrations.CONFIRMED.name, registrations.PROMOTED.name, ADDED.name]
