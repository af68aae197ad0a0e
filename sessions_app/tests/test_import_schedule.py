"""`manage.py import_schedule` and the rule behind it: all the rows of a file, or none."""

import random
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Campus, Person
from catalog.models import Format, Workshop
from sessions_app.models import Meeting, Session, Venue
from sessions_app.schedule_import.importing import WrongRows, import_schedule
from sessions_app.schedule_import.meetings import EXAMPLE
from sessions_app.schedule_import.reading import OPTIONAL, REQUIRED, WrongRow, read_schedule

CHICAGO = "America/Chicago"
NOW = datetime(2024, 4, 1, 12, tzinfo=UTC)
HEADING = "workshop,date,start,end\n"
FOUNDATIONAL = """workshop,date,start,end
Implicit Bias,2094-05-14,12:30,14:00
Implicit Bias,2094-06-13,11:00,12:30
Implicit Bias,2094-07-09,12:30,14:00
"""


@pytest.fixture
def implicit_bias(db):
    return Workshop.objects.create(
        title="Implicit Bias", slug="implicit-bias", status=Workshop.Status.PUBLISHED, default_capacity=20
    )


@pytest.fixture
def rule(db):
    return Person.objects.rule()


@pytest.fixture
def twin_cities_room(db):
    campus = Campus.objects.create(name="Twin Cities")
    return Venue.objects.create(campus=campus, building="Learning Commons", room="210")


@pytest.fixture
def schedule_file(tmp_path):
    def write(content: str | bytes):
        path = tmp_path / "schedule.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def run(path, *options) -> str:
    out = StringIO()
    call_command("import_schedule", str(path), *options, stdout=out, stderr=out)
    return out.getvalue()


def refused(path, *options) -> tuple[str, str]:
    """Run the command, expect it to refuse, and return what it listed and its last sentence."""
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_schedule", str(path), *options, stdout=out, stderr=out)
    assert error.value.returncode == 1
    return out.getvalue(), str(error.value)


def wrong(row: str, heading: str = HEADING) -> str:
    """Return the sentence said about one wrong row."""
    plans, rows = read_schedule((heading + row).encode(), CHICAGO)
    assert plans == []
    (only,) = rows
    assert only.row == 2
    return only.sentence


# ---- what is written ----


def test_known_workshops_get_draft_sessions_with_the_defaults_filled_in(implicit_bias, schedule_file):
    said = run(schedule_file(FOUNDATIONAL))
    sessions = list(Session.objects.order_by("starts_at"))
    assert [s.starts_at for s in sessions] == [
        datetime(2094, 5, 14, 17, 30, tzinfo=UTC),
        datetime(2094, 6, 13, 16, 0, tzinfo=UTC),
        datetime(2094, 7, 9, 17, 30, tzinfo=UTC),
    ]
    first = sessions[0]
    assert (first.status, first.workshop, first.minimum, first.capacity) == ("draft", implicit_bias, 6, 20)
    assert (first.time_zone, first.ends_at) == (CHICAGO, datetime(2094, 5, 14, 19, 0, tzinfo=UTC))
    assert Meeting.objects.count() == 3
    assert said.splitlines()[-1] == (
        "Scheduled 3 sessions (0 open, 3 drafts to publish in the admin) and drafted 0 workshops. There already: 0."
    )


def test_an_unknown_title_becomes_one_draft_workshop(db, schedule_file):
    run(
        schedule_file(
            HEADING + "Systemic Racism Pt. 2,2023-02-17,12:00,14:00\nsystemic racism PT. 2,2023-03-28,12:00,14:00"
        )
    )
    (workshop,) = Workshop.objects.all()
    assert (workshop.title, workshop.slug) == ("Systemic Racism Pt. 2", "systemic-racism-pt-2")
    assert (workshop.status, workshop.minutes) == ("draft", 120)
    assert workshop.sessions.count() == 2


def test_a_title_is_known_whatever_its_case_and_spacing(implicit_bias, schedule_file):
    run(schedule_file(HEADING + "  IMPLICIT \t bias ,2094-05-14,12:30,14:00"))
    assert Session.objects.get().workshop == implicit_bias
    assert Workshop.objects.count() == 1


