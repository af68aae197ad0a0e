"""The order of the people in a session: since when each has a seat, and who is next to get one."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import verb
from registrations import eligibility, waitlist
from registrations.display.ways import NOTHING, Sentence
from registrations.models.standing import Standing
from sessions_app.models import Mode


class Waiting(Standing):
    """The part of a Registration about its order in the session, and the seat that a person who waits may take."""

    class ReasonMissing(Standing.Refused):
        """The office has to say why."""

    position = models.PositiveIntegerField(help_text="Order in this session, without gaps.")
    mode = models.CharField(
        "takes part",
        max_length=9,
        choices=Mode.choices,
        blank=True,
        default="",
        db_default="",
        help_text="Asked where a session is online and in person. Without a word a seat in the room is kept.",
    )
    mode_since = models.DateTimeField(null=True, blank=True, editable=False)
    wants = models.CharField(
        "would rather take part",
        max_length=9,
        choices=Mode.choices,
        blank=True,
        default="",
        db_default="",
        help_text="Of somebody with a seat of the other kind: they switch once a seat is free that nobody waits for.",
    )
    wants_since = models.DateTimeField(null=True, blank=True, editable=False)
    seated_at = models.DateTimeField(null=True, blank=True)
    admitted = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="The office let them in although a rule said no."
    )
    beyond_capacity = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="The capacity is one larger for this person, until they leave.",
    )

    # The 1-based number on the waitlist, for lists: `numbered()` sets it.
    number: int

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["session", "position"], name="one_position_per_session"),
            models.CheckConstraint(
                condition=~Q(status="registered") | Q(seated_at__isnull=False), name="registered_since_some_time"
            ),
            models.CheckConstraint(
                condition=Q(beyond_capacity=False) | Q(seated_at__isnull=False), name="beyond_capacity_with_a_seat"
            ),
            models.CheckConstraint(condition=Q(mode__in=["", *Mode.values]), name="registration_of_a_known_mode"),
            models.CheckConstraint(
                condition=Q(wants="") | Q(wants__in=Mode.values, wants_since__isnull=False) & ~Q(wants=F("mode")),
                name="registration_wants_the_other_mode",
            ),
        ]

    @property
    def line(self) -> str:
        """Return which line of the session this seat, or place in line, counts in: a mode, "" if there is but one."""
        return self.session.line_of(self.mode)

    @property
    def place_in_line(self) -> int:
        """The 1-based number on the waitlist, of those who wait for the same mode. One query."""
        return self.session.registrations.waiting_for(self.line).filter(position__lte=self.position).count()

    def why_not_here(self) -> Sentence:
        """Return why the person may not take part here; empty if they may, or the office has let them in."""
        if self.admitted and self.person.is_active:
            return NOTHING
        return eligibility.why_not(self.person, self.session)

    @verb
    def take_seat(self, now: datetime | None = None) -> None:
        """Take a seat that stands open in the last 24 hours before the start: the first of the waiting to do so has it.

        Refuses (SessionFull) when somebody was quicker, (NotThere) a person who does not wait and before that day,
        (SessionOver) once it has started, and (NotEligible) a person who no longer qualifies.
        """
        now = now or database_clock.now()
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
        if session.seats_left_in(self.line) == 0:
            raise self.SessionFull("Somebody took the seat before you. You keep your place on the waitlist.")
        if problem := self.why_not_here():
            raise self.NotEligible(problem)
        waitlist.give_seat(self, now, how="taken")

    @verb
    def move_up(self, by: Person, reason: str, now: datetime | None = None) -> None:
        """Put a person who waits first in line, with the office's `reason` on record. Changes nothing for the first.

        Refuses (NotThere) a person who does not wait, (SessionOver) once it has started, and (ReasonMissing).
        """
        now = now or database_clock.now()
        self._lock()
        if not self.is_waitlisted:
            raise self.NotThere(f"{self.person} is not on this waitlist.")
        if self.session.has_started(now):
            raise self.SessionOver("This session has already started.")
        if not reason.strip():
            raise self.ReasonMissing("Say why: the record needs a reason.")
        number = self.place_in_line
        if number == 1:
            return
        waitlist.move_to_front(self)
        record(by, self, f"Moved up the waitlist from {number} to 1. {reason.strip()}")

    @verb
    def seat_beyond_capacity(self, by: Person, reason: str, now: datetime | None = None) -> None:
        """Give a person who waits a seat that is one more than the capacity, with the office's `reason` on record.

        Nobody loses by it: seats that are free go to the waiting in their order first, and the capacity is one larger
        until this person leaves. Refuses as `move_up` does, and (NotEligible) a person who may not take part.
        """
        now = now or database_clock.now()
        self._lock()
        if self.is_registered:
            return
        session = self.session
        if not self.is_waitlisted or not session.is_running:
            raise self.NotThere(f"{self.person} is not on this waitlist.")
        if session.has_started(now):
            raise self.SessionOver("This session has already started.")
        if not reason.strip():
            raise self.ReasonMissing("Say why: the record needs a reason.")
        if problem := self.why_not_here():
            raise self.NotEligible(problem)
        waitlist.promote_waiting(session, now)
        self._refresh()
        if self.is_registered:
            return
        was = session.capacity
        session.widen(self.mode)
        waitlist.give_seat(self, now, how="granted")
        self.beyond_capacity = True
        self.save(update_fields=["beyond_capacity"])
        record(
            by,
            self,
            f"Given a seat beyond capacity, which is {session.capacity} for it and was {was}. {reason.strip()}",
        )
