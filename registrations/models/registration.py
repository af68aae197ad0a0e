"""Who comes: one Registration is one person's place in one session."""

import uuid
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from accounts.record import record
from registrations.signals import registration_made, registration_withdrawn
from registrations.waitlist import promote_waiting
from sessions_app.models import Session


class RegistrationQuerySet(models.QuerySet):
    def active(self):
        """Registered or waitlisted."""
        return self.filter(status__in=Registration.ACTIVE)

    def registered(self):
        return self.filter(status=Registration.Status.REGISTERED).order_by("position")

    def waitlisted(self):
        """The people waiting, in order."""
        return self.filter(status=Registration.Status.WAITLISTED).order_by("position")

    @transaction.atomic
    def register(self, person: Person, session: Session, now: datetime | None = None) -> "Registration":
        """Give `person` a seat in `session`, or the end of its waitlist; a second call answers with what exists.

        A seat is given if one is free and nobody waits. Raises a Registration.Refused: NotPublic, SessionCancelled,
        SessionOver, RegistrationClosed, NotEligible.
        """
        now = now or timezone.now()
        session.lock()
        existing = self.active().filter(person=person, session=session).first()
        if existing:
            existing.session = session
            return existing
        Registration.refuse_unless_joinable(person, session, now)
        seated = session.seats_left > 0 and session.waiting_count == 0
        registration = Registration(
            person=person,
            session=session,
            status=Registration.Status.REGISTERED if seated else Registration.Status.WAITLISTED,
            position=session.next_position,
            registered_at=now,
            seated_at=now if seated else None,
        )
        session.next_position += 1
        if seated:
            session.seats_taken += 1
        else:
            session.waiting_count += 1
        session.save(update_fields=["next_position", "seats_taken", "waiting_count"])
        registration.save(force_insert=True)
        registration_made.send(Registration, registration=registration)
        return registration

    register.alters_data = True


class Registration(models.Model):
    """One person's place in one session: registered or waitlisted, until withdrawn or the session is cancelled."""

    class Status(models.TextChoices):
        REGISTERED = "registered", "Registered"
        WAITLISTED = "waitlisted", "On the waitlist"
        WITHDRAWN = "withdrawn", "Withdrawn"
        SESSION_CANCELLED = "session_cancelled", "Session cancelled"

    ACTIVE = (Status.REGISTERED, Status.WAITLISTED)

    class Refused(Exception):
        """Registering or withdrawing was refused; `str(error)` is the sentence shown to the person."""

    class NotPublic(Refused):
        """The session is a draft."""

    class SessionCancelled(Refused):
        """The session was cancelled."""

    class SessionOver(Refused):
        """The session has started or been held."""

    class RegistrationClosed(Refused):
        """Registering has ended."""

    class NotEligible(Refused):
        """The workshop is for other roles."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="registrations")
    session = models.ForeignKey(Session, models.PROTECT, related_name="registrations")
    status = models.CharField(max_length=17, choices=Status.choices)
    position = models.PositiveIntegerField(help_text="Order of registering in this session, without gaps.")
    registered_at = models.DateTimeField()
    seated_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["session", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "session"],
                condition=Q(status__in=["registered", "waitlisted"]),
                name="one_active_registration_per_person_and_session",
            ),
            models.UniqueConstraint(fields=["session", "position"], name="one_position_per_session"),
            models.CheckConstraint(
                condition=~Q(status="registered") | Q(seated_at__isnull=False), name="registered_since_some_time"
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | Q(withdrawn_at__isnull=False), name="withdrawn_at_some_time"
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.session}"

    def get_absolute_url(self):
        return reverse("registration", args=[self.uuid])

    # ---- questions ----

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE

    @property
    def is_registered(self) -> bool:
        return self.status == self.Status.REGISTERED

    @property
    def is_waitlisted(self) -> bool:
        return self.status == self.Status.WAITLISTED

    @property
    def place_in_line(self) -> int:
        """The 1-based place on the waitlist. One query."""
        return self.session.registrations.waitlisted().filter(position__lte=self.position).count()

    def qualifies(self) -> bool:
        """True while the person may still take a seat here."""
        return self.person.is_active and self.session.workshop.is_for(self.person)

    @classmethod
    def refuse_unless_joinable(cls, person: Person, session: Session, now: datetime) -> None:
        """Raise the Refused that says why `person` cannot register for `session` at `now`; return None if they can."""
        if session.status == Session.Status.DRAFT or not session.workshop.is_published:
            raise cls.NotPublic("This session is not open for registration yet.")
        if session.status == Session.Status.CANCELLED:
            raise cls.SessionCancelled("This session was cancelled. Choose another date.")
        if session.status == Session.Status.COMPLETED or session.ends_at <= now:
            raise cls.SessionOver("This session has been held. Choose another date.")
        if session.has_started(now):
            raise cls.SessionOver("This session has already started. Choose another date.")
        if session.registration_closes_at <= now:
            raise cls.RegistrationClosed("Registration for this session is closed. Choose another date.")
        if not person.is_active:
            raise cls.NotEligible("This account cannot register. Write to the office.")
        if not session.workshop.is_for(person):
            words = session.workshop.audience_words.lower()
            raise cls.NotEligible(f"This workshop is for {words}. If that is you, correct your role in your profile.")

    # ---- verbs ----

    @transaction.atomic
    def withdraw(self, by: Person, now: datetime | None = None) -> None:
        """Give the place up; the freed seat goes to the next person waiting, in the same transaction.

        Refuses (SessionOver) once the session has started.
        """
        now = now or timezone.now()
        session = self.session
        session.lock()
        self.refresh_from_db(fields=["status", "seated_at", "withdrawn_at"])
        if not self.is_active:
            return
        if session.has_started(now):
            raise self.SessionOver("This session has already started, so your place can no longer be given up.")
        if self.is_registered:
            session.seats_taken -= 1
        else:
            session.waiting_count -= 1
        session.save(update_fields=["seats_taken", "waiting_count"])
        self.status, self.withdrawn_at = self.Status.WITHDRAWN, now
        self.save(update_fields=["status", "withdrawn_at"])
        if by != self.person:
            record(by, self, f"Withdrawn by {by}.")
        registration_withdrawn.send(Registration, registration=self)
        promote_waiting(session, now)

    withdraw.alters_data = True
