"""How far somebody is within a window: which days are in it, what counts once, and until when it lasts."""

from datetime import date
from decimal import Decimal

import pytest

from outcomes.models import Requirement
from outcomes.record.windows import Hours, Span, academic_year, of_hours, of_program, span_of

TODAY, JULY = date(2026, 11, 30), 7


def asks(hours="6", **fields):
    return Requirement(title="Hours", hours=Decimal(hours), **fields)


def had(*days_and_hours, workshop=1):
    """Return hours of workshops that are all different: had((date, 2), ...)."""
    return [Hours(day, Decimal(str(many)), None, workshop + place) for place, (day, many) in enumerate(days_and_hours)]


@pytest.mark.parametrize(
    "day, first, last",
    [
        (date(2026, 6, 30), date(2025, 7, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 7, 1), date(2027, 6, 30)),
        (date(2026, 12, 31), date(2026, 7, 1), date(2027, 6, 30)),
    ],
)
def test_an_academic_year_begins_with_its_month(day, first, last):
    assert academic_year(day, JULY) == Span(first, last)


def test_an_academic_year_that_begins_in_january_is_the_calendar_year():
    assert academic_year(TODAY, 1) == Span(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    "window, months, first, last",
    [
        ("calendar", None, date(2026, 1, 1), date(2026, 12, 31)),
        ("rolling", 24, date(2024, 12, 1), TODAY),
        ("refresh", 12, date(2025, 12, 1), TODAY),
        ("once", None, date.min, TODAY),
    ],
)
def test_each_window_has_its_days(window, months, first, last):
    assert span_of(asks(window=window, months=months), TODAY, JULY) == Span(first, last)


def test_hours_of_the_window_alone_count():
    rows = had((date(2026, 6, 30), 3), (date(2026, 7, 1), 1.5), (date(2026, 11, 1), 2.5))
    standing = of_hours(asks(), rows, TODAY, JULY)
    assert (standing.is_met, standing.words, standing.more) == (
        False,
        "4 of 6 hours this academic year",
        "2 more by Jun 30, 2027.",
    )


def test_enough_is_said_with_how_long_it_lasts():
    standing = of_hours(asks("2"), had((date(2026, 9, 1), 2)), TODAY, JULY)
    assert (standing.is_met, standing.more) == (True, "Done. It counts until Jun 30, 2027.")


def test_what_is_to_come_does_not_count():
    assert of_hours(asks("2"), had((date(2026, 12, 1), 2)), TODAY, JULY).words == "0 of 2 hours this academic year"


def test_a_workshop_taken_twice_counts_once_and_its_longer_date():
    rows = [Hours(date(2026, 9, 1), Decimal(1), None, 5), Hours(date(2026, 10, 1), Decimal(2), None, 5)]
    assert of_hours(asks(), rows, TODAY, JULY).words == "2 of 6 hours this academic year"
    assert of_hours(asks(each_once=False), rows, TODAY, JULY).words == "3 of 6 hours this academic year"


def test_more_from_outside_than_may_is_left_out_and_said():
    rows = [*had((date(2026, 9, 1), 1)), Hours(date(2026, 9, 2), Decimal(2)), Hours(date(2026, 9, 3), Decimal("1.5"))]
    standing = of_hours(asks(most_outside=Decimal(2)), rows, TODAY, JULY)
    assert standing.words == "3 of 6 hours this academic year"
    assert standing.note == "At most 2 from outside count here, so 1.5 of yours do not."


def test_hours_within_months_last_until_the_oldest_needed_is_too_long_ago():
    rows = had((date(2025, 2, 10), 4), (date(2026, 3, 5), 4), (date(2026, 8, 1), 2))
    standing = of_hours(asks(window="rolling", months=24), rows, TODAY, JULY)
    assert (standing.words, standing.more) == (
        "10 of 6 hours in the last 24 months",
        "Done. It counts until Mar 4, 2028.",
    )


def test_a_refresh_says_the_month_it_is_due():
    ask = asks("1", window="refresh", months=12)
    assert of_hours(ask, had((date(2026, 9, 15), 1)), TODAY, JULY).more == "Done. The refresh is due Sep 2027."
    late = of_hours(ask, had((date(2024, 9, 15), 1)), TODAY, JULY)
    assert (late.is_met, late.words, late.more) == (
        False,
        "0 of 1 hours in the last 12 months",
        "The refresh was due Sep 2025.",
    )


def test_the_last_day_of_a_window_of_months_still_counts():
    ask, rows = asks("1", window="rolling", months=12), had((date(2025, 12, 1), 1))
    assert of_hours(ask, rows, date(2026, 11, 30), JULY).is_met
    assert not of_hours(ask, rows, date(2026, 12, 1), JULY).is_met


def test_a_program_is_due_again_after_its_months():
    ask = Requirement(title="Foundations", window="refresh", months=24)
    done_on = date(2025, 9, 14)
    standing = of_program(ask, "2 of 7 done", [done_on], lambda span: span.holds(done_on), TODAY, JULY)
    assert (standing.is_met, standing.words, standing.more) == (True, "Completed", "Done. The refresh is due Sep 2027.")


def test_a_program_that_is_not_complete_says_how_far_it_is():
    ask = Requirement(title="Foundations", window="academic")
    standing = of_program(ask, "2 of 7 done", [date(2026, 9, 1)], lambda span: False, TODAY, JULY)
    assert (standing.is_met, standing.words, standing.more) == (
        False,
        "2 of 7 done",
        "It is asked for by Jun 30, 2027.",
    )
