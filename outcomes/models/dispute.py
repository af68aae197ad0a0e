"""“This is wrong”: what a person says of their own attendance, and what the office decides."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import lock_row, verb
from outcomes.models.attendance import Attendance
from outcomes.signals import attendance_disputed, dispute_decided
from registrations.models import Registration

LONGEST = 2000


class AttendanceDisputeQuerySet(models.QuerySet["AttendanceDispute"]):
    def waiting(self) -> Self:
        """Those that the office has not decided yet."""
        return self.filter(decided_at=None)

    @verb
    def make(self, registration: Registration, words: str, now: datetime | None = None) -> "AttendanceDispute":
        """Have the person of `registration` say that what is known of them is wrong; said again, it is one.

        `words` said later are added to those that wait. Raises AttendanceDispute.NothingKnown.
        """
        registration.session.lock()
        words = words.strip()[:LONGEST]
        waits = self.waiting().filter(registration=registration).first()
        if waits is not None:
            if words and words not in waits.words:
                waits.words = f"{waits.words}\n\n{words}".strip()[:LONGEST]
                waits.save(update_fields=["words"])
            return waits
        if not Attendance.objects.of_session(registration.session).of_person(registration.person).exists():
            raise AttendanceDispute.NothingKnown("The office has not said yet who was there.")
        made = self.create(registration=registration, words=words, said_at=now or database_clock.now())
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

        It is corrected where one of them differs from what was known, and else left as it is. Sends dispute_decided.
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
        self.outcome = self.Outcome.CORRECTED if is_corrected else self.Outcome.STANDS
        self.decided_at, self.decided_by, self.answer = now, by, answer.strip()[:LONGEST]
        self.save(update_fields=["outcome", "decided_at", "decided_by", "answer"])
        record(by, self, f"Decided: {self.get_outcome_display()}.")
        dispute_decided.send(AttendanceDispute, dispute=self)
