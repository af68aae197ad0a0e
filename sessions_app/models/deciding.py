"""How it is decided whether a session takes place: at its minimum, at its decision date, by the office, at its end."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from foundation import database_clock
from foundation.dates import day_and_time, local
from foundation.record import record
from foundation.values.zones import zone_of
from foundation.verbs import verb
from foundation.wall_clock import LONG_AGO
from sessions_app.models.decision import Decision
from sessions_app.models.life import AnyLife
from sessions_app.models.opening import Opening, OpeningQuerySet
from sessions_app.signals import session_asked, session_cancelled, session_confirmed, session_extended

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

# How long before its decision date a session short of its minimum is at risk.
AT_RISK = timedelta(days=3)
# How long the office has to answer once it was asked.
ASK_GRACE = timedelta(hours=24)


def default_confirm_by(starts_at: datetime, zone: str, now: datetime) -> datetime:
    """Return when a session starting at `starts_at` is decided if the office does not say.

    Three days before, at 17:00 in its zone, back to Friday if that is a weekend; the start itself if that has passed.
    """
    day = local(starts_at, zone).date() - timedelta(days=3)
    day -= timedelta(days=max(0, day.weekday() - 4))
    # 17:00 is never skipped or repeated: no zone changes its clock in the afternoon.
    decided = datetime.combine(day, time(17), zone_of(zone)).astimezone(UTC)
    return decided if decided > now else starts_at


def is_by_rule(confirm_by: datetime | None, starts_at: datetime, zone: str) -> bool:
    """Tell whether `confirm_by` is what the rule gives a session starting at `starts_at`, at whatever time it is asked.

    Such a date moves along when the session moves.
    """
    return confirm_by in (starts_at, default_confirm_by(starts_at, zone, LONG_AGO))


class DecidingQuerySet(OpeningQuerySet[AnyLife]):
    """Find sessions by what is to be decided about them."""

    def due_for_decision(self, now: datetime) -> Self:
        """Sessions on which `settle` has something to do at `now`."""
        return self.filter(
            Q(status=Deciding.Status.OPEN, seats_taken__gte=F("minimum"))
            | Q(status=Deciding.Status.OPEN, confirm_by__lte=now)
            | Q(status=Deciding.Status.CONFIRMED, ends_at__lte=now),
            merge_by__isnull=True,
        ).order_by("pk")

    def awaiting_decision(self, now: datetime) -> Self:
        """Open sessions short of their minimum whose decision date is at most three days away or has passed."""
        short = self.filter(status=Deciding.Status.OPEN, seats_taken__lt=F("minimum"), starts_at__gt=now)
        short = short.filter(merge_by__isnull=True)
        return short.filter(confirm_by__lte=now + AT_RISK).order_by("confirm_by", "pk")


class Deciding(Opening):
    """The decision about a session: when it is due, what it was, and the verbs, each with a Decision on record."""

    class AtDeadline(models.TextChoices):
        CANCEL = "cancel", "Cancel it and tell everyone"
        ASK = "ask", "Ask the office first"

    # Only a draft may lack it (session_public_has_its_times).
    if TYPE_CHECKING:
        confirm_by: datetime
        decisions: RelatedManager[Decision]
    else:
        confirm_by = models.DateTimeField(null=True, blank=True)
    at_deadline = models.CharField(max_length=6, choices=AtDeadline.choices, default=AtDeadline.CANCEL)

    # Written once, by the verb that names them.
    asked_at = models.DateTimeField(null=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_count = models.PositiveIntegerField(null=True, editable=False)
    confirmed_minimum = models.PositiveSmallIntegerField(null=True, editable=False)
    run_anyway_reason = models.TextField(blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_count = models.PositiveIntegerField(null=True, editable=False)
    cancelled_by_rule = models.BooleanField(default=False, editable=False)
    cancel_reason = models.TextField(blank=True, editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        indexes = [
            # The sessions that are decided next, without a look at every session.
            models.Index(fields=["confirm_by"], condition=Q(status="open"), name="session_decided_next"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirm_by__lte=F("starts_at")),
                name="session_decided_before_it_starts",
                violation_error_message="The decision date cannot be after the start.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["confirmed", "completed"])
                # Said to be there: a comparison with nothing is not false, and would pass.
                | Q(confirmed_count__isnull=False, confirmed_minimum__isnull=False)
                & (Q(confirmed_count__gte=F("confirmed_minimum")) | ~Q(run_anyway_reason="")),
                name="session_confirmed_with_its_minimum_or_a_reason",
            ),
        ]

    @property
    def answer_by(self) -> datetime | None:
        """Return until when the office may answer: a day after it was asked, at most until the start."""
        return self.asked_at and min(self.asked_at + ASK_GRACE, self.starts_at)

    @verb
    def settle(self, now: datetime | None = None) -> None:
        """Decide what is due: confirm at the minimum, cancel at `confirm_by` below it, complete after the end.

        The count while the lock is held decides, also when the sweep is late. Safe to run twice or late. A date that is
        being merged is left alone.
        """
        now = now or database_clock.now()
        self.lock()
        if self.is_merging:
            return
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
            if self.answer_by is None:
                self.asked_at = now
                self.save(update_fields=["asked_at"])
                record(Person.objects.rule(), self, f"Asked the office at {self.seats_taken} of {self.minimum}.")
                session_asked.send(type(self), session=self)
                return
            if now < self.answer_by:
                return
        self._cancel_by_rule(now)

    @verb
    def run_anyway(self, reason: str, by: Person, now: datetime | None = None) -> None:
        """Confirm an open session below its minimum, with the office's reason on record. Refuses one without people."""
        now = now or database_clock.now()
        self.lock()
        if self.status == self.Status.CONFIRMED:
            return
        self._refuse_unless_open(now)
        said = self._said(reason)
        if self.seats_taken == 0:
            raise self.Refused(
                "Nobody has registered, so there is nobody to hold it for. Give it more time, or cancel it."
            )
        self._confirm(Decision.Kind.RUN_ANYWAY, said, by, now)

    def _confirm(self, kind: str, reason: str, by: Person, now: datetime) -> None:
        self.status = self.Status.CONFIRMED
        self.confirmed_at, self.confirmed_count, self.confirmed_minimum = now, self.seats_taken, self.minimum
        self.run_anyway_reason = reason
        self.save(update_fields=["status", "confirmed_at", "confirmed_count", "confirmed_minimum", "run_anyway_reason"])
        self._decide(kind, reason, by, now, f"Confirmed with {self.seats_taken} of {self.minimum}.")
        session_confirmed.send(type(self), session=self)

    @verb
    def extend(self, until: datetime, by: Person, now: datetime | None = None) -> None:
        """Move `confirm_by` of an open session to `until`, later than now and not after the start, and say so."""
        now = now or database_clock.now()
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
        was, will_be = local(before, self.time_zone), local(until, self.time_zone)
        moved = f"{was:%Y-%m-%d %H:%M} to {will_be:%Y-%m-%d %H:%M}"
        self._decide(Decision.Kind.EXTENDED, f"From {moved}.", by, now, f"Decision date moved from {moved}.")
        session_extended.send(type(self), session=self, was=before, now=now)

    def refuse_at_deadline(self, choice: str, now: datetime) -> None:
        """Raise the Refused that says why `choice` cannot be what happens at the deadline; return None if it can."""
        self._refuse_unless_open(now)
        if choice == self.AtDeadline.CANCEL and self.confirm_by <= now and self.seats_taken < self.minimum:
            raise self.Refused(
                "The decision date has passed, so this would cancel the session at once. Give it more time first, or "
                "cancel it with a reason."
            )

    @verb
    def choose_at_deadline(self, choice: str, by: Person, now: datetime | None = None) -> None:
        """Say what happens below the minimum at `confirm_by`: an AtDeadline. Refuses as `refuse_at_deadline` does."""
        now = now or database_clock.now()
        self.lock()
        if choice == self.at_deadline:
            return
        self.refuse_at_deadline(choice, now)
        was, self.at_deadline = self.get_at_deadline_display(), self.AtDeadline(choice)
        self.save(update_fields=["at_deadline"])
        record(by, self, f"At the deadline: from “{was}” to “{self.get_at_deadline_display()}”.")

    @verb
    def cancel(self, reason: str, by: Person, now: datetime | None = None) -> None:
        """Cancel an open or confirmed session, with the reason people are told."""
        now = now or database_clock.now()
        self.lock()
        if self.status == self.Status.CANCELLED:
            return
        if not self.is_running:
            raise self.AlreadyDecided(f"This session is {self.get_status_display().lower()}; it cannot be cancelled.")
        if self.ends_at <= now:
            raise self.AlreadyDecided("This session has been held; it cannot be cancelled.")
        self._refuse_merging()
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

    def _move_decision(self, old_start: datetime, old_zone: str, now: datetime) -> list[str]:
        """Move `confirm_by` after the start has moved. Returns what moved, in words; saves nothing.

        A date that the rule gave is given again; one that the office chose stays, at the start at the latest. A draft
        is given the date it lacks.
        """
        decided = self.confirm_by
        if self.status == self.Status.DRAFT:
            self.confirm_by = decided or default_confirm_by(self.starts_at, self.time_zone, now)
            return []
        is_moved = self.starts_at != old_start and self.status == self.Status.OPEN
        if is_moved and is_by_rule(decided, old_start, old_zone):
            self.confirm_by = default_confirm_by(self.starts_at, self.time_zone, now)
        else:
            self.confirm_by = min(decided, self.starts_at)
        if self.confirm_by == decided:
            return []
        if self.confirm_by > now:
            self.asked_at = None
        if self.status != self.Status.OPEN:
            return []
        new, old = day_and_time(self.confirm_by, self.time_zone), day_and_time(decided, self.time_zone)
        return [f"It is decided on {new}, not on {old}."]

    # ---- what the verbs have in common ----

    def _refuse_unless_open(self, now: datetime) -> None:
        if self.status != self.Status.OPEN:
            raise self.AlreadyDecided(f"This session is {self.get_status_display().lower()}, no longer open.")
        if self.has_started(now):
            raise self.AlreadyDecided("This session should have started by now; it can no longer be decided.")
        self._refuse_merging()

    def _refuse_merging(self) -> None:
        if self.is_merging:
            raise self.AlreadyDecided("This date is being merged. End the merge, or let both dates be, first.")

    def _decide(self, kind: str, reason: str, by: Person, now: datetime, sentence: str) -> None:
        self.decisions.create(kind=kind, at=now, by=by, count=self.seats_taken, minimum=self.minimum, reason=reason)
        record(by, self, f"{sentence} {reason}".strip())
