"""Schedules as spreadsheet programs save them: days and times that mean one thing are read, others refused.

The files in `schedules/` are from reports about comparable programs.
"""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Campus, Person
from catalog.models import Workshop
from sessions_app.models import Session, Venue
from sessions_app.schedule_import.days import read_days, read_time
from sessions_app.schedule_import.importing import WrongRows, import_schedule
from sessions_app.schedule_import.reading import read_schedule

FILES = Path(__file__).parent / "schedules"
CHICAGO = "America/Chicago"
NOW = datetime(2027, 4, 1, 12, tzinfo=UTC)
HEADING = b"workshop,date,start,end\n"
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
NAMES = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"]
NAMES += ["December"]


@pytest.fixture
def bias_of_the_files(db):
    return Workshop.objects.create(title="Implicit Bias", slug="implicit-bias", status=Workshop.Status.PUBLISHED)


@pytest.fixture
def importing_rule(db):
    return Person.objects.rule()


def days(*texts: str) -> list[str]:
    """Return what is read of a column, in words."""
    return [str(day) for day in read_days(texts)]


# ---- the files of the reports ----


@pytest.mark.parametrize(
    "name", ["excel-date", "excel-short-date", "excel-time", "excel-long-time", "sep-line", "zero-width-title"]
)
def test_a_file_as_it_was_reported_is_read(bias_of_the_files, importing_rule, name):
    (session,) = import_schedule((FILES / f"{name}.csv").read_bytes(), importing_rule, CHICAGO, now=NOW).sessions
    assert (session.workshop, session.starts_at) == (bias_of_the_files, datetime(2027, 5, 14, 17, 30, tzinfo=UTC))
    assert session.ends_at - session.starts_at == timedelta(minutes=90)
    assert Workshop.objects.count() == 1


def test_a_zone_of_no_place_is_refused(bias_of_the_files, importing_rule):
    with pytest.raises(WrongRows) as error:
        import_schedule((FILES / "zone-localtime.csv").read_bytes(), importing_rule, CHICAGO, now=NOW)
    assert str(error.value) == "Row 2: “localtime” is not a time zone. Use a name like America/Chicago."
    assert not Session.objects.exists()


def test_every_reported_file_is_tried():
    assert len(list(FILES.glob("*.csv"))) == 7


# ---- days ----


@pytest.mark.parametrize(
    "text",
    [
        "2027-05-14",
        "2027/5/14",
        "2027.05.14",
        "5/14/2027",
        "05/14/2027",
        "5/14/27",
        "5-14-27",
        "14/5/2027",
        "14.05.2027",
    ]
    + ["14-May-27", "14-May-2027", "14 May 2027", "May 14, 2027", "Friday, May 14, 2027", "14-may-27"]
    + ["2027-05-14 00:00:00", "5/14/2027 0:00", "5/14/2027 12:00:00 AM", "2027-05-14T00:00:00"],
)
def test_a_day_that_means_one_day_is_read(text):
    assert days(text) == ["2027-05-14"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (["5/6/2027", "5/14/2027"], ["2027-05-06", "2027-05-14"]),
        (["5/6/2027", "14/5/2027"], ["2027-06-05", "2027-05-14"]),
        (["5/6/27", "5/14/27"], ["2027-05-06", "2027-05-14"]),
        (["5.6.2027", "14.5.2027"], ["2027-06-05", "2027-05-14"]),
        (["5/5/2027"], ["2027-05-05"]),
        (["14/5/2027", "5/14/2027"], ["2027-05-14", "2027-05-14"]),
        (["2027-05-06", "5/14/2027"], ["2027-05-06", "2027-05-14"]),
    ],
)
def test_a_column_is_read_in_the_order_in_which_all_its_days_fit(typed, read):
    assert days(*typed) == read


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        (["5/6/2027"], "“5/6/2027” may mean 2027-05-06 or 2027-06-05. Write the one you mean like that."),
        (["5/6/27"], "“5/6/27” may mean 2005-06-27 or 2027-05-06 or 2027-06-05. Write the one you mean like that."),
        (["14.5.27"], "“14.5.27” may mean 2014-05-27 or 2027-05-14. Write the one you mean like that."),
        (["5/6/2027", "7/8/2027"], "“5/6/2027” may mean 2027-05-06 or 2027-06-05. Write the one you mean like that."),
        # What is written with another sign says nothing about this one.
        (["5/6/2027", "14.5.2027"], "“5/6/2027” may mean 2027-05-06 or 2027-06-05. Write the one you mean like that."),
        # Two people typed this column, each in their own order.
        (
            ["5/6/2027", "14/5/2027", "5/14/2027"],
            "“5/6/2027” may mean 2027-05-06 or 2027-06-05. Write the one you mean like that.",
        ),
    ],
)
def test_a_day_that_may_mean_two_is_refused(typed, refused):
    assert days(*typed)[0] == refused


