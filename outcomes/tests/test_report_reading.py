"""Reports of Zoom and Teams, and lists, as they really come: each is read, or refused with what to do."""

import contextlib
import time
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outcomes.reports.reading import EXPORT, MOST_BYTES, MOST_ROWS, read_file, read_text
from outcomes.reports.report import Refused, Report, Stay, stay, together
from outcomes.reports.times import Moments, read_length
from sessions_app.models.venue import Times

FOLDER = Path(__file__).parent / "reports"
ZONE = "America/Chicago"
CHICAGO = ZoneInfo(ZONE)
MEETING = Times(datetime(2024, 5, 14, 12, 30, tzinfo=CHICAGO), datetime(2024, 5, 14, 14, tzinfo=CHICAGO), ZONE)
HEADING = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n"


def fixture(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def read(content: str | bytes) -> Report:
    return read_file(content.encode() if isinstance(content, str) else content, MEETING, ZONE)


def minutes(report: Report) -> dict[str, int | None]:
    return {line.words: stay([line], MEETING).minutes for line in report.lines}


@pytest.mark.parametrize(
    "name, program, expected",
    [
        (
            "zoom.csv",
            "Zoom",
            {
                "Renata Oyelaran": 90,
                "Ada Okafor": 90,
                "Jun-ho (José Peñalosa)": 90,
                "Lindqvist, Rosa (she/her)": 42,
                "Dr. Teodor Vance, MD": 75,
                '=HYPERLINK("http://example.com","x")': 2,
                "iPhone": 86,
            },
        ),
        ("zoom-unique-users.csv", "Zoom", {"Ada Okafor": 90, "Jun-ho (José Peñalosa)": 61}),
        ("zoom-webinar.csv", "Zoom", {"Ada Okafor": 90}),
        (
            "teams.csv",
            "Teams",
            {
                "Renata Oyelaran": 90,
                "Ada Okafor": 90,
                "José Peñalosa": 62,
                "Lindqvist, Rosa": 42,
                "Teodor Vance": 75,
            },
        ),
        ("teams-summary.csv", "Teams", {"Ada Okafor": 90, "Rosa Lindqvist": 42}),
        ("teams-list.csv", "Teams", {"Ada Okafor": 90, "Rosa Lindqvist": 42, "José Peñalosa": 62}),
        ("meet.csv", "", {"Ada Okafor": 90, "Rosa Lindqvist": 42}),
        ("list-of-excel.csv", "", {"Ada Okafor": None, "José Peñalosa": None}),
        (
            "list.csv",
            "",
            dict.fromkeys(
                ["Ada Okafor", "rosa.lindqvist@example.edu", "Peñalosa, José", "Vance, Teodor", "Hazelwick, Amina"]
            ),
        ),
    ],
)
def test_a_report_is_read_as_its_program_writes_it(name, program, expected):
    report = read(fixture(name))
    assert (report.program, minutes(report)) == (program, expected)


def test_a_report_reads_the_same_without_its_first_block():
    assert read(fixture("zoom-participants-alone.csv")).packed() == read(fixture("zoom.csv")).packed()


def test_without_activities_what_teams_counted_is_what_counts():
    assert minutes(read(fixture("teams-without-activities.csv"))) == minutes(read(fixture("teams.csv")))


def test_a_report_of_teams_gives_address_login_and_organizer():
    host, ada, *_ = read(fixture("teams.csv")).lines
    assert (host.is_host, ada.is_host) == (True, False)
    assert ada.addresses == ("ada.okafor@example.edu", "u104@example.edu")


def test_the_original_name_of_zoom_is_a_name_too():
    lines = {line.words: line.names for line in read(fixture("zoom.csv")).lines}
    assert lines["Jun-ho (José Peñalosa)"] == ("Jun-ho (José Peñalosa)", "José Peñalosa")


def test_people_who_only_waited_in_the_waiting_room_were_not_in_the_meeting():
    heading = HEADING.strip() + ",In Waiting Room\n"
    row = "Ada,,05/14/2024 12:30:00 PM,05/14/2024 02:00:00 PM,90,Yes,Yes\n"
    assert minutes(read(heading + row)) == {"Ada": 0}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_report_is_read_in_every_encoding_and_with_every_separator(encoding, separator):
    text = fixture("meet.csv").decode().replace(",", separator).replace("Ada", "Zoë")
    assert minutes(read(text.encode(encoding))) == {"Zoë Okafor": 90, "Rosa Lindqvist": 42}


def test_the_bytes_that_say_utf_16_big_endian_are_read():
    assert minutes(read(b"\xfe\xff" + "Name\tEmail\nZoë\tzoe@example.edu".encode("utf-16-be"))) == {"Zoë": None}


def test_an_excel_file_is_read_by_mistake_or_not():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADING.strip().split(","))
    sheet.append(["Ada", None, datetime(2024, 5, 14, 12, 40), datetime(2024, 5, 14, 14, 0), 80, "No"])
    file = BytesIO()
    book.save(file)
    assert minutes(read(file.getvalue())) == {"Ada": 80}


