"""What came back: mail that was received and what it did, declined places, and the mailbox all this is read from.

A decline is carried out only after a while: calendars decline by machine too, and people press the wrong button.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from foundation.dates import clock, long_day, zone_words
from foundation.record import record
from foundation.verbs import lock_row
from notifications.models.notices import Notice
from notifications.models.threads import CalendarThread
from registrations.models import Registration

RAW_LIFE = timedelta(days=30)
# Who declines this late before the start has no time left to think again: the seat is still of use to somebody.
LAST_MOMENT = timedelta(minutes=10)


class ReceivedMailQuerySet(models.QuerySet):
    def waiting_for_the_office(self):
        """What no rule could answer, and nobody of the office has dealt with yet."""
        return self.filter(outcome__in=ReceivedMail.TO_READ, handled_at__isnull=True)

    def forget(self, now: datetime) -> int:
        """Erase the mail itself, and who wrote what in it, 30 days after it came. Returns how many.

        What it did stays, and of whoever it was applied to; nobody else's address does.
        """
        old = self.filter(received_at__lte=now - RAW_LIFE)
        old.exclude(outcome__in=ReceivedMail.APPLIED).exclude(attendee="").update(attendee="")
        said = old.exclude(raw=b"", comment="", subject="", sender="")
        return said.update(raw=b"", comment="", subject="", sender="")

    forget.alters_data = True


class ReceivedMail(models.Model):
    """One mail that came back, what it claimed, and what was made of it. Written once, with what it changed."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        TENTATIVE = "tentative", "Tentative"
        DECLINED = "declined", "Declined"
        REPEATED = "repeated", "Invitation sent again"
        RETURNED = "returned", "Could not be delivered"
        DUPLICATE = "duplicate", "Known already"
        STALE = "stale", "To an older invitation"
        ENDED = "ended", "Place or session over"
        UNPROVEN = "unproven", "Sender not proven"
        UNCLEAR = "unclear", "For the office to read"
        UNKNOWN = "unknown", "No invitation of ours"
        IGNORED = "ignored", "No answer"
        UNREADABLE = "unreadable", "Unreadable"

    APPLIED = (Outcome.ACCEPTED, Outcome.TENTATIVE, Outcome.DECLINED)
    # Somebody wanted something here, and only a person can tell what.
    TO_READ = (Outcome.UNCLEAR, Outcome.UNREADABLE)

    class Refused(Exception):
        """A verb was refused; `str(error)` is the sentence shown to the office."""

    class NothingToHandle(Refused):
        """The rules have dealt with it."""

    class NoteMissing(Refused):
        """The office has to say what it did."""

    received_at = models.DateTimeField()
    message_id = models.CharField("Message-ID", max_length=255, unique=True)
    sender = models.CharField(max_length=254, blank=True, help_text="The From of the mail: a claim.")
    subject = models.CharField(max_length=255, blank=True)
    raw = models.BinaryField(blank=True, default=b"", help_text="The mail as it came, for 30 days.")
    thread = models.ForeignKey(CalendarThread, models.PROTECT, null=True, blank=True, related_name="answers")
    attendee = models.CharField(max_length=254, blank=True)
    stamp = models.DateTimeField("DTSTAMP", null=True, blank=True, help_text="When the calendar wrote the answer.")
    partstat = models.CharField("PARTSTAT", max_length=20, blank=True)
    comment = models.TextField(blank=True, help_text="What the person wrote beside the answer.")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    sentence = models.CharField("what was made of it", max_length=500, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    handled_note = models.CharField(max_length=500, blank=True)

    objects = ReceivedMailQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "received mail"
        indexes = [models.Index(fields=["outcome", "received_at"], name="received_by_outcome")]
        constraints = [
            # The same second may hold two answers that differ, and no more.
            models.UniqueConstraint(
                fields=["thread", "attendee", "stamp", "partstat"],
                condition=Q(outcome__in=["accepted", "tentative", "declined"]),
                name="one_answer_applied_once",
            ),
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True) | (Q(outcome__in=["unclear", "unreadable"]) & ~Q(handled_note="")),
                name="handled_mail_waited_and_says_how",
            ),
        ]

    def __str__(self):
        return f"{self.sender or 'nobody'}, {self.get_outcome_display().lower()}"

    @property
    def waits_for_the_office(self) -> bool:
        return self.outcome in self.TO_READ and self.handled_at is None

    @transaction.atomic
    def handle(self, by: Person, note: str, now: datetime | None = None) -> None:
        """Say that the office has read this mail and what it did about it: it waits no longer.

        Refuses what the rules have dealt with (NothingToHandle), and an empty `note` (NoteMissing).
        """
        lock_row(self)
        if self.handled_at:
            return
        if self.outcome not in self.TO_READ:
            raise self.NothingToHandle("This mail was dealt with when it came.")
        if not note.strip():
            raise self.NoteMissing("Say what was done: the record needs it.")
        self.handled_at, self.handled_by, self.handled_note = now or timezone.now(), by, note.strip()[:500]
        self.save(update_fields=["handled_at", "handled_by", "handled_note"])
        record(by, self, f"Marked as handled: {self.handled_note}")

    handle.alters_data = True


