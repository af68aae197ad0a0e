"""DirectoryQuestion: what the school's directory says of somebody would cost them a seat, so the office is asked."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.campus import Campus
from accounts.models.people import Person
from accounts.signals import person_changes_now
from foundation import database_clock
from foundation.record import record
from foundation.verbs import lock_row, lock_rows, verb

WHY_LEFT = "The directory names this person no more."
WHY_MOVED = "The directory says so."


class DirectoryQuestionQuerySet(models.QuerySet["DirectoryQuestion"]):
    def waiting(self) -> Self:
        """Return those that nobody has answered."""
        return self.filter(kept_at=None)


class DirectoryQuestion(models.Model):
    """Whether somebody is switched off, or gets another role or campus, although they have a seat or are of the office.

    Kept, it stays as a row, so that the same is not asked again the next night.
    """

    class Kind(models.TextChoices):
        LEFT = "left", "not in the directory any more"
        MOVED = "moved", "another role or campus"

    if TYPE_CHECKING:
        person: Person
    else:
        person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="directory_question")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    role = models.CharField(
        max_length=10, choices=Person.Role.choices, blank=True, help_text="That the directory says."
    )
    campus = models.ForeignKey(
        Campus, models.CASCADE, null=True, blank=True, related_name="+", help_text="That the directory says."
    )
    asked_at = models.DateTimeField()
    kept_at = models.DateTimeField("answered with no", null=True, blank=True)

    objects = DirectoryQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name = "question of the directory"
        verbose_name_plural = "questions of the directory"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="moved") | Q(kind="left", role="", campus=None),
                name="directory_says_nothing_of_people_who_left",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()}"

    @property
    def says(self) -> tuple[str, str, int | None]:
        """What the directory says, to be compared with what it says the next night."""
        return self.kind, self.role, self.campus_id

    @property
    def after(self) -> Person:
        """The person as they would be: switched off, or with the other role and campus. Not to be saved."""
        person = Person.objects.get(pk=self.person_id)
        if self.kind == self.Kind.LEFT:
            person.is_active = False
        else:
            person.role, person.campus = self.role or person.role, self.campus or person.campus
        return person

    @verb
    def carry_out(self, by: Person) -> None:
        """Do what the directory says; seats that are lost by it go to the next in line. Raises Person.Refused."""
        # Sessions, then the person, then this: as who merges and erases people does (guarantees: Locks).
        person_changes_now.send(Person, person=Person(pk=self.person_id))
        lock_rows(Person.objects.filter(pk=self.person_id))
        lock_row(self, "person", "campus")
        if self.kind == self.Kind.LEFT:
            self.person.switch_off(by=by, why=WHY_LEFT)
        else:
            place = {"role": self.role, "campus": self.campus}
            self.person.take_place(by=by, why=WHY_MOVED, **{name: value for name, value in place.items() if value})
        self.delete()

    @verb
    def keep(self, by: Person, now: datetime | None = None) -> None:
        """Leave the person as they are. It is asked again only if the directory says something else of them."""
        lock_row(self, "person")
        if self.kept_at is not None:
            return
        self.kept_at = now or database_clock.now()
        self.save(update_fields=["kept_at"])
        record(by, self.person, f"Kept as before, though the directory says: {self.get_kind_display()}.")
