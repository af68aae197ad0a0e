"""When a session is decided if the office does not say."""

from datetime import UTC, date, datetime, time

import pytest

from foundation.wall_clock import instant
from sessions_app.models.deciding import default_confirm_by

CHICAGO = "America/Chicago"


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
