"""What was taken elsewhere: it counts as a workshop others come after."""

from django.db import models
from django.db.models.functions import Now

from accounts.models import Person
from catalog.models import Workshop
from foundation.verbs import verb
from registrations.signals import taken_elsewhere


class PriorAttendance(models.Model):
    """The office's word that a person has taken a workshop elsewhere, before Quorum or outside the school."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="prior_attendances")
    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="prior_attendances")
    note = models.CharField(max_length=240, blank=True, help_text="Where and when, for the record.")
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["person__name", "workshop__title"]
        verbose_name = "workshop taken elsewhere"
        verbose_name_plural = "workshops taken elsewhere"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "workshop"],
                name="one_prior_attendance_per_person_and_workshop",
                violation_error_message="This person is already marked as having taken this workshop.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.workshop}"

    # ---- verbs ----

    @verb
    def put_down(self) -> None:
        """Say that the person has taken the workshop: keep the row. Sends taken_elsewhere."""
        self.save(force_insert=True)
        taken_elsewhere.send(PriorAttendance, person=self.person, workshop=self.workshop)

    @verb
    def take_back(self) -> None:
        """Say it no more: the row goes. Sends taken_elsewhere. Quiet where it is gone already."""
        gone, _ = PriorAttendance.objects.filter(pk=self.pk).delete()
        if gone:
            taken_elsewhere.send(PriorAttendance, person=self.person, workshop=self.workshop)
