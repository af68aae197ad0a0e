"""“Tell me when there is a date”: a person asks to hear when a session of a workshop opens."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Person
from catalog.models import Workshop
from foundation import database_clock
from foundation.verbs import verb
from registrations import eligibility
from registrations.models.registration import Registration
from sessions_app.models import Session


class InterestQuerySet(models.QuerySet["Interest"]):
    def standing(self) -> Self:
        """Not stopped."""
        return self.filter(stopped_at__isnull=True)

    def met_by(self, session: Session, now: datetime) -> Self:
        """The standing interests to tell of `session`: of people who may come, without a seat on a date to come.

        A person who waits for a seat on another date is told; one who waits in `session` itself knows of it.
        """
        seated = Q(status=Registration.Status.REGISTERED, session__workshop=session.workshop, session__ends_at__gt=now)
        registered = Registration.objects.filter(seated | Q(status__in=Registration.ACTIVE, session=session))
        return (
            self.standing()
            .filter(workshop=session.workshop, person__in=eligibility.people_for(session))
            .exclude(person__in=registered.order_by().values("person"))
        )

    def met_by_each(self, sessions: Sequence[Session], now: datetime) -> "list[tuple[Interest, list[Session]]]":
        """Return each interest to tell of some of `sessions`, as `met_by` says of each, with these in their order.

        A query for each workshop and campus, and for each session only of a workshop that comes after another: who
        may come then hangs on its date. Sessions that people may have registered for are asked for one by one.
        """
        asked = self.standing().filter(workshop__in={one.workshop_id for one in sessions})
        wanted = set(asked.order_by().values_list("workshop", flat=True))
        after = Workshop.requires.through.objects.filter(from_workshop__in=wanted)
        dated = set(after.values_list("from_workshop", flat=True))
        alike: dict[Any, list[Session]] = {}
        for session in sessions:
            if session.workshop_id in wanted:
                is_alone = session.workshop_id in dated or session.next_position > 1
                key = session.pk if is_alone else (session.workshop_id, session.for_campus_id)
                alike.setdefault(key, []).append(session)
        met: dict[Interest, list[Session]] = {}
        for group in alike.values():
            for interest in self.met_by(group[0], now).select_related("person"):
                met.setdefault(interest, []).extend(group)
        return list(met.items())

    @verb
    def express(self, person: Person, workshop: Workshop, now: datetime | None = None) -> "Interest":
        """Note that `person` wants to hear of dates of `workshop`; a second call answers with what exists.

        Raises Interest.Refused for a workshop that is for others.
        """
        now = now or database_clock.now()
        if for_others := eligibility.why_not_in(person, workshop):
            raise Interest.Refused(for_others)
        interest, made = self.get_or_create(person=person, workshop=workshop, defaults={"since": now})
        if not made and interest.stopped_at:
            interest.since, interest.stopped_at = now, None
            interest.save(update_fields=["since", "stopped_at"])
        return interest


class Interest(models.Model):
    """One person asks to hear of the dates of one workshop, from `since` until `stopped_at`."""

    class Refused(Exception):
        """Noting an interest was refused; `str(error)` is the sentence shown to the person."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="interests")
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="interests")
    since = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "workshop"], name="one_interest_per_person_and_workshop")
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.workshop}"

    def get_absolute_url(self) -> str:
        return reverse("interest", args=[self.uuid])

    @property
    def is_standing(self) -> bool:
        return self.stopped_at is None

    @verb
    def stop(self, now: datetime | None = None) -> None:
        """Write no more about this workshop. Stopping what has stopped changes nothing."""
        if self.is_standing:
            self.stopped_at = now or database_clock.now()
            self.save(update_fields=["stopped_at"])