# ---- minutes ----


def rows(*spans: tuple[str, str], name: str = "Ada") -> str:
    return HEADING + "".join(f"{name},,2024-05-14 {start},2024-05-14 {end},1,Yes\n" for start, end in spans)


@pytest.mark.parametrize(
    "spans, expected",
    [
        ([("12:30:00", "14:00:00")], Stay(90)),
        ([("11:00:00", "15:00:00")], Stay(90)),
        ([("12:30:00", "13:00:00"), ("12:45:00", "13:15:00")], Stay(45, early=45)),
        ([("12:45:00", "13:15:00"), ("12:30:00", "14:00:00")], Stay(90)),
        ([("12:42:00", "13:00:00"), ("13:30:00", "13:50:00")], Stay(38, late=12, early=10)),
        ([("12:34:00", "13:56:00")], Stay(82)),
        ([("10:00:00", "11:00:00")], Stay(0)),
        ([("13:00:00", "12:50:00")], Stay(0)),
    ],
)
def test_stretches_that_overlap_count_once_and_within_the_meeting(spans, expected):
    (line,) = read(rows(*spans)).lines
    assert stay([line], MEETING) == expected


def test_two_reports_of_one_meeting_are_one():
    report = together([read(rows(("12:30:00", "13:00:00"))), read(rows(("13:10:00", "14:00:00")))])
    assert minutes(report) == {"Ada": 80}


def test_what_travels_between_the_presses_is_the_whole_report():
    report = read(fixture("teams.csv"))
    again = Report.unpacked(report.packed())
    assert (again.packed(), minutes(again)) == (report.packed(), minutes(report))


# ---- times ----


@pytest.mark.parametrize(
    "text",
    [
        "5/14/24, 12:29:41 PM",
        "5/14/24, 12:29:41\u202fPM",
        "05/14/2024 12:29:41 PM",
        "5/14/2024, 12:29:41",
        "14/05/2024, 12:29:41",
        "14.05.2024, 12:29:41",
        "14.05.24, 12.29.41",
        "2024-05-14 12:29:41",
        "2024-05-14T12:29:41",
        "2024-05-14T17:29:41Z",
        "2024-05-14T19:29:41+02:00",
        "2024-05-14T17:29:41.123456Z",
        "May 14, 2024 12:29:41 PM",
        "Tue, May 14, 2024 at 12:29:41 PM",
        "14 May 2024, 12:29:41",
        "12:29:41 p.m.",
        "12:29:41",
    ],
)
def test_a_time_is_read_in_the_ways_of_every_country(text):
    expected = datetime(2024, 5, 14, 12, 29, 41, tzinfo=CHICAGO)
    assert Moments([text], MEETING, ZONE).read(text) == expected


def test_the_zone_of_a_report_is_the_one_that_was_chosen():
    at = Moments([], MEETING, "America/New_York").read("5/14/24, 1:30 PM")
    assert at == MEETING.starts_at


@pytest.mark.parametrize(
    "texts, month",
    [
        (["5/6/24, 1:00 PM", "5/14/24, 1:00 PM"], 5),
        (["14/5/24, 1:00 PM", "6/5/24, 1:00 PM"], 5),
        (["5/6/24, 1:00 PM"], 5),
    ],
)
def test_days_in_numbers_are_read_in_one_order(texts, month):
    moments = Moments(texts, MEETING, ZONE)
    assert {moments.read(text).astimezone(CHICAGO).month for text in texts} == {month}


def test_a_day_first_is_read_only_where_the_month_first_is_of_another_day():
    may_6 = Times(datetime(2024, 5, 6, 12, 30, tzinfo=CHICAGO), datetime(2024, 5, 6, 14, tzinfo=CHICAGO), ZONE)
    assert Moments(["6/5/24, 1:00 PM"], may_6, ZONE).is_day_first
    assert not Moments(["5/6/24, 1:00 PM"], may_6, ZONE).is_day_first


@pytest.mark.parametrize(
    "text", ["", "--", "yesterday", "13/13/2024 1:00", "5/14/24", "5/14/24, 13:00 PM", "0:0", "1" * 99]
)
def test_what_is_no_time_is_none(text):
    assert Moments([text], MEETING, ZONE).read(text) is None


@pytest.mark.parametrize(
    "text, seconds",
    [("1h 2m 3s", 3723), ("47m 3s", 2823), ("3s", 3), ("1 hr 32 min", 5520), ("1:02:03", 3723), ("47:03", 2823)]
    + [("90", 5400), ("2h", 7200), ("90.5", 5400)],
)
def test_a_length_is_read_in_the_ways_of_every_program(text, seconds):
    assert read_length(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "long", "5/14/24, 1:00 PM", "-5", "1h 2x"])
