"""Whether a date is being merged with another of its workshop: into which one, and until when its people answer."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from sessions_app.models.seats import Seats

if TYPE_CHECKING:
    from sessions_app.models.session import Session


class BeingMerged(Seats):
    """The date that the people of this one are offered, while they answer. Empty before and afterwards.

    Meanwhile nobody registers for this date, nobody is given a seat in it, and nothing else is decided about it.
    """

    if TYPE_CHECKING:
        merges_into: "Session | None"
        merges_into_id: int | None
        merge_by: datetime | None
    else:
        merges_into = models.ForeignKey(
            "sessions_app.Session", models.PROTECT, null=True, editable=False, related_name="merging_here"
        )
        merge_by = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(merges_into__isnull=True, merge_by__isnull=True)
                # Said to be there: a comparison with nothing is not false, and would pass.
                | Q(merges_into__isnull=False, merge_by__isnull=False) & ~Q(merges_into=F("id")),
                name="session_merges_into_another",
            ),
        ]

    @property
    def is_merging(self) -> bool:
        """True while the people of this date are asked whether they come to another one instead."""
        return self.merge_by is not None
