"""An offer: a person of a date that is being merged may come to the other one, and says yes or no."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from foundation import database_clock
from foundation.verbs import verb
from registrations.models.registration import Registration
from registrations.models.standing import lock_all
from registrations.signals import merge_answered
from sessions_app.models import Mode, Session


class MergeOfferQuerySet(models.QuerySet["MergeOffer"]):
    def open(self) -> Self:
        """Those that still count: the merge goes on, and the person has not moved."""
        return self.filter(ended_at__isnull=True)

    def unanswered(self) -> Self:
        """Those of people who have said nothing and still have their seat, or place in line."""
        return self.open().filter(answer="", registration__status__in=Registration.ACTIVE)

    def in_order(self) -> Self:
        """In the order in which people move: those with a seat by position, then those who wait, by position."""
        seated = models.Case(models.When(registration__status=Registration.Status.REGISTERED, then=0), default=1)
        return self.order_by(seated, "registration__position")


class MergeOffer(models.Model):
    """One person of a date that is being merged, who may move to the date `into`.

    Open until the person has moved, or the merge has ended.
    """

    class Answer(models.TextChoices):
        NONE = "", "Not answered"
        YES = "yes", "Yes"
        NO = "no", "No"

    class Over(Registration.Refused):
        """There is nothing to answer any more."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="merge_offers")
    into = models.ForeignKey(Session, models.PROTECT, related_name="merge_offers")
    offered_at = models.DateTimeField()
    answer = models.CharField(max_length=3, choices=Answer.choices, blank=True, default="", db_default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    mode = models.CharField(
        "would take part",
        max_length=9,
        choices=Mode.choices,
        blank=True,
        default="",
        db_default="",
        help_text="Of a yes, where the other date asks.",
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MergeOfferQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(ended_at__isnull=True), name="one_open_offer_per_registration"
            ),
            models.CheckConstraint(condition=Q(answer__in=["", "yes", "no"]), name="merge_offer_known_answer"),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_at__isnull=False), name="merge_offer_answered_at_some_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration} → {self.into}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def has_moved(self) -> bool:
        """True once the registration became one on the other date."""
        moved = self.registration.moved_to
        return moved is not None and moved.session_id == self.into_id

    @property
    def may_be_answered(self) -> bool:
        """True while a yes or a no means something."""
        return self.is_open and self.registration.is_active and self.registration.session.merges_into_id == self.into_id

    # ---- verbs ----

    @verb
    def accept(self, now: datetime | None = None, mode: str = "") -> None:
        """Say yes: the person moves at once if a seat is theirs, otherwise as soon as one is. A second yes is quiet.

        `mode` is how they take part there, where that date asks; without one as they do here. Raises Over, and what
        registering there would raise (HowMissing, NotEligible, SessionCancelled ...).
        """
        now = now or database_clock.now()
        self._lock()
        registration, into = self.registration, self.into
        if self.has_moved:
            return
        self._refuse_unless_open(now)
        mode = registration.mode_there(into, mode)
        if into.registrations.active().filter(person=registration.person_id).exists():
            raise Registration.NotThere("You have a place on that date already, and need not say yes.")
        registration.refuse_unless_joinable(registration.person, into, now)
        if (self.answer, self.mode) == (self.Answer.YES, mode):
            return
        self._answer(self.Answer.YES, mode, now)

    @verb
    def decline(self, now: datetime | None = None) -> None:
        """Say no: the person keeps what they have until the date is cancelled. A second no is quiet.

        Raises Over once they have moved or the merge has ended.
        """
        now = now or database_clock.now()
        self._lock()
        if self.has_moved:
            raise self.Over("You have moved to the other date already. To change that, open your registration there.")
        self._refuse_unless_open(now)
        if self.answer == self.Answer.NO:
            return
        self._answer(self.Answer.NO, "", now)

    @verb
    def close(self, now: datetime) -> None:
        """End the offer. The lock of the sessions is held."""
        self.ended_at = now
        self.save(update_fields=["ended_at"])

    # ---- what the verbs have in common ----

    def _lock(self) -> None:
        lock_all([self.registration.session, self.into])
        self.registration.refresh_from_db(fields=Registration.CHANGES)
        self.refresh_from_db(fields=["answer", "answered_at", "mode", "ended_at"])

    def _refuse_unless_open(self, now: datetime) -> None:
        by = self.registration.session.merge_by
        if not self.may_be_answered or by is None:
            raise self.Over("This offer has ended, so nothing was changed.")
        if by <= now:
            raise self.Over("The time to answer is over, so nothing was changed. We write to you at once.")

    def _answer(self, answer: str, mode: str, now: datetime) -> None:
        self.answer, self.mode, self.answered_at = answer, mode, now
        self.save(update_fields=["answer", "mode", "answered_at"])
        merge_answered.send(type(self), offer=self, now=now)
