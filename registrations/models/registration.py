"""Who comes: one Registration is one person's place in one session."""

import uuid
from datetime import datetime, timedelta
from functools import cache

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from foundation.record import record
from foundation.verbs import verb
from registrations import clash, eligibility, waitlist
from registrations.models.preparation import Preparation
from registrations.models.refusals import Refusals
from registrations.signals import registration_made, registration_rebooked, registration_withdrawn
from sessions_app.display.panel import opening_words
from sessions_app.models import Session

DAY = timedelta(days=1)
# Each time mails go out, and perhaps somebody who waited is moved about.
MOST_A_DAY = 20


class RegistrationQuerySet(models.QuerySet):
    def active(self):
        """Registered or waitlisted."""
        return self.filter(status__in=Registration.ACTIVE)

    def registered(self):
        return self.filter(status=Registration.Status.REGISTERED).order_by("position")

    def waitlisted(self):
        """The people waiting, in order."""
        return self.filter(status=Registration.Status.WAITLISTED).order_by("position")

    def out_of_reach_of(self, person: Person, now: datetime) -> list["Registration"]:
        """The seats in sessions to come that `person`, with this role and campus, may not have. One query."""
        coming = self.registered().filter(session__starts_at__gt=now).order_by("session__starts_at", "pk")
        coming = coming.select_related("session__workshop", "session__for_campus")
        return [place for place in coming if eligibility.why_not_as(person, place.session)]

    @verb
    def register(
        self, person: Person, session: Session, now: datetime | None = None, seat: bool = False
    ) -> "Registration":
        """Give `person` a seat in `session`, or the end of its waitlist; a second call answers with what exists.

        A seat is given if one is free that nobody who waits may have. Raises a Registration.Refused: NotPublic,
        SessionCancelled, SessionOver, NotOpenYet, RegistrationClosed, NotEligible, TooOften, and SessionFull where
        only a `seat` will do.
        """
        return self._register(person, session, now or timezone.now(), seat)

    @verb
    def register_unless_clash(
        self, person: Person, session: Session, now: datetime | None = None, seat: bool = False
    ) -> "Registration":
        """Do as `register` does, but where nothing else stands against it raise the Clash with what the person has."""
        return self._register(person, session, now or timezone.now(), seat, warns=True)

    def _register(
        self, person: Person, session: Session, now: datetime, seat: bool, warns: bool = False
    ) -> "Registration":
        session.lock()
        # While others wait for the lock one query asks for everything the person has or had, here and elsewhere.
        places = list(_places().filter(person=person))
        active = [place for place in places if place.status in Registration.ACTIVE]
        for place in active:
            if place.session == session.pk:
                existing = self.get(pk=place.pk)
                existing.session = session
                return existing
        Registration.refuse_unless_joinable(person, session, now)
        if sum(place.session == session.pk and place.registered_at > now - DAY for place in places) >= MOST_A_DAY:
            raise Registration.TooOften(
                "You have joined and left this session many times today. Come back tomorrow, or write to the office."
            )
        if seat and not waitlist.has_room(session, now):
            raise Registration.SessionFull("The last seat has just gone. You can join the waitlist.")
        # Last: only what nothing else stands against can be accepted.
        if warns and (found := clash.clash_among(active, person, session, now)):
            raise found
        return Registration._add(person, session, now)


@cache
def _places() -> models.QuerySet:
    """Return what registering asks of the places people have or had: built once, because others wait meanwhile."""
    return Registration.objects.order_by().values_list("status", "registered_at", *clash.COLUMNS, named=True)


