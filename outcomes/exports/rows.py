"""What the office hands on: completions and credit of people who have agreed, as rows with a heading."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import Person
from foundation.dates import local
from foundation.values.states import STATES
from foundation.wall_clock import instant
from outcomes.credit import Earned, credit_of
from outcomes.models import Attendance, Consent, CreditKind, License, Purpose
from outcomes.record.taking_part import hours_of

MOST_ROWS = 50_000
HR = ["Name", "E-mail", "Role", "Unit", "Workshop", "Session", "Completed on", "Hours"]
CE = ["Name", "E-mail", "Activity", "Session", "Completed on", "Kind of credit", "Credits", "Counted in"]
# The columns of ACCME's Excel template for learners' completions (917_20240125_Learner_Excel_CME_MOC_Template, from
# accme.org/resource/excel-learner-batch-template), in its order, up to those about certifying boards: a row reports CME
# alone. Its example: Add, 202212345, 6/30/2022, All, Learner, 09/10, Maine, 1234567, 10. No column stands here that the
# words of purposes.py do not name: the title of an activity is in PARS already, under its ID.
PARS = [
    "Record Action",
    "ACCME Activity ID",
    "Completion Date",
    "First Name",
    "Last Name",
    "Date of Birth",
    "Licensing State",
    "Licensing ID or NPI",
    "Number of CME Credits",
]


class TooMany(Exception):
    """There are more rows than one file takes; `str(error)` is the sentence for the office."""


class Table(NamedTuple):
    """The rows of one file, the heading first, and of how many people they are."""

    rows: list[list[Any]]
    people: int

    @property
    def many(self) -> int:
        return len(self.rows) - 1


def agreeing(purpose: str) -> QuerySet[Consent]:
    """Return the consents that hold now for `purpose`, of people who can still sign in."""
    return Consent.objects.standing().filter(purpose=purpose, person__is_active=True)


def table_of(purpose: str, first_on: date, last_on: date, kind: CreditKind | None = None) -> Table:
    """Return what is handed on for `purpose` of sessions that ended in these days, both included.

    The days are those of the portal's zone. Credit is of one `kind`, or of all. Raises TooMany over 50,000 rows. A
    fixed number of queries.
    """
    found = _attended(purpose, first_on, last_on)
    if purpose == Purpose.HR:
        return _table(HR, list(_completions(found)))
    pairs = {(row.person_id, row.meeting.session_id) for row in found if row.person_id}
    people = {row.person_id: row.person for row in found if row.person}
    earned = sorted(credit_of(pairs).items(), key=lambda one: (_by_name(people[one[0][0]]), one[0][1]))
    every = ((people[person], one) for (person, _), rows in earned for one in rows)
    ours = [(person, one) for person, one in every if not one.waits and kind in (None, one.kind)]
    if purpose == Purpose.CE:
        return _table(CE, [(person, _credit(person, one)) for person, one in ours])
    facts = {consent.person_id: consent for consent in agreeing(purpose)}
    numbers = {
        (license.person_id, license.kind_id): license.number_if_readable
        for license in License.objects.filter(person__in=people)
    }
    return _table(
        PARS,
        [
            (person, _learner(person, one, facts[person.pk], numbers.get((person.pk, one.kind.pk), "")))
            for person, one in ours
        ],
    )


def _attended(purpose: str, first_on: date, last_on: date) -> list[Attendance]:
    begin = instant(first_on, time(), settings.TIME_ZONE)
    end = instant(last_on + timedelta(days=1), time(), settings.TIME_ZONE)
    rows = Attendance.objects.here().filter(
        person__in=agreeing(purpose).values("person"),
        meeting__cancelled_at=None,
        meeting__session__ends_at__gte=begin,
        meeting__session__ends_at__lt=end,
    )
    rows = rows.select_related("person__unit", "meeting__session__workshop").order_by(
        "person__name", "person__email", "meeting__session", "pk"
    )
    found = list(rows[: MOST_ROWS + 1])
    if len(found) > MOST_ROWS:
        raise TooMany(f"These days have more than {MOST_ROWS:,} rows. Choose fewer days, and make several files.")
    return found


def _table(heading: list[str], rows: Iterable[tuple[Person, list[Any]]]) -> Table:
    rows = list(rows)
    return Table([heading, *(row for _, row in rows)], len({person.pk for person, _ in rows}))


def _by_name(person: Person) -> tuple[str, str]:
    return person.name, person.email


# ---- a row of each purpose ----


def _completions(found: list[Attendance]) -> Iterator[tuple[Person, list[Any]]]:
    times: dict[tuple[int, int], timedelta] = {}
    for row in found:
        key = (row.person_id or 0, row.meeting.session_id)
        times[key] = times.get(key, timedelta()) + (row.meeting.ends_at - row.meeting.starts_at)
    shown = set()
    for row in found:
        key = (row.person_id or 0, row.meeting.session_id)
        if key in shown or row.person is None:
            continue
        shown.add(key)
        person, session = row.person, row.meeting.session
        on = _day(session.ends_at, session.time_zone)
        who = [person.name, person.email, person.get_role_display(), str(person.unit or "")]
        yield person, [*who, session.workshop.title, session.code, on, hours_of(times[key])]


def _credit(person: Person, one: Earned) -> list[Any]:
    who = [person.name, person.email]
    what = [one.session.workshop.title, one.session.code, one.on]
    return [*who, *what, one.kind.name, one.hours, one.kind.unit]


def _learner(person: Person, one: Earned, consent: Consent, number: str) -> list[Any]:
    """Return one completion as PARS reads it.

    PARS gives each activity a number of its own, which the portal does not know: the office puts it where the code of
    the session stands. Which part of a name is the last one only its person knows; the last word is a guess.
    """
    first, _, last = person.name.rpartition(" ")
    born, state = consent.birthday_if_readable.replace("-", "/"), STATES.get(consent.state, "")
    return ["Add", one.session.code, f"{one.on:%m/%d/%Y}", first, last, born, state, number, one.hours]


def _day(at: datetime, zone: str) -> date:
    return local(at, zone).date()
