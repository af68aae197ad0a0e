"""What there is for a person after a session: the dialogues that follow it, and what others often took next."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F

from accounts.models import Person
from catalog import order
from catalog.models import Offering, Workshop
from registrations import eligibility
from registrations.models import Registration
from sessions_app.models import Session

# Of so many dates it is looked at whether one is open to the person.
MOST_DATES = 20
MOST_OFTEN = 2
# What fewer people did is nobody's business (guarantees.md, G20).
FEWEST = 5


class Next(NamedTuple):
    """A workshop that a person may go on with, and its dates that they can register for, soonest first."""

    workshop: Workshop
    dates: list[Session]


def dialogues_after(session: Session, person: Person, now: datetime) -> list[Next]:
    """Return the dialogues that follow `session` and have a date for `person`.

    They come after its workshop, or after one that it counts as. The number of queries does not depend on the people.
    """
    dialogues = Workshop.objects.published().filter(offering=Offering.DIALOGUE, requires__isnull=False).distinct()
    after = {one: {first.pk for first in one.requires.all()} for one in dialogues.prefetch_related("requires")}
    counting = order.counting_as({first for firsts in after.values() for first in firsts})
    following = [
        one for one, firsts in after.items() if any(session.workshop_id in counting[first] for first in firsts)
    ]
    return _with_dates(following, person, session.ends_at, now)


def often_taken_after(session: Session, person: Person, now: datetime) -> list[Next]:
    """Return the two workshops at most that people of earlier sessions of this workshop took most often afterwards.

    Each was taken by at least five people, has a date for `person`, and is none that they have a seat in or took.
    Dialogues are left out: they have a place of their own.
    """
    had = {
        "status": Registration.Status.REGISTERED,
        "session__status__in": (*Session.RUNNING, Session.Status.COMPLETED),
    }
    before = {f"person__registrations__{name}": value for name, value in had.items()}
    later = Registration.objects.filter(
        **had,
        **before,
        person__registrations__session__workshop=session.workshop_id,
        session__starts_at__gte=F("person__registrations__session__ends_at"),
    ).exclude(session__workshop__in=_had_by(person, session))
    counted = later.order_by().values("session__workshop").annotate(many=Count("person", distinct=True))
    often = [
        row["session__workshop"] for row in counted.filter(many__gte=FEWEST).order_by("-many", "session__workshop")
    ]
    found = Workshop.objects.published().exclude(offering=Offering.DIALOGUE).in_bulk(often)
    ranked = [found[pk] for pk in often if pk in found]
    return _with_dates(ranked, person, session.ends_at, now)[:MOST_OFTEN]


def _had_by(person: Person, session: Session) -> set[int]:
    """Return the keys of the workshops that are nothing new to `person`, that of `session` among them."""
    seats = person.registrations.active().values_list("session__workshop", flat=True)
    elsewhere = person.prior_attendances.values_list("workshop", flat=True)
    return {session.workshop_id, *seats, *elsewhere}


def _with_dates(workshops: Iterable[Workshop], person: Person, after: datetime, now: datetime) -> list[Next]:
    """Return those of `workshops`, in their order, that have a date from `after` on which is open to `person`."""
    ranked = list(workshops)
    if not ranked:
        return []
    dates = Session.objects.listed().joinable(now).filter(workshop__in=ranked, starts_at__gte=after)
    dates = dates.exclude(registrations__in=person.registrations.active())
    open_to: dict[int, list[Session]] = {one.pk: [] for one in ranked}
    for date in dates.select_related("workshop", "for_campus").order_by("starts_at", "pk")[:MOST_DATES]:
        if not eligibility.why_not(person, date):
            open_to[date.workshop_id].append(date)
    return [Next(one, open_to[one.pk]) for one in ranked if open_to[one.pk]]
