"""Dates and times as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from foundation.dates import (
    day_and_time,
    deadline,
    length_words,
    long_day,
    month_day,
    plain_day,
    short_day,
    time_span,
    zone_words,
)
from foundation.text import ordinal

CHICAGO = "America/Chicago"
NOON = datetime(2026, 5, 14, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ((17, 30), (19, 0), "12:30–2:00 PM"),
        ((16, 0), (17, 30), "11:00 AM–12:30 PM"),
        ((17, 0), (18, 30), "Noon–1:30 PM"),
        ((15, 0), (17, 0), "10:00 AM–Noon"),
    ],
)
def test_the_half_of_the_day_is_said_once_where_it_can_be(start, end, words):
    assert (
        time_span(NOON.replace(hour=start[0], minute=start[1]), NOON.replace(hour=end[0], minute=end[1]), CHICAGO)
        == words
    )


def test_the_year_is_said_only_when_it_is_not_this_one():
    assert short_day(NOON, CHICAGO, 2026) == "Thu, May 14"
    assert long_day(NOON, CHICAGO, 2025) == "Thursday, May 14, 2026"


def test_lists_say_the_day_without_a_comma():
    assert plain_day(NOON, CHICAGO, 2026) == "Thu May 14"
    assert plain_day(NOON, CHICAGO, 2025) == "Thu May 14, 2026"
    assert month_day(NOON, CHICAGO, 2025) == "May 14, 2026"


def test_a_day_with_its_time_always_has_its_year():
    assert day_and_time(NOON, CHICAGO) == "Thu, May 14, 2026, Noon"
    assert day_and_time(None, CHICAGO) == ""


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "Noon today"),
        (6, "Thursday at Noon"),
        (7, "Thursday, May 14 at Noon"),
        (200, "Thursday, May 14, 2026 at Noon"),
    ],
)
def test_a_deadline_is_said_as_near_as_it_is(days, words):
    assert deadline(NOON, CHICAGO, NOON - timedelta(days=days)) == words


def test_zones_have_words():
    assert zone_words(CHICAGO, NOON) == "Central time"
    assert zone_words("Europe/Paris", NOON) == "Europe/Paris time"


def test_lengths_and_ordinals():
    assert [length_words(minutes) for minutes in (60, 90, 120, 150)] == [
        "1 hour",
        "90 minutes",
        "2 hours",
        "2 hours 30 minutes",
    ]
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "13th",
        "21st",
        "112th",
    ]


def test_a_zone_that_is_gone_is_called_what_its_times_are_shown_in(settings):
    assert settings.TIME_ZONE == CHICAGO
    assert zone_words("US/Pacific-New", NOON) == zone_words(CHICAGO, NOON) == "Central time"