@pytest.mark.parametrize(
    ("title", "slug"),
    [("偏见", "workshop"), ("🙂🙂", "workshop"), ("Implicit-Bias", "implicit-bias-2"), ("x" * 160, "x" * 150)],
)
def test_every_new_title_gets_a_slug_of_its_own(implicit_bias, schedule_file, title, slug):
    run(schedule_file(HEADING + f"{title},2094-05-14,12:30,14:00"))
    assert Workshop.objects.get(title=title).slug == slug


@pytest.mark.parametrize("year", ["2023", "2024"])
def test_the_published_schedules_can_be_read_as_they_are(db, settings, year):
    name = {"2023": "schedule-2023-ally-training", "2024": "schedule-2024-foundational"}[year]
    run(settings.BASE_DIR / "operations" / "demo" / "content" / f"{name}.csv")
    assert Session.objects.count() == {"2023": 13, "2024": 4}[year]
    assert Workshop.objects.count() == {"2023": 7, "2024": 1}[year]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + FOUNDATIONAL.encode(),
        FOUNDATIONAL.replace(",", ";").encode(),
        FOUNDATIONAL.replace(",", "\t").encode(),
        FOUNDATIONAL.replace("\n", "\r\n").encode(),
        FOUNDATIONAL.replace("\n", "\r").encode(),
        FOUNDATIONAL.replace("Implicit Bias", '"Implicit Bias"').encode(),
        FOUNDATIONAL.replace("Implicit Bias", '"Implicit\nBias"').encode(),
        FOUNDATIONAL.replace("\n", ",,\n").encode(),
        FOUNDATIONAL.replace("\n", "\n\n,,,\n").encode(),
        FOUNDATIONAL.replace("workshop,date,start", " Workshop , DATE ,Start").encode(),
        b"\xef\xbb\xbf" + FOUNDATIONAL.replace(",", ";").replace("\n", "\r\n").encode(),
        FOUNDATIONAL.encode("utf-16"),
        FOUNDATIONAL.replace(",", "\t").encode("utf-16"),
        b"sep=,\r\n" + FOUNDATIONAL.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbfsep=;\r\n" + FOUNDATIONAL.replace(",", ";").encode(),
        b'"sep=\t"\n' + FOUNDATIONAL.replace(",", "\t").encode(),
        b"sep=,,,,\r" + FOUNDATIONAL.replace("\n", "\r").encode(),
        FOUNDATIONAL.replace(",", ",\u200b").replace("\n", "\u200e\n").encode(),
    ],
    ids=["bom", "semicolons", "tabs", "crlf", "cr", "quoted", "newline", "trailing", "blanks", "heading", "excel"]
    + ["utf-16", "unicode-text", "sep", "sep-semicolon", "sep-tab", "sep-saved-again", "unseen"],
)
def test_every_way_a_spreadsheet_writes_the_file_is_read_the_same(content):
    assert [(p.title, p.starts_at, p.ends_at) for p in read_schedule(content, CHICAGO)[0]] == [
        (p.title, p.starts_at, p.ends_at) for p in read_schedule(FOUNDATIONAL.encode(), CHICAGO)[0]
    ]
    assert read_schedule(content, CHICAGO)[1] == []


def test_the_optional_columns_say_where_how_and_for_how_many(implicit_bias, twin_cities_room, rule):
    columns = "workshop,date,start,end,venue,format,capacity,minimum,join_link,time_zone\n"
    row = "Implicit Bias,2024-05-14,12:30,14:00,learning commons 210,In person,12,4,https://meet.example.edu/a,America/New_York"
    (session,) = import_schedule((columns + row).encode(), rule, CHICAGO, now=NOW).sessions
    meeting = session.meetings.get()
    assert (session.format, session.capacity, session.minimum) == (Format.IN_PERSON, 12, 4)
    assert (meeting.venue, meeting.join_link) == (twin_cities_room, "https://meet.example.edu/a")
    assert (meeting.time_zone, meeting.starts_at) == ("America/New_York", datetime(2024, 5, 14, 16, 30, tzinfo=UTC))


def test_empty_optional_cells_mean_what_the_workshop_says(implicit_bias, rule):
    columns = "workshop,date,start,end,venue,format,capacity,minimum,join_link,time_zone\n"
    row = "Implicit Bias,2024-05-14,12:30,14:00,,,,,,"
    (session,) = import_schedule((columns + row).encode(), rule, CHICAGO, now=NOW).sessions
    assert (session.format, session.capacity, session.minimum, session.time_zone) == ("online", 20, 6, CHICAGO)


