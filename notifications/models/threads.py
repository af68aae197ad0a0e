"""CalendarThread: one entry in one person's calendar."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import part_of_a_verb, verb
from notifications.models.kind import KINDS
from notifications.models.vocabulary import Method, State
from registrations.models import Registration
from sessions_app.models import Meeting

if TYPE_CHECKING:
    from notifications.models.notices import Notice

# How often within a day a person has their own invitation sent again.
MOST_ASKED = 3


def new_uid() -> str:
    """Return a random UID, never derived from anything and never used twice (calendar.md 0.2)."""
    return f"{uuid.uuid4()}@{settings.SITE_HOST}"


class CalendarThreadQuerySet(models.QuerySet["CalendarThread"]):
    @part_of_a_verb
    def begin(self, *registrations: Registration) -> None:
        """Give each meeting of these seats, all of one session, its UID; SEQUENCE stays empty until a mail carries it.

        A retry adds nothing. Two statements. The caller holds the session's lock. The threads are made with the seat
        and not with the first mail: before the confirmation, the download and the feed show the entry that the
        invitation then updates.
        """
        session = registrations[0].session
        shown = None if session.is_confirmed else 0
        meetings = list(Meeting.objects.order_by().filter(session=session.pk).values_list("pk", flat=True))
        threads = [
            CalendarThread(registration=registration, meeting_id=meeting, tentative_sequence=shown)
            for registration in registrations
            for meeting in meetings
        ]
        CalendarThread.objects.bulk_create(threads, ignore_conflicts=True)

    @part_of_a_verb
    def of_each(self, registrations: Sequence[Registration]) -> list["CalendarThread"]:
        """Return the thread of each meeting that is held of each of these seats, all of one session, in order.

        One that is missing is begun. Two statements, or three. The caller holds the session's lock.
        """
        meetings = list(registrations[0].session.meetings.all())
        found = {
            (thread.registration_id, thread.meeting_id): thread
            for thread in self.filter(registration__in=[one.pk for one in registrations], meeting__in=meetings)
        }
        threads = [
            found.get((registration.pk, meeting.pk)) or CalendarThread(registration=registration, meeting=meeting)
            for registration in registrations
            for meeting in meetings
        ]
        own = {registration.pk: registration for registration in registrations}
        for thread in threads:
            # The caller's object, which saves a query.
            thread.registration = own[thread.registration_id]
        CalendarThread.objects.bulk_create([thread for thread in threads if thread.pk is None])
        return threads

    @part_of_a_verb
    def advance(self, threads: Sequence["CalendarThread"]) -> None:
        """Assign each of `threads` its next SEQUENCE, as `CalendarThread.advance` does for one. One statement."""
        for thread in threads:
            thread.sequence = thread.next_sequence
        if threads:
            said = Coalesce("sequence", "tentative_sequence", -1)
            CalendarThread.objects.filter(pk__in=[thread.pk for thread in threads]).update(sequence=said + 1)

    def without_those_taken_off(self) -> list["CalendarThread"]:
        """Return the threads of which `was_taken_off` is not true. One query, or two."""
        threads: list[CalendarThread] = list(self)
        declined = [thread for thread in threads if thread.is_declined]
        if not declined:
            return threads
        since = Q(notices__method=Method.REQUEST, notices__pk__gt=F("declined_notice"))
        there_again = self.model.objects.filter(since, pk__in=[one.pk for one in declined]).values_list("pk", flat=True)
        taken_off = {one.pk for one in declined}.difference(there_again)
        return [thread for thread in threads if thread.pk not in taken_off]

    @part_of_a_verb
    def change_tentative(self) -> None:
        """Raise the SEQUENCE that file and feed say before the first message: what they show has changed.

        The caller holds the session's lock.
        """
        self.filter(sequence=None).update(tentative_sequence=Coalesce("tentative_sequence", 0) + 1)

    @verb
    def send_again_to(self, registration: Registration, now: datetime | None = None) -> list["Notice"]:
        """Owe the person of `registration`, who asks, each invitation of theirs that holds once more.

        Answers with the Notices, those that are on their way already among them. Raises TooOften after MOST_ASKED a
        day, counted under the lock of the session, and NotInvited where there is no invitation to a meeting to come.
        """
        now = now or database_clock.now()
        registration.session.lock()
        registration.refresh_from_db(fields=["status"])
        holding = registration.threads.announced().filter(meeting__cancelled_at=None, meeting__ends_at__gt=now)
        threads = list(holding.select_related("meeting"))
        if not registration.is_registered or not registration.session.is_confirmed or not threads:
            raise CalendarThread.NotInvited("There is no invitation to send: you have no seat in a confirmed session.")
        again = threads[0].notices.filter(kind=KINDS["again"].name)
        is_on_its_way = again.filter(state__in=[State.QUEUED, State.SENDING]).exists()
        if not is_on_its_way and again.filter(created_at__gt=now - timedelta(days=1)).count() >= MOST_ASKED:
            raise CalendarThread.TooOften(
                "We have sent it several times today. Look into your junk mail, or write to the office."
            )
        for thread in threads:
            thread.registration = registration
        return [thread.send_again(by=registration.person, now=now) for thread in threads]

    def announced(self) -> "CalendarThreadQuerySet":
        """Return the threads that a mail was ever written for."""
        return self.filter(sequence__isnull=False)


class CalendarThread(models.Model):
    """UID and SEQUENCE of one meeting for one registration. Registering again starts a new thread with a new UID."""

    class Partstat(models.TextChoices):
        NEEDS_ACTION = "NEEDS-ACTION", "Not answered"
        ACCEPTED = "ACCEPTED", "Accepted"
        TENTATIVE = "TENTATIVE", "Tentative"
        DECLINED = "DECLINED", "Declined"

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="threads")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="threads")
    uid = models.CharField("UID", max_length=255, unique=True, default=new_uid)
    sequence = models.PositiveIntegerField(
        "SEQUENCE", null=True, help_text="Of the newest message; empty before the first."
    )
    tentative_sequence = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="What file and feed say before the first message; empty where nobody could see them before it.",
    )
    requested_at = models.DateTimeField(null=True, help_text="When an invitation was first handed to the mail server.")
    shown = models.JSONField(
        default=dict, blank=True, help_text="What the calendar shows: the values of the last invitation handed over."
    )
    partstat = models.CharField(
        "PARTSTAT",
        max_length=12,
        choices=Partstat.choices,
        default=Partstat.NEEDS_ACTION,
        help_text="The last answer from the calendar; asked again when the time changes.",
    )
    answered_at = models.DateTimeField(
        "DTSTAMP of the answer", null=True, help_text="When the calendar wrote the last answer that was applied."
    )
    declined_notice = models.ForeignKey(
        "Notice",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The newest invitation when it was declined: one after it may have put the entry back.",
    )

    objects = CalendarThreadQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "meeting"], name="one_thread_per_registration_and_meeting")
        ]

    def __str__(self) -> str:
        return self.uid

    @property
    def shown_sequence(self) -> int:
        """Return the SEQUENCE that file and feed say now."""
        return (self.tentative_sequence if self.sequence is None else self.sequence) or 0

    @property
    def holds(self) -> bool:
        """True while the invitation holds: the person is registered, the session confirmed, the meeting held."""
        registration = self.registration
        return registration.is_registered and registration.session.is_confirmed and not self.meeting.is_cancelled

    @property
    def shows_its_times(self) -> bool:
        """True unless the calendar was sent other times than the meeting has: then the person is to be asked again."""
        sent = [name for name in ("starts_at", "ends_at") if name in self.shown]
        return all(datetime.fromisoformat(self.shown[name]) == getattr(self.meeting, name) for name in sent)

    @property
    def is_declined(self) -> bool:
        """True where the last answer from the person's calendar was no, to an invitation that is known."""
        return self.partstat == self.Partstat.DECLINED and self.declined_notice_id is not None

    @property
    def was_taken_off(self) -> bool:
        """True where the person's own calendar declined what it shows: a cancellation would change nothing there."""
        return (
            self.is_declined and not self.notices.filter(method=Method.REQUEST, pk__gt=self.declined_notice_id).exists()
        )

    @property
    def next_sequence(self) -> int:
        """Return the SEQUENCE of the next message."""
        said = self.tentative_sequence if self.sequence is None else self.sequence
        return 0 if said is None else said + 1

    @part_of_a_verb
    def advance(self) -> int:
        """Assign and return the next SEQUENCE: one more than any message, file or feed has said, and 0 at first.

        The caller holds the session's lock.
        """
        self.sequence = self.next_sequence
        self.save(update_fields=["sequence"])
        return self.sequence

    class Refused(Exception):
        """A verb was refused; `str(error)` is the sentence shown to the office."""

    class NotInvited(Refused):
        """The person is not invited to the meeting now, or it is over."""

    class TooOften(Refused):
        """The person has had their invitation sent again too often within a day."""

    @verb
    def send_again(self, by: Person, now: datetime | None = None) -> "Notice":
        """Owe the person the current invitation once more: the same SEQUENCE, a new DTSTAMP. Returns its Notice.

        Returns the Notice that is on its way, where there is one. Raises NotInvited where the person is no longer
        invited to this meeting, or it is over. The caller wakes the worker, or else the sweep sends it.
        """
        now = now or database_clock.now()
        self.registration.session.lock()
        self.refresh_from_db(fields=["sequence"])
        self.registration.refresh_from_db(fields=["status"])
        self.meeting.refresh_from_db(fields=["ends_at", "cancelled_at"])
        current = self.notices.filter(sequence=self.sequence).order_by("pk")
        first = current.first()
        if first is None or first.method != Method.REQUEST or not self.holds:
            raise self.NotInvited("This person is not invited to this meeting, so there is no invitation to send.")
        if self.meeting.ends_at <= now:
            raise self.NotInvited("This meeting is over, so its invitation is not sent any more.")
        on_its_way = current.filter(state__in=[State.QUEUED, State.SENDING]).first()
        if on_its_way:
            return on_its_way
        if by != self.registration.person:
            record(by, self, f"Invitation sent again by {by}.")
        again = KINDS["again"]
        return self.notices.owe_again(again, self, times=current.filter(kind=again.name).count() + 1)