@given(DAYS)
def test_a_day_written_by_its_name_is_read_whatever_it_is(day):
    name = NAMES[day.month - 1]
    written = [f"{day}", f"{day.day}-{name[:3]}-{day.year % 100:02}", f"{day.day} {name} {day.year}"]
    written += [f"{name} {day.day}, {day.year}", f"{day:%A}, {name} {day.day}, {day.year}"]
    assert [read_days([text]) for text in written] == [[day]] * len(written)


@given(st.lists(DAYS, min_size=1))
def test_a_column_of_excel_is_never_read_as_other_days(column):
    """Each day is read as the one it was, or refused."""
    read = read_days([f"{day.month}/{day.day}/{day.year}" for day in column])
    is_certain = any(day.day > 12 for day in column)
    for day, found in zip(column, read, strict=True):
        assert found == day or (not is_certain and isinstance(found, ValueError))


@given(st.lists(st.text("0123456789/.-: AMay,", max_size=12)))
def test_no_text_does_worse_than_a_sentence(column):
    for text, day in zip(column, read_days(column), strict=True):
        assert isinstance(day, date) or str(day).endswith("."), text


# ---- times ----


@given(st.times())
def test_a_time_of_excel_is_read_whatever_it_is(at):
    at = at.replace(second=0, microsecond=0)
    twelve = f"{at.hour % 12 or 12}:{at:%M}"
    half = "AM" if at.hour < 12 else "PM"
    written = [f"{at:%H:%M}", f"{at.hour}:{at:%M}", f"{at:%H:%M:%S}", f"{twelve} {half}", f"{twelve}:00 {half}"]
    written += [f"{twelve}{half.lower()}", f"{twelve} {half[0].lower()}.m."]
    assert [read_time(text, "start") for text in written] == [at] * len(written)


@pytest.mark.parametrize(
    "text", ["", "12", "1 PM", "24:00", "13:00 PM", "0:00 AM", "12:60", "12:30:30", "noon", "٣:٣٠"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="is not a time for “start”. Write it like 13:30."):
        read_time(text, "start")


# ---- past midnight ----


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [("22:00", "1:30", 210), ("23:00", "0:00", 60), ("11:00 PM", "12:30 AM", 90), ("18:00", "6:00", 720)],
)
def test_an_end_before_the_start_is_on_the_next_day(start, end, minutes):
    plans, wrong = read_schedule(HEADING + f"A,2027-05-14,{start},{end}".encode(), CHICAGO)
    assert wrong == []
    assert plans[0].ends_at - plans[0].starts_at == timedelta(minutes=minutes)


# ---- zones and titles ----


def test_a_rows_zone_is_that_of_its_venues_campus(bias_of_the_files, importing_rule):
    campus = Campus.objects.create(name="Denver", time_zone="America/Denver")
    venue = Venue.objects.create(campus=campus, building="Learning Commons", room="210")
    rows = [
        b"workshop,date,start,end,venue,time_zone",
        b"Implicit Bias,2027-05-14,12:30,14:00,learning\xe2\x80\x8b commons 210,",
        b"Implicit Bias,2027-05-15,12:30,14:00,Denver Learning Commons 210,America/New_York",
        b"Implicit Bias,2027-05-16,12:30,14:00,,",
    ]
    sessions = import_schedule(b"\n".join(rows), importing_rule, CHICAGO, now=NOW).sessions
    assert [one.time_zone for one in sessions] == ["America/Denver", "America/New_York", CHICAGO]
    assert [one.starts_at.hour for one in sessions] == [18, 16, 17]
    assert [one.meetings.get().venue for one in sessions] == [venue, venue, None]


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\ufeff", "\u2060", "\u200d", "\u200e", "\ufe0f"])
def test_no_character_that_nobody_sees_makes_a_second_title(bias_of_the_files, importing_rule, unseen):
    rows = f"Impli{unseen}cit Bias,2027-05-14,12:30,14:00\nNew{unseen} One,2027-05-14,9:00,10:00\n".encode()
    rows += f"{unseen}New One{unseen},2027-05-15,9:00,10:00\n".encode()
    import_schedule(HEADING + rows, importing_rule, CHICAGO, now=NOW)
    assert list(Workshop.objects.values_list("title", flat=True)) == ["Implicit Bias", "New One"]


def test_a_workshop_stored_with_such_a_character_is_found(importing_rule):
    before = Workshop.objects.create(title="Implicit\u200b Bias", slug="implicit-bias")
    (session,) = import_schedule(
        HEADING + b"Implicit Bias,2027-05-14,12:30,14:00", importing_rule, CHICAGO, now=NOW
    ).sessions
    assert session.workshop == before


def test_midnight_of_a_time_is_the_first_minute_of_the_day():
    assert read_time("12:00 AM", "start") == time(0, 0)
    assert read_time("12:00 PM", "start") == time(12, 0)