def test_the_zone_of_rows_that_name_none_can_be_given(implicit_bias, schedule_file):
    run(schedule_file(FOUNDATIONAL), "--time-zone", "America/New_York")
    assert Session.objects.first().starts_at == datetime(2094, 5, 14, 16, 30, tzinfo=UTC)
    listed, sentence = refused(schedule_file(FOUNDATIONAL), "--time-zone", "Midwest")
    assert (listed, sentence) == ("", "“Midwest” is not a time zone. Use a name like America/Chicago.")


def test_a_second_run_adds_nothing(implicit_bias, schedule_file):
    path = schedule_file(FOUNDATIONAL + "Unheard Of,2094-05-14,12:30,14:00\n")
    run(path)
    before = (Session.objects.count(), Meeting.objects.count(), Workshop.objects.count(), LogEntry.objects.count())
    assert run(path).splitlines() == [
        "Scheduled 0 sessions (0 open, 0 drafts to publish in the admin) and drafted 0 workshops. There already: 4."
    ]
    after = (Session.objects.count(), Meeting.objects.count(), Workshop.objects.count(), LogEntry.objects.count())
    assert before == after == (4, 4, 2, 5)


def test_publish_opens_the_new_sessions_of_published_workshops_only(implicit_bias, rule):
    data = (FOUNDATIONAL + "Unheard Of,2094-05-14,12:30,14:00\n").encode()
    imported = import_schedule(data, rule, CHICAGO, publish=True, now=NOW)
    assert [s.status for s in imported.sessions] == ["open", "open", "open", "draft"]
    assert imported.published == imported.sessions[:3]


def test_publish_leaves_sessions_that_were_there_as_drafts(implicit_bias, rule):
    import_schedule(FOUNDATIONAL.encode(), rule, CHICAGO, now=NOW)
    import_schedule(FOUNDATIONAL.encode(), rule, CHICAGO, publish=True, now=NOW)
    assert set(Session.objects.values_list("status", flat=True)) == {"draft"}


def test_the_rule_goes_on_record_unless_somebody_of_the_office_is_named(implicit_bias, schedule_file):
    office = Person.objects.create_superuser("office@example.edu", name="Office")
    run(schedule_file(FOUNDATIONAL.rsplit("\n", 2)[0]))
    assert set(LogEntry.objects.values_list("user__email", flat=True)) == {Person.objects.RULE_ADDRESS}
    run(schedule_file(FOUNDATIONAL), "--by", " Office@Example.edu ")
    assert LogEntry.objects.first().user == office


def test_somebody_outside_the_office_cannot_be_named(implicit_bias, schedule_file):
    Person.objects.create_user("person@example.edu", name="Person")
    listed, sentence = refused(schedule_file(FOUNDATIONAL), "--by", "person@example.edu")
    assert (listed, sentence) == ("", "Nobody of the office has the address person@example.edu.")
    assert not Session.objects.exists()


# ---- what is refused ----


