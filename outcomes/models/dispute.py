"""“This is wrong”: what a person says of their own attendance, and what the office decides."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import lock_row, verb
from outcomes.models.attendance import Attendance
from outcomes.signals import attendance_disputed, dispute_decided
from registrations.models import Registration
from sessions_app.models import Meeting

LONGEST = 2000


def may_be_missing(registration: Registration, now: datetime) -> bool:
    """Tell whether its person may say that they were there though nothing is known of them.

    That is people with a seat, from the end of the session until its attendance is forgotten (ATTENDANCE_YEARS).
    """
    ended = registration.session.ends_at
    return registration.is_registered and ended <= now < ended + timedelta(days=365 * settings.ATTENDANCE_YEARS)


class AttendanceDisputeQuerySet(models.QuerySet["AttendanceDispute"]):
    def waiting(self) -> Self:
        """Those that the office has not decided yet."""
        return self.filter(decided_at=None)

    @verb
    def make(self, registration: Registration, words: str, now: datetime | None = None) -> "AttendanceDispute":
        """Have the person of `registration` say that what is known of them is wrong; said again, it is one.

        `words` said later are added to those that wait. From the end of the session on people with a seat say it also
        where nothing is known of them. Raises AttendanceDispute.NothingKnown.
        """
        now = now or database_clock.now()
        registration.session.lock()
        words = words.strip()[:LONGEST]
        waits = self.waiting().filter(registration=registration).first()
        if waits is not None:
            if words and words not in waits.words:
                waits.words = f"{waits.words}\n\n{words}".strip()[:LONGEST]
                waits.save(update_fields=["words"])
            return waits
        known = Attendance.objects.of_session(registration.session).of_person(registration.person)
        if not may_be_missing(registration, now) and not known.exists():
            raise AttendanceDispute.NothingKnown("The office has not said yet who was there.")
        made = self.create(registration=registration, words=words, said_at=now)
        attendance_disputed.send(AttendanceDispute, dispute=made)
        return made


class AttendanceDispute(models.Model):
    """One person says of one session that their attendance is wrong. The office decides, on record."""

    class Outcome(models.TextChoices):
        CORRECTED = "corrected", "corrected"
        STANDS = "stands", "left as it is"

    class Refused(Exception):
        """It was refused; `str(error)` is the sentence shown to the person."""

    class NothingKnown(Refused):
        """Nothing is said of this person yet that could be wrong."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="attendance_disputes")
    words = models.TextField(blank=True, max_length=LONGEST)
    said_at = models.DateTimeField(editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, editable=False, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    answer = models.TextField(blank=True, max_length=LONGEST)

    objects = AttendanceDisputeQuerySet.as_manager()

    class Meta:
        ordering = ["said_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(decided_at=None), name="one_dispute_waits_per_registration"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, outcome="") | Q(decided_at__isnull=False) & ~Q(outcome=""),
                name="dispute_is_decided_with_its_outcome",
            ),
        ]

    def __str__(self) -> str:
        return str(self.registration)

    @property
    def is_decided(self) -> bool:
        return self.decided_at is not None

    @property
    def is_corrected(self) -> bool:
        return self.outcome == self.Outcome.CORRECTED

    @verb
    def decide(self, by: Person, states: Mapping[int, str], answer: str = "", now: datetime | None = None) -> None:
        """Decide it: `states` is what the office says now, by the key of each meeting; `answer` is for the person.

        It is corrected where one of them differs from what was known, or says of a meeting of which nothing was known
        that they were there; else it is left as it is. Sends dispute_decided.
        """
        session = self.registration.session
        session.lock()
        lock_row(self)
        if self.is_decided:
            return
        now, is_corrected = now or database_clock.now(), False
        said = Attendance.objects.of_session(session).of_person(self.registration.person)
        reason = "The person said that it was wrong."
        for one in said.select_related("meeting__session"):
            state = states.get(one.meeting_id, one.state)
            if state != one.state:
                is_corrected = True
                one.correct(state, by, reason, now=now)
        known = {one.meeting_id for one in said}
        for meeting in session.meetings.all():
            if meeting.pk not in known and states.get(meeting.pk):
                self._say(meeting, states[meeting.pk], by, now)
                is_corrected = is_corrected or states[meeting.pk] == Attendance.State.HERE
        self.outcome = self.Outcome.CORRECTED if is_corrected else self.Outcome.STANDS
        self.decided_at, self.decided_by, self.answer = now, by, answer.strip()[:LONGEST]
        self.save(update_fields=["outcome", "decided_at", "decided_by", "answer"])
        record(by, self, f"Decided: {self.get_outcome_display()}.")
        dispute_decided.send(AttendanceDispute, dispute=self)

    def _say(self, meeting: Meeting, state: str, by: Person, now: datetime) -> None:
        """Write down what the office says of a meeting of which nothing was known."""
        source = Attendance.Source.CORRECTION
        said = Attendance.objects.mark(meeting, self.registration, state, source, by, now=now)
        record(by, said, "Attendance corrected: the person said that it was missing.")
