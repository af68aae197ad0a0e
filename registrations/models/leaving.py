"""Leaving a session: by oneself, by the office, or by the rule; and the freed seat."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import verb
from registrations import eligibility, waitlist
from registrations.models.waiting import Waiting
from registrations.signals import registration_withdrawn


class Leaving(Waiting):
    """The part of a Registration about its end: when, and whether the person left by themselves, and late."""

    withdrawn_at = models.DateTimeField(null=True, blank=True)
    gave_up = models.BooleanField(
        default=False, help_text="Left by themselves: neither the office nor the rule did it."
    )
    left_late = models.BooleanField(
        default=False, help_text="Gave up a seat in the last 24 hours before the start. For the office only."
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | Q(withdrawn_at__isnull=False), name="withdrawn_at_some_time"
            )
        ]

    @verb
    def withdraw(self, by: Person, now: datetime | None = None) -> None:
        """Give the registration up; a freed seat goes to the next person waiting, in the same transaction.

        Between two meetings nobody takes the seat. Refuses (SessionOver) once the last meeting has started.
        """
        now = now or database_clock.now()
        self._lock()
        if not self.is_active:
            return
        self._refuse_unless_leavable(now)
        self._leave(now, gave_up=by == self.person)
        if by != self.person:
            record(by, self, f"Withdrawn by {by}.")
        registration_withdrawn.send(type(self), registration=self)
        self._pass_on(now)

    @verb
    def withdraw_as_asked(self, by: Person, now: datetime | None = None) -> None:
        """Give the registration up for its person, who asked the office to; otherwise as `withdraw`."""
        now = now or database_clock.now()
        self._lock()
        if not self.is_active:
            return
        self._refuse_unless_leavable(now)
        self._leave(now, gave_up=True)
        record(by, self, f"Withdrawn by {by}, as {self.person} asked.")
        registration_withdrawn.send(type(self), registration=self, asked_office=True)
        self._pass_on(now)

    @verb
    def withdraw_because(self, reason: str, by: Person, now: datetime | None = None) -> None:
        """End the registration for a `reason`, which its person is told; otherwise as `withdraw`. Needs a reason."""
        now = now or database_clock.now()
        self._lock()
        if not self.is_active:
            return
        self._refuse_unless_leavable(now)
        if not reason.strip():
            raise self.ReasonMissing("Say why: the person is told the reason.")
        self._leave(now, gave_up=False)
        record(by, self, f"Withdrawn by {by}. {reason.strip()}")
        registration_withdrawn.send(type(self), registration=self, reason=reason.strip())
        self._pass_on(now)

    @verb
    def give_way(self, reason: str, by: Person, now: datetime | None = None) -> None:
        """End the registration because its person has another one for the same session, under an account of theirs.

        While the session can still be left the person is told the `reason`, and the seat goes to the next in line.
        """
        now = now or database_clock.now()
        self._lock()
        if not self.is_active:
            return
        self._leave(now, gave_up=False)
        record(by, self, f"Ended by {by}. {reason}")
        if self.session.has_meeting_ahead(now) and self.session.is_running:
            registration_withdrawn.send(type(self), registration=self, reason=reason)
            self._pass_on(now)

    @verb
    def disqualify(self, now: datetime | None = None) -> None:
        """Free the seat of a person whose account was switched off, or whom the session is not for any more.

        Does nothing while they may take part, where the office let them in in spite of the rules, when they wait (they
        are skipped, not dropped) or once it has started.
        """
        now = now or database_clock.now()
        self._lock()
        why = eligibility.why_not_as(self.person, self.session)
        if self.admitted and self.person.is_active:
            return
        if not self.is_registered or not why or self.session.has_started(now):
            return
        rule = Person.objects.rule()
        self._leave(now, gave_up=False)
        record(rule, self, f"Withdrawn: no longer eligible. {why}")
        registration_withdrawn.send(type(self), registration=self, why=why)
        self._pass_on(now)

    # ---- what the verbs have in common ----

    def _refuse_unless_leavable(self, now: datetime) -> None:
        if not self.session.has_meeting_ahead(now):
            raise self.SessionOver("This session has already started, so your place can no longer be given up.")

    def _leave(self, now: datetime, gave_up: bool) -> None:
        """Take an active registration out of its locked session's counts; write down if the person left, and late."""
        session = self.session
        self.gave_up = gave_up
        # Written now, because the session may move to another day later.
        self.left_late = self.gave_up and self.seated_at is not None and session.is_in_last_day(now)
        session.count(self.mode, seats=-int(self.is_registered), waiting=-int(self.is_waitlisted))
        waitlist.give_back_capacity(self)
        self.status, self.withdrawn_at = self.Status.WITHDRAWN, now
        self.save(update_fields=["status", "withdrawn_at", "gave_up", "left_late", "beyond_capacity"])

    def _pass_on(self, now: datetime) -> None:
        """Pass on the seat that was held, if there was one."""
        if self.seated_at:
            waitlist.pass_on(self.session, now, freed=f"left-{self.pk}", mode=self.mode)
