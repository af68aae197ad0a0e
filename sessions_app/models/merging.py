"""Merging two dates of a workshop: the people of one are offered the other, and then the one is cancelled.

What becomes of the people is in `registrations/merging/`, which receives the signals. Both dates are locked by each
verb, in ascending key order, as wherever two are.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from accounts.models import Person
from foundation import database_clock
from foundation.dates import day_and_time
from foundation.record import record
from foundation.verbs import part_of_a_verb, verb
from sessions_app.models.deciding import Deciding
from sessions_app.signals import (
    session_kept,
    session_merge_ends,
    session_merge_goes_on,
    session_merged,
    session_merging,
)

if TYPE_CHECKING:
    from sessions_app.models.session import Session


class Merging(Deciding):
    """The verbs that begin a merge, let both dates be, and end it."""

    class CannotMerge(Deciding.Refused):
        """These two dates cannot be merged; the sentence says why, and what to do."""

    class Meta:
        abstract = True

    @verb
    def begin_merge(
        self, into: "Session", answer_by: datetime, reason: str, by: Person, now: datetime | None = None
    ) -> None:
        """Offer the people of this date the date `into`, until `answer_by`; `reason` is what they are told.

        A second call for the same date changes nothing. Raises CannotMerge, AlreadyDecided and ReasonMissing.
        """
        now = now or database_clock.now()
        self._lock_with(into)
        if self.is_merging and self.merges_into_id == into.pk:
            return
        said = self._said(reason)
        self.refuse_unless_mergeable(into, answer_by, now)
        self.merges_into, self.merge_by, self.cancel_reason = into, answer_by, said
        self.save(update_fields=["merges_into", "merge_by", "cancel_reason"])
        until = day_and_time(answer_by, self.time_zone)
        record(by, self, f"Being merged into {into}; people answer by {until}. {said}")
        session_merging.send(type(self), session=self, into=into, now=now)

    def refuse_unless_mergeable(self, into: "Session", answer_by: datetime, now: datetime) -> None:
        """Raise the Refused that says why this date cannot be merged into `into` with answers by `answer_by`."""
        self._refuse_unless_both_run(into, now)
        if self.is_merging:
            raise self.CannotMerge("This date is being merged already. Let both dates be first.")
        if into.is_merging:
            raise self.CannotMerge("That date is itself being merged into another one. Choose a third date.")
        if self.merging_here.exists():  # type: ignore[attr-defined] # the reverse of merges_into
            raise self.CannotMerge("Another date is being merged into this one. Wait until that has ended.")
        if not into.takes_registrations(now):
            raise self.CannotMerge("That date takes no registrations now. Change when they open or close first.")
        if not any(into.seats_left_in(line) > into.waiting_in(line) for line in into.lines):
            raise self.CannotMerge("That date is full. Give it more seats first, or choose another date.")
        if answer_by <= now:
            raise self.CannotMerge("Choose a time in the future by which people answer.")
        if self.status == self.Status.OPEN and answer_by > self.confirm_by:
            raise self.CannotMerge(
                "People answer by the decision date of this session at the latest. Choose an earlier time, or give the "
                "session more time first."
            )
        if answer_by >= min(self.starts_at, into.registration_closes_at, into.starts_at):
            raise self.CannotMerge("People answer before either date starts, and before registration closes there.")

    @verb
    def keep(self, by: Person, now: datetime | None = None) -> None:
        """Let both dates be: nobody is asked any more, and this one goes on. People who have moved stay there."""
        now = now or database_clock.now()
        into = self._lock_both()
        if into is None:
            return
        self.merges_into = self.merge_by = None
        self.cancel_reason = ""
        self.save(update_fields=["merges_into", "merge_by", "cancel_reason"])
        record(by, self, f"No longer merged into {into}.")
        session_kept.send(type(self), session=self, into=into, now=now)

    @verb
    def end_merge(self, by: Person, now: datetime | None = None) -> None:
        """Move the people who said yes and cancel this date, with the reason they were told; the rest are told.

        People who said yes are moved as at the time to answer, also where the sweep is late.
        """
        now = now or database_clock.now()
        into = self._lock_both()
        if into is None or self.merge_by is None:
            return
        at, reason = min(now, self.merge_by), self.cancel_reason
        session_merge_ends.send(type(self), session=self, into=into, now=at)
        self.merges_into = self.merge_by = None
        self.save(update_fields=["merges_into", "merge_by"])
        self._cancel(reason, by, now, by_rule=False)
        session_merged.send(type(self), session=self, into=into, now=at)

    @verb
    def go_on_merging(self, now: datetime | None = None) -> None:
        """Let people move who said yes and are sure of a seat by now, because others have left one of the dates."""
        now = now or database_clock.now()
        if into := self._lock_both():
            session_merge_goes_on.send(type(self), session=self, into=into, now=now)

    # ---- what the verbs have in common ----

    def _lock_both(self) -> "Session | None":
        """Lock this date and the one it is being merged into, and return that one; None where it is not, any more."""
        into = self.merges_into
        if into is None:
            return None
        self._lock_with(into)
        return into if self.merges_into_id == into.pk else None

    @part_of_a_verb
    def _lock_with(self, other: "Session") -> None:
        for session in sorted({self, other}, key=lambda one: one.pk):
            session.lock()

    def _refuse_unless_both_run(self, into: "Session", now: datetime) -> None:
        if self.pk == into.pk:
            raise self.CannotMerge("A date is merged into another one. Choose the other date.")
        if self.workshop_id != into.workshop_id:  # type: ignore[attr-defined] # a field of Session
            raise self.CannotMerge("That is a date of another workshop. Choose one of the same workshop.")
        if not self.is_running:
            raise self.AlreadyDecided(f"This session is {self.get_status_display().lower()}; it cannot be merged.")
        if self.has_started(now):
            raise self.AlreadyDecided("This session has started; it cannot be merged.")
        if not into.is_running:
            raise self.CannotMerge(f"That date is {into.get_status_display().lower()}. Choose one that is held.")
        if into.has_started(now):
            raise self.CannotMerge("That date has started. Choose one to come.")
