"""How many people a session needs and holds, and how many of its seats are taken."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from foundation.record import record
from foundation.verbs import verb
from sessions_app.models.life import Life
from sessions_app.signals import session_resized


class Seats(Life):
    """The minimum, the capacity, and the counters, which change only under the lock of the session."""

    minimum = models.PositiveSmallIntegerField(blank=True, validators=[MinValueValidator(1)])
    capacity = models.PositiveSmallIntegerField(blank=True, validators=[MinValueValidator(1)])
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    waiting_count = models.PositiveIntegerField(default=0, editable=False)
    next_position = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(seats_taken__lte=F("capacity")), name="session_never_overbooked"),
            models.CheckConstraint(
                condition=Q(minimum__gte=1, minimum__lte=F("capacity")),
                name="session_minimum_within_capacity",
                violation_error_message="The minimum cannot be larger than the capacity.",
            ),
        ]

    @property
    def seats_left(self) -> int:
        return max(0, self.capacity - self.seats_taken)

    @verb
    def resize(self, minimum: int, capacity: int, by: Person) -> None:
        """Set minimum and capacity. Refuses a capacity below the seats taken, or a minimum above the capacity.

        A minimum raised later changes nothing for a session that is already confirmed.
        """
        self.lock()
        if (minimum, capacity) == (self.minimum, self.capacity):
            return
        self.refuse_size(minimum, capacity)
        before, added = f"minimum {self.minimum}, capacity {self.capacity}", capacity - self.capacity
        self.minimum, self.capacity = minimum, capacity
        self.save(update_fields=["minimum", "capacity"])
        record(by, self, f"Changed from {before} to minimum {minimum}, capacity {capacity}.")
        session_resized.send(type(self), session=self, added=added)

    def refuse_size(self, minimum: int, capacity: int) -> None:
        """Raise the Refused that says why the session cannot have this minimum and capacity; return None if it can."""
        if self.status in (self.Status.CANCELLED, self.Status.COMPLETED):
            raise self.AlreadyDecided(f"This session is {self.get_status_display().lower()}.")
        if minimum < 1:
            raise self.Refused("A session needs at least one person.")
        if minimum > capacity:
            raise self.Refused("The minimum cannot be larger than the capacity.")
        if capacity < self.seats_taken:
            over = self.seats_taken - capacity
            raise self.Refused(
                f"{self.seats_taken} people have seats: a capacity of {capacity} is {over} too few. "
                f"Enter {self.seats_taken} or more."
            )
