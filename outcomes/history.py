"""What came of sessions that were held before the portal knew of them: who was there, or how many were."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from accounts.models import Person
from foundation.verbs import part_of_a_verb
from outcomes.models import Attendance, AttendanceSheet, AttendanceTally
from sessions_app.models import Meeting, Session
from sessions_app.models.putting_up import AT_ONCE, Held


@part_of_a_verb
def remember(held: Sequence[tuple[Session, Held]], by: Person, now: datetime) -> None:
    """Write down who was at sessions that have just been put on record; of those without names, how many were there.

    An address is the account of that address, or else a name. Of several meetings people were at each. The lists are
    closed without a word to anybody: no certificate follows from what the portal has not seen itself, and no mail.
    """
    named = [(session, one) for session, one in held if one.people]
    counted = [(session, one.count) for session, one in held if not one.people and one.count is not None]
    meetings: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in Meeting.objects.filter(session__in=[one.pk for one, _ in named]):
        meetings[meeting.session_id].append(meeting)
    addresses = {address for _, one in named for _, address in one.people if address}
    accounts = {person.email: person for person in Person.objects.filter(email__in=addresses)}
    rows, sheets = [], []
    for session, one in named:
        there = _each_once(one.people, accounts)
        session.attended = len(there)
        for meeting in meetings[session.pk]:
            rows += [
                Attendance(
                    meeting=meeting,
                    person=person,
                    name=name,
                    address=address,
                    state=Attendance.State.HERE,
                    source=Attendance.Source.LIST,
                    said_at=now,
                    said_by=by,
                )
                for person, name, address in there
            ]
            sheets.append(AttendanceSheet(meeting=meeting, closed_at=now, closed_by=by))
    Attendance.objects.bulk_create(rows, batch_size=AT_ONCE)
    AttendanceSheet.objects.bulk_create(sheets, batch_size=AT_ONCE)
    tallies = []
    for session, count in counted:
        session.attended = count
        tallies.append(AttendanceTally(session=session, here=count, absent=0, walked_in=count, forgotten_at=now))
    AttendanceTally.objects.bulk_create(tallies, batch_size=AT_ONCE)
    Session.objects.bulk_update([one for one, _ in named + counted], ["attended"], batch_size=AT_ONCE)


@part_of_a_verb
def take_back(sessions: Sequence[Session], now: datetime) -> None:
    """Delete what `remember` wrote down of `sessions` at `now`. Rows of a later time stay, and keep their session."""
    Attendance.objects.filter(meeting__session__in=sessions, said_at=now).delete()
    sheets = AttendanceSheet.objects.filter(meeting__session__in=sessions, closed_at=now)
    sheets.exclude(meeting__attendances__isnull=False).delete()
    AttendanceTally.objects.filter(session__in=sessions, forgotten_at=now).delete()


def _each_once(people: Sequence[tuple[str, str]], accounts: dict[str, Person]) -> list[tuple[Person | None, str, str]]:
    """Return each of `people` once, as account, name and address: an account needs neither, others need a name."""
    found: dict[object, tuple[Person | None, str, str]] = {}
    for name, address in people:
        person = accounts.get(address)
        if person is not None:
            found.setdefault(person.pk, (person, "", ""))
        else:
            found.setdefault(address or name.casefold(), (None, name or address, address))
    return list(found.values())
