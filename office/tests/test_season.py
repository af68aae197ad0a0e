"""The season page: dates pasted, shown in words, put up at once, and undone at once."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Workshop
from devtools.testing.page import read
from registrations.models import Registration
from sessions_app.models import ScheduleImport, Session

pytestmark = pytest.mark.django_db
PAGE = "/admin/sessions_app/scheduleimport/add/"
TABLE = "workshop,date,start,end\n"
IMPORTS = "/admin/sessions_app/scheduleimport/"


@pytest.fixture
def three_lines() -> str:
    """Three days from 100 days from now on, a line each."""
    days = [timezone.localdate() + timedelta(days=100 + 7 * number) for number in range(3)]
    return "\n".join(f"{day:%a %b} {day.day}, {day.year} 12:30-2:00 PM" for day in days)


@pytest.fixture
def send(clerk, workshop):
    """send(dates, button, ...) sends the form of the season page for `workshop`; nothing is the button that shows."""

    def post(dates: str, button: str = "", **typed):
        return clerk.post(PAGE, {"workshop": workshop.pk, "dates": dates, **({button: "1"} if button else {}), **typed})

    return post


def test_the_dates_are_shown_and_nothing_is_saved(send, three_lines):
    page = read(send(three_lines))
    assert "3 dates to put up. Nothing is saved yet." in page.text
    assert page.text.count("12:30–2:00 PM, 90 minutes") == 3
    assert not Session.objects.exists() and not ScheduleImport.objects.exists()


def test_the_dates_are_put_up_as_drafts_or_published(send, three_lines, workshop):
    response = send(three_lines, "drafts")
    made = ScheduleImport.objects.get()
    assert response.url == f"{IMPORTS}{made.pk}/change/"
    assert {one.status for one in made.sessions.all()} == {"draft"} and made.sessions.count() == 3
    assert send(three_lines, "publish").status_code == 302
    assert Session.objects.count() == 3  # they were there already
    later = three_lines.replace("12:30-2:00", "3:30-5:00")
    send(later, "publish")
    assert Session.objects.filter(status="open").count() == 3


def test_one_line_that_is_wrong_keeps_all_from_being_put_up(send, three_lines):
    response = send(f"{three_lines}\nJune 31 9-10", "publish")
    page = read(response)
    assert response.status_code == 409 and "There is no day June 31" in page.text
    assert "One line cannot be read or put up." in page.text and not Session.objects.exists()
    assert "June 31 9-10" in page.field(name="dates").value
    assert page.button_names[-1] == "Back, change the dates" and "Make drafts" not in page.button_names


def test_what_was_typed_comes_back_to_be_changed(send, three_lines, room):
    page = read(send(three_lines, "change", venue=room.pk, capacity="12"))
    assert page.field(name="dates").value.strip() == three_lines
    assert page.field(name="venue").value == str(room.pk) and page.field(name="capacity").value == "12"


def test_dates_without_a_workshop_or_a_heading_are_refused(clerk, three_lines):
    response = clerk.post(PAGE, {"dates": three_lines})
    page = read(response)
    assert response.status_code == 400
    assert "Choose the workshop of these dates. A table begins with its heading" in page.text
    assert page.field(name="dates").value.strip() == three_lines


def test_a_pasted_table_names_its_workshops(send, workshop):
    table = "workshop\tdate\tstart\tend\nBystander Intervention\t2099-05-14\t12:30\t14:00\nNew\t2099-05-15\t9:00\t10:00"
    page = read(send(table, workshop=""))
    assert "Did you mean Bystander Interventions?" in page.text
    assert "No workshops are called like these, so a draft of each is made: Bystander Intervention; New." in page.text
    send(table, "drafts", workshop="")
    assert Workshop.objects.filter(title="New", status="draft").exists()


def test_a_workbook_of_excel_is_a_table(clerk, now):
    book = openpyxl.Workbook()
    book.active.append(["Workshop", "Date", "Start", "End", "Capacity"])
    day = (now + timedelta(days=100)).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    book.active.append([])
    book.active.append(["Implicit Bias", day, day.replace(hour=12, minute=30).time(), "2:00 PM", 18.0])
    packed = BytesIO()
    book.save(packed)
    upload = SimpleUploadedFile("season.xlsx", packed.getvalue())
    page = read(clerk.post(PAGE, {"file": upload, "dates": ""}))
    assert "12:30–2:00 PM, 90 minutes" in page.text
    shown = page.form(id="scheduleimport_form").data
    clerk.post(PAGE, shown | {"drafts": "1"})
    assert Session.objects.get().capacity == 18


@pytest.mark.parametrize("content", [b"PK\x03\x04 and so on", b"\xff\xfe\x00", b"workshop,date\n\x9d", b"%PDF-1.7"])
def test_a_file_that_is_no_table_is_refused_with_a_sentence(clerk, content):
    response = clerk.post(PAGE, {"file": SimpleUploadedFile("season.xlsx", content), "dates": ""})
    assert response.status_code == 400
    sentences = ("Row 1: ", "This file is not UTF-8", "Choose the workshop of these dates")
    assert sum(read(response).text.count(sentence) for sentence in sentences) >= 1


ROW = "Bystander Interventions,2099-05-14,12:30,14:00"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (f"sep=;\n{TABLE};x".replace(",", ";").encode(), "This row has 2 cells and the heading has 4."),
        ((TABLE + ROW.replace("05-14", "06-31")).encode(), "There is no day 2099-06-31."),
        ((TABLE + ROW.replace("12:30,14:00", "22:00,01:00")).encode("utf-16"), "10:00 PM–1:00 AM, 3 hours"),
        ((TABLE + ROW.replace("12:30,14:00", "14:00,9:30")).encode(), "last 19 hours 30 minutes. A meeting lasts 12"),
        ((TABLE + ROW.replace("B", "B\u200b")).encode(), "1 date"),
        ((TABLE + ROW.replace("By", "B\0y")).encode(), "The title contains a control character, such as NUL."),
        ((TABLE + f"{ROW}\n{ROW}").encode(), "This is the same workshop at the same time as row 2."),
        (
            (TABLE + ROW.replace("Bystander", "x" * 1_000_000)).encode(),
            "Row 2: A cell of this row is longer than 131072 characters. Is it the right file?",
        ),
        ((TABLE + ROW.replace("12:30", "=NOW()")).encode(), "“=NOW()” is not a time for “start”."),
        ((TABLE.replace("end", "end,time_zone") + f"{ROW},Midwest").encode(), "“Midwest” is not a time zone."),
        ((TABLE.replace("end", "end,venue") + f"{ROW},Nowhere").encode(), "No venue is called “Nowhere”."),
    ],
    ids=["sep", "june-31", "midnight", "end-first", "zero-width", "nul", "twice", "1-mb", "formula", "zone", "venue"],
)
def test_what_is_wrong_with_a_table_is_said_in_its_row(clerk, workshop, data, sentence):
    response = clerk.post(PAGE, {"file": SimpleUploadedFile("season.csv", data), "dates": ""})
    page = read(response)
    assert response.status_code in (200, 400) and sentence.replace("1 date", "One date to put up.") in page.text
    assert "a draft of it is made" not in page.text and not Session.objects.exists()


def test_a_row_that_changes_a_session_is_done_as_it_was_shown(send, make_session, people):
    session = make_session()
    day = f"{timezone.localtime(session.starts_at):%Y-%m-%d}"
    table = f"code,workshop,date,start,end\n{session.code},{session.workshop},{day},15:00,16:00"
    page = read(send(table, workshop=""))
    assert "One session changes." in page.text and "The time changes: it was" in page.text
    assert "Change these sessions" in page.button_names and "Put up and publish" not in page.button_names
    shown = page.form(id="scheduleimport_form").data
    Registration.objects.register(people(1)[0], session)
    response = send(button="drafts", **shown)
    page = read(response)
    assert response.status_code == 409 and "What these dates change is not what it was" in page.text
    assert "One person is told: registered or on the waitlist." in page.text
    assert send(button="drafts", **page.form(id="scheduleimport_form").data).status_code == 302
    session.refresh_from_db()
    assert f"{timezone.localtime(session.starts_at):%H:%M}" == "15:00"


def test_days_that_come_round_become_lines(send, workshop):
    days = {"first": "2099-05-14", "starts": "12:30", "ends": "14:00", "times": "4", "skip": "5/28/2099"}
    page = read(send("", "repeat", every="2", **days))
    assert page.field(name="dates").value.split("\n") == [
        "Thu May 14, 2099 12:30-14:00",
        "Thu Jun 11, 2099 12:30-14:00",
        "Thu Jun 25, 2099 12:30-14:00",
    ]
    page = read(send("", "repeat", every="month", **days | {"skip": ""}))
    assert [line[:10] for line in page.field(name="dates").value.split("\n")] == [
        "Thu May 14", "Thu Jun 11", "Thu Jul 9,", "Thu Aug 13",
    ]  # fmt: skip


def test_days_that_cannot_be_keep_what_was_typed(send, three_lines):
    response = send(three_lines, "repeat", first="2099-05-14", starts="12:30", ends="14:00", every="1", times="99")
    page = read(response)
    assert response.status_code == 400 and page.field(name="dates").value.strip() == three_lines
    assert page.field(name="times").value == "99"


def test_one_press_undoes_an_import(send, three_lines, clerk):
    send(three_lines, "drafts")
    send(three_lines.replace("12:30-2:00", "3:30-5:00"), "publish")
    for made in ScheduleImport.objects.all():
        assert "Undo this import" in read(clerk.get(f"{IMPORTS}{made.pk}/change/")).button_names
        assert clerk.post(f"{IMPORTS}{made.pk}/undo/").status_code == 302
        assert "Undo this import" not in read(clerk.get(f"{IMPORTS}{made.pk}/change/")).button_names
    assert {one.status for one in Session.objects.all()} == {"cancelled"} and Session.objects.count() == 3


def test_an_import_is_not_undone_once_somebody_has_registered(send, three_lines, clerk, person):
    send(three_lines, "publish")
    Registration.objects.register(person, Session.objects.first())
    answer = clerk.post(f"{IMPORTS}{ScheduleImport.objects.get().pk}/undo/", follow=True)
    assert "People have registered already: Bystander Interventions" in read(answer).text
    assert Session.objects.filter(status="open").count() == 3


def test_looking_at_the_address_that_undoes_changes_nothing(send, three_lines, clerk):
    send(three_lines, "drafts")
    clerk.get(f"{IMPORTS}{ScheduleImport.objects.get().pk}/undo/")
    assert Session.objects.count() == 3


def test_somebody_who_may_not_schedule_may_not_put_up_a_season(people):
    (reader,) = people(1, is_staff=True)
    reader.groups.add(Group.objects.create(name="Readers"))
    client = Client()
    client.force_login(reader)
    assert client.get(PAGE).status_code == client.post(PAGE, {}).status_code == 403


def test_the_page_takes_as_many_queries_for_many_lines(send, three_lines):
    counts = []
    for lines in (three_lines.splitlines()[0], three_lines):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            send(lines)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_and_the_form_of_the_page_open(clerk):
    assert clerk.get(IMPORTS).status_code == 200
    assert read(clerk.get(PAGE)).field(name="dates").value.strip() == ""
