"""Session, its life and its verbs: draft, open, confirmed, cancelled, completed (architecture.md section 4)."""

import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Campus, Person, validate_time_zone
from catalog.models import Facilitator, Format, Workshop
from foundation.record import record
from foundation.verbs import hidden_from_templates, lock_row, verb
from foundation.wall_clock import default_confirm_by
from sessions_app.models.changes import Changes
from sessions_app.models.deciding import Deciding
from sessions_app.models.venue import DEFAULT_LEAD_DAYS, MOST_LEAD_DAYS, Meeting, MeetingPlan
from sessions_app.signals import session_listed, session_published, session_resized

CODE_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
ASK_GRACE = timedelta(hours=24)
LAST_DAY = timedelta(hours=24)
AT_RISK = timedelta(days=3)


def new_code() -> str:
    """Return eight unguessable characters, none of which is mistaken for another when read aloud."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))


class SessionQuerySet(models.QuerySet):
    def public(self):
        """Sessions anyone with the link may see: all but drafts, of published workshops."""
        return self.exclude(status=Session.Status.DRAFT).filter(workshop__status=Workshop.Status.PUBLISHED)

    def listed(self):
        """Public sessions that are shown in lists."""
        return self.public().filter(listed=True)

    def running(self):
        """Sessions that may still be held: open or confirmed."""
        return self.filter(status__in=Session.RUNNING)

    def upcoming(self, now: datetime | None = None):
        """Sessions that have not ended, soonest first."""
        return self.filter(ends_at__gt=now or timezone.now()).order_by("starts_at", "pk")

    def joinable(self, now: datetime | None = None):
        """Sessions that still take registrations."""
        now = now or timezone.now()
        opened = Q(registration_opens_at__isnull=True) | Q(registration_opens_at__lte=now)
        return self.filter(opened, status__in=Session.RUNNING, registration_closes_at__gt=now, starts_at__gt=now)

    def due_for_decision(self, now: datetime):
        """Sessions on which `settle` has something to do at `now`."""
        return self.filter(
            Q(status=Session.Status.OPEN, seats_taken__gte=F("minimum"))
            | Q(status=Session.Status.OPEN, confirm_by__lte=now)
            | Q(status=Session.Status.CONFIRMED, ends_at__lte=now)
        ).order_by("pk")

    def awaiting_decision(self, now: datetime):
        """Open sessions short of their minimum whose decision date is at most three days away or has passed."""
        short = self.filter(status=Session.Status.OPEN, seats_taken__lt=F("minimum"), starts_at__gt=now)
        return short.filter(confirm_by__lte=now + AT_RISK).order_by("confirm_by", "pk")

    def at_risk(self, now: datetime):
        """Those awaiting their decision that people can still save: the date is to come, and they may register."""
        return self.awaiting_decision(now).public().joinable(now).filter(confirm_by__gt=now)

    def in_full(self):
        """Sessions with all a letter about them shows, in three queries: workshop, facilitators and `program`."""
        program = Meeting.every.select_related("venue__campus").order_by("starts_at", "pk")
        return self.select_related("workshop").prefetch_related(
            "facilitators", models.Prefetch("meetings", program, to_attr="read_program")
        )

    @verb
    def schedule(
        self, workshop: Workshop, meetings: list[MeetingPlan], by: Person, now: datetime | None = None, **overrides
    ) -> "Session":
        """Create a draft session of `workshop` with its `meetings`, the rest filled in from the workshop and the rule.

        `overrides` are Session fields that differ from what follows (minimum, capacity, confirm_by, facilitators ...).
        """
        facilitators = overrides.pop("facilitators", None)
        session = Session(workshop=workshop, **overrides)
        session.fill_in_from_workshop()
        session.save()
        session.facilitators.set(workshop.facilitators.all() if facilitators is None else facilitators)
        for plan in meetings:
            Meeting.objects.create(session=session, **vars(plan))
        session.follow_meetings(now=now)
        record(by, session, "Scheduled.")
        return session


class Session(Deciding, Changes, models.Model):
    """One dated run of a workshop. Counters, times and state change only in verbs, under `lock()`."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Open"
        CONFIRMED = "confirmed", "Confirmed"
        CANCELLED = "cancelled", "Cancelled"
        COMPLETED = "completed", "Completed"

    class AtDeadline(models.TextChoices):
        CANCEL = "cancel", "Cancel it and tell everyone"
        ASK = "ask", "Ask the office first"

    RUNNING = (Status.OPEN, Status.CONFIRMED)

    class Refused(Exception):
        """A verb was refused; `str(error)` is the sentence shown to the person."""

    class AlreadyDecided(Refused):
        """The session is past the state this verb starts from."""

    class Incomplete(Refused):
        """Something that must be known before publishing is missing or impossible."""

    class ReasonMissing(Refused):
        """The office has to say why."""

    code = models.CharField(max_length=8, unique=True, default=new_code, editable=False)
    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="sessions")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    listed = models.BooleanField(default=True, help_text="Off: reached only by its link.")
    format = models.CharField(max_length=10, choices=Format.choices, blank=True)
    facilitators = models.ManyToManyField(Facilitator, blank=True, related_name="sessions")
    minimum = models.PositiveSmallIntegerField(blank=True, validators=[MinValueValidator(1)])
    capacity = models.PositiveSmallIntegerField(blank=True, validators=[MinValueValidator(1)])
    confirm_by = models.DateTimeField(null=True, blank=True)
    registration_opens_at = models.DateTimeField(null=True, blank=True)
    registration_closes_at = models.DateTimeField(null=True, blank=True)
    for_campus = models.ForeignKey(
        Campus,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name="only for people at",
        help_text="Empty: for people at every campus.",
    )
    at_deadline = models.CharField(max_length=6, choices=AtDeadline.choices, default=AtDeadline.CANCEL)

    accommodation_lead_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_LEAD_DAYS)],
        help_text=f"Days before the start by which people ask for an interpreter and the like. Blank: the most that "
        f"one of its venues needs, {DEFAULT_LEAD_DAYS} online.",
    )

    # Copied from the meetings, under the lock.
    starts_at = models.DateTimeField(null=True, editable=False, db_index=True)
    ends_at = models.DateTimeField(null=True, editable=False)
    time_zone = models.CharField(max_length=60, blank=True, editable=False, validators=[validate_time_zone])

    # Counters, changed only under the lock.
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    waiting_count = models.PositiveIntegerField(default=0, editable=False)
    next_position = models.PositiveIntegerField(default=1, editable=False)

    # Written once, by the verb that names them.
    published_at = models.DateTimeField(null=True, editable=False)
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

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["status", "listed", "starts_at"], name="session_upcoming"),
            # Who is decided next, without a look at every session.
            models.Index(fields=["confirm_by"], condition=Q(status="open"), name="session_decided_next"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(seats_taken__lte=F("capacity")), name="session_never_overbooked"),
            models.CheckConstraint(
                condition=Q(minimum__gte=1, minimum__lte=F("capacity")),
                name="session_minimum_within_capacity",
                violation_error_message="The minimum cannot be larger than the capacity.",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(confirm_by__lte=F("starts_at")),
                name="session_decided_before_it_starts",
                violation_error_message="The decision date cannot be after the start.",
            ),
            models.CheckConstraint(
                condition=Q(registration_opens_at__lt=F("registration_closes_at")),
                name="session_registration_opens_before_it_closes",
                violation_error_message="Registration opens before it closes.",
            ),
            models.CheckConstraint(
                condition=Q(status="draft")
                | Q(
                    starts_at__isnull=False,
                    ends_at__isnull=False,
                    confirm_by__isnull=False,
                    registration_closes_at__isnull=False,
                ),
                name="session_public_has_its_times",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["confirmed", "completed"])
                # Said to be there: a comparison with nothing is not false, and would pass.
                | Q(confirmed_count__isnull=False, confirmed_minimum__isnull=False)
                & (Q(confirmed_count__gte=F("confirmed_minimum")) | ~Q(run_anyway_reason="")),
                name="session_confirmed_with_its_minimum_or_a_reason",
            ),
        ]

    def __str__(self):
        if self.starts_at is None:
            return f"{self.workshop.title} (no date yet)"
        local = self.starts_at.astimezone(ZoneInfo(self.time_zone))
        return f"{self.workshop.title}, {local:%a %b} {local.day}, {local.year}"

    def get_absolute_url(self):
        return reverse("session", args=[self.code])

    # ---- questions ----

    @cached_property
    def other_dates(self) -> list["Session"]:
        """The other sessions of the workshop that are listed and take registrations now, soonest first; read once."""
        others = Session.objects.listed().joinable().filter(workshop=self.workshop_id).exclude(pk=self.pk)
        return list(others.order_by("starts_at", "pk"))

    @property
    def seats_left(self) -> int:
        return max(0, self.capacity - self.seats_taken)

    @property
    def is_running(self) -> bool:
        """True while it may still be held: open or confirmed."""
        return self.status in self.RUNNING

    @property
    def is_confirmed(self) -> bool:
        return self.status == self.Status.CONFIRMED

    @property
    def answer_by(self) -> datetime | None:
        """Until when the office may answer once it was asked: a day, at most until the start."""
        return self.asked_at and min(self.asked_at + ASK_GRACE, self.starts_at)

    def has_started(self, now: datetime) -> bool:
        return self.starts_at is not None and self.starts_at <= now

    def has_meeting_ahead(self, now: datetime) -> bool:
        """True until the last of its meetings starts. A query once the first has."""
        return not self.has_started(now) or self.meetings.filter(starts_at__gt=now).exists()

    def takes_registrations(self, now: datetime) -> bool:
        """True while people may register or join the waitlist."""
        is_open = not self.opens_later(now) and now < self.registration_closes_at
        return self.is_running and is_open and not self.has_started(now)

    def opens_later(self, now: datetime) -> bool:
        """True while registering has not begun yet."""
        return self.registration_opens_at is not None and now < self.registration_opens_at

    def is_in_last_day(self, now: datetime) -> bool:
        """True from 24 hours before the first start: from then on nobody is given a seat unseen."""
        return self.starts_at - LAST_DAY <= now

    def has_seat_for_the_quickest(self, now: datetime) -> bool:
        """True while a seat stands open that whoever on the waitlist takes it first will have."""
        is_open = self.is_running and self.seats_left > 0 and self.waiting_count > 0
        return is_open and self.is_in_last_day(now) and not self.has_started(now)

    @property
    def accommodation_by(self) -> datetime:
        """Some time on the last day, in the session's zone, to ask for what takes long to arrange. A query or none."""
        lead = self.accommodation_lead_days
        if lead is None:
            venues = self.meetings.filter(venue__isnull=False)
            lead = max(venues.values_list("venue__accommodation_lead_days", flat=True), default=DEFAULT_LEAD_DAYS)
        return self.starts_at.astimezone(ZoneInfo(self.time_zone)) - timedelta(days=lead)

    # ---- preparing a draft ----

    def fill_in_from_workshop(self) -> None:
        """Set what follows from the workshop where the office said nothing. Saves nothing."""
        self.format = self.format or self.workshop.format
        self.minimum = self.minimum or self.workshop.default_minimum
        self.capacity = self.capacity or self.workshop.default_capacity

    @verb
    def follow_meetings(self, now: datetime | None = None) -> None:
        """Copy start, end and zone from the meetings; in a draft fill in the dates the rule gives.

        Does nothing while there are no meetings.
        """
        self.lock()
        meetings = list(self.meetings.all())
        if not meetings:
            return
        self.starts_at = meetings[0].starts_at
        self.ends_at = max(meeting.ends_at for meeting in meetings)
        self.time_zone = meetings[0].time_zone
        if self.status == self.Status.DRAFT:
            self.confirm_by = self.confirm_by or default_confirm_by(
                self.starts_at, self.time_zone, now or timezone.now()
            )
            self.registration_closes_at = self.registration_closes_at or self.starts_at
        self.save(update_fields=["starts_at", "ends_at", "time_zone", "confirm_by", "registration_closes_at"])

    # ---- the lock ----

    @hidden_from_templates
    def lock(self) -> None:
        """Lock this row until the transaction ends and refresh it. Waits 3 s at most, then OperationalError."""
        # With the workshop, which nearly every verb asks next, while others wait for the lock.
        lock_row(self, "workshop")

    # ---- verbs ----

    @verb
    def publish(self, by: Person, now: datetime | None = None) -> None:
        """Open a draft for registration. Refuses (Incomplete) what has no meeting, no place, or a passed deadline."""
        now = now or timezone.now()
        self.lock()
        if self.status == self.Status.OPEN:
            return
        if self.status != self.Status.DRAFT:
            raise self.AlreadyDecided(
                f"This session is {self.get_status_display().lower()}; only a draft is published."
            )
        self._refuse_incomplete(now)
        self.status = self.Status.OPEN
        self.published_at = now
        self.save(update_fields=["status", "published_at"])
        record(by, self, "Published.")
        session_published.send(Session, session=self)

    def _refuse_incomplete(self, now: datetime) -> None:
        meetings = list(self.meetings.all())
        if not meetings:
            raise self.Incomplete("Add at least one meeting: a date, a start and an end.")
        if not self.workshop.is_published:
            raise self.Incomplete(f"Publish the workshop “{self.workshop}” first: nobody could see this session.")
        if self.starts_at <= now:
            raise self.Incomplete("The first meeting has already started. Choose a later date.")
        if self.confirm_by <= now:
            raise self.Incomplete("The decision date has passed. Set “confirm by” to a time before the start.")
        if self.registration_closes_at <= now:
            raise self.Incomplete("Registration would already be closed. Set “registration closes at” to a later time.")
        if self.registration_opens_at and self.registration_opens_at >= self.registration_closes_at:
            raise self.Incomplete(
                "Registration opens before it closes. Set “registration opens at” to an earlier time."
            )
        for earlier, later in zip(meetings, meetings[1:], strict=False):
            if later.starts_at < earlier.ends_at:
                raise self.Incomplete("Two meetings overlap. Change one of their times.")
        for meeting in meetings:
            if meeting.venue is None and self.format != Format.ONLINE:
                raise self.Incomplete("Choose a venue for every meeting, or set the format to online.")

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
        session_resized.send(Session, session=self, added=added)

    @verb
    def make_listed(self, by: Person) -> None:
        """Show the session in the lists."""
        self.lock()
        if self.listed:
            return
        self.listed = True
        self.save(update_fields=["listed"])
        record(by, self, "Listed: from no to yes.")
        session_listed.send(Session, session=self)

    @verb
    def make_unlisted(self, by: Person) -> None:
        """Take the session out of the lists: from now on it is reached only by its link."""
        self.lock()
        if not self.listed:
            return
        self.listed = False
        self.save(update_fields=["listed"])
        record(by, self, "Listed: from yes to no.")

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

    def _said(self, reason: str) -> str:
        if not reason.strip():
            raise self.ReasonMissing("Say why: people and the record need a reason.")
        return reason.strip()
