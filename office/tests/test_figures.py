"""The year on one page and the coverage board: what they say, what they refuse, and what is handed on."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Campus, Champion, Person, Unit
from catalog.models import Workshop
from devtools.testing.groups import in_group
from devtools.testing.page import read
from office.figures import charts
from office.figures.ranges import years_within
from office.figures.sessions import is_rescued, sessions_in
from outcomes.figures.keeping import keep_due
from outcomes.models.kept_figures import span_of_year, year_of_day
from outcomes.record.windows import Span
from registrations.models import Registration

pytestmark = pytest.mark.django_db
PAGE, BOARD, HOW = "/admin/figures/", "/admin/figures/coverage/", "/admin/figures/how/"


@pytest.fixture
def viewing(people) -> Client:
    """A browser in which a Viewer is signed in: somebody who sees figures and no names."""
    browser = Client()
    browser.force_login(in_group(people, "Viewer"))
    return browser


def table(page, title: str) -> dict[str, list[str]]:
    """Return the cells of each row of a table by what the row is about."""
    return {what: cells for what, *cells in (row.values() for row in page.region(title).table().rows)}


# ---- the year ----


def test_the_year_is_on_one_page(clerk, counted_year, hold):
    hold(7)
    page = read(clerk.get(PAGE))
    assert page.heading() == "The year on one page"
    assert "held 1" in page.part(".office-figures").text
    assert table(page, "People")["Took part"] == ["1,204"]
    assert table(page, "People by role") == {
        "Faculty": ["600"],
        "Staff": ["5 or more"],
        "Resident or fellow": ["<5"],
        "Student": ["<5"],
        "Other": ["<5"],
        "Not said": ["<5"],
    }
    assert table(page, "People by workshop")["Bystander Interventions"] == ["900", "40", "1,300", "1,667"]
    assert table(page, "Waiting, and not met") == {
        "Waited and got no seat": ["<5"],
        "Asked for a date, and wait for one": ["31"],
    }
    assert PAGE in read(clerk.get("/admin/")).addresses


def test_a_unit_and_a_campus_that_are_gone_stay_in_the_years_they_were_in(clerk, hold, people, office, now):
    unit, campus = Unit.objects.create(name="Biology"), Campus.objects.create(name="Downtown")
    hold(0, persons=people(12, unit=unit, campus=campus))
    keep_due(now)
    asking = f"{BOARD}{unit.pk}/"
    unit.merge_into(Unit.objects.create(name="Surgery"), by=office)
    Person.objects.update(campus=None)
    campus.delete()
    page, board = read(clerk.get(PAGE)), read(clerk.get(BOARD))
    assert table(page, "People by campus") == {"Downtown": ["5 or more"], "Not said": ["<5"]}
    assert "Biology" in table(page, "People by unit")
    assert "Biology" in board.text
    # Nobody can be asked from there any more.
    assert not [address for address in board.addresses if asking in address]


def test_each_figure_leads_to_how_it_is_counted(clerk, counted_year, hold):
    hold(7)
    page, how = read(clerk.get(PAGE)), read(clerk.get(HOW))
    board = read(clerk.get(BOARD))
    places = {address.partition("#")[2] for one in (page, board) for address in one.addresses if HOW in address}
    assert len(places) > 15
    assert places <= set(re.findall(r'id="([\w-]+)"', how.source))


def test_a_range_backwards_is_a_sentence_and_keeps_what_was_typed(clerk):
    for address in (PAGE, f"{PAGE}year.csv", f"{PAGE}year.xlsx"):
        response = clerk.get(address, {"first": "2026-07-01", "last": "2026-06-01"})
        assert response.status_code == 400
        page = read(response)
        assert "The last day is before the first." in page.text
        assert 'value="2026-07-01"' in page.source and 'value="2026-06-01"' in page.source


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("2026-07-01", "", "Choose both days"),
        ("yesterday", "2026-07-01", "Write a day as"),
        ("2026-02-30", "2026-07-01", "Write a day as"),
        ("0001-01-01", "9999-12-31", "between 2000 and 2099"),
        ("２０２６-07-01", "<script>", "Write a day as"),
    ],
)
def test_days_that_cannot_be_read_are_a_sentence(clerk, first, last, sentence):
    response = clerk.get(PAGE, {"first": first, "last": last})
    assert response.status_code == 400 and sentence in read(response).text


def test_a_report_over_no_data_is_a_sentence(clerk):
    page = read(clerk.get(PAGE, {"first": "2001-01-01", "last": "2001-12-31"}))
    assert "so there is nothing to count" in page.text
    assert clerk.get(f"{PAGE}year.csv", {"first": "2001-01-01", "last": "2001-12-31"}).status_code == 200


def test_several_years_stand_beside_each_other(clerk, counted_year, now):
    year = year_of_day(now.date())
    days = {"first": span_of_year(year - 1).first, "last": span_of_year(year).last}
    page = read(clerk.get(PAGE, days))
    assert table(page, "People")["Took part"] == ["1,204", "1,204"]
    assert len(page.region("People by role").parts("thead th")) == 3


def test_people_are_told_of_whole_years_alone(clerk, counted_year, now):
    year = year_of_day(now.date())
    span = span_of_year(year)
    short = {"first": span.first, "last": now.date() - timedelta(days=1)}
    assert "1,204" not in read(clerk.get(PAGE, short)).text
    assert years_within(Span(span.first, now.date()), now.date(), [year, year - 1]) == [year]
    assert years_within(span_of_year(year - 1), now.date(), [year, year - 1]) == [year - 1]


def test_sessions_are_counted_by_what_became_of_them(hold, make_session, office, people, now):
    hold(7)
    rescued = hold(6, days_ago=3)
    type(rescued).objects.filter(pk=rescued.pk).update(confirmed_at=rescued.confirm_by - timedelta(days=1))
    short = make_session(minimum=6)
    Registration.objects.register(people(1)[0], short, now=now)
    short.run_anyway("It matters.", by=office, now=now)
    cancelled = make_session()
    cancelled.settle(now=cancelled.confirm_by)
    snowed = make_session()
    snowed.cancel("Snow.", by=office, now=now)
    make_session()
    days = Span(now.date() - timedelta(days=90), now.date() + timedelta(days=90))
    assert sessions_in(days).became._asdict() == {
        "offered": 6,
        "confirmed": 2,
        "rescued": 1,
        "run_anyway": 1,
        "cancelled_by_rule": 1,
        "cancelled_by_office": 1,
        "undecided": 1,
        "held": 2,
        "put_on_record": 0,
    }
    assert sessions_in(days).seats_taken == 13


def test_a_session_is_rescued_if_it_was_short_when_people_were_asked(now):
    by, day = now, timedelta(days=1)
    assert is_rescued(by - 9 * day, by - 2 * day, by)
    assert not is_rescued(by - 9 * day, by - 4 * day, by)
    assert not is_rescued(by - 2 * day, by - day, by)


@pytest.mark.parametrize("path", [PAGE, BOARD])
def test_a_page_asks_as_often_for_much_as_for_little(clerk, counted_year, hold, path):
    def asked() -> int:
        clerk.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert clerk.get(path).status_code == 200
        return len(queries)

    hold(6)
    few = asked()
    for number in range(4):
        hold(6, days_ago=2 + number)
        Unit.objects.create(name=f"Unit {number}", parent=Unit.objects.first())
    assert asked() == few


def test_the_figures_are_files_without_formulas(clerk, counted_year, workshop):
    Workshop.objects.filter(pk=workshop.pk).update(title="=1+1")
    answer = clerk.get(f"{PAGE}year.csv")
    assert "attachment" in answer["Content-Disposition"]
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert '"People by workshop","\'=1+1","People","900"' in lines
    assert any(line.startswith('"People by role","Student"') and line.endswith('"<5"') for line in lines)
    sheet = load_workbook(BytesIO(clerk.get(f"{PAGE}year.xlsx").content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert ["People by workshop", "'=1+1", "People", 900] in rows


def test_a_chart_has_no_style_and_no_script_of_its_own():
    drawn = charts.beside_each_other(["<script>alert(1)</script>", "Staff"], 'A "title"', people=[12, None])
    assert "<script" not in drawn and "<style" not in drawn and "style=" not in drawn
    assert "&lt;script&gt;" in drawn and 'aria-label="A &quot;title&quot;"' in drawn
    assert charts.beside_each_other(["Staff"], "Nothing", people=[None]) == ""


def test_a_year_is_counted_at_a_press_where_nothing_is_kept(clerk, hold, viewing):
    hold(6)
    assert "Count this year now" in read(clerk.get(PAGE)).text
    assert clerk.post(f"{PAGE}count/").status_code == 302
    assert "Count this year now" not in read(viewing.get(PAGE)).text
    assert viewing.post(f"{PAGE}count/").status_code == 403


# ---- the board ----


def test_the_board_says_which_units_are_represented(clerk, counted_year, office, people):
    leader = people(1)[0]
    Champion.objects.appoint(leader, Unit.objects.get(name="Library"), by=office)
    page = read(clerk.get(BOARD))
    told = table(page, "Units")
    library = ["Represented: Yes", f"Champions: {leader}", "Head count: 9", "Took part: <5", "Share: –", ""]
    assert told["Library"] == library
    assert told["Hospital"][3:5] == ["Took part: 5 or more", "Share: –"]


def test_only_who_may_see_names_reads_where_it_was_fewer_than_five(clerk, counted_year, viewing):
    assert "Yes, by fewer than five" in read(clerk.get(BOARD)).text
    assert "Yes, by fewer than five" not in read(viewing.get(BOARD)).source
    for browser in (clerk, viewing):
        for form in ("csv", "xlsx"):
            assert b"by fewer than five" not in browser.get(f"/admin/figures/coverage.{form}").content


def test_a_viewer_reads_no_name_of_a_champion(counted_year, people, office, viewing):
    leader = people(1)[0]
    Champion.objects.appoint(leader, Unit.objects.get(name="Library"), by=office)
    for address in (BOARD, f"{BOARD}{Unit.objects.get(name='Library').pk}/", "/admin/figures/coverage.csv"):
        assert leader.name.encode() not in viewing.get(address).content


def test_the_board_of_a_program_counts_its_people(clerk, counted_year):
    page = read(clerk.get(BOARD, {"program": counted_year.pk}))
    assert table(page, "Units")["Library"][3] == "Took part: <5"


@pytest.mark.parametrize("asked", [{"program": "9999"}, {"year": "1999"}, {"program": "x"}, {"year": "-1"}])
def test_a_board_that_is_not_there_is_a_sentence(clerk, counted_year, asked):
    for address in (BOARD, "/admin/figures/coverage.csv"):
        response = clerk.get(address, asked)
        assert response.status_code == 404
        assert "There is no such board." in read(response).text


def test_somebody_of_a_unit_is_asked_by_a_nomination(clerk, counted_year, make_session):
    session = make_session()
    unit = Unit.objects.get(name="Library")
    page = read(clerk.get(BOARD))
    asking = next(address for address in page.addresses if f"{BOARD}{unit.pk}/" in address)
    assert f"/sessions/{session.code}/nominations/" in read(clerk.get(asking)).addresses
    assert clerk.get(f"{BOARD}99999/").status_code == 404
    of_program = read(clerk.get(f"{BOARD}{unit.pk}/", {"program": counted_year.pk}))
    assert "No date takes registrations now in this program." in of_program.text