def test_what_is_no_length_is_none(text):
    assert read_length(text) is None


# ---- what is refused, and what is hostile ----


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"", "There is nobody in it."),
        (b"\xff\xfe", "There is nobody in it."),
        (HEADING.encode(), "There is nobody in it."),
        (b"%PDF-1.7 \xe2\xe3", "This is a PDF."),
        (b"\x89PNG\r\n\x1a\n", "This is a picture."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is a file of an old Excel (.xls)."),
        (b"PK\x03\x04rubbish", "This Excel file cannot be read."),
        (bytes(range(256)) * 20, "This is no text that can be read."),
        (b"a" * (MOST_BYTES + 1), "This file has 5.0 MB, and 5 MB is the most."),
        (b"Ada\n" * (MOST_ROWS + 1), "This has 20,002 lines, and 20,000 are the most."),
    ],
    ids=["empty", "mark", "heading", "pdf", "png", "xls", "zip", "bytes", "large", "lines"],
)
def test_what_is_no_report_is_refused_with_what_to_do(content, sentence):
    with pytest.raises(Refused) as refusal:
        read(content)
    assert str(refusal.value).startswith(sentence)
    assert len(str(refusal.value)) > len(sentence)


def test_what_to_do_is_said_in_the_words_of_the_programs():
    assert "Reports, Usage" in EXPORT and "Attendance, Download" in EXPORT


def test_a_nul_within_a_report_is_left_out():
    assert minutes(read(rows(("12:30:00", "14:00:00"), name="A\0da"))) == {"Ada": 90}


def test_a_quotation_mark_that_nobody_closes_costs_one_line():
    text = rows(("12:30:00", "14:00:00"), name='"Ada') + "Bo,,2024-05-14 12:30:00,2024-05-14 13:00:00,30,Yes\n"
    assert minutes(read(text))["Bo"] == 30


def test_a_report_of_5000_rows_is_read_at_once():
    people = [(number % 1700, number % 60) for number in range(5000)]
    spans = "".join(
        f"Person {who},p{who}@example.edu,5/14/24 12:{minute:02}:00 PM,5/14/24 1:59:00 PM,9,No\n"
        for who, minute in people
    )
    began = time.process_time()
    assert len(read(HEADING + spans).lines) == 1700
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "piece", ["a", "a@", "(", "<", '"', ",", "@", " ", "1:", "a (", "\u0301", "﷽", "a@b.c;", "\n", "A\n"]
)
def test_the_longest_file_of_one_piece_is_read_or_refused_soon(piece):
    began = time.process_time()
    with contextlib.suppress(Refused):
        read(piece * (MOST_BYTES // len(piece.encode())))
    assert time.process_time() - began < 15


ROW = st.text(max_size=40)
TABLE = st.lists(st.lists(ROW, max_size=8), max_size=12)
HEADINGS = [
    "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),In Waiting Room",
    "Full Name,Email",
]
HEADINGS += ["Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tRole", "Full Name\tUser Action\tTimestamp", ""]
WORDS = [
    "5/14/24, 12:29:41 PM",
    "Joined",
    "Left",
    "1h 2m",
    "Yes",
    '"',
    "Ada",
    "ada@example.edu",
    "2024-05-14T12:29:41Z",
]


def assert_read_or_refused(content: bytes) -> None:
    began = time.process_time()
    try:
        report = read(content)
    except Refused as refusal:
        assert str(refusal)
    else:
        assert report.lines and all(line.words for line in report.lines)
        for line in report.lines:
            assert 0 <= (stay([line], MEETING).minutes or 0) <= 90
        assert minutes(Report.unpacked(report.packed())) == minutes(report)
    assert time.process_time() - began < 1


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
@example(b"PK\x03\x04" + b"\0" * 60)
@example(b"\xff\xfe\x00\xd8")
@example(b"sep=\t")
def test_any_bytes_are_read_or_refused(content):
    assert_read_or_refused(content)


@settings(max_examples=200, deadline=None)
@given(
    heading=st.sampled_from(HEADINGS),
    cells=st.lists(st.lists(st.one_of(st.sampled_from(WORDS), ROW), max_size=8), max_size=12),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-16-le", "cp1252"]),
)
def test_any_cells_below_a_heading_are_read_or_refused(heading, cells, encoding):
    separator = "\t" if "\t" in heading else ","
    text = "\r\n".join([heading, *(separator.join(row) for row in cells)])
    assert_read_or_refused(text.encode(encoding, "replace"))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_cell_is_a_time_or_none(text):
    found = Moments([text], MEETING, ZONE).read(text)
    assert found is None or 1999 <= found.year <= 2101
    assert read_length(text) is None or read_length(text) >= timedelta()


def test_a_pasted_report_is_read_as_a_file_is():
    text = fixture("zoom.csv").decode("utf-8-sig")
    assert read_text(text, MEETING, ZONE).packed() == read(fixture("zoom.csv")).packed()
