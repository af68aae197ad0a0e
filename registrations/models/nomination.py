"""A colleague proposed for a session. Nobody is registered without their yes, and no seat is held for them."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Person
from accounts.models.groups import may
from accounts.sign_in import may_ask, may_get_mail
from foundation import database_clock
from foundation.record import record
from foundation.values.addresses import AddressField
from foundation.verbs import verb
from registrations.models.accommodation import Accommodation
from registrations.models.registration import Registration
from registrations.signals import nomination_made
from sessions_app.models import Session


class NominationQuerySet(models.QuerySet["Nomination"]):
    def open(self) -> Self:
        """Neither answered nor ended."""
        return self.filter(status=Nomination.Status.OPEN)

    def told_to(self, person: Person) -> Self:
        """The nominations `person` was written to about."""
        return self.filter(email=person.email, told_at__isnull=False)

    @verb
    def nominate(
        self,
        emails: list[str],
        session: Session,
        by: Person,
        now: datetime | None = None,
        vouched_by: Person | None = None,
    ) -> list["Nomination"]:
        """Propose the people with these addresses (lower case) for `session`, and tell each of them.

        `vouched_by` is the person of the office who has it done in the name of `by`, whatever the session is for.

        Returns the new nominations; those that `by` made before are left as they are. Nobody is written to twice about
        one session, nor if they are registered or may get no mail, and `by` cannot tell: that would say who comes.
        Raises Registration.Refused as registering would, and Nomination.Refused for an address that cannot be proposed.
        """
        now = now or database_clock.now()
        session.lock()
        Nomination.refuse_unless_may_nominate(vouched_by or by, session, now)
        for problem in filter(None, (Nomination.problem_with(email, by) for email in emails)):
            raise Nomination.Refused(problem)
        here = session.nominations.filter(email__in=emails)
        before = set(here.filter(by=by).values_list("email", flat=True))
        known = set(here.filter(told_at__isnull=False).values_list("email", flat=True))
        registered = session.registrations.active().filter(person__email__in=emails)
        known.update(registered.values_list("person__email", flat=True))
        known.update(Person.objects.filter(email__in=emails, is_active=False).values_list("email", flat=True))
        known.update(email for email in emails if not may_get_mail(email))
        made: list[Nomination] = []
        for email in dict.fromkeys(emails):
            if email in before:
                continue
            told_at = None if email in known else now
            made.append(self.create(session=session, email=email, by=by, nominated_at=now, told_at=told_at))
        acting = vouched_by or by
        if made and acting.is_staff:
            record(acting, session, f"Nominated {len(made)} {'colleague' if len(made) == 1 else 'colleagues'}.")
        for nomination in made:
            if nomination.told_at:
                nomination_made.send(Nomination, nomination=nomination)
        return made


class Nomination(models.Model):
    """One person's proposal that the owner of an address takes part in a session; they accept it or decline it."""

    class Status(models.TextChoices):
        OPEN = "open", "Not answered"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        SESSION_CANCELLED = "session_cancelled", "Session cancelled"

    MOST_AT_ONCE = 20

    class Refused(Exception):
        """Nominating or answering was refused; `str(error)` is the sentence shown to the person."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(Session, models.PROTECT, related_name="nominations")
    email = AddressField(max_length=254)
    by = models.ForeignKey(Person, models.PROTECT, related_name="nominations_made", verbose_name="nominated by")
    status = models.CharField(max_length=17, choices=Status.choices, default=Status.OPEN)
    nominated_at = models.DateTimeField()
    told_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty for somebody who had a place, or was told of another nomination."
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    registration = models.ForeignKey(
        Registration, models.PROTECT, null=True, blank=True, related_name="nominations", help_text="Of who accepted."
    )

    objects = NominationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "by", "email"], name="one_nomination_per_colleague"),
            models.UniqueConstraint(
                fields=["session", "email"],
                condition=Q(told_at__isnull=False),
                name="told_once_per_session_and_address",
            ),
            models.CheckConstraint(
                condition=Q(status="open") | Q(answered_at__isnull=False), name="nomination_answered_at_some_time"
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(registration__isnull=False), name="accepted_nomination_registered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.session}"

    def get_absolute_url(self) -> str:
        return reverse("nomination", args=[self.uuid])

    # ---- questions ----

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @staticmethod
    def refuse_unless_may_nominate(by: Person, session: Session, now: datetime) -> None:
        """Raise the Registration.Refused that says why `by` cannot nominate for `session`; return None if they can.

        People who could register may nominate, and so may people who are registered, and the office.
        """
        try:
            Registration.refuse_unless_joinable(by, session, now)
        except Registration.NotEligible:
            of_the_office = may(by, "registrations.view_registration")
            if not of_the_office and not session.registrations.active().filter(person=by).exists():
                raise

    @staticmethod
    def problem_with(email: str, by: Person) -> str:
        """Return why the owner of a well-formed address cannot be nominated by `by`, or nothing."""
        if email == by.email:
            return f"{email} is your own address. To come yourself, register."
        if not may_ask(email):
            return f"{email} has no access here. Use their work or school address."
        return ""

    # ---- verbs ----

    @verb
    def accept(self, person: Person, now: datetime | None = None, mode: str = "") -> Registration:
        """Register `person`, the owner of the address; a second call answers with the registration there is.

        `mode` is how they take part, where the session asks.

        Raises Registration.Refused as registering does, and Nomination.Refused once it was declined.
        """
        now = now or database_clock.now()
        self._lock_for(person)
        if self.status == self.Status.ACCEPTED and self.registration:
            return self.registration
        if self.status == self.Status.DECLINED:
            raise self.Refused("You declined this before. If you would like to come after all, register.")
        registration = Registration.objects.register(person, self.session, now=now, mode=mode)
        Accommodation.objects.carry(registration, now=now)
        self._answer(self.Status.ACCEPTED, now, registration)
        return registration

    @verb
    def decline(self, person: Person, now: datetime | None = None) -> None:
        """End the nomination with a no. Refuses once it was accepted: then there is a registration to give up."""
        now = now or database_clock.now()
        self._lock_for(person)
        if self.status == self.Status.ACCEPTED:
            raise self.Refused("You accepted this before. If you can’t make it, give up your place.")
        if self.is_open:
            self._answer(self.Status.DECLINED, now)

    def _lock_for(self, person: Person) -> None:
        self.session.lock()
        self.refresh_from_db(fields=["status", "registration", "answered_at"])
        if person.email != self.email:
            raise self.Refused("This nomination is for somebody else.")

    def _answer(self, status: str, now: datetime, registration: Registration | None = None) -> None:
        """Write the answer here and wherever else the person was proposed for this session: they answer once."""
        self.status, self.answered_at, self.registration = status, now, registration
        same = Nomination.objects.open().filter(session=self.session, email=self.email)
        same.update(status=status, answered_at=now, registration=registration)
