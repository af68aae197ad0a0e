"""Owe people what differs from what they know of a session: changes.py says how one mail comes of several changes.

For all people of a session at once, in as many statements for many as for one: others wait for the session's lock.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from notifications.calendars.snapshots import Snapshot, snapshot_of, snapshots_differ
from notifications.kinds.changes import ADDED, CHANGED, COLLAPSE, DROPPED, INVITING, PLAIN_NEWS, known_meetings
from notifications.models import CalendarThread, Notice, NoticeQuerySet, counts_of
from notifications.models.kind import Kind
from registrations.models import Registration
from sessions_app.models import Meeting
from sessions_app.models.changes import numbers_of
from sessions_app.models.numbering import Numbered

METHOD = Notice.Method
# What is owed of a thread: which kind of mail with which METHOD, and from when on.
Owed = tuple[Kind, str, CalendarThread, datetime | None]


def bring_up_to_date(
    registrations: Sequence[Registration],
    before: list[Meeting] | None,
    now: datetime,
    modes_were: Mapping[int, str] | None = None,
    format_was: str = "",
) -> None:
    """Owe the people of active `registrations`, of one session, what differs from what they know. The lock is held.

    A person with invitations gets an update for each meeting that differs, an invitation for a meeting that is new and
    a cancellation for one that is cancelled. Everybody else gets one plain mail about times and places. `before` has
    the meetings as they were; it is None where only a name changed, which concerns invitations alone. Of people who
    take part in another way than before, `modes_were` has by key the mode until then, and of a session that is held in
    another format, `format_was` is that until then.
    """
    invited = [one for one in registrations if one.is_registered and one.session.is_confirmed]
    others = [one for one in registrations if not (one.is_registered and one.session.is_confirmed)]
    if invited:
        _bring_calendars_up_to_date(invited, now)
    if seated := [one for one in others if one.is_registered]:
        CalendarThread.objects.begin(*seated)
        CalendarThread.objects.filter(registration__in=_keys(seated)).change_tentative()
    if others and before is not None:
        _tell_plainly(others, before, now, modes_were or {}, format_was)


def _tell_plainly(
    registrations: Sequence[Registration],
    before: list[Meeting],
    now: datetime,
    modes_were: Mapping[int, str],
    format_was: str,
) -> None:
    """Owe each of these people one mail about times and places, unless one waits that will say how things are."""
    session, noted = registrations[0].session, {}
    theirs = Notice.objects.filter(registration__in=_keys(registrations), thread=None, kind__in=PLAIN_NEWS)
    waiting, notices = _locked(theirs, "registration"), []
    for one in registrations:
        mode = modes_were.get(one.pk, one.mode)
        if mode not in noted:
            noted[mode] = counts_of(session) | {"known": known_meetings(session, before, mode, format_was)}
        if one.pk not in waiting:
            event, at = f"{now:%Y%m%d%H%M%S%f}", now + COLLAPSE
            notices.append(Notice.objects.owed(CHANGED, one, dict(noted[mode]), event, at))
    Notice.objects.bulk_create(notices)


def _bring_calendars_up_to_date(registrations: Sequence[Registration], now: datetime) -> None:
    """Owe the calendar mail of registered people for every meeting ahead that differs, is new or is cancelled."""
    session, noted = registrations[0].session, counts_of(registrations[0].session)
    every = Meeting.every.filter(session=session.pk).select_related("venue__campus", "part")
    meetings = list(every.order_by("starts_at", "pk"))
    ahead = [one for one in meetings if one.ends_at > now and not one.is_cancelled]
    threads = _threads_of(registrations)
    if any(meeting.pk not in threads[one.pk] for one in registrations for meeting in ahead):
        CalendarThread.objects.begin(*registrations)
        threads = _threads_of(registrations)
    changed, dropped = _outdated(registrations, threads, ahead, numbers_of(meetings)), _dropped(threads)
    owed: list[Owed] = []
    for registration in registrations:
        of_each = threads[registration.pk]
        for meeting in ahead:
            thread = of_each[meeting.pk]
            if thread.sequence is None:
                owed.append((ADDED, METHOD.REQUEST, thread, now + COLLAPSE))
            elif thread.pk in changed:
                owed.append((CHANGED, METHOD.REQUEST, thread, now + COLLAPSE))
        # A meeting that their own calendar declined is not cancelled there a second time.
        owed += [(DROPPED, dropped[one.pk], one, None) for one in of_each.values() if one.pk in dropped]
    CalendarThread.objects.advance([thread for _, _, thread, _ in owed])
    Notice.objects.bulk_create(
        Notice.objects.owed_calendar(kind, method, thread, dict(noted), at) for kind, method, thread, at in owed
    )


def _threads_of(registrations: Sequence[Registration]) -> dict[int, dict[int, CalendarThread]]:
    """Return the threads of each of `registrations`, by the key of the meeting, with the caller's objects in them."""
    own = {one.pk: one for one in registrations}
    threads: dict[int, dict[int, CalendarThread]] = defaultdict(dict)
    for thread in CalendarThread.objects.filter(registration__in=own).select_related("meeting"):
        thread.registration = own[thread.registration_id]
        threads[thread.registration_id][thread.meeting_id] = thread
    return threads


def _outdated(
    registrations: Sequence[Registration],
    threads: dict[int, dict[int, CalendarThread]],
    ahead: list[Meeting],
    numbers: dict[int, Numbered],
) -> set[int]:
    """Return the keys of the threads that show what is no longer so, and of which no invitation waits to correct it."""
    announced = {
        threads[one.pk][meeting.pk].pk: (one, meeting)
        for one in registrations
        for meeting in ahead
        if threads[one.pk][meeting.pk].sequence is not None
    }
    waiting = _locked(Notice.objects.filter(thread__in=announced, kind__in=[*INVITING, CHANGED.name]), "thread")
    # What its sender has noted since, of one that has just gone out.
    shown = dict(CalendarThread.objects.filter(pk__in=set(announced) - waiting).values_list("pk", "shown"))
    alike: dict[tuple[int, str], Snapshot] = {}
    outdated = set()
    for pk, says in shown.items():
        registration, meeting = announced[pk]
        if (meeting.pk, registration.mode) not in alike:
            alike[meeting.pk, registration.mode] = snapshot_of(registration, meeting, numbers)
        now_so = alike[meeting.pk, registration.mode] | {"neutral": registration.person.discreet_titles}
        if snapshots_differ(says, now_so):
            outdated.add(pk)
    return outdated


def _dropped(threads: dict[int, dict[int, CalendarThread]]) -> dict[int, str]:
    """Return by key the threads whose meeting is cancelled, and nobody was told yet, with the METHOD that tells it."""
    every = [thread for of_each in threads.values() for thread in of_each.values()]
    cancelled = [one.pk for one in every if one.meeting.is_cancelled and one.sequence is not None]
    if not cancelled:
        return {}
    told = set(Notice.objects.filter(thread__in=cancelled, kind=DROPPED.name).values_list("thread", flat=True))
    held = CalendarThread.objects.filter(pk__in=cancelled).without_those_taken_off()
    there = {thread.pk for thread in held}
    return {pk: METHOD.CANCEL if pk in there else METHOD.NONE for pk in cancelled if pk not in told}


def _locked(notices: NoticeQuerySet, by: str) -> set[int]:
    """Lock those of `notices` whose mail is not written and was never tried; return the values of a foreign key."""
    return set(notices.unwritten().filter(attempts=0).select_for_update().values_list(by, flat=True))


def _keys(registrations: Sequence[Registration]) -> list[int]:
    return [registration.pk for registration in registrations]
