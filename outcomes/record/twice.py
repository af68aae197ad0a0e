"""What somebody is told before they register again for a workshop that counts once within a window."""

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import Person
from catalog.models import ProgramWorkshop
from foundation.dates import local, months_later
from outcomes.models import Attendance, CreditOffer, Requirement
from outcomes.record.windows import academic_year
from registrations.models import Registration
from sessions_app.models import Session

Window = Requirement.Window


def taken_before(person: Person, session: Session, now: datetime) -> str:
    """Return the sentence for `person`, who thinks of registering for `session`; "" where there is nothing to say.

    It is said where they took its workshop, or one that counts as it, within the window of a requirement by which a
    workshop counts once. A warning: they may register all the same. One query.
    """
    if session.starts_at is None:
        return ""
    last = _taken(person, session, now).order_by("-ends_at")
    asked = _asked_with(person, session).annotate(
        taken_at=Subquery(last.values("ends_at")[:1]), taken_zone=Subquery(last.values("time_zone")[:1])
    )
    day = local(session.starts_at, session.time_zone).date()
    this_year = local(now, session.time_zone).year
    return _first_sentence(asked.filter(taken_at__isnull=False).order_by("window", "pk"), day, this_year)


def _asked_with(person: Person, session: Session) -> QuerySet[Requirement]:
    """Return what is asked of `person` that `session` counts for, and by which a workshop counts once."""
    offered = CreditOffer.objects.filter(
        Q(workshop=session.workshop_id) | Q(session=session), kind=OuterRef("kind"), kind__is_active=True
    )
    entry = ProgramWorkshop.objects.filter(program=OuterRef("program"), workshop=session.workshop_id)
    asked = Requirement.objects.asked_of(person).filter(each_once=True)
    return asked.filter(Q(program=None, kind=None) | Exists(offered) | Exists(entry))


def _taken(person: Person, session: Session, now: datetime) -> QuerySet[Session]:
    """Return the other sessions of the workshop that `person` took: by attendance, or by a seat where nobody took it.

    A workshop that was renamed three times since is still known as the same.
    """
    same = Q(workshop=session.workshop_id)
    for path in ("workshop__successor", "workshop__successor__successor", "workshop__successor__successor__successor"):
        same |= Q(**{path: session.workshop_id})
    said = Attendance.objects.filter(meeting__session=OuterRef("pk"), person=person, meeting__cancelled_at=None)
    seat = Registration.objects.registered().filter(session=OuterRef("pk"), person=person)
    was_held = Q(status__in=(Session.Status.CONFIRMED, Session.Status.COMPLETED))
    there = Exists(said.here()) | (was_held & Exists(seat) & ~Exists(said.absent()))
    return Session.objects.filter(same, there, ends_at__lte=now).exclude(pk=session.pk)


def _first_sentence(asked: Iterable[Requirement], day: date, this_year: int) -> str:
    for requirement in asked:
        taken_on = local(requirement.taken_at, requirement.taken_zone).date()  # type: ignore[attr-defined] # annotated
        if _counts_once(requirement, taken_on, day):
            year = "" if taken_on.year == this_year else f", {taken_on.year}"
            return _sentence(requirement, f"{taken_on:%b} {taken_on.day}{year}")
    return ""


def _counts_once(requirement: Requirement, taken_on: date, day: date) -> bool:
    """Tell whether what was taken on one day and again on another `day` counts once."""
    if requirement.window == Window.ACADEMIC:
        return academic_year(day, settings.ACADEMIC_YEAR_MONTH).holds(taken_on)
    if requirement.window == Window.CALENDAR:
        return taken_on.year == day.year
    return requirement.months is None or taken_on > months_later(day, -requirement.months)


def _sentence(requirement: Requirement, taken: str) -> str:
    if requirement.window == Window.ACADEMIC:
        return f"You took this on {taken}; it counts once per academic year."
    if requirement.window == Window.CALENDAR:
        return f"You took this on {taken}; it counts once per calendar year."
    if requirement.months == 1:
        return f"You took this on {taken}; it counts once within a month."
    if requirement.months:
        return f"You took this on {taken}; it counts once within {requirement.months} months."
    return f"You took this on {taken}; it counts once."
