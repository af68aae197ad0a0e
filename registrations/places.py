"""Where somebody stands in each of their sessions, in one query."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Person
from registrations.models import Registration


class Place(NamedTuple):
    """One person's place in one session; `number` is the 1-based place on the waitlist, 0 for whoever has a seat."""

    uuid: UUID
    session_id: int
    status: str
    number: int

    @property
    def is_registered(self) -> bool:
        return self.status == Registration.Status.REGISTERED

    @property
    def is_waitlisted(self) -> bool:
        return self.status == Registration.Status.WAITLISTED

    @property
    def is_active(self) -> bool:
        return self.status in Registration.ACTIVE


def places_of(person: Person) -> dict[int, Place]:
    """Return the places of `person` by the primary key of the session; those given up are left out. One query."""
    waiting = Q(status=Registration.Status.WAITLISTED)
    ahead = (
        Registration.objects.filter(waiting, session=OuterRef("session"), position__lte=OuterRef("position"))
        .order_by()
        .values("session")
        .annotate(count=Count("pk"))
        .values("count")
    )
    own = (
        Registration.objects.filter(person=person)
        .exclude(status=Registration.Status.WITHDRAWN)
        .annotate(number=Coalesce(Subquery(ahead), 0))
        .order_by("position")
    )
    return {
        place.session_id: place if place.is_waitlisted else place._replace(number=0)
        for place in map(Place._make, own.values_list("uuid", "session_id", "status", "number"))
    }
