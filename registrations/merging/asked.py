"""Whom a merge concerns: who would be asked, who is on the other date already, and who may not come to it."""

from dataclasses import dataclass, field
from datetime import datetime

from registrations import eligibility
from registrations.clash import crossing
from registrations.models.registration import Registration
from sessions_app.models import Session


@dataclass
class Concerned:
    """The people of a date that is merged into another one, each group in the order in which people would move.

    `clashing` are those of the `asked` who have a session of another workshop at that time.
    """

    asked: list[Registration] = field(default_factory=list)
    there_already: list[Registration] = field(default_factory=list)
    not_for: list[Registration] = field(default_factory=list)
    clashing: list[Registration] = field(default_factory=list)

    @property
    def everybody(self) -> int:
        return len(self.asked) + len(self.there_already) + len(self.not_for)


def concerned(session: Session, into: Session, now: datetime) -> Concerned:
    """Return whom merging `session` into `into` concerns. Six queries at most, however many people there are."""
    people = list(session.registrations.active().select_related("person").order_by("position"))
    people.sort(key=lambda one: one.is_waitlisted)
    keys = [one.person_id for one in people]
    there = set(into.registrations.active().filter(person__in=keys).order_by().values_list("person", flat=True))
    may = set(eligibility.people_for(into).filter(pk__in=keys).order_by().values_list("pk", flat=True))
    found = Concerned()
    for one in people:
        if one.person_id in there:
            found.there_already.append(one)
        elif one.person_id not in may:
            found.not_for.append(one)
        else:
            found.asked.append(one)
    found.clashing = _clashing(found.asked, into, now)
    return found


def _clashing(asked: list[Registration], into: Session, now: datetime) -> list[Registration]:
    """Return those of `asked` whose person is in a session of another workshop at the time of `into`. Two queries."""
    keys = [one.person_id for one in asked]
    others = Registration.objects.active().filter(person__in=keys, session__status__in=Session.RUNNING).order_by()
    others = others.filter(session__starts_at__lt=into.ends_at, session__ends_at__gt=max(into.starts_at, now))
    busy = {one.person_id for one in crossing(list(others.exclude(session__workshop=into.workshop_id)), into)}
    return [one for one in asked if one.person_id in busy]
