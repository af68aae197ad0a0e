"""Take due notices out of the queue, each for exactly one sender (guarantees G7 and G8).

A claim is a lease and a token, committed before anything is sent. A sender that dies leaves its claims behind; the
lease runs out and another takes them over.
"""

import uuid
from collections import defaultdict
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from notifications.calendars.snapshots import note_what_is_shown
from notifications.models import CalendarThread, Notice
from notifications.models.kind import Family, News
from notifications.outbox.supersede import is_old_news
from registrations.models import Registration
from sessions_app.models import Session

LEASE = timedelta(minutes=5)
# A notice that kills its sender leaves no error behind, only its count of claims.
MOST_ATTEMPTS = 20
STATE, METHOD = Notice.State, Notice.Method
SET_ASIDE = {
    STATE.SUPERSEDED: {},
    STATE.EXPIRED: {"subject": "", "text": "", "html": ""},
    STATE.DEAD: {"problem": f"Given up after {MOST_ATTEMPTS} attempts."},
}


def claim(now: datetime) -> Notice | None:
    """Take the first notice that is due, as `claim_some` does. None when none is due."""
    return next(iter(claim_some(now, most=1)), None)


def claim_some(now: datetime, most: int) -> list[Notice]:
    """Take up to `most` notices that are due, first things first, and commit. Empty when none is due.

    The last message wins: a notice with newer news behind it, sent or not, is marked superseded instead of taken, and
    so are older ones of the thread that is taken. A cancellation keeps its calendar part only if an invitation was ever
    claimed.
    """
    while True:
        try:
            with transaction.atomic():
                due = Notice.objects.due(now).select_related("person")
                due = list(due.select_for_update(skip_locked=True, of=("self",))[:most])
                if not due:
                    return []
                if taken := _take(due, now):
                    return taken
        except IntegrityError:
            # Another sender has just taken a notice of one of these threads; the index let only one through.
            continue


def _take(due: list[Notice], now: datetime) -> list[Notice]:
    siblings = _siblings(due)
    together = _together(due, siblings)
    if older := _older_queued(together[0], siblings):
        # This waits for whoever is claiming it; only then is it certain whether anybody was ever invited.
        Notice.objects.filter(pk__in=older, state=STATE.QUEUED).update(state=STATE.SUPERSEDED)
    _read_anew(together)
    fates = {notice: _fate(notice, siblings[notice.registration_id], now) for notice in together}
    for fate, changes in SET_ASIDE.items():
        if aside := [notice.pk for notice in together if fates[notice] == fate]:
            Notice.objects.filter(pk__in=aside).update(state=fate, **changes)
    taken = [notice for notice in together if fates[notice] == STATE.SENDING]
    _hold(taken, now)
    return taken


def _siblings(due: list[Notice]) -> dict[int | None, list[Notice]]:
    """Return by registration what its person was ever told and is to be told, without the texts."""
    siblings, registrations = defaultdict(list), {notice.registration_id for notice in due if notice.registration_id}
    own = Notice.objects.filter(registration__in=registrations).order_by("pk")
    for one in own.only("registration_id", "thread_id", "sequence", "kind", "state"):
        siblings[one.registration_id].append(one)
    return siblings


def _older_queued(notice: Notice, siblings: dict[int | None, list[Notice]]) -> list[int]:
    others = siblings[notice.registration_id]
    return [one.pk for one in others if one.state == STATE.QUEUED and notice.is_later_in_its_thread_than(one)]


def _together(due: list[Notice], siblings: dict[int | None, list[Notice]]) -> list[Notice]:
    """Return the first of these notices, and those that may be taken in one go with it.

    Alone goes a sign-in code, for it waits for nobody; what was tried before, for it may be what kills its sender; and
    what waits for another sender, or is not waited for by the verbs that write to its thread: holding other notices
    meanwhile would be a deadlock.
    """

    def goes_alone(notice: Notice) -> bool:
        is_urgent = notice.priority == Notice.Priority.CODE
        return is_urgent or notice.attempts or notice.of_kind.family is Family.REPLY or _older_queued(notice, siblings)

    if goes_alone(due[0]):
        return due[:1]
    together, threads = [], set()
    for notice in due:
        if notice.thread_id not in threads and not goes_alone(notice):
            together.append(notice)
            threads.update({notice.thread_id} - {None})
    return together


def _read_anew(notices: list[Notice]) -> None:
    """Read what the mail of these Notices is about, once for all of them and now that the notices are locked.

    What was read before may be older than what the last sender said.
    """
    threads = CalendarThread.objects.in_bulk({notice.thread_id for notice in notices} - {None})
    registrations = Registration.objects.in_bulk({notice.registration_id for notice in notices} - {None})
    sessions = Session.objects.in_full().in_bulk({one.session_id for one in registrations.values()})
    meetings = {meeting.pk: meeting for session in sessions.values() for meeting in session.all_meetings}
    for notice in notices:
        if registration := registrations.get(notice.registration_id):
            registration.session, notice.registration = sessions[registration.session_id], registration
            if registration.person_id == notice.person_id:
                registration.person = notice.person
        if thread := threads.get(notice.thread_id):
            thread.registration, thread.meeting = notice.registration, meetings[thread.meeting_id]
            notice.thread = thread


def _fate(notice: Notice, siblings: list[Notice], now: datetime) -> str:
    """Return the state a due Notice comes to: sending, or one in which it is set aside."""
    kind = notice.of_kind
    if is_old_news(notice, siblings):
        return STATE.SUPERSEDED
    if kind.still_true and not kind.still_true(notice, now):
        return STATE.EXPIRED
    if notice.method == METHOD.REQUEST and not notice.thread.holds:
        return STATE.SUPERSEDED
    if _is_said_by_another(notice, siblings) or (kind.is_news and not kind.is_news(notice, now)):
        return STATE.SUPERSEDED
    return STATE.DEAD if notice.attempts >= MOST_ATTEMPTS else STATE.SENDING


def _is_said_by_another(notice: Notice, siblings: list[Notice]) -> bool:
    """Tell whether this cancels a meeting its reader was never invited to: the first of several cancellations says it.

    It becomes a plain mail, and one plain mail says all there is to say about an ending.
    """
    if (
        notice.of_kind.news is not News.ENDING
        or notice.method != METHOD.CANCEL
        or notice.thread.requested_at is not None
    ):
        return False
    return notice.pk != min(one.pk for one in siblings if one.kind == notice.kind)


def _hold(notices: list[Notice], now: datetime) -> None:
    """Write that these notices are being sent, and what the calendars of their readers will show."""
    token = uuid.uuid4()
    held = Notice.objects.filter(pk__in=[notice.pk for notice in notices])
    held.update(state=STATE.SENDING, lease_until=now + LEASE, token=token, attempts=F("attempts") + 1)
    for notice in notices:
        notice.state, notice.lease_until, notice.token = STATE.SENDING, now + LEASE, token
        notice.attempts += 1
    plain = [notice for notice in notices if notice.method == METHOD.CANCEL and notice.thread.requested_at is None]
    for notice in plain:
        notice.method = METHOD.NONE
    held.filter(pk__in=[notice.pk for notice in plain]).update(method=METHOD.NONE)
    invitations = [notice for notice in notices if notice.method == METHOD.REQUEST and not notice.text]
    note_what_is_shown(invitations, now)
