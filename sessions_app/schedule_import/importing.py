"""Schedule a season of dates as sessions: all of them or none."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Person
from catalog.models import Format, Workshop
from foundation import database_clock
from foundation.record import record
from foundation.text import shown
from foundation.values.lines import line_key
from sessions_app.models import MeetingPlan, ScheduleImport, Session, Venue
from sessions_app.schedule_import.reading import PlannedSession, WrongRow, read_schedule


class WrongRows(Exception):
    """The file was not imported; `rows` says why, in order."""

    def __init__(self, rows: list[WrongRow]):
        super().__init__("\n".join(str(row) for row in rows))
        self.rows = rows


@dataclass
class Imported:
    """What an import wrote, and how many rows it found there already."""

    sessions: list[Session] = field(default_factory=list)
    published: list[Session] = field(default_factory=list)
    drafted_workshops: list[Workshop] = field(default_factory=list)
    known_already: int = 0
    made_by_it: ScheduleImport | None = None


def import_schedule(
    data: bytes, by: Person, time_zone: str, publish: bool = False, now: datetime | None = None
) -> Imported:
    """Schedule, as drafts, the sessions of the CSV or XLSX in `data` that are not there yet.

    With `publish` they are opened for registration. Raises WrongRows as `take_in` does.
    """
    return take_in(*read_schedule(data, time_zone, venue_zones()), by=by, publish=publish, now=now)


def venue_zones() -> dict[str, str]:
    """Return the IANA zone of each venue by the names it has in a schedule (`line_key`)."""
    return {name: found[0].campus.time_zone for name, found in venues_by_name().items()}


@transaction.atomic
def take_in(
    plans: list[PlannedSession], wrong: list[WrongRow], by: Person, publish: bool = False, now: datetime | None = None
) -> Imported:
    """Schedule, as drafts, those of `plans` that are not there yet.

    An unknown title becomes a draft workshop. A session is there when one of the same workshop starts at the same
    instant, so a second run adds nothing. With `publish`, new sessions of published workshops are opened for
    registration, or say why they cannot be. What was made can be undone at one press (ScheduleImport). Raises WrongRows
    if anything is wrong, also what was `wrong` before, and then writes nothing at all.
    """
    venues, now = venues_by_name(), now or database_clock.now()
    wrong = list(wrong)
    # Locked, so that two imports at once do not both miss the same session.
    workshops = {line_key(each.title): each for each in Workshop.objects.select_for_update(no_key=True).order_by("pk")}
    there = set(Session.objects.values_list("workshop_id", "starts_at"))
    imported = Imported()
    for plan in plans:
        workshop = workshops.get(line_key(plan.title))
        if workshop and (workshop.pk, plan.starts_at) in there:
            imported.known_already += 1
            continue
        try:
            meeting = meeting_of(plan, venues)
            if workshop is None:
                workshop = workshops[line_key(plan.title)] = _draft_workshop(plan, by)
                imported.drafted_workshops.append(workshop)
            session = _schedule(plan, workshop, meeting, by, now)
            imported.sessions.append(session)
            if publish and workshop.is_published:
                session.publish(by, now=now)
                imported.published.append(session)
        except (ValueError, Session.Refused) as error:
            wrong.append(WrongRow(plan.row, str(error)))
    if wrong:
        raise WrongRows(sorted(wrong))
    if imported.sessions:
        imported.made_by_it = ScheduleImport.objects.create(made_at=now, made_by=by)
        Session.objects.filter(pk__in=[one.pk for one in imported.sessions]).update(imported=imported.made_by_it)
    return imported


def venues_by_name() -> dict[str, list[Venue]]:
    """Return the venues by the ways to name one: “Building Room”, and with the campus before it."""
    found: dict[str, list[Venue]] = {}
    for venue in Venue.objects.select_related("campus"):
        for name in (str(venue), f"{venue.campus} {venue}"):
            found.setdefault(line_key(name), []).append(venue)
    return found


def meeting_of(plan: PlannedSession, venues: dict[str, list[Venue]]) -> MeetingPlan:
    """Return the one meeting of a row. Raises ValueError if the venue it names is unknown, or not the only one."""
    named = venues.get(line_key(plan.venue), []) if plan.venue else [None]
    if not named:
        raise ValueError(
            f"No venue is called “{shown(plan.venue)}”. Add it in the admin first, or leave the cell empty."
        )
    if len(named) > 1:
        raise ValueError(f"More than one venue is called “{shown(plan.venue)}”. Write the campus before it.")
    return MeetingPlan(plan.starts_at, plan.ends_at, plan.time_zone, venue=named[0], join_link=plan.join_link)


def _schedule(
    plan: PlannedSession, workshop: Workshop, meeting: MeetingPlan, by: Person, now: datetime | None
) -> Session:
    capacity = plan.capacity or workshop.default_capacity
    minimum = plan.minimum or workshop.default_minimum
    if minimum > capacity:
        raise ValueError(f"The minimum of {minimum} is larger than the capacity of {capacity}.")
    seats = _seats_of_each_mode(capacity, meeting.venue) if (plan.format or workshop.format) == Format.HYBRID else {}
    return Session.objects.schedule(
        workshop, [meeting], by, now=now, format=plan.format, capacity=capacity, minimum=minimum, **seats
    )


def _seats_of_each_mode(capacity: int, venue: Venue | None) -> dict[str, int]:
    """Return the seats of a session online and in person: what the venue holds, and the rest of `capacity` online.

    Nothing where that leaves none online, or nobody knows the size of the venue: then the office has to say it.
    """
    holds = venue.capacity if venue else None
    return {"room_capacity": holds, "online_capacity": capacity - holds} if holds and holds < capacity else {}


def _draft_workshop(plan: PlannedSession, by: Person) -> Workshop:
    """Create the draft of a workshop known only by its title; the length of its first session is its length."""
    minutes = int((plan.ends_at - plan.starts_at).total_seconds() // 60)
    workshop = Workshop.objects.create(
        title=plan.title,
        slug=_free_slug(plan.title),
        minutes=min(max(minutes, 15), 600),  # the bounds of a Workshop
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
