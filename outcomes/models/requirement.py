"""What the office asks of people over time: so many hours, or a program, within a window that comes again."""

from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import Person
from catalog.models import Program
from foundation.naming import label_of
from foundation.text import listed
from foundation.values.lines import LineField
from outcomes.models.credit import CreditKind, hours_words, validate_hours

MOST_MONTHS = 120
SAY_WHAT = "Say how many hours it takes, or choose a program, and not both."
SAY_MONTHS = "Say how many months, and only where it is counted in months."


class RequirementQuerySet(models.QuerySet["Requirement"]):
    def standing(self) -> Self:
        """Those that people are asked for now."""
        return self.filter(is_active=True)

    def asked_of(self, person: Person) -> Self:
        """Those that stand and are for the role of `person`; without a role, those that are for everybody."""
        field = Requirement.ROLE_FIELDS.get(person.role)
        nobody_named = Q(**dict.fromkeys(Requirement.ROLE_FIELDS.values(), False))
        return self.standing().filter(nobody_named | Q(**{field: True}) if field else nobody_named)


class Requirement(models.Model):
    """So many hours (of one kind of credit, or any) or one program, within a window, of people of some roles."""

    class Window(models.TextChoices):
        ACADEMIC = "academic", "Each academic year"
        CALENDAR = "calendar", "Each calendar year"
        ROLLING = "rolling", "At any time within the last so many months"
        REFRESH = "refresh", "Once, and again every so many months"
        ONCE = "once", "Once"

    IN_MONTHS = (Window.ROLLING, Window.REFRESH)
    ROLE_FIELDS: ClassVar[dict[str, str]] = {
        Person.Role.FACULTY: "for_faculty",
        Person.Role.STAFF: "for_staff",
        Person.Role.RESIDENT: "for_residents",
        Person.Role.STUDENT: "for_students",
        Person.Role.OTHER: "for_others",
    }

    title = LineField(max_length=120, unique=True, help_text="As people read it on their record.")
    kind = models.ForeignKey(
        CreditKind, models.PROTECT, null=True, blank=True, related_name="requirements", help_text="Blank: hours of any."
    )
    hours = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[validate_hours],
        help_text="In quarters: 1.5.",
    )
    program = models.ForeignKey(
        Program,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requirements",
        help_text="Instead of hours: people complete it.",
    )
    window = models.CharField("how often", max_length=10, choices=Window.choices, default=Window.ACADEMIC)
    months = models.PositiveSmallIntegerField(
        "how many months",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)],
        help_text="Where it is counted in months: 24 for every two years.",
    )
    most_outside = models.DecimalField(
        "hours from outside that count",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="At most so many within a window. 0: none. Blank: all that are approved.",
    )
    each_once = models.BooleanField(
        "a workshop counts once",
        default=True,
        help_text="On: taken twice within a window, it counts once, and people are told so before they register again.",
    )
    for_faculty = models.BooleanField("faculty", default=False)
    for_staff = models.BooleanField("staff", default=False)
    for_residents = models.BooleanField("residents and fellows", default=False)
    for_students = models.BooleanField("students", default=False)
    for_others = models.BooleanField("others", default=False)
    is_active = models.BooleanField("active", default=True, help_text="Off: nobody is asked for it any more.")

    objects = RequirementQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(program=None, hours__isnull=False, hours__gt=0, hours__lte=100)
                | Q(program__isnull=False, hours=None, kind=None),
                name="requirement_of_hours_or_a_program",
                violation_error_message=SAY_WHAT,
            ),
            models.CheckConstraint(
                condition=Q(window__in=["rolling", "refresh"], months__isnull=False, months__gte=1)
                | Q(window__in=["academic", "calendar", "once"], months=None),
                name="requirement_window_has_its_months",
                violation_error_message=SAY_MONTHS,
            ),
            models.CheckConstraint(
                condition=Q(most_outside=None) | Q(most_outside__gte=0, most_outside__lte=100),
                name="requirement_outside_hours_in_range",
                violation_error_message="At most 100 hours from outside, and 0 at least.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse, at its field, what no window could be counted by."""
        if self.program_id and (self.hours is not None or self.kind_id):
            raise ValidationError({"program": SAY_WHAT})
        if not self.program_id and self.hours is None:
            raise ValidationError({"hours": SAY_WHAT})
        if (self.window in self.IN_MONTHS) != (self.months is not None):
            raise ValidationError({"months": SAY_MONTHS})

    @property
    def what_words(self) -> str:
        """“6 hours of any”, “6 hours: DEI hours”, “Foundations, the whole program”."""
        if self.program:
            return f"{self.program}, the whole program"
        hours = hours_words(self.hours) if self.hours is not None else "0"
        return f"{hours} {self.kind.unit}: {self.kind}" if self.kind else f"{hours} hours of any"

    @property
    def whom_words(self) -> str:
        """“Faculty and staff”, “Everybody”."""
        names = [label_of(Requirement, field) for field in self.ROLE_FIELDS.values() if getattr(self, field)]
        words = listed(names)
        return words[:1].upper() + words[1:] if names else "Everybody"