def test_wrong_rows_are_listed_with_their_numbers_and_nothing_is_written(implicit_bias, schedule_file):
    content = (
        FOUNDATIONAL
        + "New One,2094-05-14,12:00,14:00\n\nImplicit Bias,2024-02-30,12:30,14:00\n,2094-05-01,9:00,10:00\n"
    )
    listed, sentence = refused(schedule_file(content))
    assert listed.splitlines() == ["Row 7: There is no day 2024-02-30.", "Row 8: The workshop has no title."]
    assert sentence == "Nothing was imported. Wrong: 2 rows."
    assert (Session.objects.count(), Workshop.objects.count(), LogEntry.objects.count()) == (0, 1, 0)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("A,2024-02-30,12:00,13:00", "There is no day 2024-02-30."),
        ("A,5/6/2024,12:00,13:00", "“5/6/2024” may mean 2024-05-06 or 2024-06-05. Write the one you mean like that."),
        ("A,14/14/2024,12:00,13:00", "There is no day 14/14/2024."),
        ("A,5/14/1999,12:00,13:00", "The year 1999 is outside 2000 to 2100."),
        ("A,2/30/2024,12:00,13:00", "There is no day 2/30/2024."),
        ("A,30-Feb-24,12:00,13:00", "There is no day 30-Feb-24."),
        ("A,14-Mai-24,12:00,13:00", "“14-Mai-24” is not a date. Write it like 2024-05-14."),
        ("A,5/14,12:00,13:00", "“5/14” is not a date. Write it like 2024-05-14."),
        ("A,45426,12:00,13:00", "“45426” is not a date. Write it like 2024-05-14."),
        (
            'A,"Monday, May 14, 2024",12:00,13:00',
            "“Monday, May 14, 2024” is a Tuesday. Correct the day, or write it like 2024-05-14.",
        ),
        ("A,20240514,12:00,13:00", "“20240514” is not a date. Write it like 2024-05-14."),
        ("A,,12:00,13:00", "“” is not a date. Write it like 2024-05-14."),
        ("A,0024-05-14,12:00,13:00", "The year 24 is outside 2000 to 2100."),
        ("A,2024-05-14,25:00,13:00", "“25:00” is not a time for “start”. Write it like 13:30."),
        ("A,2024-05-14,12:00,1 PM", "“1 PM” is not a time for “end”. Write it like 13:30."),
        ("A,2024-05-14,13:30 PM,14:00", "“13:30 PM” is not a time for “start”. Write it like 13:30."),
        ("A,2024-05-14,0:30 AM,14:00", "“0:30 AM” is not a time for “start”. Write it like 13:30."),
        ("A,2024-05-14,12:30:15,14:00", "“12:30:15” is not a time for “start”. Write it like 13:30."),
        (
            "A,2024-05-14,9:00,8:30",
            "It would end at 08:30 on the next day and last 23 hours 30 minutes. A meeting lasts 12 hours at most: "
            "correct the start or the end.",
        ),
        (
            "A,2024-05-14,7:00,19:30",
            "It would last 12 hours 30 minutes. A meeting lasts 12 hours at most: correct the start or the end.",
        ),
        ("A,2024-05-14,14:00,14:00", "It ends at 14:00, which is not after its start at 14:00."),
        (
            "A,2024-03-10,02:30,04:00",
            "02:30 does not exist on March 10, 2024 in America/Chicago: the clock goes forward. Choose another time.",
        ),
        (
            "A,2024-11-03,00:30,01:30",
            "01:30 happens twice on November 3, 2024 in America/Chicago: the clock goes back. Choose another time.",
        ),
        (" ,2024-05-14,12:00,13:00", "The workshop has no title."),
        ("x" * 161 + ",2024-05-14,12:00,13:00", "The title has 161 characters. Shorten it to 160."),
        ("A\0B,2024-05-14,12:00,13:00", "The title contains a control character, such as NUL. Type it again."),
        ("A\u202eB,2024-05-14,12:00,13:00", "The title contains a control character, such as NUL. Type it again."),
        ("\u200b,2024-05-14,12:00,13:00", "The workshop has no title."),
        ("\u0301,2024-05-14,12:00,13:00", "The title has no letter that can be read. Type it again."),
        ("A,2024-05-14,12:00", "This row has 3 cells and the heading has 4."),
        ("A,2024-05-14,12:00,13:00,more", "This row has 5 cells and the heading has 4."),
    ],
)
def test_a_wrong_row_gets_a_sentence(row, sentence):
    assert wrong(row) == sentence


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("capacity", "0", "“0” is no number of people for “capacity”. Write a whole number from 1."),
        ("capacity", "99999", "“99999” is no number of people for “capacity”. Write a whole number from 1."),
        ("minimum", "six", "“six” is no number of people for “minimum”. Write a whole number from 1."),
        ("minimum", "٦", "“٦” is no number of people for “minimum”. Write a whole number from 1."),
        ("format", "by post", "“by post” is not a format. Write online, in_person or hybrid."),
        ("time_zone", "CST5", "“CST5” is not a time zone. Use a name like America/Chicago."),
        ("time_zone", "../etc", "“../etc” is not a time zone. Use a name like America/Chicago."),
        ("time_zone", "localtime", "“localtime” is not a time zone. Use a name like America/Chicago."),
        ("time_zone", "Factory", "“Factory” is not a time zone. Use a name like America/Chicago."),
        ("join_link", "javascript:alert(1)", "“javascript:alert(1)” is not a link. It starts with https://."),
        (
            "join_link",
            "https://a.example/\0",
            "“https://a.example/�” contains a character no link has. Copy the link again.",
        ),
        ("join_link", "https://a.example/" + "x" * 500, "The link has 518 characters. Shorten it to 500."),
    ],
)
def test_a_wrong_optional_cell_gets_a_sentence(column, cell, sentence):
    assert wrong(f"A,2024-05-14,12:00,13:00,{cell}", f"workshop,date,start,end,{column}\n") == sentence


