"""Decline: a seat that its person declined in a calendar (calendar.md section 8).

A decline is carried out only after a while: calendars decline by machine too, and people press the wrong button.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from foundation import database_clock
from foundation.dates import clock, long_day, zone_words
from foundation.verbs import verb
from notifications.models.kind import KINDS
from notifications.models.notices import Notice, counts_of
from notifications.models.threads import CalendarThread
from registrations.models import Registration

# So shortly before the start the person has no time to think again: somebody else can still use the seat.
LAST_MOMENT = timedelta(minutes=10)


class DeclineQuerySet(models.QuerySet["Decline"]):
    def waiting(self) -> "DeclineQuerySet":
        """Return the declines that may still be taken back."""
        return self.filter(state=Decline.State.WAITING)

    def due(self, now: datetime) -> "DeclineQuerySet":
        """Return the declines to carry out at `now`, oldest first."""
        return self.waiting().filter(gives_up_at__lte=now).order_by("pk")

    @verb
    def begin(self, registration: Registration, now: datetime) -> "Decline":
        """Record that a person declined every meeting, and owe the mail that says until when they may keep the seat.

        A second call returns the decline that waits. The caller holds the session's lock.
        """
        waiting = self.waiting().filter(registration=registration).first()
        if waiting:
            return waiting
        undo_until = now + timedelta(minutes=settings.DECLINE_UNDO_MINUTES)
        gives_up_at = max(now, min(undo_until, registration.session.starts_at - LAST_MOMENT))
        decline = self.create(registration=registration, declined_at=now, gives_up_at=gives_up_at)
        facts = counts_of(registration.session) | {"decline": decline.pk}
        Notice.objects.owe(KINDS["declined"], registration, facts, event=str(decline.pk))
        return decline


class Decline(models.Model):
    """A seat declined in a calendar, in all its meetings: given up at `gives_up_at`, unless the person keeps it."""

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

    def __str__(self) -> str:
        return f"{self.registration} ({self.get_state_display().lower()})"

    def get_absolute_url(self) -> str:
        return reverse("decline", args=[self.uuid])

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def may_be_kept(self) -> bool:
        """True while there is a seat to keep, and the person is not about to be asked again because times changed."""
        registration = self.registration
        has_seat = self.is_waiting and registration.is_registered and registration.session.is_confirmed
        return has_seat and every_meeting_declined(registration, database_clock.now())

    @property
    def gives_up_words(self) -> str:
        """“Tuesday, May 14 at 2:05 PM, Central time”: when the seat is given up, in the zone of the session."""
        at, zone = self.gives_up_at, self.registration.session.time_zone
        return f"{long_day(at, zone)} at {clock(at, zone)}, {zone_words(zone, at)}"

    @verb
    def carry_out(self, now: datetime | None = None) -> None:
        """Withdraw the person once the time to think again is over.

        A registration that has ended, a session that has started, and a meeting that has moved overtake the decline.
        Before its time nothing happens.
        """
        now = now or database_clock.now()
        self._lock()
        if not self.is_waiting or now < self.gives_up_at:
            return
        registration = self.registration
        has_started, is_asked_again = (
            registration.session.has_started(now),
            not every_meeting_declined(registration, now),
        )
        if not registration.is_registered or has_started or is_asked_again:
            return self._end(self.State.OVERTAKEN)
        self._end(self.State.CARRIED_OUT)
        registration.withdraw(by=registration.person, now=now)

    @verb
    def keep(self, now: datetime | None = None) -> bool:
        """Take the decline back on the portal, and owe an invitation that puts each meeting into the calendar again.

        Tells whether there was still something to take back: a registration that has ended overtakes the decline.
        """
        self._lock()
        if not self.is_waiting:
            return False
        if not self.may_be_kept:
            self._end(self.State.OVERTAKEN)
            return False
        self._end(self.State.KEPT)
        declined = self.registration.threads.filter(partstat=CalendarThread.Partstat.DECLINED)
        for thread in declined.filter(meeting__cancelled_at=None, meeting__ends_at__gt=now or database_clock.now()):
            thread.registration, thread.partstat = self.registration, CalendarThread.Partstat.NEEDS_ACTION
            thread.save(update_fields=["partstat"])
            Notice.objects.owe_calendar(
                KINDS["kept"], Notice.Method.REQUEST, thread, counts_of(self.registration.session)
            )
        return True

    @verb
    def take_back(self) -> None:
        """End a decline that a later answer from the calendar takes back. The entry is still there, so no mail is sent.

        The caller holds the session's lock.
        """
        self._end(self.State.KEPT)
        unsent = self.registration.notices.filter(kind="declined", state=Notice.State.QUEUED)
        unsent.update(state=Notice.State.SUPERSEDED)

    def _lock(self) -> None:
        self.registration.session.lock()
        self.refresh_from_db(fields=["state"])
        self.registration.refresh_from_db(fields=["status", "moved_to"])

    def _end(self, state: str) -> None:
        self.state = state
        self.save(update_fields=["state"])


def every_meeting_declined(registration: Registration, now: datetime) -> bool:
    """Tell whether the person's calendar declined each meeting of the session that is still to come, at its times."""
    declined = registration.threads.filter(partstat=CalendarThread.Partstat.DECLINED).select_related("meeting")
    meetings = [thread.meeting_id for thread in declined if thread.shows_its_times]
    return not registration.session.meetings.filter(ends_at__gt=now).exclude(pk__in=meetings).exists()
