"""Session: one dated run of a workshop, put together from its parts, and how it comes before the public.

The parts, each with its fields, constraints, questions and verbs: `life`, `seats`, `being_merged`, `opening`,
`deciding`, `merging`, `changes`, `holding`, `redrafting`.
"""

import secrets
from datetime import datetime, timedelta
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.models import Campus, Person
from catalog.models import Format, Workshop
from foundation import database_clock
from foundation.dates import local
from foundation.portal.reader import found
from foundation.record import record
from foundation.text import number_words
from foundation.verbs import part_of_a_verb, verb
from sessions_app.models.being_merged import BeingMerged
from sessions_app.models.deciding import Deciding
from sessions_app.models.life import Life
from sessions_app.models.opening import Opening
from sessions_app.models.putting_up import PuttingUpQuerySet
from sessions_app.models.redrafting import Redrafting
from sessions_app.models.schedule_import import ScheduleImport
from sessions_app.models.seats import Seats
from sessions_app.models.venue import DEFAULT_LEAD_DAYS, MOST_LEAD_DAYS, any_overlap
from sessions_app.signals import session_listed, session_opened_to, sessions_published

CODE_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_code() -> str:
    """Return eight unguessable characters, none of which is mistaken for another when read aloud."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))


class SessionQuerySet(PuttingUpQuerySet["Session"]):
    """Find sessions; the parts bring more: `upcoming`, `joinable`, `due_for_decision`, `in_full` ..."""

    def public(self) -> Self:
        """Sessions anyone with the link may see: all but drafts, of published workshops."""
        return self.exclude(status=Session.Status.DRAFT).filter(workshop__status=Workshop.Status.PUBLISHED)

    def listed(self) -> Self:
        """Public sessions that are shown in lists to the reader: those of workshops that they find there."""
        return self.public().filter(listed=True, workshop__posture__in=found())

    def announced(self) -> Self:
        """Sessions that were published once. Those that were only put on record, as held before, were not."""
        return self.filter(published_at__isnull=False)

    def at_risk(self, now: datetime) -> Self:
        """Those awaiting their decision that people can still save: the date is to come, and they may register."""
        return self.awaiting_decision(now).public().joinable(now).filter(confirm_by__gt=now)


class Session(Redrafting):
    """One dated run of a workshop. Counters, times and state change only in verbs, under `lock()`."""

    class Incomplete(Life.Refused):
        """Something that must be known before publishing is missing or impossible."""

    code = models.CharField(max_length=8, unique=True, default=new_code, editable=False)
    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="sessions")
    listed = models.BooleanField(default=True, help_text="Off: reached only by its link.")
    published_at = models.DateTimeField(null=True, editable=False)
    for_campus = models.ForeignKey(
        Campus,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name="only for people at",
        help_text="Empty: for people at every campus.",
    )
    imported = models.ForeignKey(ScheduleImport, models.SET_NULL, null=True, editable=False, related_name="sessions")
    accommodation_lead_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_LEAD_DAYS)],
        help_text=f"Days before the start by which people ask for an interpreter and the like. Blank: the most that "
        f"one of its venues needs, {DEFAULT_LEAD_DAYS} online.",
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["status", "listed", "starts_at"], name="session_upcoming"),
            *Deciding.Meta.indexes,
        ]
        constraints = [
            *Seats.Meta.constraints,
            *Life.Meta.constraints,
            *BeingMerged.Meta.constraints,
            *Deciding.Meta.constraints,
            *Opening.Meta.constraints,
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
        ]

    def __str__(self) -> str:
        if self.starts_at is None:
            return f"{self.workshop.title} (no date yet)"
        start = local(self.starts_at, self.time_zone)
        return f"{self.workshop.title}, {start:%a %b} {start.day}, {start.year}"

    def get_absolute_url(self) -> str:
        return reverse("session", args=[self.code])

    # ---- questions ----

    @cached_property
    def other_dates(self) -> list["Session"]:
        """The other sessions of the workshop that are listed and take registrations now, soonest first; read once."""
        others = Session.objects.listed().joinable().filter(workshop=self.workshop_id).exclude(pk=self.pk)
        return list(others.order_by("starts_at", "pk"))

    @property
    def accommodation_by(self) -> datetime:
        """Some time on the last day, in the session's zone, to ask for what takes long to arrange. A query or none."""
        lead = self.accommodation_lead_days
        if lead is None:
            venues = self.meetings.filter(venue__isnull=False)
            lead = max(venues.values_list("venue__accommodation_lead_days", flat=True), default=DEFAULT_LEAD_DAYS)
        return local(self.starts_at, self.time_zone) - timedelta(days=lead)

    # ---- preparing a draft ----

    def fill_in_from_workshop(self) -> None:
        """Set what follows from the workshop where the office said nothing. Saves nothing."""
        self.format = self.format or self.workshop.format
        self.minimum = self.workshop.default_minimum if self.minimum is None else self.minimum
        self.capacity = self.workshop.default_capacity if self.capacity is None else self.capacity

    # ---- verbs ----

    @verb
    def publish(self, by: Person, now: datetime | None = None) -> None:
        """Open a draft for registration, its meetings holding the parts of the workshop as these are now.

        Refuses (Incomplete) what has no meeting, fewer than the workshop has parts, no place, or a passed deadline.
        """
        now = now or database_clock.now()
        self.lock()
        if not self.open_now(now):
            return
        self.save(update_fields=["status", "published_at"])
        record(by, self, "Published.")
        sessions_published.send(Session, sessions=[self])

    @part_of_a_verb
    def open_now(self, now: datetime) -> bool:
        """Do what `publish` does to the session itself, under the lock that is held. Returns whether there was a need.

        The caller saves its status and when it was published.
        """
        if self.status == self.Status.OPEN:
            return False
        self._refuse_to_publish(now)
        self._follow_parts(list(self.workshop.parts.all()))
        self.status, self.published_at = self.Status.OPEN, now
        return True

    def why_not_published(self, now: datetime) -> str:
        """Return why `publish` would refuse the session, "" if it would not. It is asked, and nothing changes."""
        try:
            self._refuse_to_publish(now)
        except self.Refused as refusal:
            return str(refusal)
        return ""

    def _refuse_to_publish(self, now: datetime) -> None:
        if self.status != self.Status.DRAFT:
            raise self.AlreadyDecided(
                f"This session is {self.get_status_display().lower()}; only a draft is published."
            )
        self._refuse_incomplete(now)
        self._refuse_fewer_meetings_than_parts()

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
        if any_overlap(meetings):
            raise self.Incomplete("Two meetings overlap. Change one of their times.")
        for meeting in meetings:
            if meeting.venue is None and self.format != Format.ONLINE:
                raise self.Incomplete("Choose a venue for every meeting, or set the format to online.")
        if self.format == Format.HYBRID and not self.asks_how:
            raise self.Incomplete("Say how many of the seats are in the room and how many online.")

    def _refuse_fewer_meetings_than_parts(self) -> None:
        parts, meetings = list(self.workshop.parts.all()), len(self.meetings.all())
        if meetings < len(parts):
            raise self.Incomplete(
                f"The workshop “{self.workshop}” has {number_words(len(parts))} parts, and this session has "
                f"{number_words(meetings)} {'meeting' if meetings == 1 else 'meetings'}. "
                f"Add a meeting for “{parts[meetings]}”."
            )

    def why_not_discarded(self) -> str:
        """Return why the session is not deleted: only a draft is that nobody ever registered for; "" if it may be."""
        if self.status != self.Status.DRAFT:
            return f"This session is {self.get_status_display().lower()}: it is cancelled, with a reason, or stays."
        if self.next_position > 1:
            return "Somebody has registered for it once, so it stays."
        return ""

    @verb
    def discard(self, by: Person) -> None:
        """Delete a draft that nobody ever registered for. Refuses any other session."""
        self.lock()
        if why_not := self.why_not_discarded():
            raise self.AlreadyDecided(why_not)
        record(by, self, "Deleted: a draft that nobody needed.")
        self.delete()

    @verb
    def open_to(self, campus: Campus | None, by: Person, now: datetime | None = None) -> None:
        """Let people at `campus` alone register from now on, or with None those at every campus.

        People who are registered keep their seats. Refuses (AlreadyDecided) a session that does not run or has started.
        """
        now = now or database_clock.now()
        self.lock()
        if campus == self.for_campus:
            return
        if not self.is_running or self.has_started(now):
            raise self.AlreadyDecided("People can no longer register for this session.")
        was, self.for_campus = self.for_campus, campus
        self.save(update_fields=["for_campus"])
        record(by, self, f"Only for people at: from {was or 'every campus'} to {campus or 'every campus'}.")
        session_opened_to.send(Session, session=self, now=now)

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
