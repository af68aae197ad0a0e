"""What people say of a session they were in, so that nobody can tell who said what (docs/guarantees.md: G13).

While an evaluation is open all sheets lie in one seal (EvaluationPot), shuffled with each that is added. A receipt says
that a person has answered, and nothing of what. When it closes, another transaction counts the sheets question by
question if there are five, and destroys them in any case. docs/decisions/nobody-knows-who-said-what.md says why.
"""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from foundation import database_clock
from foundation.record import record
from foundation.verbs import lock_row, part_of_a_verb, verb
from outcomes.evaluations.questions import Question, questions_of, read_all
from outcomes.evaluations.sheets import Sheet, complete, count, seal_together, unseal_together
from outcomes.signals import evaluation_answered
from sessions_app.models import Session

# Fewer answers than these are never shown.
LEAST = 5


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def due_to_close(self, now: datetime) -> Self:
        """Those whose time is over, and which nobody has closed."""
        return self.filter(closed_at=None, closes_at__lte=now)

    def with_results(self) -> Self:
        """Those of which the answers are shown."""
        return self.filter(results__isnull=False)

    def listed(self) -> Self:
        """Each with its session and workshop, and without the answers, which lists do not show."""
        return self.select_related("session__workshop").defer("results", "questions")

    @verb
    def open(self, session: Session, now: datetime | None = None) -> "Evaluation | None":
        """Ask the people of `session` what they think of it, for EVALUATION_LIFE from its end.

        The questions are those of its workshop at this moment. None for a session that was not held, or that ended
        too long ago; the same said again is quiet.
        """
        now = now or database_clock.now()
        is_held = session.status == Session.Status.COMPLETED
        return self.begin(session, now) if is_held and session.ends_at + settings.EVALUATION_LIFE > now else None

    @part_of_a_verb
    def begin(self, session: Session, now: datetime) -> "Evaluation":
        """Make the evaluation of `session`, or return the one there is, without asking whether it was held."""
        asked = [question.to_keep() for question in questions_of(session.workshop)]
        closes_at = session.ends_at + settings.EVALUATION_LIFE
        known = {"questions": asked, "opened_at": now, "closes_at": closes_at}
        evaluation, is_new = self.get_or_create(session=session, defaults=known)
        if is_new:
            EvaluationPot.objects.create(evaluation=evaluation)
        return evaluation


class Evaluation(models.Model):
    """The evaluation of one session: what is asked, until when, and once it is closed what came of it."""

    class Refused(Exception):
        """Answering was refused; `str(error)` is the sentence shown to the person."""

    class Closed(Refused):
        """It is closed: what it shows is what it will show."""

    session = models.OneToOneField(Session, models.PROTECT, related_name="evaluation", editable=False)
    questions = models.JSONField(editable=False)
    opened_at = models.DateTimeField(editable=False)
    closes_at = models.DateTimeField(editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    answered_count = models.PositiveIntegerField(default=0, editable=False)
    # How many people were asked; counted when it closes.
    asked_count = models.PositiveIntegerField(null=True, editable=False)
    # How many of the sheets rate every objective twice, before and now; counted when it closes.
    complete_count = models.PositiveIntegerField(null=True, editable=False)
    results = models.JSONField(null=True, editable=False)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["-session__starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(results__isnull=True) | Q(closed_at__isnull=False, answered_count__gte=LEAST),
                name="evaluation_shows_five_or_nothing",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, asked_count=None, complete_count=None)
                | Q(closed_at__isnull=False, asked_count__isnull=False, complete_count__isnull=False),
                name="closed_evaluation_has_its_counts",
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="evaluation_closes_after_it_opens"),
        ]

    def __str__(self) -> str:
        return f"Evaluation of {self.session}"

    # ---- questions ----

    @property
    def asks(self) -> list[Question]:
        """The questions in order, as they were when it opened."""
        return read_all(self.questions)

    def is_open(self, now: datetime) -> bool:
        return self.closed_at is None and now < self.closes_at

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def has_too_few(self) -> bool:
        """True once it is closed with fewer than five answers: there is nothing to show, ever."""
        return self.is_closed and self.answered_count < LEAST

    def has_answer_of(self, person: Person) -> bool:
        return self.receipts.filter(person=person).exists()

    # ---- verbs ----

    @verb
    def answer(self, person: Person, sheet: Sheet, now: datetime | None = None) -> bool:
        """Put `sheet` among the others, and note that `person` has answered. Returns False where they had before.

        Whether this person is asked at all is decided by outcomes.evaluations.asked. Raises Closed. The sheet and the
        receipt are written together, so that neither is there without the other.
        """
        now = now or database_clock.now()
        lock_row(self)
        if self.has_answer_of(person):
            return False
        if not self.is_open(now):
            raise self.Closed("This evaluation has closed, so your answers were not added.")
        self.pot.add(sheet)
        self.receipts.create(person=person)
        self.answered_count += 1
        self.save(update_fields=["answered_count"])
        evaluation_answered.send(Evaluation, session=self.session, person=person)
        return True

    @verb
    def close(self, asked: int, by: Person | None = None, now: datetime | None = None) -> None:
        """Take no more answers, of which so many were `asked`, and count the sheets; with fewer than five count none.

        The sheets are destroyed. Raises accounts.sealed.Unreadable, and stays open, while the key is missing.
        """
        lock_row(self)
        if self.is_closed:
            return
        sheets = self.pot.sheets()
        self.closed_at, self.asked_count = now or database_clock.now(), asked
        self.complete_count = complete(self.asks, sheets)
        if len(sheets) >= LEAST:
            self.results = count(self.asks, sheets)
        self.save(update_fields=["closed_at", "asked_count", "complete_count", "results"])
        self.pot.delete()
        record(by or Person.objects.rule(), self, f"Closed: {self.answered_count} of {asked} have answered.")

    @verb
    def reseal(self) -> bool:
        """Seal the sheets with the newest key. Returns False if there are none. Raises accounts.sealed.Unreadable."""
        lock_row(self)
        pot = EvaluationPot.objects.filter(evaluation=self).first()
        if pot is None or not pot.sealed:
            return False
        pot.sealed = seal_together(pot.sheets())
        pot.save(update_fields=["sealed"])
        return True

    def results_by_question(self) -> list[tuple[Question, dict[str, Any]]]:
        """Return each question with what was counted; nothing where nothing is shown."""
        return list(zip(self.asks, self.results or [], strict=False))


class EvaluationPot(models.Model):
    """The sheets of an open evaluation, all in one seal. It has no row per person, no order and no time."""

    evaluation = models.OneToOneField(Evaluation, models.CASCADE, related_name="pot")
    sealed = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"Sheets of {self.evaluation}"

    def sheets(self) -> list[Sheet]:
        return unseal_together(self.sealed)

    def add(self, sheet: Sheet) -> None:
        """Put `sheet` with the others. The caller holds the lock of the evaluation."""
        self.sealed = seal_together([*self.sheets(), sheet])
        self.save(update_fields=["sealed"])


class EvaluationReceipt(models.Model):
    """That a person has answered an evaluation. It says neither what nor when."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="receipts")
    person = models.ForeignKey(Person, models.CASCADE, related_name="evaluation_receipts")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "person"], name="one_receipt_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person} has answered"
