"""Who comes: one Registration is one person's seat, or place in line, in one session.

Its parts bring their fields, questions and verbs: standing.py (whose it is, its status and errors), waiting.py (seat
and waitlist), joining.py, leaving.py, moving.py (to another date) and preparation.py (pre-work).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse

from accounts.models import Person
from foundation import database_clock
from foundation.verbs import verb
from registrations import eligibility
from registrations.models.leaving import Leaving
from registrations.models.moving import Moving
from registrations.models.several import join_all
from registrations.models.standing import Standing
from registrations.models.waiting import Waiting
from sessions_app.models import Session


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def active(self) -> Self:
        """Registered or waitlisted."""
        return self.filter(status__in=Registration.ACTIVE)

    def registered(self) -> Self:
        """The people with a seat, in order."""
        return self.filter(status=Registration.Status.REGISTERED).order_by("position")

    def waitlisted(self) -> Self:
        """The people waiting, in order."""
        return self.filter(status=Registration.Status.WAITLISTED).order_by("position")

    def numbered(self) -> Self:
        """Add to each, in the same query, its `number`: what `place_in_line` is, of meaning only on the waitlist."""
        up_to_it = Q(session=OuterRef("session"), position__lte=OuterRef("position"))
        counted = Registration.objects.waitlisted().filter(up_to_it).order_by().values("session")
        return self.annotate(number=Subquery(counted.annotate(many=Count("pk")).values("many")))

    def out_of_reach_of(self, person: Person, now: datetime) -> list["Registration"]:
        """The seats in sessions to come that `person`, with this role and campus, may not have. One query."""
        coming = self.registered().filter(session__starts_at__gt=now).order_by("session__starts_at", "pk")
        coming = coming.select_related("session__workshop", "session__for_campus")
        return [held for held in coming if eligibility.why_not_as(person, held.session)]

    @verb
    def register(
        self, person: Person, session: Session, now: datetime | None = None, seat: bool = False
    ) -> "Registration":
        """Give `person` a seat in `session`, or the end of its waitlist; a second call answers with what exists.

        A seat is given if one is free that nobody who waits may have. Raises a Registration.Refused: NotPublic,
        SessionCancelled, SessionOver, NotOpenYet, RegistrationClosed, NotEligible, TooOften, and SessionFull where
        only a `seat` will do.
        """
        return Registration._join(person, session, now or database_clock.now(), seat)

    @verb
    def register_unless_clash(
        self, person: Person, session: Session, now: datetime | None = None, seat: bool = False
    ) -> "Registration":
        """Do as `register` does, but where nothing else stands against it raise the Clash with what the person has."""
        return Registration._join(person, session, now or database_clock.now(), seat, warns=True)

    @verb
    def register_for_all(
        self,
        person: Person,
        sessions: Iterable[Session],
        now: datetime | None = None,
        accepted: Collection[str] = (),
    ) -> list["Registration"]:
        """Give `person` a seat in every one of `sessions`, or in none; a second call answers with what exists.

        A session may come after another of them. Nobody is put on a waitlist. `accepted` are the names of clashes that
        do not matter to the person. Raises NotAll, with the Refused or the Clash of each session that is not given.
        """
        return join_all(Registration, person, sessions, now or database_clock.now(), accepted)


class Registration(Moving):
    """One person in one session: registered or waitlisted, until withdrawn or the session is cancelled.

    A person who still waits at the start ends as `waitlist_closed`.
    """

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["session", "position"]
        constraints = [*Standing.Meta.constraints, *Waiting.Meta.constraints, *Leaving.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.person} · {self.session}"

    def get_absolute_url(self) -> str:
        return reverse("registration", args=[self.uuid])
