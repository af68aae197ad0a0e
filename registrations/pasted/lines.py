"""Register people from pasted lines: whom each line names, what would come of it, and then what came."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, OperationalError, transaction

from accounts.models import Person
from accounts.sign_in import may_ask
from foundation.record import record
from foundation.values.lines import line_key
from registrations import clash, eligibility
from registrations.display.ways import comes_after
from registrations.models import Accommodation, Registration
from registrations.pasted.reading import Pasted, read_people
from sessions_app.models import Session


@dataclass
class Line:
    """One pasted line: whom it names, and what comes of it."""

    pasted: Pasted
    person: Person | None = None
    is_new: bool = False
    said: str = ""
    # Nothing comes of it: it names nobody, or the person cannot be registered.
    is_wrong: bool = False
    # It is wrong only because a lock was waited for in vain: the next try may do it.
    was_busy: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def typed(self) -> str:
        """The line as it was pasted, for a page."""
        return self.pasted.typed

    @property
    def name(self) -> str:
        return str(self.person) if self.person else self.pasted.typed

    def refuse(self, said: str) -> None:
        self.said, self.is_wrong = said, True


def lines_of(text: str, role: str) -> list[Line]:
    """Return a line for each person in `text`, who is found by address or name, or made as far as known. Two queries.

    A person named twice stands there twice; the second line says so.
    """
    lines = [Line(pasted) for pasted in read_people(text)]
    known = Person.objects.exclude(email=Person.objects.RULE_ADDRESS)
    by_address = {one.email: one for one in known.filter(email__in=[line.pasted.address for line in lines])}
    names = {line_key(line.pasted.name) for line in lines if not line.pasted.address and line.pasted.name}
    by_name = defaultdict(list)
    if names:
        for person in known.exclude(name="").only("pk", "name", "email", "role", "campus", "is_active"):
            if (key := line_key(person.name)) in names:
                by_name[key].append(person)
    seen: set[str] = set()
    for line in lines:
        _find(line, by_address, by_name, role)
        if line.person and not line.is_wrong:
            if line.person.email in seen:
                line.refuse(f"{line.name} stands further up already.")
            seen.add(line.person.email)
    return lines


def _find(line: Line, by_address: dict[str, Person], by_name: dict[str, list[Person]], role: str) -> None:
    pasted = line.pasted
    if pasted.problem:
        return line.refuse(pasted.problem)
    if not pasted.address:
        found = by_name.get(line_key(pasted.name), [])
        if len(found) == 1:
            line.person = found[0]
        elif found:
            line.refuse(f"{len(found)} people are called {pasted.name}. Paste the address.")
        else:
            line.refuse(f"Nobody here is called {pasted.name}. Paste the address too.")
        return
    line.person = by_address.get(pasted.address)
    if line.person:
        return
    if not may_ask(pasted.address):
        return line.refuse(f"{pasted.address} has no access here. Use their work or school address.")
    line.person, line.is_new = Person(email=pasted.address, name=pasted.name, role=role), True


# ---- shown first ----


def foresee(lines: list[Line], session: Session, mode: str, reason: str, now: datetime) -> None:
    """Say of each line what registering would come to. The number of queries does not grow with lines that are well."""
    people = [line.person for line in lines if line.person and line.person.pk]
    there = set(session.registrations.active().values_list("person", flat=True))
    rows = defaultdict(list)
    active = Registration.objects.active().filter(person__in=people).order_by()
    for row in active.values_list("person", *clash.COLUMNS, named=True):
        rows[row.person].append(row)
    may_come = set(
        eligibility.people_for(session).filter(pk__in=[one.pk for one in people]).values_list("pk", flat=True)
    )
    required = list(session.workshop.requires.all())
    line_of = session.line_of(mode)
    left = 0 if session.is_waited_for_in(line_of) else session.seats_left_in(line_of)
    closed = _closed(session, now)
    for line in lines:
        person = line.person
        if person is None or line.is_wrong:
            continue
        if person.pk in there:
            line.refuse(f"{person} is already in this session.")
            continue
        why = closed or ("" if person.pk in may_come else _why_not(person, session, required))
        if why and not (reason and person.is_active):
            line.refuse(f"{person} is not registered: {why}")
            continue
        if why:
            line.notes.append(f"Let in, in spite of: {why}")
        if found := clash.clash_among(rows[person.pk], person, session, now) if person.pk else None:
            line.notes.append(f"They have something else: {found}")
        line.said = _promise(line, has_seat=left > 0)
        left -= 1


def _closed(session: Session, now: datetime) -> str:
    if session.opens_later(now):
        return "registration has not opened yet."
    return "registration is closed." if session.registration_closes_at <= now else ""


def _why_not(person: Person, session: Session, required: list) -> str:
    if why := eligibility.why_not_as(person, session):
        return str(why)
    if person.pk:
        return str(eligibility.why_not_yet(person, session))
    return str(comes_after(required, set())) if required else ""


def _promise(line: Line, has_seat: bool) -> str:
    if line.is_new:
        return f"{line.name} is new: added, and gets a seat." if has_seat else f"{line.name} is new: added, and waits."
    return f"{line.name} gets a seat." if has_seat else f"{line.name} goes on the waitlist."


# ---- then done ----


def register_each(lines: Iterable[Line], session: Session, by: Person, mode: str, reason: str, now: datetime) -> None:
    """Register the person of each line, each by themselves: what is wrong with one keeps no other from it."""
    for line in lines:
        register_one(line, session, by, mode, reason, now)


def register_one(
    line: Line,
    session: Session,
    by: Person,
    mode: str,
    reason: str,
    now: datetime,
    note: Callable[[Line], object] = lambda line: None,
) -> None:
    """Register the person of one line; what keeps them from it stands in the line afterwards.

    `note` is called with the line in the transaction that registers them, and raises IntegrityError to have none of it.
    """
    if line.person is None or line.is_wrong:
        return
    try:
        with transaction.atomic():
            _register(line, line.person, session.pk, by, mode, reason, now)
            note(line)
    except Registration.Refused as refusal:
        line.refuse(f"{line.name} is not registered: {refusal}")
    except IntegrityError:
        line.refuse(f"{line.name} was added by somebody else just now. Paste the line again.")
    except OperationalError:
        line.was_busy = True
        line.refuse(f"The portal is busy, so {line.name} is not registered. Paste the line again.")


def _register(line: Line, person: Person, pk: int, by: Person, mode: str, reason: str, now: datetime) -> None:
    session = Session.objects.get(pk=pk)
    session.lock()
    if line.is_new:
        person = Person.objects.create_user(person.email, name=person.name, role=person.role)
        record(by, person, f"Added by {by} to be registered for {session}.")
    elif session.registrations.active().filter(person=person).exists():
        line.refuse(f"{person} is already in this session.")
        return
    found = clash.find_clash(person, session, now)
    registration = Registration.objects.register_for_the_office(
        person, session, by=by, now=now, mode=mode, overruling=reason
    )
    Accommodation.objects.carry(registration, now=now)
    line.person = person
    line.notes = [f"They have something else: {found}"] if found else []
    if registration.is_registered:
        line.said = f"{person} has a seat."
    else:
        line.said = f"{person} is on the waitlist, place {registration.place_in_line}."
