"""A call: the office asks somebody whether they come to a session that has seats. Each person once per session."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import verb
from registrations import eligibility
from registrations.models.interest import Interest
from registrations.models.nomination import Nomination
from registrations.models.registration import Registration
from registrations.signals import person_called
from sessions_app.models import Session


class CallQuerySet(models.QuerySet["Call"]):
    def possible(self, session: Session, now: datetime) -> QuerySet[Person]:
        """The people who may be called to `session`: they may come, are not told yet, and never said no.

        A no is: no more calls, no more news of the workshop, a nomination declined, a place here given up. Nobody is
        called who has a seat on a date of the workshop that is held or was.
        """
        workshop = session.workshop_id
        seated = Q(status=Registration.Status.REGISTERED, session__workshop=workshop)
        here = Q(session=session, status__in=[*Registration.ACTIVE, Registration.Status.WITHDRAWN])
        has_it = Registration.objects.filter(seated | here).order_by().values("person")
        said_no = Nomination.objects.filter(session__workshop=workshop, status=Nomination.Status.DECLINED)
        proposed = session.nominations.filter(told_at__isnull=False)
        stopped = Interest.objects.filter(workshop=workshop, stopped_at__isnull=False)
        people = eligibility.people_for(session).exclude(pk__in=has_it)
        people = people.exclude(email__in=said_no.order_by().values("email"))
        people = people.exclude(email__in=proposed.order_by().values("email"))
        people = people.exclude(pk__in=stopped.order_by().values("person"))
        return people.exclude(pk__in=self.filter(Q(session=session) | Q(stopped_at__isnull=False)).values("person"))

    def unanswered(self, session: Session) -> Self:
        """The calls to `session` of people who never registered for it, and did not say no in any other way.

        Nor are those of people who were proposed for it too, and have not answered: they hear of it as that.
        """
        here = session.registrations.order_by().values("person")
        answers = [Nomination.Status.OPEN, Nomination.Status.DECLINED]
        proposed = session.nominations.filter(told_at__isnull=False, status__in=answers)
        not_interested = Interest.objects.filter(workshop=session.workshop_id, stopped_at__isnull=False)
        calls = self.filter(session=session, person__is_active=True).exclude(person__in=here)
        calls = calls.exclude(person__email__in=proposed.order_by().values("email"))
        calls = calls.exclude(person__in=not_interested.order_by().values("person"))
        return calls.exclude(person__in=self.filter(stopped_at__isnull=False).order_by().values("person"))

    @verb
    def call(
        self, session: Session, people: Iterable[tuple[Person, str]], by: Person, now: datetime | None = None
    ) -> list["Call"]:
        """Ask each of `people`, who come with why they are asked (a Call.Why), whether they come to `session`.

        Returns the new calls: a person who may not be called, or was called a moment ago, is left out. Raises Refused
        where nobody can register, or no seat is free.
        """
        now = now or database_clock.now()
        session.lock()
        Call.refuse_unless_callable(session, now)
        asked = dict(people)
        may = self.possible(session, now).filter(pk__in=[person.pk for person in asked])
        keys = set(may.values_list("pk", flat=True))
        made: list[Call] = [
            self.create(session=session, person=person, why=why, by=by, called_at=now)
            for person, why in asked.items()
            if person.pk in keys
        ]
        if made:
            many = "1 person was" if len(made) == 1 else f"{len(made)} people were"
            record(by, session, f"{many} asked to come.")
        for one in made:
            person_called.send(Call, call=one)
        return made


class Call(models.Model):
    """One person was asked by the office to come to one session, and may have said that they want no more such mail."""

    class Why(models.TextChoices):
        INTERESTED = "interested", "Asked for a date"
        WAITING = "waiting", "Waits for another date"
        NOMINATED = "nominated", "Proposed by a colleague"
        UNIT = "unit", "In a unit that was asked"

    class Refused(Exception):
        """Nobody can be called; `str(error)` is the sentence shown to the office."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, models.PROTECT, related_name="calls")
    person = models.ForeignKey(Person, models.CASCADE, related_name="calls")
    why = models.CharField(max_length=10, choices=Why.choices)
    by = models.ForeignKey(Person, models.PROTECT, related_name="calls_made")
    called_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="called_once_per_session")]

    def __str__(self) -> str:
        return f"{self.person} · {self.session}"

    def get_absolute_url(self) -> str:
        return reverse("call", args=[self.uuid])

    @staticmethod
    def refuse_unless_callable(session: Session, now: datetime) -> None:
        """Raise the Refused that says why nobody is called to `session` now; return None if people can be."""
        if not session.takes_registrations(now):
            raise Call.Refused("Nobody can register for this session now, so nobody is asked to come.")
        if not any(session.seats_left_in(line) > session.waiting_in(line) for line in session.lines):
            raise Call.Refused("This session is full, so nobody is asked to come.")

    @verb
    def stop(self, now: datetime | None = None) -> None:
        """Call this person to no session any more. Stopping what has stopped changes nothing."""
        if self.stopped_at is None:
            self.stopped_at = now or database_clock.now()
            self.save(update_fields=["stopped_at"])
