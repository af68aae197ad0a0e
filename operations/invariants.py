"""Recount from the rows what the portal promises: seats, waitlists, decisions and calendars; the rest next door.

Each promise is one query over everything, whatever the number of sessions; people are named by ids only.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Prefetch, Q

from foundation.kept.written import public_tables_are_watched
from notifications.calendars.snapshots import snapshot_of, snapshots_differ
from notifications.kinds.registrations import CONFIRMED
from notifications.kinds.replies import AGAIN
from notifications.models import CalendarThread, MailQueue, Notice
from operations import attendance_invariants, merging_invariants, people_invariants
from operations.forgetting.rows import left_of_the_erased
from registrations.models import Registration
from sessions_app.models import Decision, Meeting, Mode, Session
from sessions_app.models.numbering import READ, numbered
from sessions_app.models.opening import LAST_DAY
from sessions_app.models.seats import COUNTERS

CONFIRMING = (Decision.Kind.CONFIRMED, Decision.Kind.RUN_ANYWAY)
HELD = (Session.Status.CONFIRMED, Session.Status.COMPLETED)
CHUNK = 500
UNSAID = (Notice.State.SUPERSEDED, Notice.State.DEAD)


def breaches(now: datetime) -> Iterator[str]:
    """Yield one line per broken promise at `now`, from one snapshot of the database. Nothing is changed."""
    with snapshot():
        for promise in PROMISES:
            yield from promise(now)


@contextmanager
def snapshot() -> Iterator[None]:
    """Let every query see the same instant, so that people who register in between break nothing."""
    fresh = not connection.in_atomic_block
    with transaction.atomic():
        if fresh and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def seats_are_counted_right(now: datetime) -> Iterator[str]:
    """G1 and G4: the counters are the rows counted, nobody is too many, positions are 1, 2, 3 without gaps."""
    of = "registrations"
    sessions = Session.objects.order_by("pk").annotate(
        registered=Count(of, filter=Q(registrations__status=Registration.Status.REGISTERED)),
        waiting=Count(of, filter=Q(registrations__status=Registration.Status.WAITLISTED)),
        rows=Count(of),
        places=Count(f"{of}__position", distinct=True),
        first=Min(f"{of}__position"),
        last=Max(f"{of}__position"),
    )
    fields = ("code", "capacity", "seats_taken", "waiting_count", "next_position")
    for each in sessions.values_list(
        *fields, "registered", "waiting", "rows", "places", "first", "last", named=True
    ).iterator():
        name = f"session {each.code}"
        if each.registered > each.capacity:
            yield f"G1 {name}: {each.registered} are registered for a capacity of {each.capacity}."
        if each.registered != each.seats_taken:
            yield f"G1 {name}: seats_taken is {each.seats_taken}, and {each.registered} are registered."
        if each.waiting != each.waiting_count:
            yield f"G4 {name}: waiting_count is {each.waiting_count}, and {each.waiting} are waiting."
        if each.places != each.rows:
            yield f"G4 {name}: {each.rows} registrations share {each.places} positions."
        elif each.rows != each.next_position - 1 or (each.rows and (each.first, each.last) != (1, each.rows)):
            held = f"{each.first} to {each.last}" if each.rows else "none"
            yield f"G4 {name}: {each.rows} positions, {held}, where 1 to {each.next_position - 1} were given out."


def seats_of_each_mode_are_counted_right(now: datetime) -> Iterator[str]:
    """G1 and G4 of each mode: as for the session as a whole, where it asks how people take part, in the room or online.

    Somebody who has not said has a seat in the room, or waits for one. Nobody said anything where nobody is asked.
    """
    of = "registrations"
    registered = Q(registrations__status=Registration.Status.REGISTERED)
    waiting = Q(registrations__status=Registration.Status.WAITLISTED)
    for mode, are in (
        (Mode.ROOM, ~Q(registrations__mode=Mode.ONLINE)),
        (Mode.ONLINE, Q(registrations__mode=Mode.ONLINE)),
    ):
        sessions = Session.objects.filter(room_capacity__isnull=False).order_by("pk")
        recounted = sessions.annotate(seats=Count(of, filter=registered & are), line=Count(of, filter=waiting & are))
        counted = recounted.values_list("code", *COUNTERS[mode], "seats", "line")
        for code, capacity, taken, wait, seats, line in counted.iterator():
            name = f"session {code}, {mode}"
            if seats > capacity:
                yield f"G1 {name}: {seats} are registered for a capacity of {capacity}."
            if seats != taken:
                yield f"G1 {name}: {taken} seats are counted, and {seats} are registered."
            if line != wait:
                yield f"G4 {name}: {wait} are counted as waiting, and {line} are."
    unasked = Registration.objects.filter(session__room_capacity=None).exclude(mode="", wants="").order_by("pk")
    for pk, code in unasked.values_list("pk", "session__code"):
        yield f"G1 registration {pk}: it has a mode, and its session {code} does not ask."


def nobody_is_there_twice(now: datetime) -> Iterator[str]:
    """G3: one active registration per person and session."""
    pairs = Registration.objects.active().order_by("session", "person").values("session__code", "person")
    for pair in pairs.annotate(many=Count("pk")).filter(many__gt=1):
        yield f"G3 session {pair['session__code']}: person {pair['person']} has {pair['many']} active registrations."


def no_seat_stands_free_while_somebody_waits(now: datetime) -> Iterator[str]:
    """G4: before the last 24 hours nobody who qualifies waits for a seat that is free."""
    line = Registration.objects.waitlisted().select_related("person", "session__workshop")
    early = Session.objects.filter(status__in=Session.RUNNING, starts_at__gt=now + LAST_DAY, merge_by__isnull=True)
    sessions = early.filter(seats_taken__lt=F("capacity"), registrations__status=Registration.Status.WAITLISTED)
    for session in sessions.distinct().order_by("pk").prefetch_related(Prefetch("registrations", line)).iterator(CHUNK):
        for mode in session.lines:
            if left := session.seats_left_in(mode):
                # Prefetched: the people who wait, in order.
                in_line = [each for each in session.registrations.all() if each.line == mode]
                waiting = [registration.pk for registration in in_line if registration.qualifies()]
                if waiting:
                    free = f"{left} of {session.capacity_in(mode)} seats are free"
                    yield f"G4 session {session.code}: {free} while registration {waiting[0]} waits."
    asking = Registration.objects.registered().filter(session__in=early).exclude(wants="").select_related("session")
    for registration in asking.order_by("pk"):
        if registration.session.seats_left_in(registration.session.line_of(registration.wants)):
            code = registration.session.code
            yield f"G4 session {code}: a seat is free while registration {registration.pk} asks to switch to it."


def registrations_follow_their_session(now: datetime) -> Iterator[str]:
    """G4: nobody is in a draft, nobody holds a seat in a cancelled session or lost one in a session still held."""
    cancelled, ended = Session.Status.CANCELLED, Registration.Status.SESSION_CANCELLED
    wrong = Registration.objects.filter(
        Q(session__status=Session.Status.DRAFT)
        | Q(session__status=cancelled, status__in=Registration.ACTIVE)
        | (Q(status=ended) & ~Q(session__status=cancelled))
    )
    for pk, status, code, state in wrong.order_by("pk").values_list("pk", "status", "session__code", "session__status"):
        yield f"G4 registration {pk}: it is {status}, and its session {code} is {state}."


def sessions_are_confirmed_with_their_minimum(now: datetime) -> Iterator[str]:
    """G5: a confirmed session had its minimum then or has a reason on record, and was confirmed once."""
    of = Q(decisions__kind__in=CONFIRMING)
    sessions = Session.objects.order_by("pk").annotate(
        confirmed=Count("decisions", filter=of),
        agreeing=Count(
            "decisions",
            filter=of
            & Q(
                decisions__at=F("confirmed_at"),
                decisions__count=F("confirmed_count"),
                decisions__minimum=F("confirmed_minimum"),
                decisions__reason=F("run_anyway_reason"),
            ),
        ),
        cancelled=Count("decisions", filter=Q(decisions__kind=Decision.Kind.CANCELLED)),
        last_confirmed=Max("decisions__pk", filter=of),
        first_cancelled=Min("decisions__pk", filter=Q(decisions__kind=Decision.Kind.CANCELLED)),
    )
    facts = ("code", "status", "confirmed_at", "confirmed_count", "confirmed_minimum", "run_anyway_reason")
    found = ("confirmed", "agreeing", "cancelled", "last_confirmed", "first_cancelled")
    for each in sessions.values_list(*facts, *found, named=True).iterator():
        name = f"G5 session {each.code}"
        if each.status in HELD and each.confirmed_count is None:
            yield f"{name}: it is {each.status}, and with how many was never written."
        elif (
            each.status in HELD and each.confirmed_count < each.confirmed_minimum and not each.run_anyway_reason.strip()
        ):
            yield f"{name}: confirmed with {each.confirmed_count} of {each.confirmed_minimum} and without a reason."
        was_confirmed = each.status in HELD or each.confirmed_at is not None
        if each.confirmed != was_confirmed:
            yield f"{name}: it is {each.status} with {each.confirmed} confirming decisions."
        elif each.confirmed != each.agreeing:
            yield f"{name}: its confirming decision differs from what stands on the session."
        if each.cancelled != (each.status == Session.Status.CANCELLED):
            yield f"{name}: it is {each.status} with {each.cancelled} cancelling decisions."
        elif each.confirmed and each.cancelled and each.last_confirmed > each.first_cancelled:
            yield f"{name}: it was confirmed after it was cancelled."


def threads_count_their_messages(now: datetime) -> Iterator[str]:
    """G6 and G9: a thread's Notices are numbered without a gap up to its SEQUENCE, one in flight, one confirmation.

    The first is above what file and feed said before it. An invitation sent again repeats a number, and is not counted.
    """
    threads = CalendarThread.objects.order_by("pk").annotate(
        messages=Count("notices", filter=~Q(notices__kind=AGAIN.name)),
        numbers=Count("notices__sequence", distinct=True),
        first=Min("notices__sequence"),
        last=Max("notices__sequence"),
        sending=Count("notices", filter=Q(notices__state=Notice.State.SENDING)),
        confirmations=Count("notices", filter=Q(notices__kind=CONFIRMED.name) & ~Q(notices__state__in=UNSAID)),
    )
    found = ("pk", "sequence", "tentative_sequence", "messages", "numbers", "first", "last", "sending", "confirmations")
    for each in threads.values_list(*found, named=True).iterator():
        name, begin = f"thread {each.pk}", 0 if each.tentative_sequence is None else each.tentative_sequence + 1
        if each.last != each.sequence:
            yield f"G9 {name}: SEQUENCE is {each.sequence}, and its newest message has {each.last}."
        elif each.messages and (each.messages, each.numbers, each.first) != (*[each.last + 1 - begin] * 2, begin):
            yield f"G9 {name}: {each.messages} messages where SEQUENCE {begin} to {each.last} were given out."
        if each.sending > 1:
            yield f"G9 {name}: {each.sending} messages are being sent at once."
        if each.confirmations > 1:
            yield f"G6 {name}: {each.confirmations} confirmations."


def a_meeting_has_one_thread(now: datetime) -> Iterator[str]:
    """G6: one thread per registration and meeting."""
    pairs = CalendarThread.objects.order_by("registration", "meeting").values("registration", "meeting")
    for pair in pairs.annotate(many=Count("pk")).filter(many__gt=1):
        yield f"G6 registration {pair['registration']}: {pair['many']} threads for meeting {pair['meeting']}."


def calendars_show_what_is_so(now: datetime) -> Iterator[str]:
    """G9: the registered of a confirmed session have an invitation last to each meeting that is held, and no others do.

    The meeting of a person who left, and a cancelled meeting, were taken off; an entry that a person's own calendar
    declined needs no cancellation, unless it was invited again since. A meeting stays in the calendar if it had begun
    when the person left, or was over when the session was cancelled.
    """
    newest = Q(notices__sequence=F("sequence"))
    invites = Q(
        registration__status=Registration.Status.REGISTERED,
        registration__session__status__in=HELD,
        meeting__cancelled_at=None,
    )
    since = Notice.objects.filter(
        thread=OuterRef("pk"), method=Notice.Method.REQUEST, pk__gt=OuterRef("declined_notice")
    )
    declined = Q(partstat=CalendarThread.Partstat.DECLINED, declined_notice__isnull=False) & ~Exists(since)
    begun = Q(
        registration__status=Registration.Status.WITHDRAWN,
        meeting__starts_at__lte=F("registration__withdrawn_at"),
    )
    over = Q(
        registration__status=Registration.Status.SESSION_CANCELLED,
        meeting__ends_at__lte=F("registration__session__cancelled_at"),
    )
    threads = CalendarThread.objects.exclude(begun | over).order_by("pk")
    threads = threads.annotate(
        invited=Count("notices", filter=newest & Q(notices__method=Notice.Method.REQUEST)),
        taken_off=Count("notices", filter=newest & Q(notices__method=Notice.Method.CANCEL)),
    )
    found = ("pk", "registration", "registration__status", "registration__session__status")
    for pk, registration, status, state in threads.filter(~invites & ~declined, invited__gt=0).values_list(*found):
        yield f"G9 thread {pk}: an invitation is last, registration {registration} is {status}, its session {state}."
    gone = threads.filter(~invites & ~declined, requested_at__isnull=False, invited=0, taken_off=0)
    for pk, registration, status, _ in gone.values_list(*found):
        yield f"G9 thread {pk}: invited, never taken off, and registration {registration} is {status}."


def the_registered_are_invited(now: datetime) -> Iterator[str]:
    """G6: every person registered in a confirmed session has an invitation to every meeting of it."""
    invited = Count(
        "threads",
        filter=Q(
            threads__meeting__session=F("session"),
            threads__meeting__cancelled_at=None,
            threads__notices__sequence=F("threads__sequence"),
            threads__notices__method=Notice.Method.REQUEST,
        ),
        distinct=True,
    )
    meetings = dict(
        Session.objects.filter(status__in=HELD)
        .annotate(many=Count("meetings", filter=Q(meetings__cancelled_at=None)))
        .values_list("pk", "many")
        .iterator()
    )
    registered = Registration.objects.registered().filter(session__status__in=HELD).order_by("pk")
    for pk, session, many in registered.annotate(many=invited).values_list("pk", "session", "many").iterator():
        if many != meetings[session]:
            yield f"G6 registration {pk}: invited to {many} of {meetings[session]} meetings."


def calendars_show_the_newest(now: datetime) -> Iterator[str]:
    """G9: the calendars show each meeting to come as it is now, or an update is on its way."""
    coming = Q(session__status=Session.Status.CONFIRMED, session__ends_at__gt=now)
    rows = defaultdict(list)
    every = Meeting.every.filter(coming).order_by("starts_at", "pk")
    for session, *row in every.values_list("session", *READ).iterator():
        rows[session].append(row)
    parts = {session: numbered(meetings) for session, meetings in rows.items()}
    on_its_way = Notice.objects.filter(
        thread=OuterRef("pk"), method=Notice.Method.REQUEST, state__in=[Notice.State.QUEUED, Notice.State.SENDING]
    )
    threads = (
        CalendarThread.objects.filter(
            ~Exists(on_its_way),
            registration__status=Registration.Status.REGISTERED,
            registration__session__status=Session.Status.CONFIRMED,
            meeting__cancelled_at=None,
            meeting__ends_at__gt=now,
            requested_at__isnull=False,
        )
        # Of invitations older than the snapshots nobody can tell.
        .exclude(shown={})
        .select_related("meeting__venue__campus", "registration__session__workshop", "registration__person")
        .prefetch_related("registration__session__facilitators")
        .order_by("pk")
    )
    # By chunks: of a large office there are a hundred thousand.
    for thread in threads.iterator(chunk_size=CHUNK):
        registration = thread.registration
        shown = snapshot_of(registration, thread.meeting, parts[registration.session_id])
        if snapshots_differ(thread.shown, shown):
            yield f"G9 thread {thread.pk}: the calendar shows what is no longer so, and no update is on its way."


def meetings_hold_parts_of_their_workshop(now: datetime) -> Iterator[str]:
    """G22: a meeting holds a part of its session's workshop, and no other meeting that is held has the same one."""
    strange = Meeting.every.exclude(part=None).exclude(part__workshop=F("session__workshop")).order_by("pk")
    for pk, part, code in strange.values_list("pk", "part", "session__code"):
        yield f"G22 session {code}: meeting {pk} holds part {part}, which is of another workshop."
    twice = Meeting.objects.exclude(part=None).order_by("session", "part").values("session__code", "part")
    for each in twice.annotate(many=Count("pk")).filter(many__gt=1):
        yield f"G22 session {each['session__code']}: {each['many']} meetings hold part {each['part']}."


def nothing_is_queued_beyond_its_expiry(now: datetime) -> Iterator[str]:
    """G7: the sweep sets a Notice aside that has expired."""
    late = Notice.objects.filter(state=Notice.State.QUEUED, expires_at__lte=now - MailQueue.ALIVE)
    for pk in late.order_by("pk").values_list("pk", flat=True):
        yield f"G7 notice {pk}: queued beyond its expiry."


PROMISES = [
    seats_are_counted_right,
    seats_of_each_mode_are_counted_right,
    nobody_is_there_twice,
    no_seat_stands_free_while_somebody_waits,
    registrations_follow_their_session,
    sessions_are_confirmed_with_their_minimum,
    threads_count_their_messages,
    a_meeting_has_one_thread,
    calendars_show_what_is_so,
    the_registered_are_invited,
    calendars_show_the_newest,
    meetings_hold_parts_of_their_workshop,
    nothing_is_queued_beyond_its_expiry,
    public_tables_are_watched,
    left_of_the_erased,
    *attendance_invariants.PROMISES,
    *merging_invariants.PROMISES,
    *people_invariants.PROMISES,
]
