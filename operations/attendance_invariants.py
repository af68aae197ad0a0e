"""Recount what the portal promises about attendance, certificates, which follow from it, and evaluations."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q

from outcomes.models import Attendance, Certificate, Evaluation, EvaluationPot
from sessions_app.models import Meeting, Session


def attendance_is_of_its_session(now: datetime) -> Iterator[str]:
    """G19: what is said of a registration is said of its own person, at a meeting of its own session."""
    rows = Attendance.objects.exclude(registration=None).order_by("pk")
    strange = rows.exclude(registration__session=F("meeting__session"), registration__person=F("person"))
    for pk, registration in strange.values_list("pk", "registration"):
        yield f"G19 attendance {pk}: registration {registration} is of another session or person."


def nothing_is_said_of_what_was_not_held(now: datetime) -> Iterator[str]:
    """G19: nothing is said of a draft, nor of a session or a meeting once it was cancelled before its start."""
    draft = Q(meeting__session__status=Session.Status.DRAFT)
    off = Q(meeting__session__cancelled_at__lte=F("meeting__starts_at"))
    rows = Attendance.objects.filter(draft | off | Q(meeting__cancelled_at__lt=F("said_at"))).order_by("pk")
    for pk, meeting in rows.values_list("pk", "meeting"):
        yield f"G19 attendance {pk}: meeting {meeting} is not held."


def machines_say_nobody_was_absent(now: datetime) -> Iterator[str]:
    """G19: only a person says that somebody was not there."""
    rows = Attendance.objects.absent().filter(source__in=Attendance.MACHINES)
    for pk, source in rows.order_by("pk").values_list("pk", "source"):
        yield f"G19 attendance {pk}: absent by the word of a machine ({source})."


def sessions_note_how_many_attended(now: datetime) -> Iterator[str]:
    """G19: what a session notes of how many were there is the people of whom attendance says so."""
    here: dict[int, set[tuple[object, ...]]] = defaultdict(set)
    rows = Attendance.objects.here().filter(meeting__cancelled_at=None, meeting__session__attended__isnull=False)
    for session, *who in rows.order_by().values_list("meeting__session", "person", "name", "address"):
        here[session].add(tuple(who))
    # Who was at sessions of long ago is forgotten, and the number stays.
    noted = Session.objects.filter(attended__isnull=False, attendance_tally=None).order_by("pk")
    for pk, code, many in noted.values_list("pk", "code", "attended"):
        if many != len(here[pk]):
            yield f"G19 session {code}: {many} are noted as there, and attendance says so of {len(here[pk])}."


def certificates_follow_attendance(now: datetime) -> Iterator[str]:
    """G19: somebody with a valid certificate of a session was at each of its meetings that were held."""
    meetings = Counter(Meeting.objects.order_by().values_list("session", flat=True))
    there = Counter(
        Attendance.objects.here()
        .filter(meeting__cancelled_at=None, person__isnull=False)
        .order_by()
        .values_list("person", "meeting__session")
    )
    valid = Certificate.objects.valid().filter(session__isnull=False, person__isnull=False).order_by("pk")
    valid = valid.filter(session__attendance_tally=None)
    for pk, person, session in valid.values_list("pk", "person", "session"):
        if there[person, session] < meetings[session]:
            yield f"G19 certificate {pk}: its person was at {there[person, session]} of {meetings[session]} meetings."


def nobody_is_left_without_a_certificate(now: datetime) -> Iterator[str]:
    """G19: of a session that people have certificates of, everybody who was at each meeting has had one."""
    meetings = Counter(Meeting.objects.order_by().values_list("session", flat=True))
    named = Certificate.objects.filter(session__isnull=False, person__isnull=False)
    had = set(named.order_by().values_list("person", "session"))
    certified = named.valid().filter(session=OuterRef("meeting__session"))
    rows = Attendance.objects.here().filter(Exists(certified), meeting__cancelled_at=None, person__isnull=False)
    there = Counter(rows.order_by().values_list("person", "meeting__session"))
    for (person, session), many in sorted(there.items()):
        if many == meetings[session] and (person, session) not in had:
            yield f"G19 session {session}: person {person} was at all {many} meetings, and has no certificate."


def evaluations_count_who_answered(now: datetime) -> Iterator[str]:
    """G13: an evaluation counts as many answers as people have answered it, and no more are complete."""
    counted = Evaluation.objects.annotate(said=Count("receipts")).order_by("pk")
    for pk, many, complete, said in counted.values_list("pk", "answered_count", "complete_count", "said"):
        if many != said:
            yield f"G13 evaluation {pk}: {many} answers are counted, and {said} people have answered."
        if complete is not None and complete > many:
            yield f"G13 evaluation {pk}: {complete} complete answers are counted, of {many}."


def closed_evaluations_keep_no_sheet(now: datetime) -> Iterator[str]:
    """G13: the sheets of an evaluation lie in its pot while it is open, and are destroyed when it closes."""
    pot = EvaluationPot.objects.filter(evaluation=OuterRef("pk"))
    rows = Evaluation.objects.annotate(has_pot=Exists(pot)).order_by("pk")
    for pk, closed_at, has_pot in rows.values_list("pk", "closed_at", "has_pot"):
        if closed_at is not None and has_pot:
            yield f"G13 evaluation {pk}: it is closed, and its sheets are still there."
        elif closed_at is None and not has_pot:
            yield f"G13 evaluation {pk}: it is open, and there is nowhere to put its sheets."


PROMISES = [
    attendance_is_of_its_session,
    nothing_is_said_of_what_was_not_held,
    machines_say_nobody_was_absent,
    sessions_note_how_many_attended,
    certificates_follow_attendance,
    nobody_is_left_without_a_certificate,
    evaluations_count_who_answered,
    closed_evaluations_keep_no_sheet,
]
