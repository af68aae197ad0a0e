"""Placement: where a Resource belongs."""

from django.core.exceptions import ValidationError
from django.db import models

from catalog.models import Workshop
from sessions_app.models import Session


class Placement(models.Model):
    """One workshop that a resource belongs to, in all its sessions or in one of them alone."""

    resource = models.ForeignKey("library.Resource", models.CASCADE, related_name="placements")
    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="placements")
    session = models.ForeignKey(
        Session,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="placements",
        verbose_name="only for the session",
        help_text="Empty: for every session of the workshop.",
    )

    class Meta:
        ordering = ["workshop__title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "workshop"],
                condition=models.Q(session=None),
                name="resource_once_beside_a_workshop",
                violation_error_message="It belongs to this workshop already.",
            ),
            models.UniqueConstraint(
                fields=["resource", "session"],
                name="resource_once_beside_a_session",
                violation_error_message="It belongs to this session already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} · {self.session or self.workshop}"

    def clean(self) -> None:
        """Refuse a session that is of another workshop."""
        if self.session and self.session.workshop_id != self.workshop_id:
            raise ValidationError({"session": f"This session is one of {self.session.workshop}. Choose that workshop."})
