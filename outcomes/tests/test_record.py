"""My record: what it shows of attendance, hours and windows, to its person alone; and the files of it."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from catalog.models import Program, Workshop
from devtools.testing.page import get, read
from foundation.files.uploads import Upload
from outcomes.models import Attendance, Consent, CreditKind, CreditOffer, OutsideActivity, Requirement
from outcomes.models.outside import Told
from outcomes.record.taking_part import taking_part
from outcomes.record.whole import record_of

pytestmark = pytest.mark.django_db

RECORD = "/my/record/"
PROOF = Upload("pdf", "application/pdf", b"%PDF-1.4")


@pytest.fixture
def recorded_kind(workshop):
    kind = CreditKind.objects.create(name="DEI hours")
    CreditOffer.objects.create(workshop=workshop, kind=kind, hours=Decimal("1.5"))
    return kind


@pytest.fixture
def another():
    """another("Title") is a further published workshop."""

    def make(title: str) -> Workshop:
        slug = title.lower().replace(" ", "-")
        return Workshop.objects.create(title=title, slug=slug, status=Workshop.Status.PUBLISHED)

    return make


def approved(person, office, now, **fields):
    told = Told(**{"title": "Elsewhere", "happened_on": now.date(), "hours": Decimal(2), "where": "A society"} | fields)
    activity = OutsideActivity.objects.tell(person, told, PROOF, now=now)
    activity.approve(office, now=now)
    return activity


def test_an_empty_record_says_so_and_leads_on(me):
    page = get(me, RECORD)
    assert "Nothing here yet." in page.text
    assert "Find a session" in page.link_names and "Add an activity" in page.link_names


def test_a_session_somebody_was_at_has_its_hours(me, person, recorded_kind, hold):
    hold(5, persons=[person], here=1)
    page = get(me, RECORD)
    row = page.region("Sessions").text
    assert "Bystander Interventions" in row and "DEI hours: 1.5" in row and "1.5 hours in all" in row


def test_where_nobody_took_attendance_that_is_said_and_no_hours_count(me, person, recorded_kind, hold):
    hold(6, persons=[person])
    shown = get(me, RECORD).region("Sessions").text
    assert "Nobody took attendance here." in shown and "Bystander Interventions" in shown
    assert "hours in all" not in shown


def test_a_session_somebody_was_absent_from_is_not_in_the_record(me, person, office, hold, now):
    session = hold(6, persons=[person])
    seat = session.registrations.get(person=person)
    Attendance.objects.mark(session.meetings.get(), seat, "absent", "roster", by=office, now=now)
    assert "Nothing here yet." in get(me, RECORD).text


def test_a_meeting_that_was_missed_is_said(me, person, hold):
    session = hold(5, meetings=2, persons=[person], here=1)
    Attendance.objects.filter(meeting=session.meetings.last(), person=person).delete()
    assert "You were at 1 of its 2 meetings." in get(me, RECORD).region("Sessions").text


def test_somebody_who_walked_in_has_it_on_their_record(person, hold, office, now):
    meeting = hold(6).meetings.get()
    Attendance.objects.create(
        meeting=meeting, person=person, state="here", source="check_in", said_by=office, said_at=now
    )
    assert [one.hours for one in taking_part(person, now).took] == [Decimal("1.50")]


def test_a_session_that_is_to_come_is_not_in_the_record(person, make_session, office, now):
    session = make_session(minimum=1)
    seat = session.registrations.model.objects.register(person, session, now=now)
    session.settle(now=now)
    Attendance.objects.mark(session.meetings.get(), seat, "here", "roster", by=office, now=now)
    assert taking_part(person, now) == ([], [])


def test_hours_stand_within_their_window(me, person, recorded_kind, hold, office, now):
    hold(5, persons=[person], here=1)
    Requirement.objects.create(title="DEI hours of the year", kind=recorded_kind, hours=6, window="rolling", months=12)
    asked = get(me, RECORD).region("What is asked of you").text
    assert "DEI hours of the year" in asked and "1.5 of 6 hours in the last 12 months" in asked
    approved(person, office, now, kind=recorded_kind, hours=Decimal("4.5"))
    assert "6 of 6 hours in the last 12 months" in get(me, RECORD).region("What is asked of you").text


def test_what_waits_for_the_office_does_not_count(person, recorded_kind, now):
    told = Told("Elsewhere", now.date(), Decimal(2), "A society", recorded_kind)
    OutsideActivity.objects.tell(person, told, PROOF, now=now)
    assert record_of(person, now).kinds == []


def test_what_is_asked_of_others_is_not_asked_of_me(me, person):
    Requirement.objects.create(title="Of students", hours=1, for_students=True)
    Requirement.objects.create(title="Of staff", hours=1, for_staff=True)
    Requirement.objects.create(title="Of everybody", hours=1)
    Requirement.objects.create(title="Of nobody any more", hours=1, is_active=False)
    asked = get(me, RECORD).region("What is asked of you")
    assert asked.headings() == ["What is asked of you", "Of everybody", "Of staff"]


def test_a_workshop_under_its_new_name_counts_once(person, recorded_kind, hold, another, now):
    new = another("Upstander Interventions")
    CreditOffer.objects.create(workshop=new, kind=recorded_kind, hours=Decimal("1.5"))
    asks = Requirement.objects.create(title="Hours", kind=recorded_kind, hours=6, window="once")
    hold(5, persons=[person], here=1, days_ago=9)
    hold(5, persons=[person], here=1, workshop=new)
    assert record_of(person, now).standings[0].words == "3 of 6 hours"
    Workshop.objects.filter(slug="bystander-interventions").update(successor=new)
    assert record_of(person, now).standings[0].words == "1.5 of 6 hours"
    asks.each_once = False
    asks.save()
    assert record_of(person, now).standings[0].words == "3 of 6 hours"


def test_a_program_shows_its_squares(me, person, hold, workshop):
    program = Program.objects.create(title="Foundations", slug="foundations", rule="all", status="published")
    program.entries.create(workshop=workshop)
    Requirement.objects.create(title="The foundations", program=program, window="refresh", months=24)
    hold(5, persons=[person], here=1)
    page = get(me, RECORD)
    assert "You have completed this program." in page.region("Programs").text
    assert "Done. The refresh is due" in page.region("What is asked of you").text


def test_the_record_of_another_is_nowhere(people, person, recorded_kind, hold, now):
    hold(5, persons=[person], here=1)
    (other,) = people(1)
    client = Client()
    client.force_login(other)
    assert "Nothing here yet." in get(client, RECORD).text


def test_my_training_leads_to_it(me):
    page = get(me, "/my/")
    assert page.link("See my record") == RECORD
    assert page.link("Download my record") == "/my/record.pdf"


def counted(client, path) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


@pytest.mark.parametrize("path", [RECORD, "/my/record.csv"])
def test_the_queries_do_not_depend_on_how_much_there_is(me, person, recorded_kind, hold, another, office, now, path):
    program = Program.objects.create(title="Foundations", slug="foundations", rule="all", status="published")
    program.entries.create(workshop=another("Cultural Humility"))

    def fill(many: int) -> None:
        for number in range(many):
            workshop = another(f"Workshop {recorded_kind.pk} {CreditOffer.objects.count()}")
            CreditOffer.objects.create(workshop=workshop, kind=recorded_kind, hours=1)
            hold(2, persons=[person], here=1, workshop=workshop, days_ago=2 + number)
            hold(2, persons=[person], workshop=workshop, days_ago=3 + number)
            program.entries.create(workshop=workshop)
            approved(person, office, now, title=f"Elsewhere {number}", kind=recorded_kind)
            Requirement.objects.create(title=f"Hours {workshop}", kind=recorded_kind, hours=2)
            Requirement.objects.create(title=f"Program {workshop}", program=program)

    fill(1)
    me.get(path)
    few = counted(me, path)
    fill(5)
    assert counted(me, path) == few < 32


# ---- what one takes along ----


@pytest.fixture
def with_hours(person, recorded_kind, hold, office, now):
    hold(5, persons=[person], here=1)
    approved(person, office, now, title="=cmd|calc", where="Société Générale, أحمد", kind=recorded_kind)


def test_the_table_has_every_line_that_counts(me, with_hours, now):
    response = me.get("/my/record.csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["Day", "What", "Where it is from", "Hours", "Credit"]
    assert ["Bystander Interventions", "Attendance", "1.5", "DEI hours: 1.5"] in [row[1:] for row in rows]
    assert ["'=cmd|calc, Société Générale, أحمد", "Elsewhere, approved by the office", "2", "DEI hours: 2"] in [
        row[1:] for row in rows
    ]
    assert "attachment" in response["Content-Disposition"] and "no-store" in response["Cache-Control"]


def text_of(response) -> str:
    assert response["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(response.content))
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [612, 792]
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    described = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]
    assert described and all("/FontFile2" in one for one in described)
    return "\n".join(page.extract_text() for page in reader.pages)


def test_the_document_says_whose_it_is_and_what_counts(me, person, with_hours):
    Requirement.objects.create(title="Hours of the year", hours=6, window="once")
    text = text_of(me.get("/my/record.pdf"))
    assert "Person 1" in text and person.email in text
    assert "Bystander Interventions" in text and "Société Générale" in text
    assert "Hours of the year: 3.5 of 6 hours" in text
    assert "DEI hours: 3.5 hours this academic year" in text or "3.5 in all" in text


@pytest.mark.parametrize(
    "chosen, asked, is_named",
    [(False, "", True), (False, "neutral", False), (True, "", False), (True, "full", True), (True, "x", False)],
)
def test_files_name_sessions_as_their_person_chose(me, person, with_hours, chosen, asked, is_named):
    person.discreet_titles = chosen
    person.save()
    table = me.get(f"/my/record.csv?titles={asked}").content.decode()
    for said in (table, text_of(me.get(f"/my/record.pdf?titles={asked}"))):
        assert ("Bystander" in said, "Société" in said) == (is_named, is_named)
        assert ("Training session" in said) is not is_named


def test_a_file_of_another_kind_is_nowhere(me):
    assert me.get("/my/record.docx").status_code == 404


def test_an_empty_record_can_be_saved_too(me):
    assert "Nothing so far." in text_of(me.get("/my/record.pdf"))


def test_a_record_of_many_years_goes_over_several_pages(person, office, now):
    for number in range(40):
        approved(
            person,
            office,
            now,
            title=f"Evening {number} " + "x" * 180,
            happened_on=(now - timedelta(days=number)).date(),
        )
        OutsideActivity.objects.waiting().update(status="approved", answered_at=now)
    client = Client()
    client.force_login(person)
    text = text_of(client.get("/my/record.pdf"))
    assert "Evening 39" in text and "Page 2 of" in text


# ---- who may be told ----


def test_nothing_is_agreed_to_before_one_agrees(me, person):
    assert not Consent.objects.exists()
    assert get(me, RECORD).region("Who may be told").button_names.count("I agree: Human resources") == 1


def test_agreeing_and_taking_it_back_are_kept(me, person):
    me.post(f"{RECORD}consents/hr/")
    me.post(f"{RECORD}consents/hr/")
    given = Consent.objects.get()
    assert (given.person, given.purpose, given.revoked_at) == (person, "hr", None)
    assert "You agreed on" in get(me, RECORD).region("Who may be told").text
    me.post(f"{RECORD}consents/hr/withdrawal/")
    given.refresh_from_db()
    assert given.revoked_at is not None
    me.post(f"{RECORD}consents/hr/")
    assert Consent.objects.count() == 2


def test_pars_needs_a_birthday_which_is_sealed_and_forgotten(me):
    response = me.post(f"{RECORD}consents/pars/", {"month": "02", "day": "30"})
    assert response.status_code == 422 and "Choose the month and the day of your birth." in read(response).text
    assert read(response).field("Month").value == "02"
    me.post(f"{RECORD}consents/pars/", {"month": "02", "day": "29", "state": "MI"})
    given = Consent.objects.get()
    assert (given.birthday_if_readable, given.state) == ("02-29", "MI") and "02-29" not in given.sealed_birthday
    me.post(f"{RECORD}consents/pars/withdrawal/")
    given.refresh_from_db()
    assert (given.sealed_birthday, given.state) == ("", "")


@pytest.mark.parametrize(
    "said", [{"month": "13", "day": "01"}, {"month": "١", "day": "1"}, {"month": "1", "day": "\0"}]
)
def test_a_birthday_that_is_none_is_refused(me, said):
    assert me.post(f"{RECORD}consents/pars/", said).status_code == 422


def test_a_state_that_is_none_is_refused(me):
    assert me.post(f"{RECORD}consents/pars/", {"month": "02", "day": "1", "state": "XX"}).status_code == 422


def test_a_purpose_that_does_not_exist_is_nowhere(me):
    assert me.post(f"{RECORD}consents/police/").status_code == 404
    assert me.get(f"{RECORD}consents/hr/").status_code == 405
