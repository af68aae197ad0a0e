"""Who may do what in the office: its groups, and the verb that gives one to a person or takes it away."""

import logging

from django.contrib.auth.models import AnonymousUser, Group
from django.db import models

from accounts.models.people import Person, PersonManager
from foundation.record import record
from foundation.verbs import lock_row, verb

logger = logging.getLogger(__name__)


class OfficeGroup(models.TextChoices):
    """A group of the office and what its people may do. Each may all that the one before may, but for the last."""

    VIEWER = "Viewer", "Viewer: sees workshops, sessions and figures, and nobody’s name"
    SCHEDULER = "Scheduler", "Scheduler: also plans, publishes, changes and cancels them"
    OFFICE = "Office", "Office: also sees who comes, writes to people, and marks attendance"
    MANAGER = "Manager", "Manager: also says who of the office may do what"
    ACCOMMODATIONS = PersonManager.ACCOMMODATIONS, "Accommodations: reads and answers access requests, and no more"


# Of these a person has one or none; being in the group Accommodations is a matter of its own.
STEPS = (OfficeGroup.VIEWER, OfficeGroup.SCHEDULER, OfficeGroup.OFFICE, OfficeGroup.MANAGER)
APPOINT = "accounts.appoint_person"


class NotGiven(Exception):
    """A group is not given or taken away. The text says why, and who can."""


def may(person: Person | AnonymousUser, permission: str) -> bool:
    """Tell whether `person` is of the office and has a permission, such as “catalog.view_workshop”."""
    return person.is_staff and person.has_perm(permission)


def step_of(person: Person) -> str:
    """Return the name of the group of STEPS that `person` is in, the highest if of several; "" for none."""
    names = {group.name for group in person.groups.all()}
    return next((step.value for step in reversed(STEPS) if step in names), "")


def managers() -> models.QuerySet[Person]:
    """Return the people who can say who may do what."""
    return Person.objects.filter(is_active=True, is_staff=True, groups__name=OfficeGroup.MANAGER)


def refuse_without_manager(person: Person) -> None:
    """Raise NotGiven if `person` is the only Manager. The group is locked, so that two cannot go at once."""
    lock_row(Group.objects.get(name=OfficeGroup.MANAGER))
    if [each.pk for each in managers()] == [person.pk]:
        raise NotGiven(f"{person} is the only Manager. Make somebody else Manager first.")


@verb
def put_into(person: Person, step: str, *, arranges_access: bool, by: Person) -> None:
    """Put `person` into the group `step` of STEPS and out of the others, "" for out of all.

    `arranges_access` says whether they are in the group Accommodations. The office opens to people of any group. Raises
    NotGiven where nothing may be changed: of oneself, of a superuser by somebody else, of the only Manager, or into
    Accommodations by somebody who is not in it.
    """
    lock_row(person)
    before, arranged = step_of(person), person.arranges_access
    if (step, arranges_access) == (before, arranged):
        return
    _refuse(person, arranges_access and not arranged, by)
    if before == OfficeGroup.MANAGER:
        refuse_without_manager(person)
    wanted = [name for name in (step, OfficeGroup.ACCOMMODATIONS if arranges_access else "") if name]
    others = person.groups.exclude(name__in=OfficeGroup.values)
    person.groups.set([*others, *Group.objects.filter(name__in=wanted)])
    person.is_staff = bool(wanted or others or person.is_superuser)
    person.save(update_fields=["is_staff"])
    for cached in ("arranges_access", "_prefetched_objects_cache"):
        person.__dict__.pop(cached, None)
    record(by, person, _sentence(words_of(before, arranged), words_of(step, arranges_access)))
    logger.info("person %s: the groups were changed by person %s", person.pk, by.pk)


def _refuse(person: Person, is_new_to_access: bool, by: Person) -> None:
    if person.pk == by.pk:
        raise NotGiven("Nobody changes what they may do themself. Another Manager does.")
    if person.is_superuser and not by.is_superuser:
        raise NotGiven(f"{person} looks after the portal itself. Only the operator changes that, on the server.")
    if is_new_to_access and not by.arranges_access:
        raise NotGiven(
            "Only somebody in the group Accommodations puts another person into it. Where it has nobody, the operator "
            "does, with manage.py create_office --accommodations ADDRESS."
        )


def words_of(step: str, arranges_access: bool) -> str:
    """Return the groups in words: “Office and Accommodations”; "" for none."""
    return " and ".join(name for name in (step, OfficeGroup.ACCOMMODATIONS.value if arranges_access else "") if name)


def _sentence(before: str, now: str) -> str:
    if not now:
        return f"Taken out of {before}: the office is closed to this person."
    return f"Moved from {before} to {now}." if before else f"Put into {now}."
