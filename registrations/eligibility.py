"""Who may take part in a session: an active account, the workshop's audiences, a campus, the workshops before it.

Each answer is a sentence with the way forward, empty for a person who may.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Person
from catalog import order
from catalog.models import Workshop
from sessions_app.models import Session


def why_not(person: Person, session: Session) -> str:
    """Return the sentence that says why `person` may not take part in `session`; empty if they may."""
    return why_not_as(person, session) or why_not_yet(person, session)


def why_not_as(person: Person, session: Session) -> str:
    """Return why not, from who the person is: whether the account is on, the role, the campus."""
    if not person.is_active:
        return "This account cannot register. Write to the office."
    if for_others := why_not_in(person, session.workshop):
        return for_others
    if session.for_campus_id and session.for_campus_id != person.campus_id:
        return f"This session is for people at {session.for_campus}. If that is you, set your campus in your profile."
    return ""


def why_not_in(person: Person, workshop: Workshop) -> str:
    """Return why not, from the role of the person and the audiences of `workshop`."""
    if workshop.is_for(person):
        return ""
    roles = workshop.audience_words.lower()
    return f"This workshop is for {roles}. If that is you, correct your role in your profile."


def why_not_yet(person: Person, session: Session) -> str:
    """Return why not, from what the person lacks. Of somebody without an account nothing is known yet."""
    if person.pk is None:
        return ""
    missing = missing_workshops(person, session.workshop, session.starts_at)
    if not missing:
        return ""
    if len(missing) == 1:
        return (
            f"This workshop comes after {missing[0]}. Register for an earlier date of it first, "
            "or write to the office if you have taken it elsewhere."
        )
    titles = " and ".join(str(workshop) for workshop in missing)
    return (
        f"This workshop comes after {titles}. Register for an earlier date of each of them first, "
        "or write to the office if you have taken them elsewhere."
    )


def people_for(session: Session) -> QuerySet[Person]:
    """Return everybody who may take part in `session`, as `why_not` says of each one."""
    workshop = session.workshop
    roles: list[str] = [role for role, field in Workshop.AUDIENCE_FIELDS.items() if getattr(workshop, field)]
    # A person who has not said what they are counts as “other”.
    roles += [""] if Person.Role.OTHER in roles else []
    people = Person.objects.filter(is_active=True, role__in=roles)
    if session.for_campus_id:
        people = people.filter(campus=session.for_campus_id)
    required = list(_required_by(workshop))
    for counting in order.counting_as(required).values() if required else ():
        booked = Session.objects.filter(
            workshop__in=counting, registrations__status="registered", ends_at__lte=session.starts_at
        )
        elsewhere = Workshop.objects.filter(pk__in=counting).values("prior_attendances__person")
        people = people.filter(Q(pk__in=booked.values("registrations__person")) | Q(pk__in=elsewhere))
    return people


def missing_workshops(person: Person, workshop: Workshop, before: datetime) -> list[Workshop]:
    """Return what `workshop` comes after and `person` neither has a seat in before `before` nor took elsewhere.

    A seat in a workshop that counts as one of these, or that one taken elsewhere, will do.
    """
    # Most workshops come after none, so the first look is a narrow one.
    required = _required_by(workshop)
    if not required:
        return []
    counting = order.counting_as(required)
    booked = Q(
        sessions__registrations__person=person,
        sessions__registrations__status="registered",
        sessions__ends_at__lte=before,
    )
    elsewhere = Q(prior_attendances__person=person)
    would_do = Workshop.objects.filter(pk__in=set().union(*counting.values()))
    done = set(would_do.filter(booked | elsewhere).order_by().values_list("pk", flat=True))
    return list(Workshop.objects.filter(pk__in=[one for one in required if not done & counting[one]]))


def _required_by(workshop: Workshop) -> QuerySet[Any, int]:
    """Return the keys of the workshops that `workshop` comes after."""
    through = Workshop.requires.through.objects.filter(from_workshop=workshop.pk)
    return through.values_list("to_workshop", flat=True)
