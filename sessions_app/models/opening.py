"""When people may register for a session, and who has a seat that comes free."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from foundation import database_clock
from foundation.dates import day_and_time
from foundation.record import record
from foundation.verbs import verb
from sessions_app.models.being_merged import BeingMerged
from sessions_app.models.life import AnyLife, Life, LifeQuerySet

# From this long before the first start, a seat that comes free goes to the first person on the waitlist who takes it.
LAST_DAY = timedelta(hours=24)


class OpeningQuerySet(LifeQuerySet[AnyLife]):
    """Find sessions by whether people may register."""

    def joinable(self, now: datetime | None = None) -> Self:
        """Sessions that still take registrations."""
        now = now or database_clock.now()
        opened = Q(registration_opens_at__isnull=True) | Q(registration_opens_at__lte=now)
        there = self.filter(opened, status__in=Life.RUNNING, registration_closes_at__gt=now, starts_at__gt=now)
        return there.filter(merge_by__isnull=True)

    def with_free_seats(self) -> Self:
        """Sessions in which a seat is free that nobody waits for: where people are asked, of either mode."""
        free = Q(room_capacity=None, waiting_count=0, seats_taken__lt=F("capacity"))
        free |= Q(room_waiting=0, room_taken__lt=F("room_capacity"))
        return self.filter(free | Q(online_waiting=0, online_taken__lt=F("online_capacity")))


class Opening(BeingMerged):
    """The time in which people may register. It ends at the start at the latest."""

    registration_opens_at = models.DateTimeField(null=True, blank=True)
    # Only a draft may lack it (session_public_has_its_times).
    if TYPE_CHECKING:
        registration_closes_at: datetime
    else:
        registration_closes_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(registration_opens_at__lt=F("registration_closes_at")),
                name="session_registration_opens_before_it_closes",
                violation_error_message="Registration opens before it closes.",
            ),
        ]

    def takes_registrations(self, now: datetime) -> bool:
        """True while people may register or join the waitlist."""
        is_open = not self.opens_later(now) and now < self.registration_closes_at
        return self.is_running and is_open and not self.has_started(now) and not self.is_merging

    def opens_later(self, now: datetime) -> bool:
        """True while registering has not begun yet."""
        return self.registration_opens_at is not None and now < self.registration_opens_at

    def is_in_last_day(self, now: datetime) -> bool:
        """True from 24 hours before the first start: from then on nobody is given a seat unseen."""
        return self.starts_at - LAST_DAY <= now

    def has_seat_for_the_quickest(self, now: datetime, mode: str | None = None) -> bool:
        """True while a seat stands open for the first person on the waitlist who takes it.

        With `mode`, one that a person who waits for that mode may take.
        """
        lines = self.lines if mode is None else [self.line_of(mode)]
        is_open = self.is_running and any(self.seats_left_in(line) and self.waiting_in(line) for line in lines)
        return is_open and self.is_in_last_day(now) and not self.has_started(now) and not self.is_merging

    def refuse_window(self, opens_at: datetime | None, closes_at: datetime | None, now: datetime) -> None:
        """Raise the Refused that says why registering cannot open and close at these times; return None if it can."""
        if not self.is_running:
            raise self.AlreadyDecided(f"This session is {self.get_status_display().lower()}.")
        if self.has_started(now):
            raise self.AlreadyDecided("This session has started; people can no longer register.")
        closes_at = closes_at or self.starts_at
        if closes_at > self.starts_at:
            raise self.Refused("Registration closes at the start at the latest.")
        if opens_at and opens_at >= closes_at:
            raise self.Refused("Registration opens before it closes.")

    @verb
    def set_window(
        self, opens_at: datetime | None, closes_at: datetime | None, by: Person, now: datetime | None = None
    ) -> None:
        """Let people register from `opens_at`, at once if None, to `closes_at`, the start if None.

        People who are registered or wait stay as they are. Refuses what `refuse_window` does.
        """
        now = now or database_clock.now()
        self.lock()
        closes_at = closes_at or self.starts_at
        if (opens_at, closes_at) == (self.registration_opens_at, self.registration_closes_at):
            return
        self.refuse_window(opens_at, closes_at, now)
        was, self.registration_opens_at, self.registration_closes_at = self.window_words(), opens_at, closes_at
        self.save(update_fields=["registration_opens_at", "registration_closes_at"])
        record(by, self, f"Registration: from {was} to {self.window_words()}.")

    def window_words(self) -> str:
        """Return when people may register: “at once until Fri, May 10, 2024, 5:00 PM”."""
        opens = day_and_time(self.registration_opens_at, self.time_zone) or "at once"
        return f"{opens} until {day_and_time(self.registration_closes_at, self.time_zone)}"

    def _move_registration(self, old_start: datetime) -> list[str]:
        """Move the time for registering after the start has moved. Returns what moved, in words; saves nothing.

        Registering ends at the start where it did before, and never after it. A draft is given the end it lacks.
        """
        opens_at, closes_at = self.registration_opens_at, self.registration_closes_at
        if self.status == self.Status.DRAFT:
            self.registration_closes_at = closes_at or self.starts_at
            return []
        self.registration_closes_at = self.starts_at if closes_at == old_start else min(closes_at, self.starts_at)
        if opens_at and opens_at >= self.registration_closes_at:
            self.registration_opens_at = None
        said = []
        if self.registration_closes_at != closes_at:
            said.append(f"Registration closes on {day_and_time(self.registration_closes_at, self.time_zone)}.")
        if self.registration_opens_at != opens_at:
            said.append("Registration is open now: it would have opened after it closes.")
        return said
