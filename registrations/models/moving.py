"""Moving to another date of the same workshop: in one step, or after the session was cancelled."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import verb
from registrations import waitlist
from registrations.models.joining import Joining
from registrations.models.leaving import Leaving
from registrations.models.preparation import Preparation
from registrations.models.standing import lock_all
from registrations.signals import registration_rebooked, registration_withdrawn
from sessions_app.models import Session

if TYPE_CHECKING:
    from registrations.models.registration import Registration


class Moving(Joining, Leaving, Preparation):
    """The part of a Registration about the one on another date that came after it."""

    class AnotherWorkshop(Joining.Refused):
        """A registration moves between dates of one workshop only."""

    moved_to = models.OneToOneField(
        "registrations.Registration",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="moved_from",
        help_text="The place on another date.",
    )

    class Meta:
        abstract = True

    # ---- questions ----

    @property
    def successor(self) -> "Registration | None":
        """The active registration this one became by moving, however often. None if it never moved or that one ended.

        One query per move.
        """
        latest = self.moved_to
        while latest and latest.moved_to:
            latest = latest.moved_to
        return latest if latest and latest.is_active else None

    @property
    def may_rebook(self) -> bool:
        """True once the session was cancelled, while the person has no other date instead."""
        return self.status == self.Status.SESSION_CANCELLED and self.successor is None

    def mode_there(self, to: Session, mode: str) -> str:
        """Return how the person takes part on the date `to`: as they say, otherwise as on this one; "" if nobody asks.

        Raises HowMissing and NoSuchMode as registering there does.
        """
        return self.mode_in(to, mode or self.mode) if to.asks_how else ""

    # ---- verbs ----

    @verb
    def transfer(self, to: Session, by: Person, now: datetime | None = None, mode: str = "") -> "Registration":
        """Move to another date of the same workshop, in one step: this registration ends only if a seat is given there.

        Without a `mode` they take part there as they do here, where that date asks. Locks both sessions in ascending
        key order. Returns the new registration; a retry answers with the same one.
        Refuses (SessionFull) where joining would mean waiting, and as registering there would be refused.
        """
        now = now or database_clock.now()
        lock_all([self.session, to])
        self._refresh()
        if (moved := self.successor) and moved.session_id == to.pk:
            return moved
        self._refuse_unless_movable(to, now)
        mode = self.mode_there(to, mode)
        if not waitlist.has_room(to, now, mode):
            raise self.SessionFull("That date is full. You can join its waitlist and keep this place.")
        self._leave(now, gave_up=by == self.person)
        office = None if by == self.person else by
        moved = self._add(self.person, to, now, mode, by=office, pre_work_done_at=self.pre_work_done_at)
        self._write_moved_to(moved, by)
        registration_withdrawn.send(type(self), registration=self)
        self._pass_on(now)
        return moved

    @verb
    def rebook(self, to: Session, by: Person, now: datetime | None = None, mode: str = "") -> "Registration":
        """Take another date of the workshop instead of a cancelled session: a seat, or the end of the waitlist.

        Locks both sessions in ascending key order. Returns the registration there, also if the person had one already;
        what they asked for follows. The `mode` is as in `transfer`. Refuses as registering there would be refused.
        """
        now = now or database_clock.now()
        lock_all([self.session, to])
        self._refresh()
        if instead := self.successor:
            return instead
        if self.status != self.Status.SESSION_CANCELLED:
            raise self.NotThere("This session was not cancelled. To change the date, move your place.")
        if to.workshop_id != self.session.workshop_id:
            raise self.AnotherWorkshop("A place can only move to another date of the same workshop.")
        instead = self._join(self.person, to, now, seat=False, mode=self.mode_there(to, mode))
        if type(self)._default_manager.filter(moved_to=instead).exists():
            return instead
        self._write_moved_to(instead, by)
        registration_rebooked.send(type(self), registration=self, now=now)
        return instead

    # ---- what the verbs have in common ----

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

    def _write_moved_to(self, other: "Registration", by: Person) -> None:
        self.moved_to = other
        self.save(update_fields=["moved_to"])
        if by != self.person:
            record(by, self, f"Moved to {other.session} by {by}.")
