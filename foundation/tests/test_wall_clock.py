"""Wall-clock times that exist once, twice or never, and the default decision date."""

from datetime import UTC, date, datetime, time

import pytest

from foundation.wall_clock import AmbiguousTime, NoSuchTime, instant

CHICAGO = "America/Chicago"


def test_a_local_time_names_an_instant():
    assert instant(date(2026, 5, 14), time(12, 30), CHICAGO) == datetime(2026, 5, 14, 17, 30, tzinfo=UTC)


def test_a_time_the_spring_change_skips_does_not_exist():
    with pytest.raises(NoSuchTime, match="02:30 does not exist on March 8, 2026"):
        instant(date(2026, 3, 8), time(2, 30), CHICAGO)


def test_a_time_the_fall_change_repeats_is_refused():
    with pytest.raises(AmbiguousTime, match="01:30 happens twice on November 1, 2026"):
        instant(date(2026, 11, 1), time(1, 30), CHICAGO)
