"""How it is decided whether a session takes place: at its minimum, at its decision date, by the office, at its end."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Person
from foundation.record import record
from foundation.verbs import verb
from sessions_app.models.decision import Decision
from sessions_app.signals import session_asked, session_cancelled, session_confirmed, session_extended


class Deciding:
    """The verbs that decide, each with a Decision on record. Mixed into Session."""

    @verb
    def settle(self, now: datetime | None = None) -> None:
        """Decide what is due: confirm at the minimum, cancel at `confirm_by` below it, complete after the end.

        The count while the lock is held decides, also when the sweep is late. Safe to run twice or late.
        """
        now = now or timezone.now()
        self.lock()
        if self.status == self.Status.CONFIRMED and self.ends_at <= now:
            self._complete(now)
        elif self.status != self.Status.OPEN:
            return
        elif self.has_started(now):
            self._cancel_by_rule(now)
        elif self.seats_taken >= self.minimum:
            self._confirm(Decision.Kind.CONFIRMED, "", Person.objects.rule(), now)
        elif self.confirm_by <= now:
            self._decide_below_minimum(now)

    def _decide_below_minimum(self, now: datetime) -> None:
        if self.at_deadline == self.AtDeadline.ASK:
            if self.asked_at is None:
                self.asked_at = now
                self.save(update_fields=["asked_at"])
                record(Person.objects.rule(), self, f"Asked the office at {self.seats_taken} of {self.minimum}.")
                session_asked.send(type(self), session=self)
                return
            if now < self.answer_by:
                return
        self._cancel_by_rule(now)

    @verb
    def confirm(self, now: datetime | None = None) -> None:
        """Confirm an open session that has its minimum. Refuses one that has not; that is `run_anyway`."""
        now = now or timezone.now()
        self.lock()
        if self.status == self.Status.CONFIRMED:
            return
        self._refuse_unless_open(now)
        if self.seats_taken < self.minimum:
            raise self.Refused(f"Only {self.seats_taken} of {self.minimum} have registered.")
        self._confirm(Decision.Kind.CONFIRMED, "", Person.objects.rule(), now)

    @verb
    def run_anyway(self, reason: str, by: Person, now: datetime | None = None) -> None:
        """Confirm an open session below its minimum, with the office's reason on record."""
        now = now or timezone.now()
        self.lock()
        if self.status == self.Status.CONFIRMED:
            return
        self._refuse_unless_open(now)
        self._confirm(Decision.Kind.RUN_ANYWAY, self._said(reason), by, now)

    def _confirm(self, kind: str, reason: str, by: Person, now: datetime) -> None:
        self.status = self.Status.CONFIRMED
        self.confirmed_at, self.confirmed_count, self.confirmed_minimum = now, self.seats_taken, self.minimum
        self.run_anyway_reason = reason
        self.save(update_fields=["status", "confirmed_at", "confirmed_count", "confirmed_minimum", "run_anyway_reason"])
        self._decide(kind, reason, by, now, f"Confirmed with {self.seats_taken} of {self.minimum}.")
        session_confirmed.send(type(self), session=self)

    @verb
    def extend(self, until: datetime, by: Person, now: datetime | None = None) -> None:
        """Move `confirm_by` of an open session to `until`, later than now and not after the start."""
        now = now or timezone.now()
        self.lock()
        self._refuse_unless_open(now)
        if until == self.confirm_by:
            return
        if until <= now:
            raise self.Refused("Choose a decision date in the future.")
        if until > self.starts_at:
            raise self.Refused("The decision date cannot be after the start.")
        before, self.confirm_by, self.asked_at = self.confirm_by, until, None
        self.save(update_fields=["confirm_by", "asked_at"])
        zone = ZoneInfo(self.time_zone)
        moved = f"{before.astimezone(zone):%Y-%m-%d %H:%M} to {until.astimezone(zone):%Y-%m-%d %H:%M}"
        self._decide(Decision.Kind.EXTENDED, f"From {moved}.", by, now, f"Decision date moved from {moved}.")
        session_extended.send(type(self), session=self)

    @verb
    def cancel(self, reason: str, by: Person, now: datetime | None = None) -> None:
        """Cancel an open or confirmed session, with the reason people are told."""
        now = now or timezone.now()
        self.lock()
        if self.status == self.Status.CANCELLED:
            return
        if not self.is_running:
            raise self.AlreadyDecided(f"This session is {self.get_status_display().lower()}; it cannot be cancelled.")
        if self.ends_at <= now:
            raise self.AlreadyDecided("This session has been held; it cannot be cancelled.")
        self._cancel(self._said(reason), by, now, by_rule=False)

    def _cancel_by_rule(self, now: datetime) -> None:
        reason = f"{self.seats_taken} of {self.minimum} had registered by the decision date."
        self._cancel(reason, Person.objects.rule(), now, by_rule=True)

    def _cancel(self, reason: str, by: Person, now: datetime, by_rule: bool) -> None:
        self.status = self.Status.CANCELLED
        self.cancelled_at, self.cancelled_count, self.cancelled_by_rule = now, self.seats_taken, by_rule
        self.cancel_reason = reason
        self.save(update_fields=["status", "cancelled_at", "cancelled_count", "cancelled_by_rule", "cancel_reason"])
        self._decide(Decision.Kind.CANCELLED, reason, by, now, f"Cancelled with {self.seats_taken} of {self.minimum}.")
        session_cancelled.send(type(self), session=self)

    def _complete(self, now: datetime) -> None:
        self.status, self.completed_at = self.Status.COMPLETED, now
        self.save(update_fields=["status", "completed_at"])
        record(Person.objects.rule(), self, f"Completed; {self.seats_taken} were registered.")

    # ---- what they have in common ----

    def _refuse_unless_open(self, now: datetime) -> None:
        if self.status != self.Status.OPEN:
            raise self.AlreadyDecided(f"This session is {self.get_status_display().lower()}, no longer open.")
        if self.has_started(now):
            raise self.AlreadyDecided("This session should have started by now; it can no longer be decided.")

    def _decide(self, kind: str, reason: str, by: Person, now: datetime, sentence: str) -> None:
        Decision.objects.create(
            session=self, kind=kind, at=now, by=by, count=self.seats_taken, minimum=self.minimum, reason=reason
        )
        record(by, self, f"{sentence} {reason}".strip())
