"""Where and when people meet: Venue and Meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models

from accounts.models import Campus
from accounts.models.campus import several_campuses
from catalog.models import Part
from foundation.dates import short_day, time_span, zone_words
from foundation.naming import Named
from foundation.values.days import EARLIEST, LATEST
from foundation.values.lines import LineField
from foundation.values.links import LinkField
from foundation.values.zones import validate_time_zone

DEFAULT_LEAD_DAYS, MOST_LEAD_DAYS = 14, 180


def venue_words(building: str, room: str, campus: str) -> str:
    """“Learning Commons 210”, and “Learning Commons 210, Rochester” where there is more than one campus."""
    words = f"{building} {room}".strip()
    return f"{words}, {campus}" if campus and several_campuses() else words


class Venue(Named):
    """A room, how to get there and how to get in."""

    NAMING = ("campus", "building", "room")

    campus = models.ForeignKey(Campus, models.PROTECT, related_name="venues")
    building = LineField(max_length=120)
    room = LineField(max_length=80, blank=True)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    directions = models.TextField("how to get there", blank=True)
    access = models.TextField(blank=True, help_text="Step-free entrance, hearing loop, restrooms, scent policy.")
    accommodation_lead_days = models.PositiveSmallIntegerField(
        default=DEFAULT_LEAD_DAYS,
        validators=[MaxValueValidator(MOST_LEAD_DAYS)],
        help_text="How many days before a session here people should have asked for an interpreter and the like.",
    )

    class Meta:
        ordering = ["campus__name", "building", "room"]
        constraints = [models.UniqueConstraint(fields=["campus", "building", "room"], name="venue_once")]

    def __str__(self) -> str:
        return f"{self.building} {self.room}".strip()

    @property
    def words(self) -> str:
        """Return where it is as pages say it: with the campus where there is more than one."""
        return venue_words(self.building, self.room, self.campus.name)


@dataclass(frozen=True)
class Times:
    """When one meeting is: aware instants, and the IANA zone they are shown in."""

    starts_at: datetime
    ends_at: datetime
    time_zone: str


@dataclass(frozen=True)
class Place:
    """Where one meeting is: a venue, a link to join, or both."""

    venue: Venue | None
    join_link: str

    def __str__(self) -> str:
        return ", ".join(filter(None, (str(self.venue or "Online"), self.join_link)))


@dataclass(frozen=True)
class MeetingPlan:
    """One meeting to schedule: aware instants, the IANA zone they are shown in, and a venue or a join link.

    `part` is for a meeting that is added to those of a published session: a draft gives its meetings their parts.
    """

    starts_at: datetime
    ends_at: datetime
    time_zone: str
    venue: Venue | None = None
    join_link: str = ""
    part: Part | None = None


class Span(Protocol):
    """Something with a start and an end, both aware instants: a meeting, a session, or a row of values of one."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...


def overlap(one: Span, other: Span) -> bool:
    """Tell whether both are going on at some instant. One that ends when the other starts does not overlap."""
    return one.starts_at < other.ends_at and one.ends_at > other.starts_at


def any_overlap(spans: Sequence[Span]) -> bool:
    """Tell whether any two of `spans`, in the order of their starts, overlap."""
    return any(overlap(earlier, later) for earlier, later in zip(spans, spans[1:], strict=False))


class HeldMeetings(models.Manager["Meeting"]):
    """The meetings that are held. A session's `meetings` are these."""

    def get_queryset(self) -> models.QuerySet["Meeting"]:
        return super().get_queryset().filter(cancelled_at=None)


class Meeting(models.Model):
    """One sitting of a session: two instants, and the zone of the wall clock they are shown on.

    A cancelled meeting that people had planned with stays, for the calendars it was in.
    """

    session = models.ForeignKey("sessions_app.Session", models.CASCADE, related_name="meetings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=60, validators=[validate_time_zone])
    part = models.ForeignKey(
        Part,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        help_text="The part of the workshop that is held there, if it has parts.",
    )
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, blank=True, related_name="meetings")
    join_link = LinkField(max_length=500, blank=True)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancel_reason = models.TextField(blank=True, editable=False)

    objects = HeldMeetings()
    every = models.Manager()  # noqa: DJ012 (it takes a second manager for a field)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="meeting_ends_after_it_starts",
                violation_error_message="A meeting ends after it starts.",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__gte=EARLIEST, ends_at__lt=LATEST),
                name="meeting_in_this_century",
                violation_error_message="A meeting is on a day of the years 2000 to 2100.",
            ),
            models.UniqueConstraint(
                fields=["session", "part"],
                condition=models.Q(cancelled_at=None, part__isnull=False),
                name="meeting_holds_a_part_alone",
                violation_error_message="Another meeting of this session holds that part.",
            ),
        ]

    def __str__(self) -> str:
        times = time_span(self.starts_at, self.ends_at, self.time_zone)
        return f"{short_day(self.starts_at, self.time_zone, 0)}, {times}"

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def times(self) -> Times:
        return Times(self.starts_at, self.ends_at, self.time_zone)

    @property
    def place(self) -> Place:
        return Place(self.venue, self.join_link)

    def clean(self) -> None:
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": "A meeting ends after it starts."})


def meeting_words(meeting: Meeting) -> str:
    """“Tue, May 14, 2024, 12:30–2:00 PM, Central time”."""
    return f"{meeting}, {zone_words(meeting.time_zone, meeting.starts_at)}"
