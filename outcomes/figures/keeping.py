"""Which academic years are counted tonight, and what is kept of each (KeptFigures).

The year that goes on is counted every night, and one that is over until SETTLED has passed: by then attendance is
corrected and evaluations have closed. After that its figures stay, whatever is forgotten, if somebody is erased, and
whatever becomes of units and campuses: those of the night it was counted are kept with it. It
is counted once more where a session of it was put on record since, and nothing of it is forgotten yet.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings

from catalog.models import Program
from foundation.dates import local
from foundation.verbs import verb
from outcomes.figures.counting import count_year, years_held
from outcomes.figures.coverage import coverage_of, public_words
from outcomes.figures.shape import known
from outcomes.figures.telling import Counted
from outcomes.models import AttendanceTally, KeptFigures
from outcomes.models.kept_figures import span_of_year, year_of_day

SETTLED = timedelta(days=60)
logger = logging.getLogger(__name__)


def due_years(now: datetime) -> Iterator[int]:
    """Yield the academic years to be counted at `now`, the oldest first. Two queries, one more for old years."""
    kept = dict(KeptFigures.objects.values_list("year", "counted_at"))
    today = local(now, settings.TIME_ZONE).date()
    held = years_held(now)
    for year in sorted({*held, year_of_day(today)}):
        goes_on = today <= span_of_year(year).last + SETTLED
        is_new = year not in kept or (year in held and held[year] > kept[year])
        if goes_on or (is_new and not (year in kept and _is_forgotten(year))):
            yield year


def _is_forgotten(year: int) -> bool:
    """Tell whether attendance of the year that was counted once has been forgotten since."""
    span = span_of_year(year)
    tallies = AttendanceTally.objects.filter(session__ends_at__date__range=span, session__published_at__isnull=False)
    return tallies.exists()


@verb
def keep_year(year: int, now: datetime) -> Counted:
    """Count one academic year and keep what was counted.

    Of people who waited in vain the most that was ever counted stays: their rows go after some months.
    """
    counted, facts = count_year(year, now), known()
    counted.units_then, counted.campuses_then = facts.units_then, facts.campuses_then
    before = KeptFigures.objects.filter(year=year).first()
    if before is not None:
        counted.waited = max(counted.waited, before.counted.waited)
    programs = Program.objects.published()
    covered = {str(one.pk): public_words(coverage_of(counted, one)) for one in programs}
    KeptFigures.objects.keep(year, counted, now, covered)
    return counted


def keep_due(now: datetime) -> None:
    """Count and keep each year that is due, each in its own transaction."""
    for year in list(due_years(now)):
        counted = keep_year(year, now)
        logger.info("figures of %s: %s people counted", year, counted.people)
