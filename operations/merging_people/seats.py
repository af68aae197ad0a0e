"""The seats and certificates of two accounts that become one: of two for the same, one stays."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from accounts.models import Person
from notifications.kinds.up_to_date import bring_up_to_date
from notifications.models import CalendarThread
from outcomes.models import Attendance, Certificate
from outcomes.models.attendance import count_attended
from registrations.models import Accommodation, Registration
from sessions_app.models import Session

REASON = "Your two accounts have become one, and your other registration for this session stays."
REVOKED = "The person has another certificate of the same, under the account that this one became one with."
# Of two rows about one meeting the one that says more in a person's favor stays.
WORTH = {Attendance.State.HERE: 2, Attendance.State.UNSURE: 1, Attendance.State.ABSENT: 0}


class Pair(NamedTuple):
    """Two active registrations for one session: the one that `stays`, and the one that `ends`."""

    stays: Registration
    ends: Registration


def sessions_of(people: Iterable[Person]) -> list[int]:
    """Return the keys of the sessions that one of `people` was ever registered for or seen at, in ascending order."""
    registered = Session.objects.filter(registrations__person__in=people).order_by().values_list("pk", flat=True)
    seen = Attendance.objects.filter(person__in=people).order_by().values_list("meeting__session", flat=True)
    return sorted({*registered, *seen})


def pairs_of(gone: Person, kept: Person) -> list[Pair]:
    """Return the sessions in which both have an active registration: a seat stays, else who waits further ahead."""
    rows = Registration.objects.active().filter(person__in=[gone, kept]).select_related("session__workshop", "person")
    by_session: dict[int, list[Registration]] = {}
    for row in rows.order_by("session", "position"):
        by_session.setdefault(row.session_id, []).append(row)
    found = []
    for both in by_session.values():
        if len(both) == 2:
            stays, ends = sorted(both, key=lambda row: (not row.is_registered, _rank(row, kept)))
            found.append(Pair(stays, ends))
    return found


def _rank(row: Registration, kept: Person) -> int:
    # Of two seats that of the account that stays; of two places in line the first.
    return int(row.person_id != kept.pk) if row.is_registered else row.position


def move_seats(gone: Person, kept: Person, by: Person, now: datetime) -> None:
    """End the second of two registrations for one session, and let the others be of `kept`. All sessions are locked.

    A freed seat goes to the next in line, and what was in a calendar leaves it. Other invitations go to the address of
    `kept` once more. What somebody asked for to take part comes along only with the word of somebody who arranges
    access, as with a new address.
    """
    if not by.arranges_access:
        Accommodation.objects.filter(registration__person=gone).delete()
    pairs = pairs_of(gone, kept)
    for pair in pairs:
        pair.ends.give_way(REASON, by=by, now=now)
    moved = list(Registration.objects.filter(person=gone).values_list("pk", flat=True))
    _move_attendance(gone, kept, pairs)
    Registration.objects.filter(pk__in=moved).update(person=kept)
    _move_certificates(gone, kept, by, now)
    for registration in Registration.objects.registered().filter(pk__in=moved).order_by("session", "pk"):
        _invite_again(registration, by, now)


def _move_attendance(gone: Person, kept: Person, pairs: list[Pair]) -> None:
    """Let attendance follow: one row per meeting, of the registration that stays."""
    held = {row.meeting_id: row for row in Attendance.objects.filter(person=kept)}
    sessions = set()
    for row in Attendance.objects.filter(person=gone).select_related("meeting__session"):
        sessions.add(row.meeting.session)
        mine = held.get(row.meeting_id)
        if mine is None:
            Attendance.objects.filter(pk=row.pk).update(person=kept)
            continue
        Attendance.objects.filter(pk=row.pk).delete()
        if WORTH[Attendance.State(row.state)] > WORTH[Attendance.State(mine.state)]:
            said = {name: getattr(row, name) for name in ("state", "source", "minutes", "said_at", "said_by")}
            Attendance.objects.filter(pk=mine.pk).update(**said)
        if mine.registration_id is None:
            Attendance.objects.filter(pk=mine.pk).update(registration=row.registration_id)
    for pair in pairs:
        Attendance.objects.filter(registration=pair.ends).update(registration=pair.stays)
    for session in sessions:
        count_attended(session)


def _move_certificates(gone: Person, kept: Person, by: Person, now: datetime) -> None:
    for certificate in second_certificates(gone, kept):
        certificate.revoke(REVOKED, by=by, now=now)
    Certificate.objects.filter(person=gone).update(person=kept)


def second_certificates(gone: Person, kept: Person) -> list[Certificate]:
    """Return the valid certificates of `gone` for what `kept` has a valid one for, too."""
    held = set(Certificate.objects.valid().filter(person=kept).values_list("session", "program"))
    theirs = Certificate.objects.valid().filter(person=gone)
    return [one for one in theirs if (one.session_id, one.program_id) in held]


def _invite_again(registration: Registration, by: Person, now: datetime) -> None:
    """Bring what calendars show up to the person, and send the invitations that hold to their address."""
    bring_up_to_date([registration], None, now)
    for thread in registration.threads.select_related("registration__session", "registration__person", "meeting"):
        with suppress(CalendarThread.NotInvited):
            thread.send_again(by=by, now=now)
