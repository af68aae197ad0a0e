"""Attendance from a report in the admin: asked for, shown, written on the second press; refused with what was typed."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from devtools.testing.page import get, read
from foundation.dates import local
from outcomes.models import Attendance
from outcomes.reports.reading import MOST_BYTES
from registrations.models import Registration

pytestmark = pytest.mark.django_db
HEADING = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"
ZONE = "America/Chicago"


@pytest.fixture
def reported_session(hold):
    """A session of one meeting of 90 minutes, for which six people registered."""
    return hold(6)


@pytest.fixture
def reported_meeting(reported_session):
    return reported_session.meetings.get()


def url(reported_session, name: str = "report") -> str:
    return reverse(f"admin:registrations_registration_{name}", args=[reported_session.pk])


def row(reported_meeting, name: str, address: str = "", first: int = 0, last: int = 90) -> str:
    start, end = (local(reported_meeting.starts_at + timedelta(minutes=one), ZONE) for one in (first, last))
    return f"{name},{address},{start:%m/%d/%Y %I:%M:%S %p},{end:%m/%d/%Y %I:%M:%S %p},{last - first},No"


def zoom(*rows: str, encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile("participants.csv", "\r\n".join([HEADING, *rows]).encode(encoding))


def show(client, reported_session, text: str = "", files=(), **typed):
    """The first press: what is in the form when it is opened, with what is given."""
    form = read(client.get(url(reported_session))).form(id="report_form").data
    return client.post(url(reported_session), form | {"text": text, "uploads": list(files)} | typed)


def press(client, shown, **chosen):
    """The second press, with something else chosen for some lines."""
    page = read(shown)
    form = page.form(id="review_form").data
    return client.post(shown.request["PATH_INFO"], form | chosen, follow=True)


def states() -> dict[str, str]:
    return {str(one.person or one.name): one.state for one in Attendance.objects.select_related("person")}


def test_a_report_of_zoom_is_shown_and_then_written(clerk, reported_session, reported_meeting):
    file = zoom(
        row(reported_meeting, "Person 1", "person1@example.edu"),
        row(reported_meeting, '"2, Person (she/her)"', first=12),
        row(reported_meeting, "Person 3", "person3@example.edu", last=42),
        row(reported_meeting, "iPhone", first=4),
    )
    shown = show(clerk, reported_session, files=[file])
    page = read(shown)
    assert shown.status_code == 200 and not Attendance.objects.exists()
    assert "Nothing is saved yet." in page.text
    assert "78 of 90 minutes Came 12 minutes late" in page.region("Here").text
    assert "42 of 90 minutes Left 48 minutes early" in page.region("To be decided").text
    assert "They missed more than 15 minutes" in page.text
    assert "iPhone" in page.region("Not matched").text
    missing = page.region("Registered, and in no line").text
    assert "Nothing is written about them." in missing and "Person 4 Person 5 Person 6" in missing
    answer = read(press(clerk, shown))
    assert states() == {"Person 1": "here", "Person 2": "here", "Person 3": "unsure"}
    assert "2 people were there. 1 to be decided: say below whether it counts." in answer.text
    assert "There 42 of 90 minutes" in answer.region("1 to be decided").text


def test_an_unmatched_line_is_a_registrant_or_a_walk_in(clerk, reported_session, reported_meeting):
    file = zoom(row(reported_meeting, "iPhone"), row(reported_meeting, "Ada Okafor"), row(reported_meeting, "Nobody"))
    shown = show(clerk, reported_session, files=[file])
    seat = Registration.objects.get(person__email="person4@example.edu")
    assert read(shown).field("Who is iPhone?").options[str(seat.pk)] == "Person 4"
    press(clerk, shown, **{"who-0": str(seat.pk), "who-1": "walk_in"})
    assert states() == {"Person 4": "here", "Ada Okafor": "here"}


def test_the_second_press_twice_changes_nothing(clerk, reported_session, reported_meeting):
    shown = show(clerk, reported_session, files=[zoom(row(reported_meeting, "Person 1", "person1@example.edu"))])
    press(clerk, shown)
    before = list(Attendance.objects.values())
    answer = read(press(clerk, shown))
    assert "Nothing has changed: all of this was written down before" in answer.text
    assert list(Attendance.objects.values()) == before


def test_what_the_office_said_is_shown_to_stay(clerk, reported_session, reported_meeting, office):
    seat = Registration.objects.get(person__email="person1@example.edu")
    Attendance.objects.mark(reported_meeting, seat, "absent", "roster", by=office)
    shown = show(clerk, reported_session, text="person1@example.edu")
    assert "Stays “absent”: ticked on the roster." in read(shown).text
    press(clerk, shown)
    assert states() == {"Person 1": "absent"}


def test_a_pasted_list_says_that_no_minutes_are_counted(clerk, reported_session):
    shown = show(clerk, reported_session, text="Person 1\nperson2@example.edu")
    assert "everybody in it counts as there, and no minutes are counted" in read(shown).text
    press(clerk, shown)
    assert states() == {"Person 1": "here", "Person 2": "here"}


def test_two_files_of_a_meeting_that_was_started_twice_are_added_up(clerk, reported_session, reported_meeting):
    halves = [(0, 45), (50, 90)]
    files = [
        zoom(row(reported_meeting, "Person 1", "person1@example.edu", *half), encoding="utf-16") for half in halves
    ]
    assert "85 of 90 minutes" in read(show(clerk, reported_session, files=files)).region("Here").text


def test_the_meeting_is_asked_for_where_there_are_several(clerk, hold):
    session = hold(6, meetings=2)
    first, second = session.meetings.all()
    field = get(clerk, url(session)).field("Meeting")
    assert (field.value, len(field.options)) == (str(second.pk), 2)
    press(clerk, show(clerk, session, text="Person 1", meeting=first.pk))
    assert Attendance.objects.get().meeting == first


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"", "The submitted file is empty."),
        (b"%PDF-1.4", "This is a PDF. Download the report as CSV"),
        (b"PK\x03\x04" + b"x" * 99, "This Excel file cannot be read."),
        (bytes(range(256)) * 9, "This is no text that can be read."),
        (b"a" * (MOST_BYTES + 5), "and 5 MB is the most."),
        (HEADING.encode(), "There is nobody in it."),
    ],
    ids=["empty", "pdf", "xlsx", "bytes", "large", "heading"],
)
def test_what_is_no_report_is_refused_with_what_to_do(content, sentence, clerk, reported_session):
    shown = show(clerk, reported_session, files=[SimpleUploadedFile("report.csv", content)], text="Typed and kept")
    page = read(shown)
    assert shown.status_code == 400 and sentence in page.text
    assert page.field("Or a list").value == "Typed and kept"
    assert not Attendance.objects.exists()


def test_more_than_a_request_may_hold_is_refused_with_a_sentence(clerk, reported_session):
    answer = clerk.post(url(reported_session), {"uploads": BytesIO(b"a" * 10_000_000)})
    assert answer.status_code == 400
    assert "A file has 5 MB at most." in read(answer).text


def test_nothing_chosen_is_refused(clerk, reported_session):
    shown = show(clerk, reported_session, text=" \n ")
    assert shown.status_code == 400 and "Choose the report, or paste a list." in read(shown).text


def test_a_nul_in_what_is_pasted_is_left_out(clerk, reported_session):
    assert show(clerk, reported_session, text="Person\0 1").status_code == 200


def test_a_report_of_another_time_is_refused_with_the_way_out(clerk, reported_session, reported_meeting):
    late = row(reported_meeting, "Person 1", "person1@example.edu", 60 * 7, 60 * 8)
    shown = show(clerk, reported_session, text=f"{HEADING}\n{late}")
    page = read(shown)
    assert shown.status_code == 400 and "None of its times fall into this meeting" in page.text
    assert page.field("Or a list").value.splitlines() == [HEADING, late]


def test_the_clock_of_a_report_can_be_chosen(clerk, reported_session, reported_meeting):
    start, end = (at.strftime("%Y-%m-%d %H:%M:%S") for at in (reported_meeting.starts_at, reported_meeting.ends_at))
    text = f"{HEADING}\nPerson 1,person1@example.edu,{start},{end},90,No"
    assert show(clerk, reported_session, text=text).status_code == 400
    assert "90 of 90 minutes" in read(show(clerk, reported_session, text=text, zone="UTC")).text


def test_a_report_of_5000_rows_is_shown_and_written(clerk, reported_session, reported_meeting):
    rows = [
        row(reported_meeting, f"Name {number % 2500}", f"n{number % 2500}@example.com", number % 9)
        for number in range(4998)
    ]
    file = zoom(*rows, row(reported_meeting, "Person 1", "person1@example.edu"), row(reported_meeting, "=cmd()", ""))
    shown = show(clerk, reported_session, files=[file])
    assert "2301 more lines are of nobody registered" in read(shown).text
    press(clerk, shown)
    assert states() == {"Person 1": "here"}


@pytest.mark.parametrize("packed", ["", "rubbish", "a:b:c"])
def test_a_second_press_without_its_report_is_refused(packed, clerk, reported_session):
    answer = clerk.post(url(reported_session), {"report": packed})
    assert answer.status_code == 400
    assert "This page can no longer tell what was in the report. Choose it again." in read(answer).text


def test_the_report_of_another_session_is_not_written_here(clerk, reported_session, hold):
    shown = show(clerk, reported_session, text="Person 1")
    packed = read(shown).form(id="review_form").data
    assert clerk.post(url(hold(6)), packed).status_code == 400
    assert not Attendance.objects.exists()


def test_somebody_who_has_withdrawn_since_is_chosen_otherwise(clerk, reported_session, reported_meeting, now):
    shown = show(clerk, reported_session, text="iPhone\nAda Okafor")
    seat = Registration.objects.get(person__email="person4@example.edu")
    Registration.objects.filter(pk=seat.pk).update(status="withdrawn", withdrawn_at=now)
    answer = press(clerk, shown, **{"who-0": str(seat.pk), "who-1": "walk_in"})
    page = read(answer)
    assert answer.status_code == 409 and "Somebody who was chosen has no seat in this session any more." in page.text
    assert page.field("Who is Ada Okafor?").value == "walk_in"
    assert not Attendance.objects.exists()


def test_before_the_session_there_is_nothing_to_take(clerk, make_session):
    assert "This session has not begun" in get(clerk, url(make_session())).text


@pytest.mark.parametrize("press_, state", [("Count as here", "here"), ("Count as absent", "absent")])
def test_the_office_decides_what_a_report_left_open(press_, state, clerk, reported_session, reported_meeting, office):
    seat = Registration.objects.get(person__email="person1@example.edu")
    Attendance.objects.mark(reported_meeting, seat, "unsure", "report", by=office, minutes=42)
    roster = get(clerk, url(reported_session, "roster"))
    button = next(one for one in roster.region("1 to be decided").buttons() if one.name == f"{press_}: Person 1")
    answer = clerk.post(button.action, button.sends, follow=True)
    one = Attendance.objects.get()
    assert (one.state, one.source, one.minutes, one.said_by) == (state, "roster", 42, office)
    assert f"Person 1 counts as {state}." in read(answer).text
    assert "to be decided" not in read(answer).text


@pytest.mark.parametrize(
    "sent", [{}, {"here": "x"}, {"absent": "0"}, {"here": "9" * 30}, {"unsure": "1"}, {"here": "\0"}]
)
def test_a_decision_about_nobody_changes_nothing(sent, clerk, reported_session):
    assert clerk.post(url(reported_session, "decide"), sent).status_code == 302


def test_a_decision_is_a_press_and_no_link(clerk, reported_session):
    assert clerk.get(url(reported_session, "decide")).status_code == 405


def test_what_somebody_else_decided_meanwhile_stands(clerk, reported_session, reported_meeting, office):
    seat = Registration.objects.get(person__email="person1@example.edu")
    one = Attendance.objects.mark(reported_meeting, seat, "unsure", "report", by=office, minutes=42)
    one.say("here", "roster", office)
    clerk.post(url(reported_session, "decide"), {"absent": one.pk})
    assert states() == {"Person 1": "here"}


def test_how_much_people_may_miss_is_asked_on_the_page_of_the_workshop(clerk, workshop):
    field = get(clerk, reverse("admin:catalog_workshop_change", args=[workshop.pk])).field("Minutes people may miss")
    assert field.value == "15" and "the office decides whether they were there" in field.help


def test_who_may_not_change_registrations_takes_no_attendance(client, reported_session, people):
    reader = people(1, is_staff=True)[0]
    client.force_login(reader)
    assert client.get(url(reported_session)).status_code == 403
    assert client.post(url(reported_session, "decide"), {}).status_code == 403
