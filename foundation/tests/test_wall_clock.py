"""Wall-clock times that exist once, twice or never, and the default decision date."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from foundation.wall_clock import AmbiguousTime, NoSuchTime, end_after, instant

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
    ("start", "end", "hours"),
    [
        (time(12), time(14), 2),
        (time(22), time(1), 3),
        (time(23), time(0), 1),
        (time(18), time(6), 12),
        (time(0), time(12), 12),
    ],
)
def test_an_end_before_the_start_is_on_the_next_day(start, end, hours):
    starts_at = instant(date(2027, 5, 14), start, CHICAGO)
    assert end_after(starts_at, end, CHICAGO) - starts_at == timedelta(hours=hours)


def test_a_night_in_which_the_clock_goes_back_is_an_hour_longer():
    starts_at = instant(date(2027, 11, 6), time(22), CHICAGO)
    assert end_after(starts_at, time(4), CHICAGO) - starts_at == timedelta(hours=7)
    with pytest.raises(AmbiguousTime):
        end_after(starts_at, time(1, 30), CHICAGO)


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (time(9), time(9), "It ends at 09:00, which is not after its start at 09:00."),
        (
            time(9),
            time(8, 30),
            "It would end at 08:30 on the next day and last 23 hours 30 minutes. A meeting lasts 12 hours at most: "
            "correct the start or the end.",
        ),
        (
            time(9),
            time(22),
            "It would last 13 hours. A meeting lasts 12 hours at most: correct the start or the end.",
        ),
    ],
)
def test_an_end_that_nobody_meant_is_refused(start, end, sentence):
    with pytest.raises(ValueError) as error:
        end_after(instant(date(2027, 5, 14), start, CHICAGO), end, CHICAGO)
    assert str(error.value) == sentence
