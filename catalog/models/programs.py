"""Programs: named, ordered groups of workshops, with a rule if people can complete them."""

from collections import Counter
from collections.abc import Sequence
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from catalog.models.partners import Partner
from catalog.models.workshops import Workshop
from catalog.program_rule import ProgramRule, RuleKind, Wanted
from foundation.values.addresses import AddressField
from foundation.values.lines import LineField


class ProgramQuerySet(models.QuerySet["Program"]):
    def published(self) -> Self:
        return self.filter(status=Program.Status.PUBLISHED)

    def with_entries(self) -> Self:
        """Read the workshops of each program along, in order, with their categories. Two queries for any number."""
        entries = ProgramWorkshop.objects.select_related("workshop", "category")
        return self.prefetch_related("categories", models.Prefetch("entries", entries))


class Program(models.Model):
    """A named, ordered group of workshops. Without a rule it is a heading with words; with one people complete it."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    Rule = RuleKind

    title = LineField(max_length=160, unique=True)
    slug = models.SlugField(max_length=160, unique=True)
    lead = LineField(max_length=240, blank=True, help_text="One sentence, shown in lists.")
    description = models.TextField(blank=True, help_text="Markdown.")
    sponsor = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="sponsored_programs", help_text="Who pays for it."
    )
    partners = models.ManyToManyField(Partner, blank=True, related_name="programs")
    contact = AddressField("contact", blank=True, help_text="Where people write about it. Blank: the office.")
    position = models.PositiveSmallIntegerField("place in the catalog", default=0, help_text="1 comes first.")
    rule = models.CharField("to complete it, people take", max_length=10, choices=Rule.choices, default=Rule.NONE)
    needed = models.PositiveSmallIntegerField(
        "how many",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Where it takes so many of them.",
    )
    within_months = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text="All that counts is taken within so many months. Blank: at any time.",
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    workshops = models.ManyToManyField(Workshop, through="ProgramWorkshop", related_name="programs")

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rule="some", needed__gte=1) | (~models.Q(rule="some") & models.Q(needed=None)),
                name="program_rule_has_its_number",
                violation_error_message="Say how many workshops it takes, and only where it takes so many of them.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("program", args=[self.slug])

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def offered(self) -> list["ProgramWorkshop"]:
        """Return the entries whose workshop is published, in order: what people can take. No query `with_entries`."""
        return [entry for entry in self.entries.all() if entry.workshop.is_published]

    def rule_over(self, entries: "Sequence[ProgramWorkshop]") -> ProgramRule:
        """Return the rule over `entries`. No query `with_entries`."""
        there = Counter(entry.category_id for entry in entries)
        wanted = tuple(Wanted(one.name, one.needed, there[one.pk]) for one in self.categories.all())
        return ProgramRule(self.rule, len(entries), self.needed, self.within_months, wanted)

    @property
    def rule_words(self) -> str:
        """Return what it takes to complete it: “Take all seven.” Empty for a heading. No query `with_entries`."""
        return self.rule_over(self.offered).words


class ProgramCategory(models.Model):
    """One of the categories that the workshops of a program fall into, and how many of it people take."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="categories")
    name = LineField(max_length=80)
    needed = models.PositiveSmallIntegerField("how many", default=1, validators=[MinValueValidator(1)])

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["program", "name"], name="program_category_once")]

    def __str__(self) -> str:
        return self.name


class ProgramWorkshop(models.Model):
    """One workshop of a program, at its place in the order."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="entries")
    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="entries")
    position = models.PositiveSmallIntegerField("order", default=0)
    category = models.ForeignKey(ProgramCategory, models.SET_NULL, null=True, blank=True, related_name="entries")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["program", "workshop"], name="program_workshop_once")]

    def __str__(self) -> str:
        return f"{self.workshop} in {self.program}"