@pytest.mark.parametrize(("holds", "seats"), [(12, (12, 8)), (20, (None, None)), (None, (None, None))])
def test_the_venue_says_how_many_seats_are_in_the_room(implicit_bias, rule, twin_cities_room, holds, seats):
    twin_cities_room.capacity = holds
    twin_cities_room.save()
    data = "workshop,date,start,end,format,venue\nImplicit Bias,2024-05-14,12:30,14:00,hybrid,Learning Commons 210\n"
    (session,) = import_schedule(data.encode(), rule, CHICAGO, now=NOW).sessions
    assert (session.room_capacity, session.online_capacity) == seats and session.capacity == 20


def test_a_row_that_stands_there_twice_is_listed_once():
    data = HEADING + "A,2024-05-14,12:00,13:00\nB,2024-05-14,12:00,13:00\n a ,2024-05-14,12:00,14:00\n"
    plans, rows = read_schedule(data.encode(), CHICAGO)
    assert [plan.title for plan in plans] == ["A", "B"]
    assert rows == [WrongRow(4, "This is the same workshop at the same time as row 2.")]


@pytest.mark.parametrize(
    ("heading", "sentences"),
    [
        (
            "workshop,date,start,end,price",
            [
                f"“price” is not a column. The columns are {', '.join((*REQUIRED, *OPTIONAL))}; for a second meeting "
                f"{EXAMPLE}."
            ],
        ),
        ("workshop,date,start", ["The column “end” is missing."]),
        ("workshop,date,start,end,Date", ["The column “date” stands there twice."]),
        ("", ["The file is empty. Its heading names the columns: workshop, date, start, end."]),
        (" \n,,\n", ["The file is empty. Its heading names the columns: workshop, date, start, end."]),
    ],
)
def test_a_wrong_heading_is_said_once_and_no_row_is_read(heading, sentences):
    plans, rows = read_schedule(
        (heading + "\nA,2024-02-30,x,y\n" if heading.strip(" ,\n") else heading).encode(), CHICAGO
    )
    assert plans == []
    assert [row.sentence for row in rows] == sentences
    assert {row.row for row in rows} == {1}


@pytest.mark.parametrize("data", [HEADING.encode() + b"Caf\xe9,2024-05-14,12:00,13:00", b"\xff\xfe\x00\xd8"])
def test_a_file_in_no_known_encoding_is_refused_as_a_whole(data):
    plans, (row,) = read_schedule(data, CHICAGO)
    assert plans == []
    assert row.sentence == "This file is not UTF-8. Save it again as “CSV UTF-8” and import that."
    assert row.row == (2 if data.startswith(b"workshop") else 1)


def test_a_cell_too_large_for_csv_is_listed():
    plans, rows = read_schedule((FOUNDATIONAL + "x" * 1_000_000 + "\n").encode(), CHICAGO)
    assert len(plans) == 3
    assert [row.row for row in rows] == [5]


def test_an_unknown_venue_and_one_that_two_campuses_have_are_refused(implicit_bias, twin_cities_room, rule):
    Venue.objects.create(campus=Campus.objects.create(name="Duluth"), building="Learning Commons", room="210")
    heading = "workshop,date,start,end,venue\n"
    rows = [
        "Implicit Bias,2024-05-14,12:30,14:00,Nowhere 1",
        "Implicit Bias,2024-05-15,12:30,14:00,Learning Commons 210",
        "Implicit Bias,2024-05-16,12:30,14:00,Twin Cities Learning Commons 210",
    ]
    with pytest.raises(WrongRows) as error:
        import_schedule((heading + "\n".join(rows)).encode(), rule, CHICAGO, now=NOW)
    assert str(error.value).splitlines() == [
        "Row 2: No venue is called “Nowhere 1”. Add it in the admin first, or leave the cell empty.",
        "Row 3: More than one venue is called “Learning Commons 210”. Write the campus before it.",
    ]


def test_a_minimum_above_the_capacity_of_the_workshop_is_refused(implicit_bias, rule):
    with pytest.raises(WrongRows, match="Row 2: The minimum of 21 is larger than the capacity of 20."):
        import_schedule(b"workshop,date,start,end,minimum\nImplicit Bias,2024-05-14,12:30,14:00,21", rule, CHICAGO)