class Registration(Refusals, Preparation, models.Model):
    """One person's place in one session: registered or waitlisted, until withdrawn or the session is cancelled.

    Who still waits at the start ends as `waitlist_closed`.
    """

    class Status(models.TextChoices):
        REGISTERED = "registered", "Registered"
        WAITLISTED = "waitlisted", "On the waitlist"
        WITHDRAWN = "withdrawn", "Withdrawn"
        SESSION_CANCELLED = "session_cancelled", "Session cancelled"
        WAITLIST_CLOSED = "waitlist_closed", "Waitlist closed"

    ACTIVE = (Status.REGISTERED, Status.WAITLISTED)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="registrations")
    session = models.ForeignKey(Session, models.PROTECT, related_name="registrations")
    status = models.CharField(max_length=17, choices=Status.choices)
    position = models.PositiveIntegerField(help_text="Order in this session, without gaps.")
    registered_at = models.DateTimeField()
    seated_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    gave_up = models.BooleanField(
        default=False, help_text="Left by themselves: neither the office nor the rule did it."
    )
    left_late = models.BooleanField(
        default=False, help_text="Gave up a seat in the last 24 hours before the start. For the office only."
    )
    moved_to = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="moved_from", help_text="The place on another date."
    )

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

    @property
    def place_now(self) -> "Registration | None":
        """The active place this one became by moving, however often; None if it never moved or that one has ended.

        One query per move.
        """
        place = self
        while place.moved_to_id:
            place = place.moved_to
        return place if place != self and place.is_active else None

    @property
    def may_rebook(self) -> bool:
        """True once the session was cancelled, while the person has no other date instead."""
        return self.status == self.Status.SESSION_CANCELLED and self.place_now is None

    def qualifies(self) -> bool:
        """True while the person may still take a seat here."""
        return not eligibility.why_not(self.person, self.session)

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
        if session.opens_later(now):
            raise cls.NotOpenYet(f"Registration opens {opening_words(session, now)}. Come back then.")
        if session.registration_closes_at <= now:
            raise cls.RegistrationClosed("Registration for this session is closed. Choose another date.")
        if problem := eligibility.why_not(person, session):
            raise cls.NotEligible(problem)

    # ---- verbs ----

    @verb
    def withdraw(self, by: Person, now: datetime | None = None) -> None:
        """Give the place up; the freed seat goes to the next person waiting, in the same transaction.

        Between two meetings nobody takes the seat. Refuses (SessionOver) once the last meeting has started.
        """
        now = now or timezone.now()
        self._lock()
        if not self.is_active:
            return
        if not self.session.has_meeting_ahead(now):
            raise self.SessionOver("This session has already started, so your place can no longer be given up.")
        self._leave(now, by)
        if by != self.person:
            record(by, self, f"Withdrawn by {by}.")
        registration_withdrawn.send(Registration, registration=self)
        self._pass_on(now)

    @verb
    def disqualify(self, now: datetime | None = None) -> None:
        """Free the seat of somebody whose account was switched off, or whom the session is not for any more.

        Does nothing while they may take part, when they wait (they are skipped, not dropped) or once it has started.
        """
        now = now or timezone.now()
        self._lock()
        why = eligibility.why_not_as(self.person, self.session)
        if not self.is_registered or not why or self.session.has_started(now):
            return
        rule = Person.objects.rule()
        self._leave(now, rule)
        record(rule, self, f"Withdrawn: no longer eligible. {why}")
        registration_withdrawn.send(Registration, registration=self, why=why)
        self._pass_on(now)

    @verb
    def transfer(self, to: Session, by: Person, now: datetime | None = None) -> "Registration":
        """Move this place to another date of the same workshop, in one step: it is left only if a seat is given there.

        Locks both sessions in ascending key order. Returns the new registration; a retry answers with the same one.
        Refuses (SessionFull) where joining would mean waiting, and whatever registering there would be refused for.
        """
        now = now or timezone.now()
        for session in sorted({self.session, to}, key=lambda one: one.pk):
            session.lock()
        self._refresh()
        if (place := self.place_now) and place.session_id == to.pk:
            return place
        self._refuse_unless_movable(to, now)
        if not waitlist.has_room(to, now):
            raise self.SessionFull("That date is full. You can join its waitlist and keep this place.")
        self._leave(now, by)
        self.moved_to = self._add(self.person, to, now, pre_work_done_at=self.pre_work_done_at)
        self.save(update_fields=["moved_to"])
        if by != self.person:
            record(by, self, f"Moved to {to} by {by}.")
        registration_withdrawn.send(Registration, registration=self)
        self._pass_on(now)
        return self.moved_to

    @verb
    def rebook(self, to: Session, by: Person, now: datetime | None = None) -> "Registration":
        """Take up the place of a cancelled session on another date of its workshop: a seat, or the end of the waitlist.

        Locks both sessions in ascending key order. Returns the place there, also if the person had one already; what
        they asked for follows. Refuses whatever registering there would be refused for.
        """
        now = now or timezone.now()
        for session in sorted({self.session, to}, key=lambda one: one.pk):
            session.lock()
        self._refresh()
        if place := self.place_now:
            return place
        if self.status != self.Status.SESSION_CANCELLED:
            raise self.NotThere("This session was not cancelled. To change the date, move your place.")
        if to.workshop_id != self.session.workshop_id:
            raise self.AnotherWorkshop("A place can only move to another date of the same workshop.")
        place = Registration.objects.register(self.person, to, now=now)
        if Registration.objects.filter(moved_to=place).exists():
            return place
        self.moved_to = place
        self.save(update_fields=["moved_to"])
        if by != self.person:
            record(by, self, f"Moved to {to} by {by}.")
        registration_rebooked.send(Registration, registration=self, now=now)
        return place

    def _refuse_unless_movable(self, to: Session, now: datetime) -> None:
        if to == self.session:
            raise self.NotThere("This is the date you already have. Choose another one.")
        if to.workshop_id != self.session.workshop_id:
            raise self.AnotherWorkshop("A place can only move to another date of the same workshop.")
        if not self.is_active:
            raise self.NotThere("This place has ended, so it cannot move. Register for the other date instead.")
        if self.session.has_started(now):
            raise self.SessionOver("This session has already started, so your place can no longer move.")
        if to.registrations.registered().filter(person=self.person).exists():
            raise self.NotThere("You already have a seat on that date.")
        self.refuse_unless_joinable(self.person, to, now)
        if to.registrations.waitlisted().filter(person=self.person).exists():
            raise self.NotThere("You are already on the waitlist of that date, and you keep this place meanwhile.")

    @verb
    def take_seat(self, now: datetime | None = None) -> None:
        """Take a seat that stands open in the last 24 hours before the start: the first of the waiting to do so has it.

        Refuses (SessionFull) when somebody was quicker, and (NotThere) who does not wait or before that day.
        """
        now = now or timezone.now()
        self._lock()
        if self.is_registered:
            return
        session = self.session
        if not self.is_waitlisted or not session.is_running:
            raise self.NotThere("You are no longer on this waitlist. Choose another date.")
        if session.has_started(now):
            raise self.SessionOver("This session has already started. Choose another date.")
        if not session.is_in_last_day(now):
            raise self.NotThere("Until 24 hours before the start, seats go to the people waiting in their order.")
        if session.seats_left == 0:
            raise self.SessionFull("Somebody took the seat before you. You keep your place on the waitlist.")
        if problem := eligibility.why_not(self.person, session):
            raise self.NotEligible(problem)
        waitlist.give_seat(self, now, how="taken")

    @verb
    def move_up(self, by: Person, reason: str, now: datetime | None = None) -> None:
        """Put somebody who waits first in line, with the office's reason on record."""
        now = now or timezone.now()
        self._lock()
        if not self.is_waitlisted:
            raise self.NotThere(f"{self.person} is not on this waitlist.")
        if self.session.has_started(now):
            raise self.SessionOver("This session has already started.")
        if not reason.strip():
            raise self.ReasonMissing("Say why: the record needs a reason.")
        place = self.place_in_line
        if place == 1:
            return
        waitlist.move_to_front(self)
        record(by, self, f"Moved up the waitlist from {place} to 1. {reason.strip()}")

    # ---- what the verbs have in common ----

    @classmethod
    def _add(cls, person: Person, session: Session, now: datetime, **kept) -> "Registration":
        """Write the next registration of a locked session, with a seat if one is free that nobody who waits may have.

        `kept` is what comes along from another date.
        """
        seated = waitlist.has_room(session, now)
        # Somebody may qualify again since their seat became free: they come first.
        waitlist.promote_waiting(session, now)
        registration = cls(
            person=person,
            session=session,
            status=cls.Status.REGISTERED if seated else cls.Status.WAITLISTED,
            position=session.next_position,
            registered_at=now,
            seated_at=now if seated else None,
            **kept,
        )
        session.next_position += 1
        if seated:
            session.seats_taken += 1
        else:
            session.waiting_count += 1
        session.save(update_fields=["next_position", "seats_taken", "waiting_count"])
        registration.save(force_insert=True)
        registration_made.send(cls, registration=registration)
        return registration

    def _lock(self) -> None:
        """Lock the session and read again what may have changed before the lock was had."""
        self.session.lock()
        self._refresh()

    def _refresh(self) -> None:
        what_changes = ["status", "position", "seated_at", "withdrawn_at", "gave_up", "moved_to", "pre_work_done_at"]
        self.refresh_from_db(fields=what_changes)

    def _leave(self, now: datetime, by: Person) -> None:
        """Take an active place out of its locked session's counts, and keep whether the person left, and late."""
        session = self.session
        self.gave_up = by == self.person
        # Kept, because the session may move to another day later.
        self.left_late = self.gave_up and self.seated_at is not None and session.is_in_last_day(now)
        if self.is_registered:
            session.seats_taken -= 1
        else:
            session.waiting_count -= 1
        session.save(update_fields=["seats_taken", "waiting_count"])
        self.status, self.withdrawn_at = self.Status.WITHDRAWN, now
        self.save(update_fields=["status", "withdrawn_at", "gave_up", "left_late"])

    def _pass_on(self, now: datetime) -> None:
        if self.seated_at:
            waitlist.pass_on(self.session, now, freed=f"left-{self.pk}")
