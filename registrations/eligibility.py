"""Who may take part in a session: an active account, the workshop's audiences, a campus, the workshops before it.

Each answer is a sentence with the way forward, empty for a person who may.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Person
from catalog import order
from catalog.models import Workshop
from foundation.prepared import prepared
from registrations.display import ways
from registrations.display.ways import NOTHING, Sentence
from sessions_app.models import Meeting, Session

# Of a session: somebody was at one of its meetings. Who that is comes into the same `filter`.
WAS_THERE = Q(meetings__cancelled_at=None, meetings__attendances__state="here")
# Of a session: it was forgotten who was there. A seat counts then, as where nobody took attendance.
FORGOTTEN = Q(attendance_tally__isnull=False, registrations__status="registered")
# Of so many earlier dates it is looked at whether one is open to the person.
MOST_DATES = 20


def qualifies(person: Person, session: Session) -> bool:
    """Tell whether `person` may take part in `session`, without the words for why not."""
    return not why_not_as(person, session) and not lacking(person, session)


def qualifying(people: Iterable[Person], session: Session) -> set[int]:
    """Return the keys of those of `people` for whom `qualifies` holds. Two queries at most, however many they are."""
    may = {person.pk for person in people if not why_not_as(person, session)}
    if not may or not _required_by(session.workshop):
        return may
    return set(people_for(session).filter(pk__in=may).order_by().values_list("pk", flat=True))


def why_not(person: Person, session: Session) -> Sentence:
    """Return the sentence that says why `person` may not take part in `session`; empty if they may."""
    return why_not_as(person, session) or why_not_yet(person, session)


def why_not_as(person: Person, session: Session) -> Sentence:
    """Return why not, from who the person is: whether the account is on, the role, the campus."""
    if not person.is_active:
        return ways.switched_off()
    if for_others := why_not_in(person, session.workshop):
        return for_others
    if session.for_campus_id and session.for_campus_id != person.campus_id:
        return ways.for_campus(str(session.for_campus))
    return NOTHING


def why_not_in(person: Person, workshop: Workshop) -> Sentence:
    """Return why not, from the role of the person and the audiences of `workshop`."""
    return NOTHING if workshop.is_for(person) else ways.for_roles(workshop)


def why_not_yet(person: Person, session: Session) -> Sentence:
    """Return why not, from what the person lacks, and what they can do about it."""
    missing = lacking(person, session)
    if not missing:
        return NOTHING
    if session.workshop.needs_attendance:
        return ways.was_there(missing)
    return ways.comes_after(missing, with_earlier_dates(person, missing, session))


def why_not_known(person: Person, session: Session, comes_after: bool = True) -> Sentence:
    """Return why not, from what is known of `person`: a role or campus they have not said is asked in the form.

    One query, none where the workshop of `session` `comes_after` no other.
    """
    return _why_not_known_as(person, session) or (why_not_yet(person, session) if comes_after else NOTHING)


def _why_not_known_as(person: Person, session: Session) -> Sentence:
    if person.role and (for_others := why_not_in(person, session.workshop)):
        return for_others
    if session.for_campus_id and person.campus_id and session.for_campus_id != person.campus_id:
        return ways.for_campus(str(session.for_campus))
    return NOTHING


def lacking(person: Person, session: Session) -> list[Workshop]:
    """Return what the person would have to take first. Of somebody without an account nothing is known yet."""
    return [] if person.pk is None else missing_workshops(person, session.workshop, session.starts_at)


def with_earlier_dates(person: Person, workshops: list[Workshop], session: Session) -> set[Workshop]:
    """Return those of `workshops` of which `person` can have a seat on a date that ends before `session` begins."""
    dates = Session.objects.listed().joinable().filter(workshop__in=workshops, ends_at__lte=session.starts_at)
    dates = dates.with_free_seats().select_related("workshop", "for_campus")
    found: set[Workshop] = set()
    for date in dates.order_by("starts_at", "pk")[:MOST_DATES]:
        if date.workshop not in found and not _why_not_known_as(person, date) and not lacking(person, date):
            found.add(date.workshop)
    return found


def people_for(session: Session) -> QuerySet[Person]:
    """Return everybody who may take part in `session`, as `why_not` says of each one."""
    workshop = session.workshop
    roles: list[str] = [role for role, field in Workshop.AUDIENCE_FIELDS.items() if getattr(workshop, field)]
    # A person who has not said what they are counts as “other”.
    roles += [""] if Person.Role.OTHER in roles else []
    people = Person.objects.filter(is_active=True, role__in=roles)
    if session.for_campus_id:
        people = people.filter(campus=session.for_campus_id)
    required = _required_by(workshop)
    for counting in order.counting_as(required).values() if required else ():
        earlier = Session.objects.filter(workshop__in=counting, ends_at__lte=session.starts_at)
        there = Q(pk__in=earlier.filter(WAS_THERE).order_by().values("meetings__attendances__person"))
        if not workshop.needs_attendance:
            there |= Q(pk__in=_with_a_seat_not_missed(earlier).values("pk"))
        else:
            there |= Q(pk__in=earlier.filter(FORGOTTEN).order_by().values("registrations__person"))
        elsewhere = Workshop.objects.filter(pk__in=counting).values("prior_attendances__person")
        people = people.filter(there | Q(pk__in=elsewhere))
    return people


def took_part(person: Person) -> Q:
    """Return the condition on sessions that `person` took part: they have a seat and did not miss all of it, or were
    seen without one. It does not ask whether the session was held: of one to come nobody has missed anything yet."""
    seats = person.registrations.filter(status="registered").order_by()
    missed = person.attendances.filter(state="absent").order_by().values("meeting")
    not_missed = Meeting.objects.filter(session=OuterRef("pk")).exclude(pk__in=missed).order_by()
    seen = person.attendances.filter(state="here", meeting__cancelled_at=None).order_by().values("meeting__session")
    return Q(Exists(not_missed), pk__in=seats.values("session")) | Q(pk__in=seen)


def _with_a_seat_not_missed(sessions: QuerySet[Session]) -> QuerySet[Person]:
    """Return the people with a seat in one of `sessions` of which they did not miss every meeting."""
    missed = Meeting.objects.filter(
        pk=OuterRef("pk"), attendances__state="absent", attendances__person=OuterRef(OuterRef("pk"))
    )
    not_missed = Meeting.objects.filter(~Exists(missed), session=OuterRef("registrations__session")).order_by()
    return Person.objects.filter(
        Exists(not_missed), registrations__status="registered", registrations__session__in=sessions
    ).order_by()


def missing_workshops(person: Person, workshop: Workshop, before: datetime) -> list[Workshop]:
    """Return what `workshop` comes after and `person` has not: taken, here or elsewhere, or a seat by `before`.

    Attendance decides where it was taken: people who missed all of a session have not taken it. Until then a seat will
    do, also one in a session to come. What counts as one of these will do for it. Where `workshop` is only for people
    who were there, no seat will do: attendance has to say so, or it is forgotten who was.
    """
    # Most workshops come after none, so the first look is a narrow one.
    required = _required_by(workshop)
    if not required:
        return []
    counting = order.counting_as(required)
    earlier = Session.objects.filter(ends_at__lte=before)
    if workshop.needs_attendance:
        there = WAS_THERE & Q(meetings__attendances__person=person)
        earlier = earlier.filter(there | FORGOTTEN & Q(registrations__person=person))
    else:
        earlier = earlier.filter(took_part(person))
    would_do = Workshop.objects.filter(pk__in=set().union(*counting.values()))
    has_it = Q(pk__in=earlier.order_by().values("workshop")) | Q(prior_attendances__person=person)
    done = set(would_do.filter(has_it).order_by().values_list("pk", flat=True))
    return list(Workshop.objects.filter(pk__in=[one for one in required if not done & counting[one]]))


@prepared
def _required_by(workshop: Workshop) -> QuerySet[Any, int]:
    """Return the keys of the workshops that `workshop` comes after; prepared, because registering asks under a lock."""
    through = Workshop.requires.through.objects.filter(from_workshop=workshop)
    return through.values_list("to_workshop", flat=True)
