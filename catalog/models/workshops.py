"""What is taught: Workshop with its Objectives; its Parts are next door. Timeless: dates live in sessions."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models import Person
from catalog.models.facilitators import Facilitator
from catalog.models.facts import Facts, Format
from catalog.models.partners import Partner
from catalog.models.topics import Action, Topic
from catalog.reminder_days import DEFAULT, validate_days
from catalog.signals import audience_changed
from foundation import database_clock
from foundation.naming import Named, label_of
from foundation.portal.reader import AS_THE_CATALOG, Posture, found, stricter
from foundation.record import record
from foundation.values.lines import LineField
from foundation.verbs import lock_row, verb

LINK_KEY_LENGTH = 32


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    def published(self) -> Self:
        return self.filter(status=Workshop.Status.PUBLISHED)

    def listed(self) -> Self:
        """Published workshops that the reader may find in a list: docs/decisions/how-open-the-catalog-is.md."""
        return self.published().filter(posture__in=found())


class Workshop(Facts, Named):
    """What is taught, with the defaults its sessions start from."""

    NAMING = ("title",)

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    AUDIENCE_FIELDS: dict[str, str] = {
        Person.Role.FACULTY: "for_faculty",
        Person.Role.STAFF: "for_staff",
        Person.Role.RESIDENT: "for_residents",
        Person.Role.STUDENT: "for_students",
        Person.Role.OTHER: "for_others",
    }

    title = LineField(max_length=160, unique=True)
    slug = models.SlugField(max_length=160, unique=True)
    summary = LineField(max_length=240, blank=True, help_text="One sentence, shown in lists.")
    description = models.TextField(blank=True, help_text="Markdown.")
    minutes = models.PositiveSmallIntegerField(
        "length in minutes", default=90, validators=[MinValueValidator(15), MaxValueValidator(600)]
    )
    format = models.CharField(max_length=10, choices=Format.choices, default=Format.ONLINE)
    for_faculty = models.BooleanField("faculty", default=True)
    for_staff = models.BooleanField("staff", default=True)
    for_residents = models.BooleanField("residents and fellows", default=True)
    for_students = models.BooleanField("students", default=True)
    for_others = models.BooleanField("others", default=True)
    default_minimum = models.PositiveSmallIntegerField(default=6, validators=[MinValueValidator(1)])
    default_capacity = models.PositiveSmallIntegerField(default=24, validators=[MinValueValidator(1)])
    may_miss_minutes = models.PositiveSmallIntegerField(
        "minutes people may miss",
        default=15,
        db_default=15,
        help_text="Of a meeting. Where an attendance report counts that somebody missed more, the office decides "
        "whether they were there.",
    )
    pre_work = models.TextField(blank=True, help_text="What to read or do before, and how long it takes. Markdown.")
    reminder_days = models.CharField(
        "remind people",
        max_length=20,
        default=DEFAULT,
        blank=True,
        validators=[validate_days],
        help_text="So many days ahead of each meeting, with commas between them, such as 7, 1. Blank: no reminders.",
    )
    requires = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="prepares_for",
        verbose_name="comes after",
        help_text="People register for an earlier date of these first, or have taken them elsewhere.",
    )
    needs_attendance = models.BooleanField(
        "only for people who were there",
        default=False,
        db_default=False,
        help_text="People register only if attendance says that they were at a session of each of these, or have taken "
        "it elsewhere.",
    )
    successor = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="counts as",
        help_text="The workshop that took its place: people who took this one have taken that one.",
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    posture = models.CharField(
        "it is found by",
        max_length=10,
        choices=[(AS_THE_CATALOG, "As the catalog"), *Posture.choices[1:]],
        blank=True,
        default=AS_THE_CATALOG,
        db_default=AS_THE_CATALOG,
        help_text="By link: no list shows it, and only its link opens its page. Never more open than the catalog.",
    )
    sponsor = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="sponsored_workshops", help_text="Who pays for it."
    )
    partners = models.ManyToManyField(Partner, blank=True, related_name="workshops")
    actions = models.ManyToManyField(Action, blank=True, related_name="workshops")
    topics = models.ManyToManyField(Topic, blank=True, related_name="workshops")
    facilitators = models.ManyToManyField(Facilitator, blank=True, related_name="workshops")

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(default_minimum__gte=1, default_minimum__lte=models.F("default_capacity")),
                name="workshop_minimum_within_capacity",
                violation_error_message="The minimum cannot be larger than the capacity.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return where its page is; by link with the key that opens it, for its slug can be guessed."""
        key = {"link": self.link_key} if self.seen_by == Posture.LINK else None
        return reverse("workshop", args=[self.slug], query=key)

    @property
    def link_key(self) -> str:
        """Return what opens the page of a workshop that is found by link only, to everybody who has it."""
        return salted_hmac("catalog.workshop.link", str(self.pk)).hexdigest()[:LINK_KEY_LENGTH]

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def seen_by(self) -> Posture:
        """Return who sees it: its own posture or that of the catalog, whichever is stricter."""
        return stricter(self.posture)

    @property
    def is_listed(self) -> bool:
        """Tell whether the reader may find it in a list, as `objects.listed` does."""
        return self.is_published and self.posture in found()

    @verb
    def publish(self, by: Person) -> None:
        """Show a draft in the catalog. Drafts of its sessions stay drafts."""
        lock_row(self)
        if self.is_published:
            return
        self.status = self.Status.PUBLISHED
        self.save(update_fields=["status"])
        record(by, self, "Status: from Draft to Published.")

    # ---- the audience ----

    def seats_of_others(self, roles: Iterable[str], now: datetime) -> int:
        """Return how many seats in sessions to come people have whose role is not among `roles`."""
        others = [role for role in self.AUDIENCE_FIELDS if role not in set(roles)]
        # People who have not said what they are count as “other”.
        others += [""] if Person.Role.OTHER in others else []
        seats = self.sessions.running().filter(
            starts_at__gt=now, registrations__status="registered", registrations__person__role__in=others
        )
        return seats.order_by().count()

    @verb
    def admit(self, roles: Iterable[str], by: Person, now: datetime | None = None) -> None:
        """Hold the workshop for people of these roles, and for nobody else. People who lose a seat by that are told."""
        roles, now = set(roles), now or database_clock.now()
        lock_row(self)
        wanted = {field: role in roles for role, field in self.AUDIENCE_FIELDS.items()}
        news = [field for field, is_for in wanted.items() if getattr(self, field) != is_for]
        if not news:
            return
        before = self.audience_words
        for field in news:
            setattr(self, field, wanted[field])
        self.save(update_fields=news)
        was, now_is = (words.lower() or "nobody" for words in (before, self.audience_words))
        record(by, self, f"For {now_is}; before for {was}.")
        audience_changed.send(Workshop, workshop=self, now=now)

    def is_for(self, person: Person) -> bool:
        """True when the person's role is among the audiences; a person without a role counts as “other”."""
        return getattr(self, self.AUDIENCE_FIELDS[person.role or Person.Role.OTHER])

    @property
    def audience_words(self) -> str:
        """Return the audiences as one phrase, “Everyone” when no role is left out."""
        chosen = [label_of(Workshop, name) for name in self.AUDIENCE_FIELDS.values() if getattr(self, name)]
        if len(chosen) == len(self.AUDIENCE_FIELDS):
            return "Everyone"
        return ", ".join(chosen).capitalize()


class Objective(models.Model):
    """One thing people can do after the workshop, or after one part of it; objectives stand in order."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="objectives")
    part = models.ForeignKey("catalog.Part", models.SET_NULL, null=True, blank=True, related_name="objectives")
    position = models.PositiveSmallIntegerField(default=0)
    text = LineField(max_length=240)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text
