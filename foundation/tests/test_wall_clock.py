"""Wall-clock times that exist once, twice or never, and the default decision date."""

from datetime import UTC, date, datetime, time

import pytest

from foundation.wall_clock import AmbiguousTime, NoSuchTime, default_confirm_by, instant

CHICAGO = "America/Chicago"


def test_a_local_time_names_an_instant():
    assert instant(date(2026, 5, 14), time(12, 30), CHICAGO) == datetime(2026, 5, 14, 17, 30, tzinfo=UTC)


def test_a_time_the_spring_change_skips_does_not_exist():
    with pytest.raises(NoSuchTime, match="02:30 does not exist on March 8, 2026"):
        instant(date(2026, 3, 8), time(2, 30), CHICAGO)


def test_a_time_the_fall_change_repeats_is_refused():
    with pytest.raises(AmbiguousTime, match="01:30 happens twice on November 1, 2026"):
        instant(date(2026, 11, 1), time(1, 30), CHICAGO)


@pytest.mark.parametrize(
    ("starts", "decided"),
    [
        (date(2026, 5, 14), date(2026, 5, 11)),  # Thursday, decided on Monday
        (date(2026, 5, 13), date(2026, 5, 8)),  # Wednesday, three days before is Sunday: Friday
        (date(2026, 5, 12), date(2026, 5, 8)),  # Tuesday, three days before is Saturday: Friday
    ],
)
def test_the_decision_falls_three_days_before_at_five_back_to_friday(starts, decided):
    starts_at = instant(starts, time(12), CHICAGO)
    assert default_confirm_by(starts_at, CHICAGO, datetime(2026, 5, 1, tzinfo=UTC)) == instant(
        decided, time(17), CHICAGO
    )


def test_the_decision_falls_at_the_start_when_the_date_has_passed():
    starts_at = instant(date(2026, 5, 14), time(12), CHICAGO)
    assert default_confirm_by(starts_at, CHICAGO, datetime(2026, 5, 12, tzinfo=UTC)) == starts_at
