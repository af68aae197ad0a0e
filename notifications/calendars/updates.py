"""Tell people what changed: once, two minutes after the first change, what was and what is.

A change is owed by the difference between what somebody was told and what is so, and not by the edit. So several edits
within the two minutes are one mail, and an edit that is taken back is none. The notice that waits for its two minutes
is locked here before anything is compared, as its sender locks it: either the sender finds what is so now, or what it
took along is found here.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from accounts.models import Person
from notifications.calendars.snapshots import counts_of, differ, shown_of, times_differ, told_of
from notifications.models import CalendarThread, Notice
from registrations.models import Nomination, Registration
from sessions_app.models import Meeting, Session

COLLAPSE = timedelta(minutes=2)
KIND, STATE, METHOD = Notice.Kind, Notice.State, Notice.Method
PLAIN_NEWS = (*Notice.TELLING, KIND.CHANGED)
INVITING = (KIND.CONFIRMED, KIND.PROMOTED, KIND.ADDED)


def bring_up_to_date(registration: Registration, before: list[Meeting] | None, now: datetime) -> None:
    """Owe the person of an active registration what differs from what they know. Called under the session's lock.

    Who has invitations gets an update for each meeting that differs, an invitation for a meeting that is new and a
    cancellation for one that is cancelled. Everybody else gets one plain mail about times and places, for which
    `before` has the meetings as they were; None where only a name changed, which concerns invitations alone.
    """
    if registration.is_registered and registration.session.is_confirmed:
        _bring_calendars_up_to_date(registration, now)
        return
    if registration.is_registered:
        CalendarThread.objects.begin(registration)
    if before is not None and not _waits_unwritten(registration.notices.filter(thread=None, kind__in=PLAIN_NEWS)):
        facts = counts_of(registration.session) | {"known": told(registration.session, before)}
        Notice.objects.owe(KIND.CHANGED, registration, facts, event=f"{now:%Y%m%d%H%M%S%f}", at=now + COLLAPSE)


def bring_nominated_up_to_date(nomination: Nomination, before: list[Meeting] | None, now: datetime) -> None:
    """Owe whoever was proposed, and has not answered, one plain mail about times and places.

    A nomination that was put off is written anew instead: it would arrive after the change, with what was before.
    """
    first, altered = about(nomination, KIND.NOMINATED), about(nomination, KIND.ALTERED)
    if before is None or _waits_unwritten(first | altered):
        return
    session = nomination.session
    kind, facts = KIND.ALTERED, counts_of(session) | {"nomination": nomination.pk}
    if first.filter(state=STATE.QUEUED).update(state=STATE.SUPERSEDED):
        kind = KIND.NOMINATED
    else:
        facts["known"] = told(session, before)
    Notice.objects.owe_to(
        kind,
        f"{nomination.pk}::{now:%Y%m%d%H%M%S%f}",
        nomination.email,
        Person.objects.filter(email=nomination.email).first(),
        facts,
        at=now + COLLAPSE,
    )


def about(nomination: Nomination, kind: str):
    """Return the notices of `kind` about a nomination, found by the index on their key."""
    return Notice.objects.filter(dedupe_key__startswith=f"{kind}:{nomination.pk}:")


def told(session: Session, meetings: list[Meeting] | None = None) -> list[dict]:
    """Return what people without an invitation know of the session's meetings, or of `meetings` as they were."""
    if meetings is None:
        meetings = session.meetings.select_related("venue__campus")
    return [told_of(meeting, session) for meeting in meetings]


def _waits_unwritten(notices) -> bool:
    """Lock those whose letter is still to be written, soon, and tell whether there is one."""
    return bool(notices.unwritten().filter(attempts=0).select_for_update())


def _bring_calendars_up_to_date(registration: Registration, now: datetime) -> None:
    session, at = registration.session, now + COLLAPSE
    CalendarThread.objects.begin(registration)
    threads = {thread.meeting_id: thread for thread in registration.threads.select_related("meeting")}
    for meeting in session.meetings.filter(ends_at__gt=now).select_related("venue__campus"):
        thread = threads[meeting.pk]
        if thread.sequence is None:
            Notice.objects.owe_calendar(KIND.ADDED, METHOD.REQUEST, _with(thread, registration), counts_of(session), at)
        elif _differs(thread, registration, meeting):
            Notice.objects.owe_calendar(
                KIND.CHANGED, METHOD.REQUEST, _with(thread, registration), counts_of(session), at
            )
    for thread in threads.values():
        was_announced = thread.meeting.is_cancelled and thread.sequence is not None
        if was_announced and not thread.notices.filter(kind=KIND.DROPPED).exists():
            # What their own calendar declined is not cancelled there a second time.
            method = METHOD.NONE if thread.was_taken_off else METHOD.CANCEL
            Notice.objects.owe_calendar(KIND.DROPPED, method, _with(thread, registration), counts_of(session))


