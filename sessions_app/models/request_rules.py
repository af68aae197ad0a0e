"""RequestRules: whether teams may ask for a session now, how long ahead, and how many may wait. One row at most."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from foundation.verbs import lock_row, part_of_a_verb

THE_ONE = 1


class RequestRulesManager(models.Manager["RequestRules"]):
    def current(self) -> "RequestRules":
        """Return the rules in force; those nobody has changed yet are in no row. Writes nothing."""
        return self.first() or RequestRules()

    @part_of_a_verb
    def locked(self) -> "RequestRules":
        """Return the rules with their row locked, so that requests are counted one after the other."""
        rules, _ = self.get_or_create(pk=THE_ONE)
        lock_row(rules)
        return rules


class RequestRules(models.Model):
    """What the office has set about requests for a session."""

    is_open = models.BooleanField(
        "open for requests", default=True, help_text="Off: the form says your words below and takes nothing."
    )
    closed_words = models.TextField(
        "what people read while it is closed",
        blank=True,
        max_length=1000,
        help_text="Why, and until when. How to reach the office is said after it.",
    )
    lead_days = models.PositiveSmallIntegerField(
        "lead time in days",
        default=21,
        validators=[MaxValueValidator(365)],
        help_text="How long before a session you need to hear of it. Sooner requests are taken, and marked “too soon”.",
    )
    most_waiting = models.PositiveSmallIntegerField(
        "most requests that wait at once",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="At this number the form closes by itself until you have dealt with one. Blank: no limit.",
    )
    most_of_a_person = models.PositiveSmallIntegerField(
        "most that wait from one person", default=3, validators=[MinValueValidator(1)]
    )

    objects = RequestRulesManager()

    class Meta:
        verbose_name = verbose_name_plural = "rules for requests"
        constraints = [models.CheckConstraint(condition=Q(id=THE_ONE), name="request_rules_are_one_row")]

    def __str__(self) -> str:
        return "Rules for requests"
