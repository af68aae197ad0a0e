"""Dates as people type them, a line each."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.schedule_import.lines import MOST, lines_of, read_lines

CHICAGO = ZoneInfo("America/Chicago")
TODAY = date(2026, 11, 30)


def read(text: str):
    return read_lines(text, "Implicit Bias", CHICAGO.key, TODAY)


@pytest.mark.parametrize(
    ("line", "starts", "ends"),
    [
        ("Fri May 14 12:30-2:00 PM", "2027-05-14 12:30", "2027-05-14 14:00"),
        ("Friday, May 14, 2027, 12:30 PM – 2 PM", "2027-05-14 12:30", "2027-05-14 14:00"),
        ("5/14/2027 12:30 PM - 2 PM", "2027-05-14 12:30", "2027-05-14 14:00"),
        ("5/14 11-12:30", "2027-05-14 11:00", "2027-05-14 12:30"),
        ("2027-05-14 13:30-15:00", "2027-05-14 13:30", "2027-05-14 15:00"),
        ("14 May 2027 noon-1:30", "2027-05-14 12:00", "2027-05-14 13:30"),
        ("Dec 1 12 noon to 1 p.m.", "2026-12-01 12:00", "2026-12-01 13:00"),
        ("Mon. Nov 30 at 9-11", "2026-11-30 09:00", "2026-11-30 11:00"),
        ("Nov 29 9-11", "2027-11-29 09:00", "2027-11-29 11:00"),
        ("May 14 12-5", "2027-05-14 12:00", "2027-05-14 17:00"),
        ("May 14 11:30 AM to 1", "2027-05-14 11:30", "2027-05-14 13:00"),
        ("May 14 11-12:30 pm", "2027-05-14 11:00", "2027-05-14 12:30"),
        ("May 14 10 PM-1 AM", "2027-05-14 22:00", "2027-05-15 01:00"),
    ],
)
def test_a_line_is_read_as_it_is_meant(line, starts, ends):
    (plan,), wrong = read(line)
    assert wrong == []
    said = [f"{at.astimezone(CHICAGO):%Y-%m-%d %H:%M}" for at in (plan.starts_at, plan.ends_at)]
    assert said == [starts, ends]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Tue May 14 12:30-2:00 PM", "May 14, 2027 is a Friday. Correct the day, or write its year too."),
        ("June 31 9-10", "There is no day June 31, 2027."),
        ("May 14", "“May 14” is not a date with a start and an end. Write it like Tue May 14 12:30-2:00 PM."),
        ("9-10", "“9-10” names no day. Write it like Tue May 14 12:30-2:00 PM."),
        ("5/6 9-10", "“5/6/2027” may mean 2027-05-06 or 2027-06-05. Write the one you mean like that."),
        ("May 14 25-26", "“25:00” is not a time for “start”. Write it like 13:30."),
        ("Mar 14 2:30 AM-4 AM", "02:30 does not exist on March 14, 2027 in America/Chicago: the clock goes forward."),
    ],
)
def test_a_line_that_means_nothing_is_refused_with_a_sentence(line, sentence):
    plans, (wrong,) = read(line)
    assert plans == [] and wrong.sentence.startswith(sentence)


def test_the_same_time_twice_is_refused_by_its_line():
    plans, (wrong,) = read("May 14 9-10\n\nMay 14 9-11")
    assert [plan.row for plan in plans] == [1]
    assert str(wrong) == "Row 3: This is the same time as line 1."


def test_more_lines_than_the_most_are_taken_in_portions():
    plans, wrong = read("\n" * MOST + "May 14 9-10")
    assert plans == [] and wrong[0].sentence == f"There are more than {MOST} lines. Take them in portions."


def test_lines_that_are_written_are_read():
    days = [date(2027, 5, 14), date(2027, 5, 31)]
    plans, wrong = read(lines_of(days, time(8, 5), time(19)))
    assert wrong == [] and [f"{one.starts_at.astimezone(CHICAGO):%F %H:%M}" for one in plans] == [
        "2027-05-14 08:05",
        "2027-05-31 08:05",
    ]


@given(st.text())
def test_any_text_is_read_or_refused(text):
    plans, wrong = read(text)
    assert all(one.sentence for one in wrong) and all(plan.ends_at > plan.starts_at for plan in plans)