def _with(thread: CalendarThread, registration: Registration) -> CalendarThread:
    thread.registration = registration
    return thread


def _differs(thread: CalendarThread, registration: Registration, meeting: Meeting) -> bool:
    """Tell whether the calendar shows something else than what is so, and no invitation waits that will say so."""
    if _waits_unwritten(thread.notices.filter(kind__in=[*INVITING, KIND.CHANGED])):
        return False
    thread.refresh_from_db(fields=["shown"])
    return differ(thread.shown, shown_of(registration, meeting), registration.person)


# ---- at the claim ----


def is_news(notice: Notice, now: datetime) -> bool:
    """Tell whether a notice still says something at its claim, and write into its facts what it is different from.

    Only changes are asked. One that overtook news its reader never got takes over what that was about.
    """
    if notice.attempts or notice.kind not in (KIND.CHANGED, KIND.ALTERED):
        return True
    if notice.kind == KIND.ALTERED:
        is_one = _is_news_to_the_nominated(notice, now)
    else:
        is_one = _is_news_to_the_calendar(notice, now) if notice.thread else _is_plain_news(notice, now)
    if is_one:
        notice.save(update_fields=["kind", "facts"])
    return is_one


def _is_news_to_the_calendar(notice: Notice, now: datetime) -> bool:
    thread = notice.thread
    if thread.meeting.ends_at <= now:
        return False
    earlier = thread.notices.filter(method=METHOD.REQUEST, sequence__lt=notice.sequence).order_by("-sequence", "-pk")
    got = earlier.filter(state=STATE.SENT).first()
    if got is None:
        first = earlier.filter(kind__in=INVITING).first()
        return _speak_for(notice, first) if first else True
    shown, said = shown_of(notice.registration, thread.meeting), got.facts.get("says", thread.shown)
    person = notice.registration.person
    if not differ(said, shown, person) and not differ(thread.shown, shown, person):
        return False
    notice.facts["known"] = said if differ(said, shown, person) else thread.shown
    return True


def _is_plain_news(notice: Notice, now: datetime) -> bool:
    registration = notice.registration
    if not registration.is_active or registration.session.ends_at <= now:
        return False
    own = registration.notices.exclude(pk=notice.pk)
    last = own.filter(pk__lt=notice.pk, thread=None).exclude(kind=KIND.CHANGED).order_by("-pk").first()
    overtook = last and last.kind in Notice.TELLING and last.state not in (STATE.SENT, STATE.SENDING)
    if overtook and not own.filter(pk__gt=notice.pk).exists():
        return _speak_for(notice, last)
    return _differs_from_what_was_told(
        notice, own.filter(kind=KIND.CHANGED, thread=None, pk__lt=notice.pk), registration.session
    )


def _is_news_to_the_nominated(notice: Notice, now: datetime) -> bool:
    nomination = Nomination.objects.select_related("session").get(pk=notice.facts["nomination"])
    if not nomination.is_open or nomination.session.ends_at <= now:
        return False
    earlier = about(nomination, KIND.ALTERED).filter(pk__lt=notice.pk)
    return _differs_from_what_was_told(notice, earlier, nomination.session)


def _differs_from_what_was_told(notice: Notice, earlier, session: Session) -> bool:
    """Compare with what the reader was told last: earlier changes that never went out count as not said."""
    known, uncertain = notice.facts["known"], False
    for one in earlier.order_by("-pk"):
        if one.state == STATE.SENT:
            break
        known, uncertain = one.facts["known"], uncertain or one.attempts > 0
    now_so = told(session)
    if known != now_so:
        notice.facts["known"] = known
    return uncertain or known != now_so


def _speak_for(notice: Notice, overtaken: Notice) -> bool:
    notice.kind = overtaken.kind
    notice.facts = {name: fact for name, fact in overtaken.facts.items() if name != "says"}
    return True


def note_what_is_shown(notices: list[Notice], now: datetime) -> None:
    """Keep what invitations are about to show, in their facts and with their threads. Only the threads are saved.

    Other times are asked about anew.
    """
    by_meeting = defaultdict(list)
    for notice in notices:
        by_meeting[notice.thread.meeting].append(notice)
    for meeting, invitations in by_meeting.items():
        shown, threads = shown_of(invitations[0].registration, meeting), [notice.thread for notice in invitations]
        moved = [thread for thread in threads if times_differ(thread.shown, shown)]
        _write(moved, partstat=CalendarThread.Partstat.NEEDS_ACTION)
        _write([thread for thread in threads if thread.requested_at is None], requested_at=now)
        _write(threads, shown=shown)
        for notice in invitations:
            notice.facts["says"] = shown


def _write(threads: list[CalendarThread], **values) -> None:
    for thread in threads:
        vars(thread).update(values)
    if threads:
        CalendarThread.objects.filter(pk__in=[thread.pk for thread in threads]).update(**values)