class DeclineQuerySet(models.QuerySet):
    def waiting(self):
        """Declines that may still be taken back."""
        return self.filter(state=Decline.State.WAITING)

    def due(self, now: datetime):
        return self.waiting().filter(gives_up_at__lte=now).order_by("pk")

    def begin(self, registration: Registration, now: datetime) -> "Decline":
        """Record that somebody declined every meeting, and owe them the mail that says until when they may keep it.

        A second call answers with the one that waits. The caller holds the session's lock.
        """
        waiting = self.waiting().filter(registration=registration).first()
        if waiting:
            return waiting
        undo_until = now + timedelta(minutes=settings.DECLINE_UNDO_MINUTES)
        gives_up_at = max(now, min(undo_until, registration.session.starts_at - LAST_MOMENT))
        decline = self.create(registration=registration, declined_at=now, gives_up_at=gives_up_at)
        facts = counts(registration) | {"decline": decline.pk}
        Notice.objects.owe(Notice.Kind.DECLINED, registration, facts, event=str(decline.pk))
        return decline

    begin.alters_data = True


class Decline(models.Model):
    """A whole place declined in a calendar: given up at `gives_up_at`, unless the person takes it back before."""

    class State(models.TextChoices):
        WAITING = "waiting", "To be given up"
        CARRIED_OUT = "done", "Given up"
        KEPT = "kept", "Kept after all"
        OVERTAKEN = "overtaken", "Overtaken"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="declines")
    declined_at = models.DateTimeField()
    gives_up_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)

    objects = DeclineQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["gives_up_at"], condition=Q(state="waiting"), name="declines_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(state="waiting"), name="one_waiting_decline_per_registration"
            )
        ]

    def __str__(self):
        return f"{self.registration} ({self.get_state_display().lower()})"

    def get_absolute_url(self):
        return reverse("decline", args=[self.uuid])

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def may_be_kept(self) -> bool:
        """True while there is a place to keep, and the person is not about to be asked anew for other times."""
        registration = self.registration
        has_seat = self.is_waiting and registration.is_registered and registration.session.is_confirmed
        return has_seat and every_meeting_declined(registration, timezone.now())

    @property
    def words(self) -> str:
        """“Tuesday, May 14 at 2:05 PM, Central time”: when the place is given up."""
        at, zone = self.gives_up_at, self.registration.session.time_zone
        return f"{long_day(at, zone)} at {clock(at, zone)}, {zone_words(zone, at)}"

    @transaction.atomic
    def carry_out(self, now: datetime | None = None) -> None:
        """Withdraw the person once the time to think again is over.

        A place that ended, a session that has started, and a meeting that moved meanwhile overtake it.
        """
        now = now or timezone.now()
        self._lock()
        if not self.is_waiting or now < self.gives_up_at:
            return
        registration = self.registration
        started, asked_anew = registration.session.has_started(now), not every_meeting_declined(registration, now)
        if not registration.is_registered or started or asked_anew:
            return self._end(self.State.OVERTAKEN)
        self._end(self.State.CARRIED_OUT)
        registration.withdraw(by=registration.person, now=now)

    carry_out.alters_data = True

    @transaction.atomic
    def keep(self, now: datetime | None = None) -> bool:
        """Take the decline back on the portal, and owe an invitation that puts each meeting into the calendar again.

        Tells whether there was still something to take back: a place that ended meanwhile overtakes the decline.
        """
        self._lock()
        if not self.is_waiting:
            return False
        if not self.may_be_kept:
            self._end(self.State.OVERTAKEN)
            return False
        self._end(self.State.KEPT)
        declined = self.registration.threads.filter(partstat=CalendarThread.Partstat.DECLINED)
        for thread in declined.filter(meeting__cancelled_at=None, meeting__ends_at__gt=now or timezone.now()):
            thread.registration, thread.partstat = self.registration, CalendarThread.Partstat.NEEDS_ACTION
            thread.save(update_fields=["partstat"])
            Notice.objects.owe_calendar(Notice.Kind.KEPT, Notice.Method.REQUEST, thread, counts(self.registration))
        return True

    keep.alters_data = True

    def take_back(self) -> None:
        """End a decline that another answer from the calendar took back: the entry is still there, so nothing is sent.

        The caller holds the session's lock.
        """
        self._end(self.State.KEPT)
        unsent = self.registration.notices.filter(kind=Notice.Kind.DECLINED, state=Notice.State.QUEUED)
        unsent.update(state=Notice.State.SUPERSEDED)

    take_back.alters_data = True

    def _lock(self) -> None:
        self.registration.session.lock()
        self.refresh_from_db(fields=["state"])
        self.registration.refresh_from_db(fields=["status", "moved_to"])

    def _end(self, state: str) -> None:
        self.state = state
        self.save(update_fields=["state"])


