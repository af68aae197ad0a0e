"""Schedule a season of dates as sessions: all of them or none."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Person
from catalog.models import Format, Workshop
from foundation import database_clock
from foundation.record import record
from foundation.values.lines import line_key
from sessions_app.models import ScheduleImport, Session
from sessions_app.schedule_import.reading import PlannedSession, WrongRow, read_schedule
from sessions_app.schedule_import.resolving import Row, There, lasts, venues_by_name

# Rows that are written before it is said how many are.
PORTION = 1000


class WrongRows(Exception):
    """The file was not imported; `rows` says why, in order."""

    def __init__(self, rows: list[WrongRow]):
        super().__init__("\n".join(str(row) for row in rows))
        self.rows = rows


class NotAgreed(Exception):
    """What the import would change of sessions that are there is not what was agreed to."""


@dataclass
class Imported:
    """What an import wrote, and how many rows it found there already, as they are.

    `sessions` are new and to be held, `published` those of them that people may register for; `held` were put on
    record, and `changed` were there and are different now.
    """

    sessions: list[Session] = field(default_factory=list)
    published: list[Session] = field(default_factory=list)
    held: list[Session] = field(default_factory=list)
    changed: list[Session] = field(default_factory=list)
    drafted_workshops: list[Workshop] = field(default_factory=list)
    known_already: int = 0
    made_by_it: ScheduleImport | None = None


def import_schedule(
    data: bytes, by: Person, time_zone: str, publish: bool = False, now: datetime | None = None
) -> Imported:
    """Take in the CSV or XLSX in `data`, as `take_in` does. Raises WrongRows."""
    return take_in(*read_schedule(data, time_zone, venue_zones()), by=by, publish=publish, now=now)


def venue_zones() -> dict[str, str]:
    """Return the IANA zone of each venue by the names it has in a schedule (`line_key`)."""
    return {name: found[0].campus.time_zone for name, found in venues_by_name().items()}


def resolved(there: There, plans: Sequence[PlannedSession]) -> tuple[list[Row], list[WrongRow]]:
    """Return what becomes of each of `plans`, and a sentence for each that cannot be."""
    rows, wrong = [], []
    for plan in plans:
        try:
            rows.append(there.resolve(plan))
        except ValueError as error:
            wrong.append(WrongRow(plan.row, str(error)))
    return rows, wrong


def agreement_to(rows: Sequence[Row], now: datetime) -> str:
    """Return what a yes to the changes among `rows` is: it changes with every sentence. "" without changes."""
    said = [
        f"{row.plan.row} {sentence}"
        for row in rows
        if row.change
        for sentence in [*row.change.sentences(), *row.change.told(now)]
    ]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16] if said else ""


@transaction.atomic
def take_in(
    plans: list[PlannedSession],
    wrong: list[WrongRow],
    by: Person,
    publish: bool = False,
    now: datetime | None = None,
    like: Session | None = None,
    agreed: str | None = None,
    note: Callable[[str, int], None] = lambda doing, done: None,
) -> Imported:
    """Schedule, as drafts, those of `plans` that are not there yet, and change those that are.

    An unknown title becomes a draft workshop. A session is there when it has the code that the row gives, or is of the
    same workshop and starts at the same instant; it is changed by its verbs where the row says something else, so a
    second run changes nothing. What is over by now is put on record as held, and announced to nobody. With `publish`,
    new sessions of published workshops are opened for registration, or say why they cannot be. What was made can be
    undone at one press (ScheduleImport).

    `like` is a session that new ones are copies of. `agreed` is what somebody said yes to (`agreement_to`), None where
    nobody is asked. `note` is told what is being done, and of how many rows it is done.

    Raises WrongRows if anything is wrong, also what was `wrong` before, and NotAgreed, and then writes nothing at all.
    """
    now = now or database_clock.now()
    note("Looking at what is there", 0)
    rows, refused = resolved(There(plans, now, like, lock=True), plans)
    if wrong or refused:
        raise WrongRows(sorted([*wrong, *refused]))
    if agreed is not None and agreed != agreement_to(rows, now):
        raise NotAgreed
    imported = Imported(known_already=sum(row.is_known and not row.change for row in rows))
    _draft_workshops(rows, imported, by)
    _put_up(rows, imported, by, now, note)
    refused = _change(rows, imported, by, now)
    if publish and imported.made_by_it:
        note("Publishing", len(imported.sessions) + len(imported.held))
        refused += _publish(rows, imported, by, now)
    if refused:
        raise WrongRows(sorted(refused))
    return imported


def _put_up(rows: list[Row], imported: Imported, by: Person, now: datetime, note: Callable[[str, int], None]) -> None:
    """Write the sessions that are new, and those that were held."""
    fresh = [row for row in rows if row.is_fresh]
    held = [row for row in rows if row.is_history]
    if not fresh and not held:
        return
    made = imported.made_by_it = ScheduleImport.objects.create(made_at=now, made_by=by)
    for start in range(0, len(fresh), PORTION):
        note("Writing the sessions", start)
        portion = [row.scheduled() for row in fresh[start : start + PORTION]]
        imported.sessions += Session.objects.schedule_each(portion, by, now, imported=made)
    for start in range(0, len(held), PORTION):
        note("Putting on record what was held", len(fresh) + start)
        before = [row.held() for row in held[start : start + PORTION]]
        imported.held += Session.objects.put_on_record(before, by, now, imported=made)


def _change(rows: list[Row], imported: Imported, by: Person, now: datetime) -> list[WrongRow]:
    """Change the sessions that rows say something else of, in ascending order. Returns the rows that cannot."""
    refused = []
    changes = [(row.change.session.pk, row.plan.row, row.change) for row in rows if row.change]
    for _, number, change in sorted(changes, key=lambda each: each[:2]):
        try:
            change.carry_out(by, now)
            imported.changed.append(change.session)
        except Session.Refused as error:
            refused.append(WrongRow(number, str(error)))
    return refused


def _publish(rows: list[Row], imported: Imported, by: Person, now: datetime) -> list[WrongRow]:
    """Publish what was put up of published workshops. Returns the rows that cannot be."""
    fresh = [row for row in rows if row.is_fresh]
    number_of = {session.pk: row.plan.row for session, row in zip(imported.sessions, fresh, strict=True)}
    drafts = Session.objects.filter(imported=imported.made_by_it, status=Session.Status.DRAFT)
    imported.published, refused = drafts.filter(workshop__status=Workshop.Status.PUBLISHED).publish_each(by, now)
    opened = {session.pk: session for session in imported.published}
    imported.sessions = [opened.get(session.pk, session) for session in imported.sessions]
    return [WrongRow(number_of[session.pk], str(error)) for session, error in refused]


def _draft_workshops(rows: list[Row], imported: Imported, by: Person) -> None:
    """Draft a workshop for each title that nobody knows yet."""
    drafted: dict[str, Workshop] = {}
    for row in rows:
        if row.workshop is None:
            title = line_key(row.plan.title)
            if title not in drafted:
                drafted[title] = _draft_workshop(row.plan, by)
            row.workshop = drafted[title]
    imported.drafted_workshops = list(drafted.values())


def _draft_workshop(plan: PlannedSession, by: Person) -> Workshop:
    """Create the draft of a workshop known only by its title; the length of its first session is its length."""
    workshop = Workshop.objects.create(
        title=plan.title,
        slug=_free_slug(plan.title),
        minutes=min(max(lasts(plan), 15), 600),  # the bounds of a Workshop
        format=plan.format or Format.ONLINE,
    )
    record(by, workshop, "Drafted: a schedule named it.")
    return workshop


def _free_slug(title: str) -> str:
    """Return a slug no workshop has; a title without Latin letters gets “workshop”."""
    slug = slugify(title)[:150] or "workshop"
    taken = set(Workshop.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    number = 2
    free = slug
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    return free
