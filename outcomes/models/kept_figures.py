"""KeptFigures: what was counted of one academic year, kept so that a page need not count."""

from datetime import date, datetime

from django.conf import settings
from django.db import models

from catalog.models import Program
from foundation.verbs import part_of_a_verb
from outcomes.figures.telling import Counted
from outcomes.record.windows import Span, academic_year


class KeptFiguresQuerySet(models.QuerySet["KeptFigures"]):
    @part_of_a_verb
    def keep(self, year: int, counted: Counted, now: datetime, covered: dict[str, str] | None = None) -> None:
        """Keep what was counted of the academic year that begins in `year`, in place of what was kept before.

        `covered` has what everybody reads of the coverage of a program, by its key.
        """
        kept = {"counts": counted.to_keep(), "covered": covered or {}, "counted_at": now}
        self.update_or_create(year=year, defaults=kept)

    def covered(self, program: Program) -> str:
        """Return what everybody reads of the coverage of `program` in the latest year, "" for nothing. One query."""
        latest = self.order_by("-year").values_list("covered", flat=True).first() or {}
        return str(latest.get(str(program.pk), ""))


class KeptFigures(models.Model):
    """One row for each academic year, by the calendar year in which it begins. Nobody is named, and nothing hidden yet.

    It stays when the rows it was counted from are forgotten (docs/guarantees.md: Kept for a time).
    """

    year = models.PositiveSmallIntegerField(unique=True)
    counts = models.JSONField()
    covered = models.JSONField(default=dict)
    counted_at = models.DateTimeField()

    objects = KeptFiguresQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        verbose_name = verbose_name_plural = "kept figures"

    def __str__(self) -> str:
        return f"Figures of {self.year}"

    @property
    def counted(self) -> Counted:
        return Counted.read(self.counts)


def span_of_year(year: int) -> Span:
    """Return the days of the academic year that begins in `year`."""
    return academic_year(date(year, settings.ACADEMIC_YEAR_MONTH, 1), settings.ACADEMIC_YEAR_MONTH)


def year_of_day(day: date) -> int:
    """Return the year in which the academic year of `day` begins."""
    return academic_year(day, settings.ACADEMIC_YEAR_MONTH).first.year
