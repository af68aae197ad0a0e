"""The tables of the season page: an empty one, and the dates to come, which come back as they are or corrected."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Campus
from catalog.models import Facilitator, Workshop
from devtools.testing.cast import ZONE
from devtools.testing.page import read
from sessions_app.models import Session, Venue
from sessions_app.schedule_import.importing import import_schedule

pytestmark = pytest.mark.django_db
SEASON = "/admin/sessions_app/scheduleimport/"


@pytest.fixture
def sheet_of(clerk):
    """sheet_of(name) downloads a table: the workbook and its sheet."""

    def load(name: str):
        answer = clerk.get(f"{SEASON}{name}")
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == f'attachment; filename="{name.replace("empty", "empty-season")}"'
        book = openpyxl.load_workbook(BytesIO(answer.content))
        return book, book.active

    return load


@pytest.fixture
def hand_in(clerk):
    """hand_in(book) uploads a workbook and returns the page that shows what becomes of it."""

    def upload(book):
        packed = BytesIO()
        book.save(packed)
        return read(clerk.post(f"{SEASON}add/", {"file": SimpleUploadedFile("x.xlsx", packed.getvalue()), "dates": ""}))

    return upload


@pytest.fixture
def varied_season(office, workshop):
    """Sessions of one to three meetings, in rooms and online, led and not, one of them of a title like a formula."""
    campus = Campus.objects.create(name="West", time_zone="America/Los_Angeles")
    for room in "12":
        Venue.objects.create(campus=campus, building="Hall", room=room, capacity=20)
    Facilitator.objects.create(name="Ada Okafor")
    Workshop.objects.create(title="=1+1", slug="sum", status=Workshop.Status.PUBLISHED)
    day = [timezone.localdate() + timedelta(days=90 + number) for number in range(9)]
    rows = [
        f"{workshop.title},{day[0]},12:30,14:00,Hall 1,,in person,Ada Okafor,{day[1]},9:00,10:00,Hall 2,,,",
        f"{workshop.title},{day[2]},12:30,14:00,,https://example.edu/1,online,,{day[3]},9:00,10:00,,{day[4]},9:00,10:00",
        f"=1+1,{day[5]},22:00,01:00,Hall 1,,,,,,,,,,",
    ]
    heading = (
        "workshop,date,start,end,venue,join_link,format,facilitators,date_2,start_2,end_2,venue_2,date_3,start_3,end_3"
    )
    return import_schedule("\n".join([heading, *rows]).encode(), office, ZONE, publish=True)


def test_the_dates_to_come_come_back_as_they_are(sheet_of, hand_in, varied_season):
    assert len(varied_season.published) == 3
    book, sheet = sheet_of("season.xlsx")
    assert [cell.value for cell in sheet["A"]][1:] == ["Bystander Interventions"] * 2 + ["'=1+1"]
    page = hand_in(book)
    assert page.text.count("This session is there already. It stays as it is.") == 3


def test_a_corrected_table_changes_what_was_corrected(sheet_of, hand_in, varied_season):
    book, sheet = sheet_of("season.xlsx")
    heading = [cell.value for cell in sheet[1]]
    for cells, start in ((sheet[2], "10:00"), (sheet[4], "")):
        cells[heading.index("start 2")].value = start or None
    sheet[2][heading.index("end 2")].value = "11:30"
    sheet[3][heading.index("date 3")].value = sheet[3][heading.index("start 3")].value = None
    sheet[3][heading.index("end 3")].value = sheet[3][heading.index("join link 3")].value = None
    sheet[3][heading.index("time zone 3")].value = None
    page = hand_in(book)
    assert page.text.count("A meeting moves to") == page.text.count("is held no more.") == 1
    assert page.text.count("It stays as it is.") == 1 and "2 sessions change" in page.text


def test_the_empty_table_has_the_columns_of_two_meetings(sheet_of, hand_in):
    book, sheet = sheet_of("empty.xlsx")
    heading = [cell.value for cell in sheet[1]]
    assert heading[:4] == ["workshop", "date", "start", "end"] and heading[-6:-3] == ["date 2", "start 2", "end 2"]
    assert sheet.max_row == 1
    sheet.append(["New", timezone.localdate() + timedelta(days=90), "12:30", "14:00"])
    assert "One date to put up. Nothing is saved yet." in hand_in(book).text


def test_a_table_takes_as_many_queries_for_many_dates(clerk, make_session):
    counts = []
    for many in (1, 4):
        for number in range(many):
            make_session(days=10 * many + number)
        with CaptureQueriesContext(connection) as queries:
            clerk.get(f"{SEASON}season.xlsx")
        counts.append(len(queries))
    assert counts[0] == counts[1] and Session.objects.count() == 5


def test_the_season_page_leads_to_both_tables(clerk):
    page = read(clerk.get(f"{SEASON}add/"))
    assert [page.link(name) for name in ("an empty one to fill in", "all dates to come, to correct")] == [
        f"{SEASON}empty.xlsx",
        f"{SEASON}season.xlsx",
    ]
