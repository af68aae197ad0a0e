"""Which workshops a team may ask for, how many people that takes, and how long one sitting of it is."""

from django.db import models
from django.db.models import Max

from catalog.models import Workshop
from catalog.offerings import SAYS


def workshops_for_teams() -> models.QuerySet[Workshop]:
    """Return the published workshops that are held for one team: every one but lectures."""
    return Workshop.objects.published().filter(offering__in=[name for name, says in SAYS.items() if says.asks_teams])


def minimum_of(workshop: Workshop | None) -> int:
    """Return how many people a session of `workshop` needs, or of a topic of the team's own."""
    default: int = Workshop._meta.get_field("default_minimum").default
    return workshop.default_minimum if workshop else default


def sitting_of(workshop: Workshop) -> int:
    """Return how many minutes its longest meeting takes: the whole of it, or its longest part. One query."""
    longest: int | None = workshop.parts.aggregate(longest=Max("minutes"))["longest"]
    return longest or workshop.minutes
