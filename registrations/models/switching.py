"""Switching between the room and online, in a session that is held in both."""

from datetime import datetime

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import verb
from registrations import waitlist
from registrations.models.joining import Joining
from registrations.signals import registration_switched
from sessions_app.models import Mode


class Switching(Joining):
    """The part of a Registration about changing how its person takes part."""

    class Meta:
        abstract = True

    @property
    def other_mode(self) -> str:
        """Return the mode this seat, or place in line, is not of; "" where nobody is asked."""
        if not self.session.asks_how:
            return ""
        return Mode.ROOM if self.line == Mode.ONLINE else Mode.ONLINE

    @verb
    def switch(self, mode: str, by: Person, now: datetime | None = None) -> None:
        """Take part as `mode` says from now on, with a seat of that kind; the seat that is left is passed on.

        A person who waits has a seat then. To say again how they take part takes back that they would rather switch.
        Refuses (SessionFull) where no seat is free that nobody who waits may have: they keep what they have. Refuses
        (NoSuchMode, HowMissing) what is not one of the two, (NotThere) a registration that has ended, (SessionOver)
        once it has started, and (NotEligible) a person who waits and no longer qualifies.
        """
        now = now or database_clock.now()
        self._lock()
        mode = self._mode_to_switch_to(mode, now)
        if self.line == mode:
            self._stay(mode, by, now)
            return
        if not waitlist.has_room(self.session, now, mode):
            raise self.SessionFull(self._full_words(mode))
        self._record(by, f"Takes part {_words(mode)} from now on.")
        if self.is_waitlisted:
            if problem := self.why_not_here():
                raise self.NotEligible(problem)
            self._wait_for(mode, now)
            waitlist.give_seat(self, now, how="switched")
            return
        was = self.mode
        waitlist.switch(self, mode, now)
        waitlist.pass_on(self.session, now, freed=f"switched-{self.pk}-{now:%Y%m%d%H%M%S%f}", mode=was)

    @verb
    def ask_to_switch(self, mode: str, by: Person, now: datetime | None = None) -> None:
        """Keep the seat, and switch to `mode` once a seat is free that nobody without one waits for; at once if it is.

        Refuses what `switch` refuses but a full mode, and (NotThere) a person who waits.
        """
        now = now or database_clock.now()
        self._lock()
        mode = self._mode_to_switch_to(mode, now)
        if self.line == mode or waitlist.has_room(self.session, now, mode):
            self.switch(mode, by, now)
            return
        if self.is_waitlisted:
            raise self.NotThere(self._full_words(mode))
        if self.wants == mode:
            return
        # The instant at which the lock is had, because the order of asking decides.
        self.wants, self.wants_since = mode, max(now, database_clock.now())
        self.save(update_fields=["wants", "wants_since"])
        self._record(by, f"Would rather take part {_words(mode)}.")

    # ---- what the verbs have in common ----

    def _mode_to_switch_to(self, mode: str, now: datetime) -> str:
        if not self.session.asks_how:
            raise self.NoSuchMode("This session has one way to take part.")
        mode = self.mode_in(self.session, mode)
        if not self.is_active or not self.session.is_running:
            raise self.NotThere("You no longer have a place here, so there is nothing to switch.")
        if self.session.has_started(now):
            raise self.SessionOver("This session has already started, so how you take part stays as it is.")
        return mode

    def _stay(self, mode: str, by: Person, now: datetime) -> None:
        """Write down that the person takes part as they do, and would not rather switch."""
        if (self.mode, self.wants) == (mode, ""):
            return
        was, self.wants, self.wants_since = self.mode, "", None
        if was != mode:
            self.mode, self.mode_since = mode, now
        self.save(update_fields=["mode", "mode_since", "wants", "wants_since"])
        if was != mode:
            # They had not said: their calendar names both the room and the link.
            registration_switched.send(type(self), registration=self, was=was, now=now)
        self._record(by, f"Takes part {_words(mode)}.")

    def _wait_for(self, mode: str, now: datetime) -> None:
        """Count the place in line of a person who waits in that of `mode`, just before they have a seat there."""
        self.session.count(self.mode, waiting=-1)
        self.mode, self.mode_since = mode, now
        self.save(update_fields=["mode", "mode_since"])
        self.session.count(self.mode, waiting=1)

    def _full_words(self, mode: str) -> str:
        if self.is_waitlisted:
            kept = (
                "You keep your place in line for the room." if mode == Mode.ONLINE else "You keep your place in line."
            )
            return f"{_FULL[mode]} {kept}"
        return f"{_FULL[mode]} You keep your seat."

    def _record(self, by: Person, sentence: str) -> None:
        if by != self.person:
            record(by, self, sentence)


_FULL: dict[str, str] = {Mode.ROOM: "The room is full.", Mode.ONLINE: "Online is full."}


def _words(mode: str) -> str:
    return "online" if mode == Mode.ONLINE else "in the room"