def counts(registration: Registration) -> dict:
    """Return the counts every letter about a session needs."""
    return {"count": registration.session.seats_taken, "minimum": registration.session.minimum}


def every_meeting_declined(registration: Registration, now: datetime) -> bool:
    """Tell whether the person's calendar declined each meeting of the session that is still to come, at its times."""
    declined = registration.threads.filter(partstat=CalendarThread.Partstat.DECLINED).select_related("meeting")
    meetings = [thread.meeting_id for thread in declined if thread.shows_its_times]
    return not registration.session.meetings.filter(ends_at__gt=now).exclude(pk__in=meetings).exists()


class ReplyMailbox(models.Model):
    """The one row that says how far the mailbox for answers has been read, and since when it cannot be."""

    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    trying_uid = models.BigIntegerField(default=0, help_text="The mail in hand: who dies with it leaves this behind.")
    tries = models.PositiveSmallIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)

    FAILS_FOR = timedelta(minutes=15)

    def __str__(self):
        return "Reply mailbox"

    @classmethod
    def load(cls) -> "ReplyMailbox":
        """Return the row, or the one that will be written: looking writes nothing."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    def is_failing(self, now: datetime) -> bool:
        """True once the mailbox could not be read for a quarter of an hour."""
        return self.failing_since is not None and self.failing_since <= now - self.FAILS_FOR

    @property
    def moves_nothing(self) -> bool:
        """True while what was read cannot be moved to a folder; `problem` says which."""
        return bool(self.problem) and self.failing_since is None

    def note(self, **values) -> None:
        """Write how far reading has come."""
        for name, value in values.items():
            setattr(self, name, value)
        ReplyMailbox.objects.update_or_create(pk=1, defaults=values)

    note.alters_data = True
