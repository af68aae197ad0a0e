"""OutsideActivity: what somebody took part in elsewhere, with its proof, and what the office says of it."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Person
from foundation import database_clock
from foundation.dates import day_words
from foundation.files.uploads import Upload, size_words
from foundation.record import record
from foundation.values.lines import LineField
from foundation.verbs import lock_row, verb
from outcomes.models.credit import CreditKind, hours_words, validate_hours
from outcomes.signals import outside_answered


class Told(NamedTuple):
    """What somebody says of an activity: in a valid form."""

    title: str
    happened_on: date
    hours: Decimal
    where: str
    kind: CreditKind | None = None


class OutsideActivityQuerySet(models.QuerySet["OutsideActivity"]):
    def of_person(self, person: Person) -> Self:
        return self.filter(person=person)

    def waiting(self) -> Self:
        """Those the office has not decided on."""
        return self.filter(status=OutsideActivity.Status.WAITING)

    def approved(self) -> Self:
        """Those that count."""
        return self.filter(status=OutsideActivity.Status.APPROVED)

    @verb
    def tell(self, person: Person, told: Told, proof: Upload, now: datetime | None = None) -> "OutsideActivity":
        """Put an activity of `person` before the office; the same told again while it waits is quiet.

        Raises an OutsideActivity.Refused: TooManyWaiting.
        """
        lock_row(Person(pk=person.pk))
        known = self.of_person(person).waiting()
        same = known.filter(title=told.title, happened_on=told.happened_on, hours=told.hours).first()
        if same is not None:
            return same
        if known.count() >= OutsideActivity.MOST_WAITING:
            raise OutsideActivity.TooManyWaiting(
                f"{OutsideActivity.MOST_WAITING} of your activities wait for an answer, and that is the most. Wait for "
                "it, or withdraw one of them."
            )
        activity = self.create(person=person, told_at=now or database_clock.now(), **told._asdict())
        facts = {"extension": proof.extension, "content_type": proof.content_type, "size": len(proof.content)}
        OutsideProof.objects.create(activity=activity, content=proof.content, **facts)
        return activity


class OutsideActivity(models.Model):
    """Something taken part in elsewhere. It counts once the office has approved it."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting for the office"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Answered: it does not count"

    MOST_WAITING = 20

    class Refused(Exception):
        """Telling or deciding was refused; `str(error)` is the sentence shown to the person."""

    class TooManyWaiting(Refused):
        """The person has as many before the office as it takes."""

    class NoWords(Refused):
        """The office says no without saying why."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="outside_activities")
    title = LineField(max_length=200)
    happened_on = models.DateField("day")
    hours = models.DecimalField(max_digits=5, decimal_places=2, validators=[validate_hours])
    kind = models.ForeignKey(CreditKind, models.PROTECT, null=True, blank=True, related_name="outside_activities")
    where = LineField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    told_at = models.DateTimeField(editable=False)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey(Person, models.SET_NULL, null=True, editable=False, related_name="+")

    objects = OutsideActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-pk"]
        verbose_name_plural = "outside activities"
        constraints = [
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=100), name="outside_hours_in_range"),
            models.CheckConstraint(
                condition=Q(happened_on__gte=date(2000, 1, 1), happened_on__lte=date(2100, 12, 31)),
                name="outside_activity_in_this_century",
            ),
            models.CheckConstraint(
                condition=Q(status="waiting", answered_at=None)
                | Q(status="approved", answered_at__isnull=False)
                | Q(status="declined", answered_at__isnull=False) & ~Q(answer=""),
                name="outside_activity_answered_with_words",
            ),
        ]

    def __str__(self) -> str:
        # The record of changes keeps this for longer than the activity: it names nobody.
        return f"Outside activity {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("outside_activity", args=[self.uuid])

    # ---- questions ----

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.WAITING

    @property
    def is_approved(self) -> bool:
        return self.status == self.Status.APPROVED

    @property
    def hours_words(self) -> str:
        """“1.5 hours”, “1 hour”."""
        words = hours_words(self.hours)
        return "1 hour" if words == "1" else f"{words} hours"

    @property
    def day_words(self) -> str:
        return day_words(self.happened_on)

    # ---- verbs ----

    @verb
    def approve(self, by: Person, answer: str = "", now: datetime | None = None) -> None:
        """Let it count from now on. Sends outside_answered."""
        self._decide(self.Status.APPROVED, by, answer, now)

    @verb
    def decline(self, by: Person, answer: str, now: datetime | None = None) -> None:
        """Say why it does not count. Raises NoWords for an answer without words. Sends outside_answered."""
        if not answer.strip():
            raise self.NoWords("Say why it does not count, or what is missing: the person reads it.")
        self._decide(self.Status.DECLINED, by, answer, now)

    def _decide(self, status: str, by: Person, answer: str, now: datetime | None) -> None:
        lock_row(self)
        if (self.status, self.answer) == (status, answer):
            return
        was, self.status, self.answer = self.get_status_display(), status, answer
        self.answered_at, self.answered_by = now or database_clock.now(), by
        self.save(update_fields=["status", "answer", "answered_at", "answered_by"])
        record(by, self, f"{self.get_status_display()}, was: {was}.")
        outside_answered.send(OutsideActivity, activity=self)

    @verb
    def withdraw(self) -> None:
        """Delete it, with its proof and its answer. Its person may do so at any time."""
        OutsideActivity.objects.filter(pk=self.pk).delete()


class OutsideProof(models.Model):
    """The file that shows it. Given to its person and to the office, to save and not to show (`outside_proof`)."""

    activity = models.OneToOneField(OutsideActivity, models.CASCADE, related_name="proof")
    extension = models.CharField(max_length=8)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        verbose_name = "proof"

    def __str__(self) -> str:
        return f"{self.extension.upper()}, {size_words(self.size)}"
