"""Take due Notices out of the queue, each for exactly one sender (guarantees G7 and G8).

A claim is a lease and a token, committed before anything is sent. A sender that dies leaves its claims behind; the
lease runs out and another sender takes them over.
"""

import uuid
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from notifications.calendars.snapshots import note_snapshots
from notifications.models import CalendarThread, Notice
from notifications.models.kind import Family, News
from notifications.outbox.supersede import is_old_news
from registrations.models import Registration
from registrations.models.preparation import asks_once_of_pre_work
from sessions_app.models import Session

LEASE = timedelta(minutes=5)
# A Notice that kills its sender leaves no error behind, only its count of claims.
MOST_ATTEMPTS = 20
STATE, METHOD = Notice.State, Notice.Method
SET_ASIDE: dict[str, dict[str, str]] = {
    STATE.SUPERSEDED: {},
    STATE.EXPIRED: {"subject": "", "text": "", "html": ""},
    STATE.DEAD: {"problem": f"Given up after {MOST_ATTEMPTS} attempts."},
}


def claim(now: datetime) -> Notice | None:
    """Claim the first Notice that is due, as `claim_some` does. None when none is due."""
    return next(iter(claim_some(now, most=1)), None)


def claim_some(now: datetime, most: int) -> list[Notice]:
    """Claim up to `most` Notices that are due, by priority, and commit. Empty when none is due.

    1. Lock the Notices that are due and that no other sender holds.
    2. Choose those that may be claimed together (`_claimed_together`).
    3. Mark older queued Notices of a claimed thread as superseded: the last mail wins.
    4. Read what the mail is about, now that it is locked, and decide which Notices are sent and which are set aside.
    5. Write the lease. A cancellation keeps its calendar part only if an invitation was ever claimed.
    """
    while True:
        try:
            with transaction.atomic():
                queue = Notice.objects.due(now).select_related("person")
                due = list(queue.select_for_update(skip_locked=True, of=("self",))[:most])
                if not due:
                    return []
                if claimed := _claim_locked(due, now):
                    return claimed
        except IntegrityError:
            # Another sender has just claimed a Notice of one of these threads; the index let only one through.
            continue


def _claim_locked(due: list[Notice], now: datetime) -> list[Notice]:
    siblings = _notices_by_registration(due)
    together = _claimed_together(due, siblings)
    if older := _older_queued(together[0], siblings):
        # This waits for a sender that is claiming one of them; only then is it certain whether the person was invited.
        Notice.objects.filter(pk__in=older, state=STATE.QUEUED).update(state=STATE.SUPERSEDED)
    load_subjects(together)
    states = {notice: _next_state(notice, siblings[notice.registration_id], now) for notice in together}
    # A code is claimed alone, and waits in the facts until its mail is written.
    erased: dict[str, Any] = {"facts": {}} if together[0].priority == Notice.Priority.CODE else {}
    for state, changes in SET_ASIDE.items():
        if aside := [notice.pk for notice in together if states[notice] == state]:
            Notice.objects.filter(pk__in=aside).update(state=state, **changes, **erased)
    claimed = [notice for notice in together if states[notice] == STATE.SENDING]
    _lease(claimed, now)
    return claimed


def _notices_by_registration(due: list[Notice]) -> dict[int | None, list[Notice]]:
    """Return by registration all its Notices, sent and unsent, without their texts, in the order they were written."""
    siblings: dict[int | None, list[Notice]] = defaultdict(list)
    registrations = {notice.registration_id for notice in due if notice.registration_id}
    own = Notice.objects.filter(registration__in=registrations).order_by("pk")
    for one in own.only("registration_id", "thread_id", "sequence", "kind", "state"):
        siblings[one.registration_id].append(one)
    return siblings


def _older_queued(notice: Notice, siblings: dict[int | None, list[Notice]]) -> list[int]:
    """Return the keys of the queued Notices that `notice` supersedes in its thread."""
    others = siblings[notice.registration_id]
    return [one.pk for one in others if one.state == STATE.QUEUED and notice.is_later_in_its_thread_than(one)]


def _claimed_together(due: list[Notice], siblings: dict[int | None, list[Notice]]) -> list[Notice]:
    """Return the first of these Notices, and those that may be claimed together with it.

    These are claimed alone: a sign-in code, for it waits for nobody; a Notice that was tried before, for it may be what
    kills its sender; one that supersedes others, for it may wait for another sender; and a reply, for the verbs that
    write to its thread do not wait for it. A sender that held other Notices while it waits could be in a deadlock.
    """

    def is_claimed_alone(notice: Notice) -> bool:
        is_urgent = notice.priority == Notice.Priority.CODE
        is_reply = notice.of_kind.family is Family.REPLY
        return is_urgent or is_reply or notice.attempts > 0 or bool(_older_queued(notice, siblings))

    if is_claimed_alone(due[0]):
        return due[:1]
    together: list[Notice] = []
    threads: set[int] = set()
    for notice in due:
        if notice.thread_id not in threads and not is_claimed_alone(notice):
            together.append(notice)
            if notice.thread_id is not None:
                threads.add(notice.thread_id)
    return together


def load_subjects(notices: list[Notice]) -> None:
    """Read what the mail of these Notices is about, once for all of them, now that the Notices are locked.

    What was read before the lock may be older than the last mail that went out.
    """
    threads = CalendarThread.objects.in_bulk({notice.thread_id for notice in notices} - {None})
    registrations = Registration.objects.in_bulk({notice.registration_id for notice in notices} - {None})
    sessions = Session.objects.in_full().in_bulk({one.session_id for one in registrations.values()})
    meetings = {meeting.pk: meeting for session in sessions.values() for meeting in session.all_meetings}
    for session in sessions.values():
        asks_once_of_pre_work(session)
    for notice in notices:
        if registration := registrations.get(notice.registration_id):
            registration.session, notice.registration = sessions[registration.session_id], registration
            if notice.person and registration.person_id == notice.person_id:
                registration.person = notice.person
        if thread := threads.get(notice.thread_id):
            thread.registration, thread.meeting = notice.registration, meetings[thread.meeting_id]
            notice.thread = thread


def _next_state(notice: Notice, siblings: list[Notice], now: datetime) -> str:
    """Return the state that a due Notice takes now: sending, or one of SET_ASIDE."""
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
    """Tell whether the Notice cancels a meeting its reader was never invited to, and another one says so already.

    Such a cancellation becomes plain mail, and one plain mail says all there is to say about an ending: the first.
    """
    if (
        notice.of_kind.news is not News.ENDING
        or notice.method != METHOD.CANCEL
        or notice.thread.requested_at is not None
    ):
        return False
    return notice.pk != min(one.pk for one in siblings if one.kind == notice.kind)


def _lease(notices: list[Notice], now: datetime) -> None:
    """Write that these Notices are being sent, until when, and what the calendars of their readers will show."""
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
    note_snapshots(invitations, now)
