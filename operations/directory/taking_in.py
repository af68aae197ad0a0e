"""Take in what the directory says of people, in portions, each in a transaction of its own; or only tell what would be.

1. Look who is in the directory no more. Of too many at once nothing is done (TooManyGone): half a file is no news.
2. Row by row: somebody new gets an account; of somebody known the name that was missing, role, unit and campus are
   filled in. What would cost a seat waits for the office (DirectoryQuestion). People with a seat whose role or campus
   changes are taken in one by one: their sessions are locked, and then they are.
3. Who left is switched off, unless they have a seat to come or are of the office: then that waits for the office, too.

What somebody else holds for longer than a lock is waited for is left for the next time, and named; the others go on.
The dry run is the same code without its writes. Taken in again, the same directory changes nothing.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, transaction

from accounts.models import Campus, DirectoryQuestion, OtherAddress, Person, Unit
from accounts.models.directory import WHY_LEFT
from accounts.signals import person_changed, person_changes_now
from foundation import database_clock
from foundation.middleware.outages import Outage, outage_of
from foundation.values.lines import line_key
from foundation.verbs import lock_row, lock_rows
from operations.directory.reading import ROLES, Directory, PersonLine, WrongCell
from registrations.models import Registration

logger = logging.getLogger(__name__)

PORTION = 1000
# So few may be missing at once whatever their share.
FEW = 5
FILLED = ("name", "role", "unit_id", "campus_id", "from_directory")
MOVING = {"role", "campus_id"}
BUSY_ROW = "Somebody else was changing this person or a session of theirs. This row is left for the next time."
BUSY_LEFT = "Account {pk}, which is in the directory no more, is still on: somebody else was changing it."
LABELS = {"name": "Name", "role": "Role", "unit_id": "Unit", "campus_id": "Campus"}


class TooManyGone(Exception):
    """So many people are missing that the directory is hardly whole; `str(error)` says how many of how many."""


@dataclass
class Outcome:
    """What was done, or would be: numbers of people, and what the directory says that nobody here knows.

    `unknown` counts rows by column and value. `left` are switched off; `asked` wait for the office; `off` are switched
    off already and stay so. `busy` has a sentence for each person who could not be taken in now.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    off: int = 0
    left: int = 0
    asked: int = 0
    known: int = 0
    gone: int = 0
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)
    busy: list[str] = field(default_factory=list)

    def add(self, part: "Outcome") -> None:
        """Add what came of some of the people."""
        for name in ("new", "changed", "same", "off", "asked"):
            setattr(self, name, getattr(self, name) + getattr(part, name))
        self.unknown += part.unknown
        self.busy += part.busy

    @property
    def unknown_words(self) -> list[str]:
        return [
            f"{column.capitalize()} “{value}”, which nobody knows here: {rows} row{'' if rows == 1 else 's'}."
            for (column, value), rows in sorted(self.unknown.items(), key=lambda each: (-each[1], each[0]))
        ]


@dataclass(frozen=True)
class Places:
    """The units and campuses there are, by the key of their names; and both by their own keys, in words."""

    units: dict[str, int]
    campuses: dict[str, int]
    words: dict[tuple[str, Any], str]

    @classmethod
    def now(cls) -> "Places":
        units, campuses = Unit.objects.values_list("pk", "name"), Campus.objects.values_list("pk", "name")
        words: dict[tuple[str, Any], str] = {("unit_id", pk): name for pk, name in units}
        words |= {("campus_id", pk): name for pk, name in campuses}
        words |= {("role", value): str(label) for value, label in Person.Role.choices}
        by_name = [{line_key(name): pk for pk, name in rows} for rows in (units, campuses)]
        return cls(units=by_name[0], campuses=by_name[1], words=words)


