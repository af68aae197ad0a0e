"""What a person reads of their own attendance."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from foundation.dates import short_day
from outcomes.attended import Presence, presence_of
from outcomes.checking_in.code_of_the_day import works
from outcomes.models import AttendanceDispute
from outcomes.models.dispute import may_be_missing
from registrations.models import Registration
from sessions_app.models import Meeting

ABSENT = "We have you as absent"


class Own(NamedTuple):
    """Of one registration: `words` for how it stands, "" where nothing is known yet; of several meetings `of_each`.

    `dispute` is the last one that the person made. `code_works` while the code of a meeting works that they have not
    used yet. `may_say` is whether they may tell the office that it is wrong, or that it is missing.
    """

    words: str
    is_absent: bool
    is_on: bool
    of_each: list[str]
    dispute: AttendanceDispute | None
    code_works: bool
    may_say: bool


def words_of(presence: Presence) -> str:
    """“Attended”, “Attended 1 of 2 meetings”, “We have you as absent”; "" where nothing is known yet."""
    many = len(presence.here) + len(presence.absent) + len(presence.unknown)
    if presence.was_there_throughout:
        return "Attended"
    if presence.was_there:
        return f"Attended {len(presence.here)} of {many} meetings"
    return ABSENT if presence.was_absent else ""


def words_by_session(registrations: Collection[Registration]) -> dict[int, str]:
    """Return `words_of` each of `registrations` by the key of its session. Two queries, none for no registration."""
    known = presence_of(registrations) if registrations else {}
    return {one.session_id: words_of(known[one.pk]) for one in registrations}


def own_attendance(registration: Registration, now: datetime) -> Own:
    """Return what the person of `registration` reads on its page. Four queries."""
    presence = presence_of([registration])[registration.pk]
    meetings = list(registration.session.meetings.all())
    dispute = registration.attendance_disputes.order_by("said_at", "pk").last()
    is_on = presence.was_there and registration.session.ends_at > now
    of_each = [_of_one(meeting, presence, now) for meeting in meetings] if len(meetings) > 1 else []
    code_works = any(works(meeting, now) and meeting.pk in presence.unknown for meeting in meetings)
    words = words_of(presence)
    return Own(
        words,
        presence.was_absent,
        is_on,
        list(filter(None, of_each)),
        dispute,
        code_works and registration.is_registered,
        may_be_missing(registration, now) or (bool(words) and not is_on),
    )


def _of_one(meeting: Meeting, presence: Presence, now: datetime) -> str:
    day = short_day(meeting.starts_at, meeting.time_zone, now.year)
    if meeting.pk in presence.here:
        return f"{day}: you were there"
    return f"{day}: we have you as absent" if meeting.pk in presence.absent else ""


def any_code_works(meetings: Iterable[Meeting], now: datetime) -> bool:
    """Tell whether the code of one of `meetings` works now. Asks nothing."""
    return any(works(meeting, now) for meeting in meetings)
