"""What is handed on: people who agree and nobody else, in the columns of each purpose; each file on record."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from devtools.testing.page import get, read
from outcomes.exports import rows as exported
from outcomes.exports.purposes import OF
from outcomes.exports.rows import table_of
from outcomes.models import Attendance, Consent, CreditKind, CreditOffer, Export, License

pytestmark = pytest.mark.django_db

NEW, ALL = "/admin/outcomes/export/new/", "/admin/outcomes/export/"


@pytest.fixture
def exported_kind(workshop):
    kind = CreditKind.objects.create(name="DEI hours")
    CreditOffer.objects.create(workshop=workshop, kind=kind, hours=Decimal("1.5"))
    return kind


@pytest.fixture
def days(now):
    today = timezone.localdate(now)
    return {"first_on": str(today - timedelta(days=30)), "last_on": str(today)}


@pytest.fixture
def attended(exported_kind, people, hold):
    """Two people who were there; the first agrees to everything, the second to nothing."""
    agrees, other = people(2)
    hold(4, persons=[agrees, other], here=2)
    for purpose in ("hr", "ce", "pars"):
        Consent.objects.give(agrees, purpose, "05-14", "MI")
    return agrees


def make(clerk, days, purpose="hr", form="csv", **more):
    return clerk.post(NEW, days | {"purpose": purpose, "form": form, "kind": ""} | more)


def cells(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_completions_have_the_people_who_agree_and_nobody_else(clerk, attended, days):
    heading, *rows = cells(make(clerk, days))
    assert heading == ["Name", "E-mail", "Role", "Unit", "Workshop", "Session", "Completed on", "Hours"]
    assert [(row[0], row[4], row[7]) for row in rows] == [(attended.name, "Bystander Interventions", "1.50")]


def test_credit_has_its_kind_and_hours(clerk, attended, days):
    heading, *rows = cells(make(clerk, days, "ce"))
    assert [dict(zip(heading, row, strict=True))["Kind of credit"] for row in rows] == ["DEI hours"]
    assert [dict(zip(heading, row, strict=True))["Credits"] for row in rows] == ["1.50"]


def test_pars_has_the_fields_of_a_learner(clerk, attended, days, exported_kind):
    CreditKind.objects.update(asks_license=True)
    exported_kind.refresh_from_db()
    License.objects.give(attended, exported_kind, "4301-22")
    heading, row = cells(make(clerk, days, "pars", kind=str(exported_kind.pk)))
    session = Attendance.objects.get(person=attended).meeting.session
    on = session.ends_at.astimezone(ZoneInfo(session.time_zone))
    told = ["Add", session.code, f"{on:%m/%d/%Y}", "Person", "1", "05/14", "Michigan", "4301-22", "1.50"]
    assert row == told
    assert heading == [
        "Record Action",
        "ACCME Activity ID",
        "Completion Date",
        "First Name",
        "Last Name",
        "Date of Birth",
        "Licensing State",
        "Licensing ID or NPI",
        "Number of CME Credits",
    ]


def test_pars_is_told_no_state_that_nobody_gave(clerk, attended, days, exported_kind):
    Consent.objects.give(attended, "pars", "2-9")
    heading, row = cells(make(clerk, days, "pars", kind=str(exported_kind.pk)))
    told = dict(zip(heading, row, strict=True))
    assert (told["Date of Birth"], told["Licensing State"], told["Licensing ID or NPI"]) == ("02/09", "", "")


def test_days_in_excel_are_dates(clerk, attended, days):
    for purpose, column in (("hr", "G"), ("ce", "E")):
        sheet = load_workbook(io.BytesIO(make(clerk, days, purpose, form="xlsx").content)).active
        assert sheet[f"{column}1"].value == "Completed on" and sheet[f"{column}2"].is_date


# By which word of what people agree to each column is named.
SAID_AS = {
    "hr": "name address role unit title session day hours",
    "ce": "name address title session day kind hours credit",
    "pars": "session day name name month state license credit",
}
# Columns that have the same in each row, and tell nothing of anybody.
CONSTANT = {"pars": ["Record Action"]}


def test_no_column_leaves_that_people_were_not_told_of(clerk, attended, days, exported_kind):
    for purpose, words in SAID_AS.items():
        kind = str(exported_kind.pk) if purpose == "pars" else ""
        heading, *_ = cells(make(clerk, days, purpose, kind=kind))
        told = [column for column in heading if column not in CONSTANT.get(purpose, [])]
        assert len(told) == len(words.split()), told
        assert all(word in OF[purpose].what.lower() for word in words.split())


def test_what_was_taken_back_is_in_no_file(clerk, attended, days):
    for given in Consent.objects.all():
        given.revoke()
    page = read(make(clerk, days))
    assert "Nobody who agrees completed anything in these days, so no file was made." in page.text
    assert not Export.objects.exists()


def test_somebody_who_was_absent_is_in_no_file(clerk, attended, days, office):
    Attendance.objects.get(person=attended).say("absent", "roster", office)
    make(clerk, days)
    assert not Export.objects.exists()


def test_each_file_is_on_record(clerk, attended, days, office):
    make(clerk, days)
    made = Export.objects.get()
    assert (made.purpose, made.by, str(made.first_on), str(made.last_on)) == ("hr", office, *days.values())
    assert (made.people, made.rows) == (1, 1)
    assert "Human resources" in get(clerk, ALL).text


def test_sessions_of_other_days_are_in_no_file(clerk, attended, days):
    make(clerk, days | {"last_on": days["first_on"]})
    assert not Export.objects.exists()


def test_an_excel_file_runs_no_formula(clerk, attended, days):
    type(attended).objects.filter(pk=attended.pk).update(name="=HYPERLINK(1)")
    response = make(clerk, days, form="xlsx")
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [sheet["A2"].value, sheet["A2"].data_type, sheet["H2"].value] == ["'=HYPERLINK(1)", "s", 1.5]


def test_a_file_takes_so_many_rows_and_no_more(clerk, attended, days, monkeypatch):
    monkeypatch.setattr(exported, "MOST_ROWS", 0)
    response = make(clerk, days)
    assert response.status_code == 409 and "Choose fewer days, and make several files." in read(response).text


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ({"purpose": "police"}, "police is not one of the available choices."),
        ({"first_on": "2099-01-01"}, "This day is before the first one."),
        ({"first_on": "0001-01-01"}, "Choose a date from the year 2000 on."),
        ({"first_on": "soon"}, "Enter the day as a date, like 2026-05-14."),
        ({"purpose": "pars"}, "Choose the kind of credit that PARS is told of."),
    ],
)
def test_what_cannot_be_is_refused(clerk, days, typed, sentence):
    response = clerk.post(NEW, days | {"purpose": "hr", "form": "csv", "kind": ""} | typed)
    assert response.status_code == 400 and sentence in read(response).text


def test_the_page_says_how_many_agree(clerk, attended):
    assert "Human resources: 1 person agrees" in get(clerk, NEW).text


def test_who_may_not_make_a_file_gets_none(client, people, days):
    (clerk,) = people(1, is_staff=True)
    client.force_login(clerk)
    assert client.get(NEW).status_code == client.post(NEW, days).status_code == 403


@pytest.mark.parametrize("purpose", ["hr", "ce", "pars"])
def test_the_queries_do_not_depend_on_how_many_people(purpose, attended, people, hold, now, django_assert_num_queries):
    for person in people(6):
        Consent.objects.give(person, purpose, "01-02")
        hold(2, persons=[person], here=1)
    last = timezone.localdate(now)
    with django_assert_num_queries({"hr": 1, "ce": 3, "pars": 5}[purpose]):
        assert table_of(purpose, last - timedelta(days=30), last).people == 7