def test_a_file_that_is_not_there_or_too_large_gets_a_sentence(db, tmp_path):
    assert refused(tmp_path / "none.csv")[1].endswith("none.csv cannot be read: No such file or directory.")
    assert refused(tmp_path)[1].endswith("cannot be read: Is a directory.")
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * 5_000_001)
    assert refused(large)[1].endswith("large.csv is larger than 5 MB. Is it the right one?")


# ---- hostile files ----

CELLS = [
    "A",
    "Implicit Bias",
    "2094-05-14",
    "2094-02-30",
    "9999-12-31",
    "0000-00-00",
    "12:30",
    "14:00",
    "02:30",
    "24:00",
]
CELLS += [
    "in person",
    "https://a.example/",
    "https://[",
    "America/Chicago",
    "../../etc",
    "-1",
    "6",
    "9" * 5000,
    "=1+1",
    "",
]
CELLS += [
    "\0",
    "\ud800",
    "\u202e",
    "\u2028",
    "\x1b[31m",
    "\r",
    "\n",
    "a\r\nb",
    '"',
    '""',
    "🙂",
    "٦",
    "x" * 161,
    "é",
    "%s{0}",
]
PLAIN = ["Implicit Bias", "2094-05-14", "12:30", "14:00", *[""] * len(OPTIONAL)]


def hostile_file(chance: random.Random) -> bytes:
    """Return a schedule in which some cells, separators, line ends, quotes and bytes are not as they should be."""
    heading = [*REQUIRED, *OPTIONAL]
    rows = [
        [cell if chance.random() < 0.85 else chance.choice(CELLS) for cell in PLAIN] for _ in range(chance.randrange(4))
    ]
    if chance.random() < 0.2:
        heading[chance.randrange(len(heading))] = chance.choice(CELLS)
    if chance.random() < 0.2 and rows:
        rows[0] = rows[0][: chance.randrange(len(PLAIN) + 1)] + chance.choices(CELLS, k=chance.randrange(3))
    quote = chance.choice(["", "", '"'])
    separator = chance.choice(",,,;\t|")
    lines = [separator.join(f"{quote}{cell}{quote}" for cell in row) for row in [heading, *rows]]
    data = chance.choice(["\n", "\r\n", "\r"]).join(lines).encode("utf-8", chance.choice(["surrogatepass", "replace"]))
    if chance.random() < 0.1:
        at = chance.randrange(len(data))
        data = data[:at] + chance.randbytes(2) + data[at + 1 :]
    return data


def assert_read_or_listed(data: bytes, zone: str) -> None:
    plans, wrong_rows = read_schedule(data, zone)
    assert all(plan.ends_at > plan.starts_at and plan.row > 1 for plan in plans)
    assert all(row.row >= 1 and row.sentence.endswith(".") and row.sentence.isprintable() for row in wrong_rows)


def test_none_of_5000_hostile_files_does_worse_than_wrong_rows():
    chance = random.Random(5000)
    read = 0
    for _ in range(5000):
        data = hostile_file(chance)
        assert_read_or_listed(data, CHICAGO)
        read += bool(read_schedule(data, CHICAGO)[0])
    assert 500 < read < 4500  # neither all nonsense nor all harmless


@settings(max_examples=300)
@given(
    data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)),
    zone=st.sampled_from([CHICAGO, "Asia/Kathmandu", "Pacific/Apia", "Nowhere"]),
)
def test_no_bytes_do_worse_than_wrong_rows(data, zone):
    assert_read_or_listed(data, zone)
    assert_read_or_listed(HEADING.encode() + data, zone)


@given(day=st.dates(), start=st.times(), end=st.times(), zone=st.sampled_from(["Asia/Kathmandu", "Pacific/Apia"]))
@settings(max_examples=300)
def test_no_day_and_time_is_worse_than_a_wrong_row(day, start, end, zone):
    row = f"A,{day},{start:%H:%M},{end:%H:%M}\n"
    assert_read_or_listed((HEADING + row).encode(), zone)


@pytest.mark.django_db
def test_no_hostile_file_leaves_half_an_import_behind(rule, twin_cities_room, implicit_bias):
    chance, written = random.Random(200), 0
    for _ in range(200):
        before = Session.objects.count()
        try:
            imported = import_schedule(hostile_file(chance), rule, CHICAGO)
        except WrongRows as error:
            assert error.rows
            assert Session.objects.count() == before
        else:
            assert Session.objects.count() == before + len(imported.sessions)
            written += len(imported.sessions)
    assert written > 0
