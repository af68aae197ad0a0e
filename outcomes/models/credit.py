"""What taking part counts for: kinds of credit, and how many hours of a kind one meeting of a workshop is worth."""

from collections.abc import Collection
from decimal import Decimal
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

from catalog.models import Workshop
from foundation.values.lines import LineField
from sessions_app.models import Session

STEP, MOST = Decimal("0.25"), Decimal(100)


def validate_hours(hours: Decimal) -> None:
    """Refuse (ValidationError) hours that are none, below none, more than 100, or not in quarters."""
    if hours <= 0:
        raise ValidationError("A meeting is worth more than 0 hours. Take the row away if it is worth none.")
    if hours > MOST:
        raise ValidationError("A meeting is worth 100 hours at most.")
    if hours % STEP:
        raise ValidationError("Enter hours in quarters, such as 1, 1.25, 1.5 or 1.75.")


class CreditKind(models.Model):
    """One kind of credit that the office gives, such as hours of a board or of the office's own."""

    name = LineField(max_length=120, unique=True, help_text="As people know it, and as it stands on certificates.")
    statement = LineField(
        max_length=600,
        blank=True,
        help_text="The sentence that the board behind it wants to read on certificates. Blank: none.",
    )
    unit = LineField(max_length=40, default="hours", help_text="What it is counted in: hours, credits, contact hours.")
    asks_license = models.BooleanField(
        "asks for a license number",
        default=False,
        help_text="On: people who want this credit are asked for the number of their license. Nobody else is.",
    )
    is_active = models.BooleanField("active", default=True, help_text="Off: it is given no more; who has it keeps it.")

    class Meta:
        ordering = ["name"]
        verbose_name = "kind of credit"
        verbose_name_plural = "kinds of credit"

    def __str__(self) -> str:
        return self.name


class CreditOfferQuerySet(models.QuerySet["CreditOffer"]):
    def given(self) -> Self:
        """Those of kinds that are given now."""
        return self.filter(kind__is_active=True)

    def over(self, sessions: Collection[Session]) -> dict[int, list["CreditOffer"]]:
        """Return what one meeting of each of `sessions` is worth, by the key of the session. One query.

        What the office said of a session counts instead of all it said of the workshop.
        """
        workshops = {session.workshop_id for session in sessions}
        keys = {session.pk for session in sessions}
        of_session: dict[int, list[CreditOffer]] = {}
        of_workshop: dict[int, list[CreditOffer]] = {}
        offers = self.given().filter(Q(session__in=keys) | Q(workshop__in=workshops)).select_related("kind")
        for offer in offers.order_by("kind__name", "pk"):
            if offer.session_id is not None:
                of_session.setdefault(offer.session_id, []).append(offer)
            elif offer.workshop_id is not None:
                of_workshop.setdefault(offer.workshop_id, []).append(offer)
        return {one.pk: of_session.get(one.pk) or of_workshop.get(one.workshop_id, []) for one in sessions}


class CreditOffer(models.Model):
    """So many hours of one kind for each meeting somebody attends, of a workshop or of one session instead of it."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, null=True, blank=True, related_name="credit_offers")
    session = models.ForeignKey(Session, models.CASCADE, null=True, blank=True, related_name="credit_offers")
    kind = models.ForeignKey(CreditKind, models.PROTECT, related_name="offers")
    hours = models.DecimalField(
        "hours a meeting", max_digits=5, decimal_places=2, validators=[validate_hours], help_text="In quarters: 1.5."
    )
    needs_evaluation = models.BooleanField(
        "only with the evaluation",
        default=False,
        help_text="On: it counts once the person has answered the evaluation.",
    )

    objects = CreditOfferQuerySet.as_manager()

    class Meta:
        ordering = ["kind__name", "pk"]
        verbose_name = "credit"
        verbose_name_plural = "credit"
        constraints = [
            models.CheckConstraint(
                condition=Q(workshop=None, session__isnull=False) | Q(workshop__isnull=False, session=None),
                name="credit_of_a_workshop_or_a_session",
            ),
            models.CheckConstraint(
                condition=Q(hours__gt=0, hours__lte=100) & Q(hours=Round(F("hours") * 4) / 4),
                name="credit_hours_in_quarters",
                violation_error_message="Enter hours in quarters, more than 0 and at most 100.",
            ),
            models.UniqueConstraint(fields=["workshop", "kind"], name="one_credit_of_a_kind_per_workshop"),
            models.UniqueConstraint(fields=["session", "kind"], name="one_credit_of_a_kind_per_session"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {amount_words(self.hours, self.kind.unit)} a meeting"


def hours_words(hours: Decimal) -> str:
    """“1.5”, “2”, “0.75”: without zeros that say nothing."""
    return f"{hours.normalize():f}"


def amount_words(hours: Decimal, unit: str) -> str:
    """“1.5 hours”, “1 hour”: the office names the unit in the plural."""
    return f"{hours_words(hours)} {unit.removesuffix('s') if hours == 1 else unit}"
