"""Which workshops a team may ask for, and how many people that takes."""

from django.db import models

from catalog.models import Offering, Workshop


def workshops_for_teams() -> models.QuerySet[Workshop]:
    """Return the published workshops that are held for one team: every one but lectures."""
    return Workshop.objects.published().exclude(offering=Offering.LECTURE)


def minimum_of(workshop: Workshop | None) -> int:
    """Return how many people a session of `workshop` needs, or of a topic of the team's own."""
    default: int = Workshop._meta.get_field("default_minimum").default
    return workshop.default_minimum if workshop else default