def take_in(
    directory: Directory, by: Person, *, apply: bool, anyway: bool = False, now: datetime | None = None
) -> Outcome:
    """Take in the people of `directory`, or with `apply` False tell what would be done. Raises TooManyGone.

    `anyway` says that somebody has looked at how many are missing.
    """
    now, places = now or database_clock.now(), Places.now()
    outcome = Outcome(rows=len(directory.people))
    gone = [] if directory.is_unsure else _gone(directory, outcome)
    outcome.gone = len(gone)
    if not anyway and len(gone) > max(FEW, outcome.known * settings.DIRECTORY_MAY_LOSE // 100):
        raise TooManyGone(
            f"{len(gone):,} of {outcome.known:,} people of the directory are missing in this file. Nothing was done: "
            "it is hardly the whole directory."
        )
    for lines in _portions(directory.people):
        if apply:
            for part in _apart(lines, places, now):
                outcome.add(_write_down(part, places, by, now))
        else:
            _take_in(lines, places, by, outcome, now, apply)
    for keys in _portions(gone):
        _let_go(keys, by, outcome, now, apply)
    logger.info(
        "directory: %s rows, %s new, %s changed, %s left", outcome.rows, outcome.new, outcome.changed, len(gone)
    )
    return outcome


def _portions(rows: list[Any]) -> Iterator[list[Any]]:
    return (rows[start : start + PORTION] for start in range(0, len(rows), PORTION))


def _gone(directory: Directory, outcome: Outcome) -> list[int]:
    """Return the keys of the people who came from the directory and are in it no more."""
    known = list(Person.objects.filter(from_directory=True, is_active=True).order_by("pk").values_list("pk", "email"))
    outcome.known = len(known)
    others = OtherAddress.objects.filter(person__from_directory=True).values_list("person", "email")
    by_another = {pk for pk, email in others if email in directory.mentioned}
    return [pk for pk, email in known if email not in directory.mentioned and pk not in by_another]


def with_seats(people: Iterable[int], now: datetime) -> set[int]:
    """Return which of the people with these keys have a seat in a session to come. One query."""
    seats = Registration.objects.registered().filter(person__in=people, session__starts_at__gt=now)
    return set(seats.order_by().values_list("person", flat=True))


# ---- people who are in it ----


def _apart(lines: list[PersonLine], places: Places, now: datetime) -> Iterator[list[PersonLine]]:
    """Yield `lines` without people who have a seat to come and get another role or campus, then each of those alone."""
    people = {one.email: one for one in Person.objects.filter(email__in=[line.email for line in lines])}
    known = [(line, people[line.email]) for line in lines if line.email in people]
    moving = {one.pk: line for line, one in known if MOVING & _news(line, one, places, Outcome()).keys()}
    seated = with_seats(moving, now) if moving else set()
    alone = dict.fromkeys(line for pk, line in moving.items() if pk in seated)
    yield [line for line in lines if line not in alone]
    yield from ([line] for line in alone)


def _write_down(lines: list[PersonLine], places: Places, by: Person, now: datetime) -> Outcome:
    """Take in `lines` in one transaction; where others hold what it needs, row by row, but for rows that are busy."""
    done = Outcome()
    try:
        with transaction.atomic():
            if len(lines) == 1:
                for person in Person.objects.filter(email=lines[0].email):
                    person_changes_now.send(Person, person=person)
            _take_in(lines, places, by, done, now, apply=True)
        return done
    except OperationalError as error:
        if outage_of(error) is not Outage.BUSY:
            raise
    done = Outcome()
    if len(lines) == 1:
        done.busy.append(str(WrongCell(lines[0].row, "", BUSY_ROW)))
        return done
    for line in lines:
        done.add(_write_down([line], places, by, now))
    return done


def _take_in(lines: list[PersonLine], places: Places, by: Person, outcome: Outcome, now: datetime, apply: bool) -> None:
    known = Person.objects.filter(email__in=[line.email for line in lines])
    people = {one.email: one for one in (lock_rows(known) if apply else known)}
    # An address that became one with another account is of somebody who has a row, or none, under the one that stays.
    others = OtherAddress.objects.filter(email__in=[line.email for line in lines]).values_list("email", flat=True)
    if elsewhere := set(others) - people.keys():
        outcome.same += len(elsewhere)
        lines = [line for line in lines if line.email not in elsewhere]
    news = {line.email: _news(line, people.get(line.email), places, outcome) for line in lines}
    moving = [people[email].pk for email, new in news.items() if email in people and MOVING & new.keys()]
    seated = with_seats(moving, now) if moving else set()
    asked = {each.person_id: each for each in DirectoryQuestion.objects.filter(person__in=people.values())}
    made: list[Person] = []
    changed: list[tuple[Person, str]] = []
    told: list[Person] = []
    for line in lines:
        new, person = news[line.email], people.get(line.email)
        if person is None:
            made.append(Person(email=line.email, password=make_password(None), from_directory=True, **new))
            continue
        if not person.is_active:
            outcome.off += 1
            continue
        if person.pk in seated:
            new = _ask_of_a_seat(person, new, asked.get(person.pk), outcome, now, apply)
            told.append(person)
        elif person.pk in asked and apply:
            asked[person.pk].delete()
        if not new and person.from_directory:
            outcome.same += 1
            continue
        changed.append((person, _said(person, new, places)))
        for name, value in new.items():
            setattr(person, name, value)
        person.from_directory = True
    outcome.new += len(made)
    outcome.changed += len(changed)
    if apply:
        _write(made, changed, by)
        for person in told:
            person_changed.send(Person, person=person)


def _news(line: PersonLine, person: Person | None, places: Places, outcome: Outcome) -> dict[str, Any]:
    """Return which fields of a person get which value; counts what the directory says and nobody knows here."""
    new: dict[str, Any] = {}
    for column, name, known in (
        ("role", "role", ROLES),
        ("unit", "unit_id", places.units),
        ("campus", "campus_id", places.campuses),
    ):
        said = getattr(line, column)
        value = known.get(line_key(said)) if said else None
        if said and value is None:
            outcome.unknown[column, said] += 1
        elif value is not None and (person is None or getattr(person, name) != value):
            new[name] = value
    # What people call themselves is theirs.
    if line.name and not (person and person.name):
        new["name"] = line.name
    return new


def _ask_of_a_seat(
    person: Person,
    new: dict[str, Any],
    asked: DirectoryQuestion | None,
    outcome: Outcome,
    now: datetime,
    apply: bool,
) -> dict[str, Any]:
    """Return what is done at once: another role or campus waits for the office where it would cost a seat."""
    place = {name: new[name] for name in ("role", "campus_id") if name in new}
    after = copy(person)
    for name, value in place.items():
        setattr(after, name, value)
    if not Registration.objects.filter(person=person.pk).out_of_reach_of(after, now):
        return new
    question = DirectoryQuestion(person=person, kind=DirectoryQuestion.Kind.MOVED, asked_at=now, **place)
    _ask(question, asked, outcome, apply)
    return {name: value for name, value in new.items() if name not in place}


def _ask(question: DirectoryQuestion, asked: DirectoryQuestion | None, outcome: Outcome, apply: bool) -> None:
    if asked is not None and asked.says == question.says:
        return
    outcome.asked += 1
    if apply:
        if asked is not None:
            asked.delete()
        question.save()


def _said(person: Person, new: dict[str, Any], places: Places) -> str:
    """Return the sentence for the record: what changes, from what to what."""
    said = []
    for name, value in new.items():
        before = getattr(person, name)
        words = [places.words.get((name, each)) or str(each or "nothing") for each in (before, value)]
        said.append(f"{LABELS[name]}: from {words[0]} to {words[1]}.")
    return " ".join([*said, "The directory says so."]) if said else "The directory names this person."


def _write(made: list[Person], changed: list[tuple[Person, str]], by: Person) -> None:
    """Write a portion: so many statements whatever the number of people."""
    entries = []
    if made:
        # Somebody who signs in at this very moment has made the account already, and is filled in the next time.
        Person.objects.bulk_create(made, ignore_conflicts=True)
        fresh = Person.objects.filter(email__in=[one.email for one in made])
        entries = [(one, ADDITION, "Added: the directory names this person.") for one in fresh]
    if changed:
        Person.objects.bulk_update([one for one, _ in changed], FILLED)
        entries += [(one, CHANGE, said) for one, said in changed]
    at, content_type = database_clock.now(), ContentType.objects.get_for_model(Person)
    LogEntry.objects.bulk_create(
        LogEntry(
            action_time=at,
            user_id=by.pk,
            content_type=content_type,
            object_id=str(one.pk),
            object_repr=str(one)[:200],
            action_flag=flag,
            change_message=said,
        )
        for one, flag, said in entries
    )


# ---- people who left ----


def _let_go(keys: list[int], by: Person, outcome: Outcome, now: datetime, apply: bool) -> None:
    seated = with_seats(keys, now)
    asked = {each.person_id: each for each in DirectoryQuestion.objects.filter(person__in=keys)}
    for person in Person.objects.filter(pk__in=keys).order_by("pk"):
        if person.pk in seated or person.is_staff:
            question = DirectoryQuestion(person=person, kind=DirectoryQuestion.Kind.LEFT, asked_at=now)
            _ask(question, asked.get(person.pk), outcome, apply)
            continue
        if apply and not _is_switched_off(person, by, now):
            outcome.busy.append(BUSY_LEFT.format(pk=person.pk))
            continue
        outcome.left += 1


def _is_switched_off(person: Person, by: Person, now: datetime) -> bool:
    """Switch somebody off. Returns False where somebody else holds the account or a session of theirs."""
    try:
        _switch_off(person, by, now)
    except OperationalError as error:
        if outage_of(error) is not Outage.BUSY:
            raise
        return False
    return True


@transaction.atomic
def _switch_off(person: Person, by: Person, now: datetime) -> None:
    """Switch somebody off, unless they have got a seat in between: then the office is asked the next time."""
    person_changes_now.send(Person, person=person)
    lock_row(person)
    if not with_seats([person.pk], now):
        person.switch_off(by=by, why=WHY_LEFT)
